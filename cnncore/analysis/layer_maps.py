"""Maps and units that can be chosen: those of layers with weights."""

from cnncore.errors import InputError, ShapeError
from cnncore.nn.network import Network


def require_map(network: Network, layer: int, index: int) -> None:
    """Check that `layer` has weights and a map or unit `index`, both counted from 0.

    Raises ShapeError for another layer or none, and InputError where the layer has no such map.
    """
    params = network.layers[layer].params if 0 <= layer < len(network.layers) else {}
    if not params:
        raise ShapeError(f"Layer {layer + 1} has no weights: choose a convolution or a dense layer.")
    count = len(params["bias"])
    if not 0 <= index < count:
        raise InputError(f"Layer {layer + 1} has {count} maps or units, not {index + 1}: try {count} or less.")
