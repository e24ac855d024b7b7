"""What the convolution page offers ready made: the lecture's figures, its signal, one digit; and filters."""

from typing import NamedTuple

import numpy as np

from cnncore.memory import Array
from cnncore.window import Padding
from pages.ui import models
from pages.ui.filters_library import CLASSIC, LEARNED, learned_filter


class Preset(NamedTuple):
    """A scene of the convolution page. size is the input's side, or its length for the signal."""

    title: str
    size: int
    padding: Padding
    stride: int
    filter: str
    kind: str = "picture"  # or "signal", "digit"


# The lecture's six figures, input and filter as in the animations it uses, then its signal and one digit.
PRESETS = {
    "none": Preset("No padding: 4×4, filter 3×3", 4, "none", 1, "diagonal /"),
    "half": Preset("Half padding: 5×5, filter 3×3", 5, "half", 1, "diagonal /"),
    "full": Preset("Full padding: 5×5, filter 3×3", 5, "full", 1, "diagonal /"),
    "stride": Preset("No padding, stride 2: 5×5, filter 3×3", 5, "none", 2, "diagonal /"),
    "padded-stride": Preset("Padding 1, stride 2: 5×5, filter 3×3", 5, 1, 2, "diagonal /"),
    "odd": Preset("Padding 1, stride 2, odd: 6×6, filter 3×3", 6, 1, 2, "diagonal /"),
    "signal": Preset("1-D: [1, 2, 3, 4, 5], filter [1, 1, 1]", 5, "half", 1, "ones", "signal"),
    "digit": Preset("A digit, 28×28, under a learned filter", 28, "half", 1, "learned", "digit"),
}

_ROWS = [[0, 0, 1, 3, 0, 0], [0, 1, 3, 1, 0, 1], [1, 3, 1, 0, 0, 2], [0, 1, 0, 0, 2, 1], [0, 0, 0, 2, 1, 0]]
PICTURE = np.array([*_ROWS, [1, 0, 2, 3, 0, 0]], np.float64)

PICTURE_FILTERS = CLASSIC | {"sum of 2×2": np.ones((2, 2)), "sum of 5×5": np.ones((5, 5))}
SIGNAL_FILTERS = {
    "ones": np.array([1.0, 1, 1]),
    "1 2 3": np.array([1.0, 2, 3]),
    "difference": np.array([-1.0, 1]),
}


def filter_names(preset: Preset) -> list[str]:
    """Which filters a preset can be shown under."""
    if preset.kind == "signal":
        return list(SIGNAL_FILTERS)
    return [LEARNED, *PICTURE_FILTERS] if preset.kind == "digit" else list(PICTURE_FILTERS)


def input_of(preset: Preset, digit: int = 0) -> Array:
    """The preset's input: (H, W), or (L,) for the signal. Raises DataError where MNIST is missing."""
    if preset.kind == "signal":
        return np.arange(1.0, preset.size + 1)
    if preset.kind == "digit":
        return models.test_digits().images[digit, ..., 0] / 255
    return PICTURE[: preset.size, : preset.size]


def filter_of(name: str, number: int = 1) -> Array:
    """A filter by name; the learned ones are counted from 1. Raises ModelError where the model is missing."""
    if name == LEARNED:
        return learned_filter(number)
    return (PICTURE_FILTERS | SIGNAL_FILTERS)[name]
