"""A picture under one or two filters, by cnncore's own convolution, as data for the pictures component."""

from typing import Any, NamedTuple

import numpy as np

from cnncore import Workspace, conv2d
from cnncore.nn.arrays import Array
from pages.ui.components.loader import packed
from pages.ui.convolution.settings import read_settings, relevant_settings
from pages.ui.filters.inputs import Picture
from pages.ui.frame.url_state import UrlParams, format_value
from pages.ui.shared.grid_text import format_grid

_EXACT = 100_000  # values up to which a map is computed and sent in float64; beyond, float32 and hundredths


class Filter(NamedTuple):
    """weights (F, F), and what comes after the sum."""

    name: str
    weights: Array
    bias: float
    relu: bool


class Map(NamedTuple):
    """What a filter gave: biased (H', W', C), before its ReLU; source: 0 the picture, 1 the first map."""

    filter: Filter
    biased: Array
    source: int

    @property
    def output(self) -> Array:
        return np.maximum(self.biased, 0) if self.filter.relu else self.biased


def border_of(filter_: Filter) -> int:
    """Half padding; an even filter, which has no middle, gives one row and one column less."""
    return (len(filter_.weights) - 1) // 2


def apply(cells: Array, filter_: Filter) -> Array:
    """Each channel by itself: (H, W, C) -> (H', W', C), the bias added. Raises ShapeError."""
    channels = np.moveaxis(cells, 2, 0)[..., None]
    weights = filter_.weights.astype(cells.dtype)[None, :, :, None]
    bias = np.array([filter_.bias], cells.dtype)
    maps = conv2d(channels, weights, bias, padding=border_of(filter_), workspace=Workspace())
    return np.moveaxis(maps[..., 0], 0, 2)


def maps_of(picture: Picture, layout: str, first: Filter, second: Filter) -> list[Map]:
    """One map, or two: the second from the first (`row`) or from the picture as well (`beside`)."""
    exact = picture.values.size <= _EXACT
    cells: Array = picture.values.astype(np.float64 if exact else np.float32)
    cells = cells / 255
    maps = [Map(first, apply(cells, first), 0)]
    if layout == "row":
        maps.append(Map(second, apply(maps[0].output, second), 1))
    elif layout == "beside":
        maps.append(Map(second, apply(cells, second), 0))
    return maps


def shows(picture: Picture, maps: list[Map], index: int) -> str:
    """How a map is best seen: as a picture where the weights keep its brightness, else by the sign of its values."""
    chain = [maps[index]] if maps[index].source == 0 else maps[: index + 1]
    keeps = all(abs(each.filter.weights.sum() - 1) < 0.01 for each in chain)
    if keeps:
        return "picture"
    return "signs" if picture.values.shape[2] == 1 else "middle"


def pictures_data(picture: Picture, maps: list[Map], *, title: str, scene: str, **more: Any) -> dict[str, Any]:
    """Everything the component draws. `scene` names what is shown: while it stays the same, the pixel is kept."""
    return {
        "title": title,
        "scene": scene,
        "ink": picture.ink,
        "input": packed(picture.values),
        "maps": [_map_data(picture, maps, index) for index in range(len(maps))],
    } | more


def _map_data(picture: Picture, maps: list[Map], index: int) -> dict[str, Any]:
    map_ = maps[index]
    values, per = _sent(map_.biased)
    largest = np.abs(map_.output)
    bright = float(np.quantile(largest[:: max(len(largest) // 256, 1)], 0.998)) if picture.values.size > 4096 else 0.0
    return {
        "values": packed(values),
        "per": per,
        "border": border_of(map_.filter),
        "filter": packed(map_.filter.weights),
        "name": map_.filter.name,
        "bias": map_.filter.bias,
        "relu": map_.filter.relu,
        "source": map_.source,
        "shows": shows(picture, maps, index),
        "largest": bright or float(largest.max()),
    }


def _sent(values: Array) -> tuple[Array, int]:
    """The values as they travel, and how many of a unit make 1: large maps go in hundredths, as they are shown."""
    if values.dtype == np.float64:
        return values, 1
    hundredths = values * 100
    if np.abs(hundredths).max() < 2**15 - 1:
        return np.rint(hundredths).astype(np.int16), 100
    return values, 1


def place_of_patch(sides: tuple[int, int], row: int, column: int, size: int) -> tuple[slice, slice]:
    """Where the `size` × `size` cells around one lie, moved inside where they would overhang."""
    slices = []
    for side, at in zip(sides, (row, column), strict=True):
        start = min(max(at - size // 2, 0), max(side - size, 0))
        slices.append(slice(start, min(start + size, side)))
    return slices[0], slices[1]


def animate_link(picture: Picture, maps: list[Map], pixel: dict[str, int]) -> dict[str, str]:
    """The convolution page's link for the neighbourhood of a pixel, under the same filter; to two decimals.

    pixel: map (0, 1), row and column (from 1), channel. It opens at the pixel itself.
    """
    map_ = maps[min(pixel["map"], len(maps) - 1)]
    cells = maps[0].output if map_.source else picture.values / 255
    row, column = pixel["row"] - 1, pixel["column"] - 1
    size = len(map_.filter.weights)
    rows, columns = place_of_patch(cells.shape[:2], row, column, max(size + 4, 7))
    patch = cells[rows, columns, min(pixel["channel"], cells.shape[2] - 1)]
    down, across = (n - size + 1 for n in patch.shape)
    first = (row - border_of(map_.filter) - rows.start, column - border_of(map_.filter) - columns.start)
    at = [min(max(start, 0), count - 1) for start, count in zip(first, (down, across), strict=True)]
    link = {
        "preset": "own",
        "input": format_grid(np.round(patch, 2)),
        "weights": format_grid(np.round(map_.filter.weights, 2)),
        "padding": "none",
        "bias": format_value(map_.filter.bias),
        "relu": "on" if map_.filter.relu else "off",
        "step": str(at[0] * across + at[1] + 1),
    }
    settings = read_settings(UrlParams(link), ("window",))  # as that page writes it, so that Back leads here again
    return {name: format_value(settings[name]) for name in relevant_settings(settings)}
