"""Pen strokes as other hands might have written them: bent, slanted, and in styles that are rare in the data.

A drawing here has its middle at (0, 0) and its longer side is 1; y points downwards.
"""

import numpy as np

from cnncore.data.strokes import Strokes
from cnncore.nn.arrays import Array

_STEP = 0.06  # distance between two points of a line that is bent
# Standard deviations at full strength: radians, cells per cell, the logarithm of width by height, sides.
_ROTATION, _SLANT, _ASPECT, _STROKE_OFFSET, _WAVE = 0.1, 0.15, 0.1, 0.02, 0.022
_TAPER, _SHIFT_OF_MIDDLE = 0.3, 0.25  # of the width from top to bottom; of the height of the upper half
_TRIMMED = 0.12  # largest share of a stroke that is left out at an end
_WAVES = 3
_WAVE_NUMBER = 0.5, 1.6  # waves along a side: fewest and most
_STRENGTH = 0.2, 1.2  # of all changes of one drawing: least and most


def centred(strokes: Strokes) -> Strokes:
    """Strokes in any unit, moved and scaled: the middle of their box at (0, 0), its longer side 1."""
    points = np.concatenate(strokes)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    return [(stroke - low - extent / 2) / max(float(extent.max()), 1e-9) for stroke in strokes]


def distort_strokes(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Rotate, slant, stretch and bend a centred drawing at random; its strokes also move against each other.

    The bending adds a few sine waves (a smooth displacement, as in Simard et al. 2003).
    """
    strength = rng.uniform(*_STRENGTH)
    angle, slant = rng.normal(0, _ROTATION * strength), rng.normal(0, _SLANT * strength)
    aspect = np.exp(rng.normal(0, _ASPECT * strength))
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = rotation @ np.array([[aspect, slant], [0, 1 / aspect]])
    waves = rng.uniform(*_WAVE_NUMBER, (2, _WAVES))
    phases, heights = rng.uniform(0, 2 * np.pi, _WAVES), rng.normal(0, _WAVE * strength, (_WAVES, 2))
    distorted = []
    taper, middle = rng.normal(0, _TAPER * strength), np.clip(rng.normal(0, _SHIFT_OF_MIDDLE * strength), -0.6, 0.6)
    for stroke in strokes:
        line = subdivide(stroke)
        x, y = line.T
        line = np.stack([x * np.exp(taper * y), y + middle * (y**2 - 0.25)], axis=1)
        if len(strokes) > 1:
            line = line + rng.normal(0, _STROKE_OFFSET * strength, 2)
        line = line + np.sin(2 * np.pi * (line @ waves) + phases) @ heights
        distorted.append(line @ matrix.T)
    return distorted


def slash_zero(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Add a slash through the middle of a centred zero: at any angle, most often rising to the right."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    middle, (across, down) = (low + high) / 2 + rng.normal(0, 0.04, 2), np.maximum((high - low) / 2, 0.1)
    usual = rng.random() < 0.5
    angle = np.radians(rng.uniform(20, 75) if usual else rng.uniform(-90, 90))
    direction = np.array([np.cos(angle), -np.sin(angle)])
    to_border = 1 / np.hypot(direction[0] / across, direction[1] / down)  # of the ellipse in the box
    before, after = to_border * rng.uniform(0.75, 1.5, 2)
    slash = middle + np.linspace(-before, after, 6)[:, None] * direction
    return [*strokes, slash + rng.normal(0, 0.008, slash.shape)]


def cross_seven(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Add a bar to the stem of a centred seven of one stroke, high or low, long or short."""
    stem = subdivide(strokes[0])
    top, height = stem[:, 1].min(), np.ptp(stem[:, 1])
    y = top + rng.uniform(0.3, 0.75) * height
    lower = stem[len(stem) // 3 :]
    x = lower[np.abs(lower[:, 1] - y).argmin(), 0]
    left, right = rng.uniform(0.08, 0.35, 2)
    rise = rng.normal(0, 0.06)
    return [*strokes, np.array([[x - left, y + rise], [x, y + rng.normal(0, 0.01)], [x + right, y - rise]])]


def flag_one(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """Begin the first stroke of a centred one with a flag that rises to its top: short or long, flat or steep."""
    stem = strokes[0] if strokes[0][0, 1] <= strokes[0][-1, 1] else strokes[0][::-1]
    top, length = stem[0], rng.uniform(0.15, 0.75)
    angle = np.radians(rng.uniform(0, 65) if length < 0.35 else rng.uniform(25, 65))
    end = top + length * np.array([-np.cos(angle), np.sin(angle)])
    bow = (top + end) / 2 + rng.normal(0, 0.04 * length, 2)
    return [np.concatenate([[end, bow], stem]), *strokes[1:]]


def hook_one(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """End the first stroke of a centred one with a small hook upwards."""
    stem = strokes[0] if strokes[0][0, 1] <= strokes[0][-1, 1] else strokes[0][::-1]
    side, length = rng.choice([-1, 1], p=[0.2, 0.8]), rng.uniform(0.08, 0.35)
    angle = np.radians(rng.uniform(30, 80))
    end = stem[-1] + length * np.array([side * np.cos(angle), -np.sin(angle)])
    return [np.concatenate([stem, [end]]), *strokes[1:]]


def trim_ends(strokes: Strokes, rng: np.random.Generator, most: float = _TRIMMED) -> Strokes:
    """Leave out a part at the beginning and the end of each stroke, so that loops stay open."""
    trimmed = []
    for stroke in strokes:
        line = subdivide(stroke)
        first, last = (int(len(line) * rng.uniform(0, most)) for _ in range(2))
        trimmed.append(line[first : len(line) - last] if len(line) > 8 else line)
    return trimmed


def subdivide(line: Array) -> Array:
    """Add points to a line (n, 2) until none is farther than a small step from the one before."""
    lengths = np.hypot(*np.diff(line, axis=0).T)
    counts = np.maximum(1, np.ceil(lengths / _STEP)).astype(int)
    at = np.concatenate([[0.0], *(k + np.arange(1, n + 1) / n for k, n in enumerate(counts))])
    return np.stack([np.interp(at, np.arange(len(line)), axis) for axis in line.T], axis=1)
