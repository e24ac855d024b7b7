"""Inked places of a photograph -> digits: strokes that hang together, specks and lines dropped, two strokes joined."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from cnncore import limits
from cnncore.data.photo.binarization import Binarized
from cnncore.nn.arrays import Array

BOLD = 0.55  # of the pen's usual ink is what a stroke reaches somewhere
_SHARP = 0.06  # of the pen's ink a pixel: what fades out more slowly is a shadow
_EIGHT = np.ones((3, 3), bool)
_MOST = 400  # parts that are looked at, the largest first
# All of a digit's usual height: a stroke of one, one, more than one; lines are flat and long.
_STROKE, _DIGIT, _TALL = 0.12, 0.5, 2.3
_FLAT, _LONG = 0.3, 1.5
# Two strokes of one digit: share of the narrower that lies above the other, room between them, height of both, of one.
_OVER, _BETWEEN, _BOTH, _ONE = 0.5, 0.35, 1.5, 0.8
_BESIDE = 1.1  # times as wide as high: two digits that touch


class Component(NamedTuple):
    """Ink that hangs together, or strokes of one digit. box: left, top, right, bottom; right and bottom lie outside."""

    box: tuple[int, int, int, int]
    labels: list[int]
    joined: bool = False

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]

    @property
    def width(self) -> int:
        return self.box[2] - self.box[0]


def components(inked: Binarized) -> tuple[Array, list[Component]]:
    """The mask's components, numbered as an array, and those that are digits, in no order."""
    labels, count = ndimage.label(inked.mask, _EIGHT)
    if not count:
        return labels, []
    steep = ndimage.gaussian_gradient_magnitude(inked.ink, 1.5)
    parts = []
    for n, place in enumerate(ndimage.find_objects(labels), 1):
        rows, columns = place
        part = Component((columns.start, rows.start, columns.stop, rows.stop), [n])
        if max(part.width, part.height) < limits.PHOTO_LEAST:
            continue
        own = labels[place] == n
        edge = own & ~ndimage.binary_erosion(own, _EIGHT)
        bold = inked.ink[place][own].max() >= BOLD * inked.level
        if bold and steep[place][edge].mean() >= _SHARP * inked.level:
            parts.append(part)
    parts = sorted(parts, key=lambda part: -part.height)[:_MOST]
    return labels, _digits(_inside(parts, labels.shape))


def _inside(parts: list[Component], shape: tuple[int, ...]) -> list[Component]:
    """Without what runs over the picture's edge (tables, shadows, neighbours), unless there is nothing else."""
    height, width = shape
    whole = [p for p in parts if p.box[0] > 0 and p.box[1] > 0 and p.box[2] < width and p.box[3] < height]
    return whole if any(part.height >= limits.PHOTO_LEAST for part in whole) else parts


def _digits(parts: list[Component]) -> list[Component]:
    usual = _usual_height(parts)
    strokes = [
        part
        for part in parts
        if max(part.height, part.width) > _STROKE * usual
        and part.height < _TALL * usual
        and not (part.height < _FLAT * usual and part.width > _LONG * usual)
    ]
    whole = [part for part in _merged(strokes, usual) if part.height >= max(_DIGIT * usual, limits.PHOTO_LEAST)]
    return [part._replace(joined=part.width > _BESIDE * max(part.height, 0.8 * usual)) for part in whole]


def _usual_height(parts: list[Component]) -> float:
    """A digit's: half of all heights together belong to parts that are as high or higher."""
    heights = np.sort([part.height for part in parts])[::-1]
    if not len(heights):
        return 0.0
    return float(heights[np.searchsorted(np.cumsum(heights), heights.sum() / 2)])


def _merged(parts: list[Component], usual: float) -> list[Component]:
    """With the strokes of one digit that do not touch as one: a five and its hat."""
    done: list[Component] = []
    for part in sorted(parts, key=lambda part: -part.height):
        fits = [n for n, other in enumerate(done) if _belong(part, other, usual)]
        if not fits:
            done.append(part)
            continue
        n = min(fits, key=lambda n: _gap(part, done[n]))
        a, b = part.box, done[n].box
        box = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
        done[n] = Component(box, [*done[n].labels, *part.labels])
    return done


def _gap(a: Component, b: Component) -> int:
    return max(a.box[1], b.box[1]) - min(a.box[3], b.box[3])


def _belong(a: Component, b: Component, usual: float) -> bool:
    """Whether the lower part `a` is a stroke of the digit `b`."""
    over = min(a.box[2], b.box[2]) - max(a.box[0], b.box[0])
    both = max(a.box[3], b.box[3]) - min(a.box[1], b.box[1])
    return (
        over >= _OVER * min(a.width, b.width)
        and _gap(a, b) < _BETWEEN * usual
        and both < _BOTH * usual
        and a.height < _ONE * usual
    )
