"""The lines of ruled and squared paper, taken out of what is inked, whatever crosses them left whole."""

import numpy as np
from scipy import ndimage

from cnncore.nn.arrays import Array

_STEEPEST, _STEP = 15.0, 0.5  # degrees
_RUN = 8  # a line runs on for this part of the longer side, at least
_THIN = 0.012  # of the picture's side is how thick a line may be
_LONG = 0.4  # of the side is what a line covers in all
_POINTS = 20_000  # that its direction is told from
_THICKER = 2  # pixels by which a stroke in a line's direction is thicker


def ruled_lines(mask: Array) -> Array:
    """Inked places (H, W) -> those that belong to long thin lines, level or upright within 15 degrees."""
    return _level_lines(mask) | _level_lines(mask.T).T


def _level_lines(mask: Array) -> Array:
    height, width = mask.shape
    nothing = np.zeros_like(mask)
    if mask.sum() < _LONG * width:
        return nothing
    drop = np.rint(np.arange(width) * _slope(mask)).astype(int)
    drop -= drop.min()
    rows = np.arange(height)[:, None] + drop
    level = np.zeros((height + int(drop.max()), width), bool)
    level[rows, np.arange(width)] = mask
    wider = ndimage.binary_dilation(level, np.ones((3, 1), bool))  # a line a pixel wide breaks where it steps
    runs = _opened(wider, max(max(mask.shape) // _RUN, 2), axis=1) & level
    thick = _THIN * max(mask.shape)
    band = ndimage.binary_dilation(runs, np.ones((5, 1), bool))
    runs &= (band.sum(axis=1) >= _LONG * width)[:, None]
    if not runs.any():
        return nothing
    thickness = float(runs.sum()) / max(int((runs & ~np.roll(runs, 1, axis=0)).sum()), 1)
    if thickness > thick:
        return nothing
    line = ndimage.binary_dilation(runs, np.ones((3, 1), bool)) & level
    line &= ~_opened(level, round(thickness) + _THICKER + 1, axis=0)
    return line[rows, np.arange(width)]


def _opened(mask: Array, length: int, axis: int) -> Array:
    """Only what hangs together for `length` places along an axis."""
    eroded = ndimage.minimum_filter1d(mask.view(np.uint8), length, axis=axis, mode="constant")
    return ndimage.maximum_filter1d(eroded, length, axis=axis, mode="constant", origin=-(1 - length % 2)).astype(bool)


def _slope(mask: Array) -> float:
    """That at which most of the inked places lie on few straight lines."""
    y, x = np.nonzero(mask)
    every = max(len(y) // _POINTS, 1)
    y, x = y[::every], x[::every]

    def agreement(slope: float) -> float:
        places = np.rint(y + slope * x).astype(int)
        return float((np.bincount(places - places.min()).astype(float) ** 2).sum())

    slopes = np.tan(np.radians(np.arange(-_STEEPEST, _STEEPEST + _STEP, _STEP)))
    best = max(slopes, key=agreement)
    finer = best + np.tan(np.radians(np.linspace(-_STEP, _STEP, 11)))
    return float(max(finer, key=agreement))
