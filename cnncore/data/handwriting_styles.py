"""Digits as they are written elsewhere: forms of our own, bent at random and drawn with the canvas's pen.

MNIST holds American hands: hardly a one with a flag and a foot, a crossed seven or
a nine with a curled tail. assets/strokes/forms.json holds such forms, each a few
points a line in the unit square, y downwards; a point given twice is a corner.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cnncore.data.digit_set import DIGITS, DigitSet
from cnncore.data.strokes import Strokes, draw_strokes
from cnncore.errors import DataError
from cnncore.nn.arrays import Array
from cnncore.nn.rng import Purpose, generator
from cnncore.paths import ASSETS

FILE = ASSETS / "strokes" / "forms.json"

# Standard deviations, in sides of the unit square: of a point, of a whole line, of the pen's tremor.
_POINT, _LINE, _TREMOR = 0.045, 0.02, 0.004
_END_POINT_FACTOR = 1.6  # a line's first and last point move this much more than those between
_SLANT = 0.08, 0.17  # to the right, columns a row: mean and standard deviation
_WIDTH = -0.3, 0.25  # logarithm of width by height: mean and standard deviation
_POINTS_PER_SEGMENT = 8  # of the curve between two points of a style


class HandwritingStyle(NamedTuple):
    """One way to write a digit."""

    digit: int
    name: str
    strokes: Strokes


@cache
def all_styles(path: Path = FILE) -> tuple[HandwritingStyle, ...]:
    """Every form of the file. Raises DataError where it is missing or damaged."""
    try:
        return tuple(_style(entry) for entry in json.loads(path.read_text(encoding="utf-8")))
    except OSError:
        raise DataError(f"The forms {path.name} are missing: get assets/strokes again.") from None
    except (ValueError, KeyError, TypeError):
        raise DataError(f"The forms {path.name} are damaged: get assets/strokes again.") from None


def _style(entry: dict[str, Any]) -> HandwritingStyle:
    strokes = [np.array(stroke, np.float64) for stroke in entry["strokes"]]
    for stroke in strokes:
        within = (stroke >= 0) & (stroke <= 1)
        if stroke.ndim != 2 or stroke.shape[1] != 2 or len(stroke) < 2 or not within.all():
            raise ValueError
    digit, name = entry["digit"], entry["name"]
    if not strokes or type(digit) is not int or not 0 <= digit < len(DIGITS) or not isinstance(name, str):
        raise ValueError
    return HandwritingStyle(digit, name, strokes)


def sample_styles(count: int, seed: int = 0) -> DigitSet:
    """`count` digits, every class as often, each in a form of its class drawn by chance and bent."""
    of_class = [[form for form in all_styles() if form.digit == digit] for digit in range(len(DIGITS))]
    images, labels = [], np.arange(count, dtype=np.uint8) % len(DIGITS)
    for number, digit in enumerate(labels):
        rng = generator(seed, Purpose.FORM, number)
        form = of_class[digit][rng.integers(len(of_class[digit]))]
        images.append(draw_strokes(distort(form.strokes, rng)))
    return DigitSet(np.stack(images), labels)


def with_handwriting_styles(digits: DigitSet, count: int) -> DigitSet:
    """Append `count` digits of `sample_styles`; of a set of fewer classes those whose class is among its names."""
    more = sample_styles(count)
    index = np.array([digits.names.index(name) if name in digits.names else -1 for name in DIGITS])
    labels = index[more.labels]
    known = labels >= 0
    images = np.concatenate([digits.images, more.images[known]])
    return DigitSet(images, np.concatenate([digits.labels, labels[known].astype(np.uint8)]), digits.names)


def distort(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """The lines of a form as one hand might write them, smooth between corners."""
    looseness = rng.uniform(0.3, 1.3)
    slant, width = rng.normal(*_SLANT), np.exp(rng.normal(*_WIDTH))
    lines = []
    for stroke in strokes:
        moved = np.asarray(rng.normal(0, looseness * _POINT, stroke.shape))
        moved[[0, -1]] *= _END_POINT_FACTOR
        for number in np.flatnonzero(_corners(stroke)):
            moved[number + 1] = moved[number]
        line = _smooth(stroke + moved + rng.normal(0, looseness * _LINE, 2))
        line += rng.normal(0, looseness * _TREMOR, line.shape)
        lines.append(np.stack([width * line[:, 0] - slant * line[:, 1], line[:, 1]], axis=1))
    return lines


def _corners(stroke: Array) -> Array:
    """(points - 1,) whether a point is the same as the one after it."""
    same: Array = (stroke[1:] == stroke[:-1]).all(axis=1)
    return same


def _smooth(knots: Array) -> Array:
    """Interpolate the knots (n, 2) by a Catmull-Rom curve between corners, which stay sharp."""
    parts = np.split(knots, np.flatnonzero(_corners(knots)) + 1)
    return np.concatenate([catmull_rom(part, _POINTS_PER_SEGMENT) for part in parts])


def catmull_rom(knots: Array, points_per_segment: int) -> Array:
    """Interpolate the knots (n, 2) by a Catmull-Rom spline; returns ((n - 1) * points_per_segment + 1, 2).

    Catmull & Rom, "A class of local interpolating splines", 1974.
    """
    if len(knots) < 2:
        return knots
    before, after = 2 * knots[:1] - knots[1:2], 2 * knots[-1:] - knots[-2:-1]
    extended = np.concatenate([before, knots, after])
    t = np.linspace(0, 1, points_per_segment, endpoint=False)[:, None, None]
    a, b, c, d = extended[:-3], extended[1:-2], extended[2:-1], extended[3:]
    curve = b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    return np.concatenate([curve.transpose(1, 0, 2).reshape(-1, 2), knots[-1:]])
