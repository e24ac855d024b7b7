"""Boxes on a page -> lines, read from top to bottom and each from left to right, however the page was held."""

from typing import NamedTuple

import numpy as np

from cnncore.nn.arrays import Array

_STEEPEST = 0.4  # slope of a line, 22 degrees
_REACH = 3.0  # heights within which the next digit of a line is looked for
_APART = 0.55  # of a height between the middles of two lines, at least


class Row(NamedTuple):
    """Which boxes, from left to right, and by how many degrees the line falls to the right."""

    members: list[int]
    tilt: float


def text_rows(boxes: Array) -> list[Row]:
    """(N, 4) of left, top, right, bottom -> the lines, each fitted with a slope of its own."""
    boxes = np.asarray(boxes, np.float64).reshape(-1, 4)
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    height = float(np.median(boxes[:, 3] - boxes[:, 1]))
    slope = _typical_slope(x, y, height)
    level = y - slope * x
    order = np.argsort(level, kind="stable")
    groups: list[list[int]] = []
    for n in map(int, order):
        if groups and level[n] - np.mean([level[m] for m in groups[-1]]) < _APART * height:
            groups[-1].append(n)
        else:
            groups.append([n])
    rows = []
    for group in groups:
        members = sorted(group, key=lambda n: x[n])
        own = slope
        if len(members) > 2:
            own = float(np.clip(np.polyfit(x[members], y[members], 1)[0], -_STEEPEST, _STEEPEST))
        rows.append(Row(members, float(np.degrees(np.arctan(own)))))
    return rows


def _typical_slope(x: Array, y: Array, height: float) -> float:
    """The slope from each box to the nearest on its right, in the middle of all."""
    slopes = []
    for n in range(len(x)):
        across, down = x - x[n], y - y[n]
        near = (across > 0.2 * height) & (across < _REACH * height) & (np.abs(down) < _STEEPEST * across + 0.3 * height)
        if near.any():
            nearest = int(np.flatnonzero(near)[np.argmin(np.hypot(across, down)[near])])
            slopes.append(down[nearest] / across[nearest])
    return float(np.clip(np.median(slopes), -_STEEPEST, _STEEPEST)) if slopes else 0.0
