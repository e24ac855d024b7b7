"""Ablation: a network with some maps or units switched off, or with changed biases, to see what they contribute."""

from collections.abc import Iterable
from typing import NamedTuple

from cnncore.analysis.layer_maps import require_map
from cnncore.architecture.layer_specs import spec_of
from cnncore.nn.network import Network


class MapEdit(NamedTuple):
    """A change of one map of a convolution, or of one unit of a dense layer; layer and map count from 0.

    bias_shift is added to its bias; None switches the map off.
    """

    layer: int
    map: int
    bias_shift: float | None = None


def edited_network(network: Network, edits: Iterable[MapEdit]) -> Network:
    """Return a copy of the network with the edits applied.

    A switched-off map outputs 0 for every input, also after its activation: its weights are set to 0, and its bias
    to an input for which the activation outputs 0 (a large negative number for the sigmoid, else 0). It stays off
    whatever is added to its bias. Raises ShapeError for a layer without weights, and InputError for a map that does
    not exist.
    """
    edited, edits = network.copy(), list(edits)
    for layer, index, bias_shift in edits:
        require_map(edited, layer, index)
        if bias_shift is not None:
            edited.layers[layer].params["bias"][index] += bias_shift
    for layer, index, bias_shift in edits:
        if bias_shift is None:
            params = edited.layers[layer].params
            params["filters" if "filters" in params else "weights"][..., index] = 0
            params["bias"][index] = _zero_input(edited, layer)
    return edited


def _zero_input(network: Network, layer: int) -> float:
    """Return an input for which the activation after `layer` outputs 0; 0 where a layer with weights comes first."""
    for following in network.layers[layer + 1 :]:
        if following.params:
            break
        if spec_of(following).activation:
            return spec_of(following).zero_input
    return 0.0
