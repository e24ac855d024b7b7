"""Filters by name (the lecture's, classic ones, learned ones) and one small picture, for several pages."""

import numpy as np

from cnncore.nn.arrays import Array
from pages.ui import bounds
from pages.ui.session import pretrained

LEARNED = "learned"

# Each (F, F). The diagonals and the Laplacian are the lecture's; Sobel x answers vertical edges, y horizontal ones.
CLASSIC: dict[str, Array] = {
    "diagonal /": np.array([[-1, 0, 2], [0, 2, 0], [2, 0, -1]], np.float64),
    "diagonal \\": np.array([[2, 0, -1], [0, 2, 0], [-1, 0, 2]], np.float64),
    "vertical": np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]], np.float64),
    "Laplacian": np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], np.float64),
    "Sobel x": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], np.float64),
    "Sobel y": np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], np.float64),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], np.float64),
    "blur": np.array([[0.1, 0.1, 0.1], [0.1, 0.2, 0.1], [0.1, 0.1, 0.1]], np.float64),
    "identity": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], np.float64),
}
SUMS = {f"sum of {n}×{n}": np.ones((n, n)) for n in (2, 5, 7)}

_ROWS = [[0, 0, 1, 3, 0, 0], [0, 1, 3, 1, 0, 1], [1, 3, 1, 0, 0, 2], [0, 1, 0, 0, 2, 1], [0, 0, 0, 2, 1, 0]]
PICTURE = np.array([*_ROWS, [1, 0, 2, 3, 0, 0]], np.float64)

for _shared in (*CLASSIC.values(), *SUMS.values(), PICTURE):
    _shared.setflags(write=False)  # every session is handed the same arrays


def learned_filter(number: int) -> Array:
    """The `number`th filter (F, F) of the network's first layer, counted from 1. Raises ModelError."""
    return pretrained.pretrained().layers[0].params["filters"][0, :, :, number - 1].astype(np.float64)


def strongest_learned() -> int:
    """Which of them, counted from 1, has the largest weights. Raises ModelError."""
    filters = pretrained.pretrained().layers[0].params["filters"][0]
    return int(np.abs(filters).sum(axis=(0, 1))[: int(bounds.LEARNED_FILTER.high)].argmax()) + 1


OWN = "own"
FILTERS = (*CLASSIC, *(f"{LEARNED} {n}" for n in range(1, int(bounds.LEARNED_FILTER.high) + 1)), OWN)


def filter_named(name: str) -> Array:
    """A filter (F, F) of `FILTERS` other than `OWN`. Raises ModelError where the model is missing."""
    if name in CLASSIC:
        return CLASSIC[name]
    return learned_filter(int(name.removeprefix(LEARNED)))


def resized(filter_: Array, size: int) -> Array:
    """(F, F) -> (size, size): zeros put around it, or its rim cut off, as evenly as can be."""
    grown = np.pad(filter_, max(size - len(filter_), 0))
    start = (len(grown) - size) // 2
    return grown[start : start + size, start : start + size]
