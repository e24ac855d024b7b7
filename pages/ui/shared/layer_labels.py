"""Which layers of a network are shown, what they are called, and which of them belong together."""

from cnncore import Network
from cnncore.architecture.layer_specs import spec_of
from cnncore.nn.layers import Flatten


def name_of(network: Network, number: int) -> str:
    """ "conv 16", "ReLU", …; layers are counted from 0."""
    layer = network.layers[number]
    spec = spec_of(layer)
    if spec.reads == "vector" and is_answer(network, number):
        return "answer"
    return spec.fill(spec.short, layer.get_config())


def is_answer(network: Network, number: int) -> bool:
    """Whether a layer gives the logits."""
    return number == len(network.layers) - 1


def shown_layers(network: Network) -> list[int]:
    """All but those that pass on what they read: Flatten only unrolls, Dropout does nothing outside training."""
    return [n for n, layer in enumerate(network.layers) if spec_of(layer).shown]


def signed_layers(network: Network) -> list[bool]:
    """For every layer, whether its values can lie below zero; the image's cannot."""
    signed, result = False, []
    for layer in network.layers:
        sign = spec_of(layer).sign
        signed = sign == "any" or (sign == "keeps" and signed)
        result.append(signed)
    return result


def source_of(network: Network, number: int) -> int:
    """The convolution or dense layer that a layer's values come from: itself, one before it, else the first of all."""
    sources = [n for n, layer in enumerate(network.layers) if layer.params]
    return max((n for n in sources if n <= number), default=sources[0])


def chain_of(network: Network, source: int) -> list[int]:
    """The activations and poolings that follow a convolution or dense layer, in order."""
    chain = []
    for number in range(source + 1, len(network.layers)):
        layer = network.layers[number]
        if layer.params or isinstance(layer, Flatten):
            break
        if spec_of(layer).shown:
            chain.append(number)
    return chain
