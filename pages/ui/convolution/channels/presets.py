"""What the channels view shows: four channels with one feature each, small whole filters; random or own ones."""

from typing import Any

import numpy as np

from cnncore import InputError
from cnncore.limits import Bound
from cnncore.nn.arrays import Array
from pages.ui import bounds
from pages.ui.convolution.inputs import edited
from pages.ui.frame.url_state import UrlParams, format_grid, parse_grid

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

_MOST = (int(bounds.CHANNELS_IN.high), int(bounds.FILTERS_OUT.high))
ZEROED = Bound(0, 2 ** (_MOST[0] * _MOST[1]) - 1, 0)  # one bit a slice
_WHOLE = {
    "channels": bounds.CHANNELS_IN,
    "filters": bounds.FILTERS_OUT,
    "zero": ZEROED,
    "images": bounds.COUNTED_IMAGES,
    "side": bounds.COUNTED_SIDE,
}
# Own numbers, a row for each channel or slice of all there can be, so that none is lost as their count changes.
_OWN = {"pixels": (_MOST[0], 25), "slices": (_MOST[0] * _MOST[1], 9)}
# Every setting of the view, by its name in the link, as it usually stands: the lecture's "4 in, 2 out".
# The seed is the page's own: 0 for the numbers above.
CHANNELS_DEFAULTS: dict[str, Any] = {name: int(bound.default) for name, bound in _WHOLE.items()} | dict.fromkeys(
    _OWN, ""
)


def read_channels(link: UrlParams) -> dict[str, Any]:
    """The view's settings, from a link."""
    own = {
        name: link.numbers(name, *(Bound(n, n, n) for n in shape), bounds.CELL_VALUE, "")
        for name, shape in _OWN.items()
    }
    return {name: link.whole(name, bound, int(bound.default)) for name, bound in _WHOLE.items()} | own


def channel_scene(settings: Any) -> tuple[Array, Array, Array]:
    """Image (5, 5, C), filters (C, 3, 3, K), bias (K,) of the settings."""
    image, slices, bias = _all(settings)
    channels, filters = settings["channels"], settings["filters"]
    return (
        image[:channels].reshape(channels, 5, 5).transpose(1, 2, 0),
        slices.reshape(*_MOST[::-1], 3, 3)[:filters, :channels].transpose(1, 2, 3, 0),
        bias[:filters],
    )


def _all(settings: Any) -> tuple[Array, Array, Array]:
    """Pixels (4, 25), slices (16, 9) filter by filter, and bias (4,), before some are chosen."""
    pixels = np.array([[int(cell) for cell in "".join(rows)] for rows in _CHANNELS], float)
    slices = np.array([each.split() for slices in _FILTERS for each in slices], float)
    bias = np.array(_BIAS, float)
    if settings["seed"]:
        rng = np.random.default_rng(settings["seed"])
        pixels, slices = rng.integers(0, 4, pixels.shape) * 1.0, rng.integers(-2, 3, slices.shape) * 1.0
        bias = rng.integers(-3, 4, bias.shape) * 1.0
    own = [parse_grid(settings[name]) if settings[name] else None for name in _OWN]
    return pixels if own[0] is None else own[0], slices if own[1] is None else own[1], bias


def edited_channels(settings: Any, sent: Any) -> dict[str, str]:
    """What an edit on the stage changes: {"channel": c, "filter": k or -1 for a pixel, "cell": index, "value": v}.

    All counted from 0. Raises InputError.
    """
    if not isinstance(sent, dict):
        raise InputError("That cell is not on the grid any more: choose another.")
    channel, filter_, cell = (sent.get(name) for name in ("channel", "filter", "cell"))
    if not all(type(n) is int for n in (channel, filter_, cell)) or not 0 <= channel < _MOST[0]:
        raise InputError("That cell is not on the grid any more: choose another.")
    pixels, slices, _ = _all(settings)
    name, values = ("pixels", pixels) if filter_ < 0 else ("slices", slices)
    row = channel if filter_ < 0 else slice_bit(channel, filter_)
    if row >= len(values):
        raise InputError("That cell is not on the grid any more: choose another.")
    values[row] = edited(values[row], [cell], sent.get("value"))
    return {name: format_grid(values)}


def zeroed_mask(bits: int, channels: int, filters: int) -> Array:
    """Which slices (C, K) are switched off."""
    return np.array([[bool(bits >> slice_bit(c, k) & 1) for k in range(filters)] for c in range(channels)])


def slice_bit(channel: int, filter_: int) -> int:
    """Where a slice's bit stands; both counted from 0."""
    return _MOST[0] * filter_ + channel
