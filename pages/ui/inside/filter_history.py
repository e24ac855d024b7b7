"""What was learned: the filters of a layer, or what its units read, over the snapshots of their training."""

from math import prod
from typing import Any

import numpy as np

from cnncore import Network
from cnncore.nn.arrays import Array
from cnncore.nn.layers import Conv2D, Dense, Flatten
from cnncore.training.snapshots import SnapshotStore
from pages.ui import bounds
from pages.ui.components.loader import packed
from pages.ui.inside.layer_strip import MAPS
from pages.ui.shared.layer_labels import name_of

STRONG = 0.99  # of all weights at the end, the share that is weaker than a full shade
NUMBERS_SIDE = 3  # filters of one channel up to this size are shown as numbers, all at once

Data = dict[str, Any]


def pictured(network: Network, source: int) -> bool:
    """Whether a layer's weights make pictures: those of a convolution, and of a dense layer that reads maps."""
    return isinstance(network.layers[source], Conv2D) or _read_maps(network, source) is not None


def slices_of(network: Network, source: int, weights: Array) -> Array:
    """A layer's weights, one picture for every map it reads: (maps or units, C, H, W)."""
    if isinstance(network.layers[source], Conv2D):
        return np.moveaxis(weights, 3, 0)
    shape = _read_maps(network, source)
    assert shape is not None
    return np.moveaxis(weights.reshape(*shape, -1), (3, 2), (0, 1))


def filters_data(network: Network, past: SnapshotStore | None, source: int, number: int) -> Data:
    """All filters of a layer, up to 32 of them, at every snapshot; source and map counted from 0."""
    first = number // MAPS * MAPS
    count = network.shapes[source][-1]
    steps, slices, biases = _history(network, past, source, slice(first, first + MAPS))
    exact = slices.shape[2] == 1 and slices.shape[3] <= NUMBERS_SIDE
    largest = float(np.quantile(np.abs(slices[-1]), STRONG)) or float(np.abs(slices).max()) or 1.0
    bytes_ = np.rint(np.clip(slices * (127 / largest), -127, 127)).astype(np.int8)
    sent = slices.astype(np.float32) if exact else bytes_
    return _named(network, source, number) | {
        "slices": packed(sent),
        "exact": exact,
        "biases": packed(biases.astype(np.float64)),
        "steps": steps,
        "firstShown": first,
        "count": count,
    }


def filter_data(network: Network, past: SnapshotStore | None, source: int, number: int) -> Data:
    """One filter at every snapshot, with its numbers."""
    steps, slices, biases = _history(network, past, source, slice(number, number + 1))
    return _named(network, source, number) | {
        "slices": packed(slices[:, 0].astype(np.float32)),
        "biases": packed(biases[:, 0].astype(np.float64)),
        "steps": steps,
        "strongest": int(np.abs(slices[-1, 0]).sum(axis=(1, 2)).argmax()),
        "count": network.shapes[source][-1],
    }


def _named(network: Network, source: int, number: int) -> Data:
    """What both views say of a layer and a map."""
    convolution = isinstance(network.layers[source], Conv2D)
    return {
        "layer": source + 1,
        "source": source + 1,
        "map": number + 1,
        "name": name_of(network, source),
        "word": "filter" if convolution else "unit",
    }


def _read_maps(network: Network, source: int) -> tuple[int, ...] | None:
    """The shape of the maps that a dense layer reads unrolled; None behind another dense layer."""
    for number in range(source - 1, -1, -1):
        if isinstance(network.layers[number], Dense):
            return None
        if isinstance(network.layers[number], Flatten):
            shape = network.shapes[number - 1] if number else network.input_shape
            return tuple(shape) if len(shape) == 3 else None
    return None


def _history(network: Network, past: SnapshotStore | None, source: int, some: slice) -> tuple[list[int], Array, Array]:
    """Steps (S), slices (S, maps, C, H, W) and biases (S, maps); the last are the network's own.

    Without a past the one step is -1. Of many large snapshots every second one and so on.
    """
    params = network.layers[source].params
    key = "filters" if "filters" in params else "weights"
    kept = list(past.kept[:-1]) if past else []
    size = prod(params[key][..., some].shape)
    while len(kept) > 1 and (len(kept) + 1) * size > bounds.HISTORY_SENT:
        kept = [kept[0], *kept[2::2]]
    steps = [step for step, _ in kept] + [past.kept[-1][0] if past else -1]
    frames = [(then[source, key], then[source, "bias"]) for _, then in kept] + [(params[key], params["bias"])]
    slices = np.stack([slices_of(network, source, np.nan_to_num(weights)[..., some]) for weights, _ in frames])
    return steps, slices, np.stack([np.nan_to_num(bias[some]) for _, bias in frames])
