"""What the channels view convolves: four channels with one feature each and whole filters, random or own numbers."""

from typing import Any

import numpy as np

from cnncore import InputError
from cnncore.nn.arrays import Array
from pages.ui.convolution.channels.settings import MAX_CHANNELS, MAX_FILTERS, OWN_SIDES
from pages.ui.convolution.inputs import edited
from pages.ui.shared.grid_text import format_grid, parse_grid

# A horizontal, a vertical and a diagonal line, and a corner: what a first layer might find in a 5 × 5 picture.
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
_NO_SUCH_CELL = "That cell is not on the grid any more: choose another."


def channel_scene(settings: Any) -> tuple[Array, Array, Array]:
    """Image (5, 5, C), filters (C, 3, 3, K), bias (K,) of the settings."""
    image, slices, bias = _all(settings)
    channels, filters = settings["channels"], settings["filters"]
    return (
        image[:channels].reshape(channels, 5, 5).transpose(1, 2, 0),
        slices.reshape(MAX_FILTERS, MAX_CHANNELS, 3, 3)[:filters, :channels].transpose(1, 2, 3, 0),
        bias[:filters],
    )


def _all(settings: Any) -> tuple[Array, Array, Array]:
    """Pixels (4, 25), slices (16, 9) filter by filter, and bias (4,), of all that there can be."""
    pixels = np.array([[int(cell) for cell in "".join(rows)] for rows in _CHANNELS], float)
    slices = np.array([each.split() for slices in _FILTERS for each in slices], float)
    bias = np.array(_BIAS, float)
    if settings["seed"]:
        rng = np.random.default_rng(settings["seed"])
        pixels, slices = rng.integers(0, 4, pixels.shape) * 1.0, rng.integers(-2, 3, slices.shape) * 1.0
        bias = rng.integers(-3, 4, bias.shape) * 1.0
    own = [parse_grid(settings[name]) if settings[name] else None for name in OWN_SIDES]
    return pixels if own[0] is None else own[0], slices if own[1] is None else own[1], bias


def edited_channels(settings: Any, sent: Any) -> dict[str, str]:
    """What an edit on the stage changes: {"channel": c, "filter": k or -1 for a pixel, "cell": index, "value": v}.

    All counted from 0. Raises InputError.
    """
    match sent:
        case {"channel": int(channel), "filter": int(filter_), "cell": int(cell)} if (
            type(channel) is type(filter_) is type(cell) is int  # True is an int as well
        ):
            pass
        case _:
            raise InputError(_NO_SUCH_CELL)
    pixels, slices, _ = _all(settings)
    name, values = ("pixels", pixels) if filter_ < 0 else ("slices", slices)
    row = channel if filter_ < 0 else slice_bit(channel, filter_)
    if not 0 <= channel < MAX_CHANNELS or row >= len(values):
        raise InputError(_NO_SUCH_CELL)
    values[row] = edited(values[row], [cell], sent.get("value"))
    return {name: format_grid(values)}


def zeroed_mask(bits: int, channels: int, filters: int) -> Array:
    """Which slices (C, K) are set to zeros, from the bits of the setting `zero`."""
    return np.array([[bool(bits >> slice_bit(c, k) & 1) for k in range(filters)] for c in range(channels)])


def slice_bit(channel: int, filter_: int) -> int:
    """Index of a slice's bit in the setting `zero`, and of its row in `slices`; both arguments counted from 0."""
    return MAX_CHANNELS * filter_ + channel
