"""Which layers of a network are shown, what they are called, and which of them belong together."""

from cnncore import Network
from cnncore.nn.layers import Conv2D, Dense, Dropout, Flatten, Layer, MaxPool2D, ReLU, Sigmoid

_WORDS = {"MaxPool2D": "max pool", "AvgPool2D": "average pool", "Sigmoid": "sigmoid", "Tanh": "tanh"}


def name_of(network: Network, number: int) -> str:
    """ "conv 16", "ReLU", …; layers are counted from 0."""
    layer = network.layers[number]
    if isinstance(layer, Conv2D):
        return f"conv {layer.filters}"
    if isinstance(layer, Dense):
        return "answer" if is_answer(network, number) else f"dense {layer.units}"
    return _WORDS.get(type(layer).__name__, type(layer).__name__)


def is_answer(network: Network, number: int) -> bool:
    """Whether a layer gives the logits."""
    return number == len(network.layers) - 1


def shown_layers(network: Network) -> list[int]:
    """All but those that hand on what they read: Flatten only unrolls, Dropout sleeps outside training."""
    return [n for n, layer in enumerate(network.layers) if not isinstance(layer, Flatten | Dropout)]


def signed_layers(network: Network) -> list[bool]:
    """For every layer, whether its values can lie below zero; the image's cannot."""
    signed, result = False, []
    for layer in network.layers:
        if isinstance(layer, ReLU | Sigmoid):
            signed = False
        elif not isinstance(layer, MaxPool2D | Flatten | Dropout) and not _keeps_sign(layer):
            signed = True
        result.append(signed)
    return result


def _keeps_sign(layer: Layer) -> bool:
    return type(layer).__name__ == "AvgPool2D"


def source_of(network: Network, number: int) -> int:
    """The convolution or dense layer that a layer's values come from: itself, one before it, else the first of all."""
    sources = [n for n, layer in enumerate(network.layers) if isinstance(layer, Conv2D | Dense)]
    return max((n for n in sources if n <= number), default=sources[0])


def chain_of(network: Network, source: int) -> list[int]:
    """The activations and poolings that follow a convolution or dense layer, in order."""
    chain = []
    for number in range(source + 1, len(network.layers)):
        if isinstance(network.layers[number], Conv2D | Dense | Flatten):
            break
        if not isinstance(network.layers[number], Dropout):
            chain.append(number)
    return chain
