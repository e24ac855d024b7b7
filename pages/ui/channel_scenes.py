"""What the channels view shows: four channels with one feature each, small whole filters, or random ones."""

import numpy as np

from cnncore import limits
from cnncore.limits import Bound
from cnncore.memory import Array
from pages.ui.questions import Question

# Lines that lie, stand and slant, and a corner: what a first layer might have found in a 5 × 5 picture.
_CHANNELS = [
    ["00000", "00000", "13331", "00000", "00000"],
    ["00200", "00300", "00300", "00300", "00200"],
    ["00003", "00030", "00300", "03000", "30000"],
    ["33000", "30000", "00000", "00001", "00012"],
]
# One slice a channel, for each of four filters; nine numbers, row by row.
_FILTERS = [
    ["-1 -1 -1 2 2 2 -1 -1 -1", "0 0 0 0 1 0 0 0 0", "0 0 1 0 1 0 1 0 0", "1 1 0 1 0 0 0 0 0"],
    ["0 0 0 0 -1 0 0 0 0", "-1 2 -1 -1 2 -1 -1 2 -1", "0 0 -1 0 -1 0 -1 0 0", "0 1 0 1 -4 1 0 1 0"],
    ["1 0 -1 1 0 -1 1 0 -1", "1 1 1 0 0 0 -1 -1 -1", "0 1 0 1 0 1 0 1 0", "0 0 0 0 2 0 0 0 0"],
    ["0 0 0 1 0 1 0 0 0", "0 1 0 0 0 0 0 1 0", "1 0 0 0 1 0 0 0 1", "-1 -1 0 -1 0 1 0 1 1"],
]
_BIAS = [1, -2, 0, 1]

ZEROED = Bound(0, 2 ** int(limits.CHANNELS_IN.high * limits.FILTERS_OUT.high) - 1, 0)  # one bit a slice


def channel_scene(channels: int, filters: int, seed: int = 0) -> tuple[Array, Array, Array]:
    """Image (5, 5, C), filters (C, 3, 3, K), bias (K,), whole numbers; random for every seed but 0."""
    if seed:
        rng = np.random.default_rng(seed)
        image = rng.integers(0, 4, (5, 5, channels))
        drawn = rng.integers(-2, 3, (channels, 3, 3, filters)), rng.integers(-3, 4, filters)
        return image.astype(float), drawn[0].astype(float), drawn[1].astype(float)
    image = np.array([[[int(cell) for cell in row] for row in rows] for rows in _CHANNELS], float)
    slices = np.array([[each.split() for each in slices] for slices in _FILTERS], float).reshape(4, 4, 3, 3)
    return (
        np.moveaxis(image[:channels], 0, 2),
        slices[:filters, :channels].transpose(1, 2, 3, 0),
        np.array(_BIAS[:filters], float),
    )


def zeroed_mask(bits: int, channels: int, filters: int) -> Array:
    """Which slices (C, K) are switched off."""
    return np.array([[bool(bits >> slice_bit(c, k) & 1) for k in range(filters)] for c in range(channels)])


def slice_bit(channel: int, filter_: int) -> int:
    """Where a slice's bit stands; both counted from 0."""
    return int(limits.CHANNELS_IN.high) * filter_ + channel


_LECTURE = {"view": "channels", "padding": "none", "channels": 4, "filters": 2, "images": 1000, "side": 24}
CHANNEL_QUESTIONS = [
    Question(
        "Images of 24 × 24 with 4 channels meet 2 filters of 3 × 3: how many maps come out, and how many weights "
        "are learned?",
        "2 maps, one a filter: each filter sums over all channels. 3 · 3 · 4 · 2 = 72 weights and 2 biases, however "
        "large the image is. A dense layer from 576 pixels to 10 neurons has 5,760.",
        _LECTURE,
    ),
    Question(
        "One slice of filter 1 becomes zeros. Which maps change?",
        "Map 1 alone, and it stays one map: that channel adds nothing to it any more. Filters, channels and feature "
        "maps are three things.",
        _LECTURE | {"zero": 2},
    ),
    Question(
        "The same layer at stride 2: how many multiplications for an image, and how many weights?",
        "11 · 11 · 3 · 3 · 4 · 2 = 8,712, a quarter of 34,848. The weights stay 72: they do not depend on the stride.",
        _LECTURE | {"stride": 2},
    ),
]
