"""The filters of a layer, or the weights of its units as images, over the snapshots of their training."""

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

FULL_SHADE_QUANTILE = 0.99  # of the final weights' magnitudes, the quantile that is drawn as a full shade
MAX_SIZE_AS_NUMBERS = 3  # filters of one channel up to this size are shown as numbers, all at once

Data = dict[str, Any]


def has_images(network: Network, source: int) -> bool:
    """Whether a layer's weights can be shown as images: a convolution's, and those of a dense layer that reads maps."""
    return isinstance(network.layers[source], Conv2D) or _read_maps(network, source) is not None


def slices_of(network: Network, source: int, weights: Array) -> Array:
    """A layer's weights as one image for every map that it reads: (maps or units, C, H, W)."""
    if isinstance(network.layers[source], Conv2D):
        return np.moveaxis(weights, 3, 0)
    shape = _read_maps(network, source)
    assert shape is not None
    return np.moveaxis(weights.reshape(*shape, -1), (3, 2), (0, 1))


def filters_data(network: Network, past: SnapshotStore | None, source: int, index: int) -> Data:
    """All filters of a layer, up to 32 of them, at every snapshot; source and map counted from 0."""
    first = index // MAPS * MAPS
    count = network.shapes[source][-1]
    steps, slices, biases = _history(network, past, source, slice(first, first + MAPS))
    as_numbers = slices.shape[2] == 1 and slices.shape[3] <= MAX_SIZE_AS_NUMBERS
    largest = float(np.quantile(np.abs(slices[-1]), FULL_SHADE_QUANTILE)) or float(np.abs(slices).max()) or 1.0
    bytes_ = np.rint(np.clip(slices * (127 / largest), -127, 127)).astype(np.int8)
    values = slices.astype(np.float32) if as_numbers else bytes_
    return _labels(network, source, index) | {
        "slices": packed(values),
        "exact": as_numbers,
        "biases": packed(biases.astype(np.float64)),
        "steps": steps,
        "firstShown": first,
        "count": count,
    }


def filter_data(network: Network, past: SnapshotStore | None, source: int, index: int) -> Data:
    """One filter at every snapshot, with its numbers."""
    steps, slices, biases = _history(network, past, source, slice(index, index + 1))
    return _labels(network, source, index) | {
        "slices": packed(slices[:, 0].astype(np.float32)),
        "biases": packed(biases[:, 0].astype(np.float64)),
        "steps": steps,
        "strongest": int(np.abs(slices[-1, 0]).sum(axis=(1, 2)).argmax()),
        "count": network.shapes[source][-1],
    }


def _labels(network: Network, source: int, index: int) -> Data:
    """Names of a layer and a map, for both views."""
    convolution = isinstance(network.layers[source], Conv2D)
    return {
        "layer": source + 1,
        "source": source + 1,
        "map": index + 1,
        "name": name_of(network, source),
        "word": "filter" if convolution else "unit",
    }


def _read_maps(network: Network, source: int) -> tuple[int, ...] | None:
    """The shape of the maps that a dense layer reads unrolled; None behind another dense layer."""
    for n in range(source - 1, -1, -1):
        if isinstance(network.layers[n], Dense):
            return None
        if isinstance(network.layers[n], Flatten):
            shape = network.shapes[n - 1] if n else network.input_shape
            return tuple(shape) if len(shape) == 3 else None
    return None


def _history(network: Network, past: SnapshotStore | None, source: int, maps: slice) -> tuple[list[int], Array, Array]:
    """Steps (S), slices (S, maps, C, H, W) and biases (S, maps); the last are the network's own.

    Without snapshots the only step is -1. Where they exceed bounds.HISTORY_SENT numbers, every second one is left out,
    and so on.
    """
    params = network.layers[source].params
    key = "filters" if "filters" in params else "weights"
    snapshots = list(past.items[:-1]) if past else []
    size = prod(params[key][..., maps].shape)
    while len(snapshots) > 1 and (len(snapshots) + 1) * size > bounds.HISTORY_SENT:
        snapshots = [snapshots[0], *snapshots[2::2]]
    steps = [step for step, _ in snapshots] + [past.items[-1][0] if past else -1]
    frames = [(then[source, key], then[source, "bias"]) for _, then in snapshots] + [(params[key], params["bias"])]
    slices = np.stack([slices_of(network, source, np.nan_to_num(weights)[..., maps]) for weights, _ in frames])
    return steps, slices, np.stack([np.nan_to_num(bias[maps]) for _, bias in frames])
