"""What the pooling page pools and flattens: small maps, random ones, one's own, and maps of a real digit."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from cnncore import conv2d
from cnncore.nn.arrays import Array
from pages.ui.session import pretrained
from pages.ui.shared.filter_library import CLASSIC, PICTURE
from pages.ui.shared.grid_text import parse_grid

MAPS = {
    "lecture": "Small map, with ties",
    "strokes": "Two strokes, 6×6",
    "odd": "Odd: 5×5",
    "random": "Random whole numbers",
    "own": "Own cells",
    "digit": "Feature map of a test digit, 28×28",
}
SMALL = np.array([[1, 3, 2, 0], [3, 0, 1, 4], [0, 2, 5, 5], [1, 1, 5, 2]], np.float64)
FILTERS = {"edge": "left column − right column", "first": "first cell alone", "mean": "every weight 1/F²"}


def map_of(settings: Mapping[str, Any]) -> Array:
    """The map (R, C) that the settings name. Raises DataError or ModelError where digit or network are missing."""
    name = settings["map"]
    if name == "digit":
        return feature_map(settings["digit"], settings["feature"])
    if name == "random":
        side = settings["side"]
        return np.random.default_rng(settings["seed"]).integers(0, 10, (side, side)).astype(np.float64)
    if name == "own":
        return parse_grid(settings["rows"])
    return {"lecture": SMALL, "strokes": PICTURE, "odd": PICTURE[:5, :5]}[name]


def feature_map(digit: int, feature: int) -> Array:
    """Map `feature` (from 1) of the pretrained network's first convolution and ReLU: (28, 28), what it pools next."""
    activations = pretrained.pretrained().activations(pretrained.test_digits().images[digit : digit + 1])
    return activations[1][1][0, :, :, feature - 1].astype(np.float64)


def filter_of(name: str, size: int) -> Array:
    """A filter (F, F) of the strided convolution beside the poolings."""
    if name == "mean":
        return np.full((size, size), 1 / size**2)
    filter_ = np.zeros((size, size))
    if name == "edge" and size > 1:
        filter_[:, 0], filter_[:, -1] = 1, -1
    else:
        filter_[0, 0] = 1
    return filter_


def small_maps(height: int, width: int, channels: int) -> Array:
    """Maps (H, W, C) of whole numbers, each its own: channel 1 counts from 11, channel 2 from 51, channel 3 from 81."""
    cells = np.arange(height * width, dtype=np.float64).reshape(height, width, 1)
    return cells + np.array([11.0, 51, 81])[:channels]


def lecture_maps(digit: int) -> Array:
    """The lecture's (22, 22, 2): the middle 24 × 24 of a test digit under two filters of 3 × 3, without padding."""
    image = pretrained.test_digits().images[digit : digit + 1, 2:-2, 2:-2] / 255.0
    filters = np.stack([CLASSIC["diagonal /"], CLASSIC["diagonal \\"]], axis=-1)[None]
    return conv2d(image, filters)[0]


def resized(values: Array, side: int) -> Array:
    """The map cut or filled with zeros at the bottom and the right: (side, side)."""
    cells = np.zeros((side, side))
    cut = values[:side, :side]
    cells[: cut.shape[0], : cut.shape[1]] = cut
    return cells
