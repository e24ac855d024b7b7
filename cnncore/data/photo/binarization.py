"""Binarize a photograph of paper under uneven light. The result is an absorption map: 0 for paper, 1 for full ink.

The brightness of the paper at each place is estimated by a morphological closing a little wider than the pen's line: it
removes a line that is darker than its surroundings and keeps shadows, so that ink and shadow are distinguished by width
and not by darkness. Closings and openings of growing size measure how wide the line is and whether it is dark on light.
"""

from typing import NamedTuple

import numpy as np
from PIL import Image
from scipy import ndimage

from cnncore.data.photo.ruled_lines import ruled_lines
from cnncore.nn.arrays import Array

_SMALL = 320  # the side at which the pen's width is looked for
_WIDTHS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)  # tried, in pixels of that side
_FILLED = 0.65  # of what the widest fill, from which a closing is said to fill the line
_REAL = 0.1  # of the other: less is no curve to compare
_CLOSE = 0.09  # of the picture's side: a line that wide is a digit taken from close
_EDGES = 99.5  # percentile of steepness; half as steep is an edge
_DARKEST = 0.1  # of full light: where there is less, only noise is left
_CLEAR = 1.5  # times the faintest that counts is what the pen must reach
_FAINT, _NOISE = 0.06, 5.0  # ink swallows more light than this, and than so many standard deviations of the noise
_BOLD, _LEVEL = 98, 0.35  # percentile that is the pen's own ink, and the share of it from which a place is inked


class Binarized(NamedTuple):
    """ink (H, W) float32, 1 where all light is swallowed; mask: where a pen was; level: the pen's usual ink;
    light: whether the ink is lighter than the paper."""

    ink: Array
    mask: Array
    level: float
    light: bool


def binarize(grey: Array) -> Binarized | None:
    """(H, W) uint8 -> its ink; None where there is none."""
    values = ndimage.gaussian_filter(grey.astype(np.float32), 0.8)
    light, width = _pen(values)
    if not width:
        return None
    if light:
        values = 255 - values
    size = 3 * width + 3
    paper = ndimage.gaussian_filter(ndimage.grey_closing(values, size=(size, size)), size / 8)
    lit = np.maximum(255 - paper if light else paper, _DARKEST * 255)  # ink and chalk change a share of the light
    ink = (paper - values) / lit
    ink -= np.median(ink)
    least = np.maximum(_FAINT, _NOISE * _noise(ink))
    inked = ink > least
    if not inked.any():
        return None
    level = float(np.percentile(ink[inked], _BOLD))
    if level < _CLEAR * float(np.median(least)):
        return None
    mask = ink > np.maximum(least, _LEVEL * level)
    lines = ruled_lines(inked)
    if lines.any():
        mask &= ~lines
        ink[ndimage.binary_dilation(lines, np.ones((3, 3), bool)) & ~mask] = 0
    return Binarized(ink, mask, level, light)


def _noise(ink: Array) -> Array:
    """The noise's standard deviation around each place, (H, W): more where there was little light."""
    usual = 1.4826 * float(np.median(np.abs(ink)))
    spread = ndimage.uniform_filter(np.minimum(np.abs(ink), 3 * usual), max(ink.shape) // 6)
    return np.maximum(1.25 * spread, usual)


def _pen(values: Array) -> tuple[bool, int]:
    """Whether the ink is light, and about how wide the line is, in pixels; 0 where nothing stands out."""
    scale = min(_SMALL / max(values.shape), 1.0)
    size = [max(round(n * scale), 1) for n in values.shape[::-1]]
    small = np.asarray(Image.fromarray(values).resize(size, Image.Resampling.BOX))
    steep = np.hypot(ndimage.sobel(small, 0), ndimage.sobel(small, 1)) / 8
    edges = steep > max(np.percentile(steep, _EDGES) / 2, 1.0)
    if not edges.any():
        return False, 0
    widths = [k for k in _WIDTHS if k <= max(small.shape) / 2]
    dark = [float((ndimage.grey_closing(small, size=(k, k)) - small)[edges].sum()) for k in widths]
    bright = [float((small - ndimage.grey_opening(small, size=(k, k)))[edges].sum()) for k in widths]
    light = (
        _early_area(bright) > _early_area(dark)
        if min(dark[-1], bright[-1]) > _REAL * max(dark[-1], bright[-1])
        else bright[-1] > dark[-1]
    )
    width = _first_filled(widths, bright if light else dark)
    if width > _CLOSE * max(small.shape):  # one digit fills the picture, and paper is what lies around it
        light = bool(np.median(_border(small)) < (small.min() + small.max()) / 2)
        width = _first_filled(widths, bright if light else dark)
    return light, max(round(width / scale), 2) if width else 0


def _first_filled(widths: list[int], filled: list[float]) -> int:
    return next((k for k, part in zip(widths, filled, strict=True) if part >= _FILLED * filled[-1] > 0), 0)


def _border(picture: Array) -> Array:
    return np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])


def _early_area(filled: list[float]) -> float:
    """How early a curve rises: lines are filled by narrow squares, the paper between them only by wide ones."""
    return sum(filled) / filled[-1]
