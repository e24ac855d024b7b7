"""A network with some filters or neurons switched off, or their biases shifted: what was each of them good for?"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from cnncore import limits
from cnncore.architecture.layer_specs import spec_of
from cnncore.data.digit_set import DigitSet
from cnncore.errors import InputError
from cnncore.nn.arrays import batch_slices
from cnncore.nn.network import Network
from cnncore.training.metrics import predict_probabilities


class MapEdit(NamedTuple):
    """What is done to one map of a convolution, or one unit of a dense layer; both counted from 0.

    shift is added to its bias; None switches it off.
    """

    layer: int
    map: int
    shift: float | None = None


def edited_network(network: Network, changes: Iterable[MapEdit]) -> Network:
    """A network of its own, like `network`, with the changes made.

    What is switched off hands on zeros, whatever it reads: its weights and its bias are 0 (before a sigmoid,
    which makes 0.5 of 0, the bias lies far below). It stays off whatever is added to its bias.
    Raises InputError for a map that is not there.
    """
    copy = network.copy()
    changes = list(changes)
    for layer, number, shift in changes:
        _check(copy, layer, number)
        if shift is not None:
            copy.layers[layer].params["bias"][number] += shift
    for layer, number, shift in changes:
        if shift is None:
            params = copy.layers[layer].params
            params["filters" if "filters" in params else "weights"][..., number] = 0
            params["bias"][number] = _zero_input(copy, layer)
    return copy


def count_wrong(
    network: Network, digits: DigitSet, *, block: int = limits.COUNTED_AT_ONCE
) -> Iterator[tuple[int, int]]:
    """(digits asked so far, wrong among them), again and again until all are asked."""
    wrong = 0
    for some in batch_slices(len(digits), block):
        answers = predict_probabilities(network, digits.images[some]).argmax(axis=1)
        wrong += int(np.count_nonzero(answers != digits.labels[some]))
        yield min(some.stop, len(digits)), wrong


def _check(network: Network, layer: int, number: int) -> None:
    params = network.layers[layer].params if 0 <= layer < len(network.layers) else {}
    if not params:
        raise InputError(f"Layer {layer + 1} is no convolution and no dense layer: choose one that has weights.")
    if not 0 <= number < len(params["bias"]):
        raise InputError(f"Layer {layer + 1} has {len(params['bias'])} maps or units, not {number + 1}.")


def _zero_input(network: Network, layer: int) -> float:
    """An input for which the activation after `layer` outputs 0; 0 where another layer with weights comes first."""
    for following in network.layers[layer + 1 :]:
        if following.params:
            break
        if spec_of(following).activation:
            return spec_of(following).zero_input
    return 0.0
