"""Inputs and filters of the convolution page: by name, random, from a digit, or typed cell by cell."""

from typing import Any

import numpy as np
import streamlit as st

from cnncore import InputError
from cnncore.data.strokes import checked_strokes, draw_strokes
from cnncore.limits import Bound
from cnncore.nn.arrays import Array
from pages.ui import bounds
from pages.ui.session import pretrained
from pages.ui.shared.filter_library import CLASSIC, LEARNED, PICTURE, SUMS, learned_filter
from pages.ui.shared.grid_text import format_grid, parse_grid

EXAMPLE_SIDE = Bound(3, len(PICTURE), 5)

PICTURE_FILTERS = CLASSIC | SUMS
SIGNAL_FILTERS = {
    "ones": np.array([1.0, 1, 1]),
    "1 2 3": np.array([1.0, 2, 3]),
    "difference": np.array([-1.0, 1]),
}


def filter_names(kind: str) -> list[str]:
    """Which filters a signal or a picture can be shown under, by name."""
    return list(SIGNAL_FILTERS) if kind == "signal" else [*PICTURE_FILTERS, LEARNED]


def input_of(settings: Any) -> Array:
    """The input that the settings name: (H, W), or (L,) for a signal. Raises DataError where MNIST is missing."""
    source, side, signal = settings["source"], settings["size"], settings["kind"] == "signal"
    shape = (side,) if signal else (side, side)
    if source in ("own", "drawing"):
        own = parse_grid(settings["input"])
        return own[0] if signal else own
    if source == "random":
        return np.random.default_rng(settings["seed"]).integers(0, bounds.RANDOM_CELL + 1, shape).astype(np.float64)
    if source == "constant":
        return np.full(shape, float(settings["value"]))
    if source == "digit":
        cut = (28 - side) // 2  # MNIST's digits stand within the middle 20 × 20
        return pretrained.test_digits().images[settings["digit"], cut : cut + side, cut : cut + side, 0] / 255
    return np.arange(1.0, side + 1) if signal else PICTURE[:side, :side]


def filter_of(settings: Any) -> Array:
    """The filter that the settings name: (F, F), or (F,) for a signal. Raises ModelError where the model is missing."""
    name = settings["filter"]
    if name == LEARNED:
        return learned_filter(settings["map"])
    if name == "own":
        own = parse_grid(settings["weights"])
        return own[0] if settings["kind"] == "signal" else own
    return (PICTURE_FILTERS | SIGNAL_FILTERS)[name]


def drawn() -> str:
    """The session's drawing as numbers for a link, 0 to 1 in hundredths. Raises InputError where nothing is drawn."""
    strokes = st.session_state.get("drawing", {}).get("strokes") or []
    return format_grid(np.round(draw_strokes(checked_strokes(strokes))[..., 0] / 255, 2))


def resized(values: Array, side: int) -> Array:
    """Cut or filled with zeros to `side` cells a side, at the end; alike for a signal."""
    cut = values[tuple(slice(side) for _ in values.shape)]
    return np.pad(cut, [(0, side - n) for n in cut.shape])


def edited(values: Array, cells: Any, value: Any) -> Array:
    """The values with some cells (indices in row order) set to another value. Raises InputError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value not in bounds.CELL_VALUE:
        low, high = int(bounds.CELL_VALUE.low), int(bounds.CELL_VALUE.high)
        raise InputError(f"A cell holds a number from {low} to {high}, so it stays as it was: try 0.")
    whole = isinstance(cells, list) and all(isinstance(cell, int) and 0 <= cell < values.size for cell in cells)
    if not whole:
        raise InputError("That cell is not on the grid any more: choose another.")
    changed = values.copy()
    changed.ravel()[cells] = value
    return changed
