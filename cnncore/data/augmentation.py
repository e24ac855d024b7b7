"""Digits turned, sheared, scaled, shifted, bent and thickened: what other hands would have written.

A whole chunk at once: each image gets its own affine map and a smooth random
displacement (Simard et al. 2003, "Best practices for convolutional neural
networks"), and is read where they point, bilinearly.
"""

from dataclasses import dataclass, fields
from math import radians
from typing import Any

import numpy as np

from cnncore import limits
from cnncore.errors import InputError
from cnncore.nn.arrays import Array

_BEND_POINTS = 5  # displacements are drawn on a grid this fine and interpolated


@dataclass(frozen=True)
class Augmentation:
    """The largest change of each kind; every digit draws its own, evenly between plus and minus.

    rotate   degrees
    shear    horizontal cells a vertical cell
    scale    share of the size, rows and columns apart
    shift    cells
    bend     cells, standard deviation of a smooth displacement
    thicken  0 to 1: blend towards the largest (or smallest) of the neighbouring cells
    """

    rotate: float = 0.0
    shear: float = 0.0
    scale: float = 0.0
    shift: float = 0.0
    bend: float = 0.0
    thicken: float = 0.0

    def __post_init__(self) -> None:
        for f in fields(self):
            value, high = getattr(self, f.name), _LARGEST[f.name]
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not 0 <= value <= high:
                raise InputError(f"Augmentation by {f.name} lies in 0 to {high:g}, not {value!r}: try 0.")

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) for f in fields(self))

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Augmentation":
        """From plain data. Raises InputError for an unknown name."""
        unknown = sorted(set(plain) - {f.name for f in fields(cls)})
        if unknown:
            raise InputError(f"Unknown augmentation {unknown[0]!r}: try one of {', '.join(_LARGEST)}.")
        return cls(**plain)

    def apply(self, images: Array, rng: np.random.Generator) -> Array:
        """images (N, H, W, 1) uint8 or in 0–1 -> (N, H, W, 1) float32 in 0–1."""
        scaled = images.astype(np.float32)
        if images.dtype == np.uint8:
            scaled *= np.float32(1 / 255)
        pictures = scaled[..., 0]
        if self.thicken:
            pictures = dilate_or_erode(pictures, rng.uniform(-self.thicken, self.thicken, len(pictures)))
        return bilinear_sample(pictures, *self._places(rng, *pictures.shape))[..., None]

    def _places(self, rng: np.random.Generator, count: int, height: int, width: int) -> tuple[Array, Array]:
        """Where each output cell reads its image: rows and columns, (N, H·W) each, in cells."""
        drawn = rng.uniform(-1, 1, (6, count, 1)).astype(np.float32)
        angle = radians(self.rotate) * drawn[0]
        shear = self.shear * drawn[1]
        stretch_y, stretch_x = np.exp(-self.scale * drawn[2]), np.exp(-self.scale * drawn[3])
        middle_y, middle_x = (height - 1) / 2, (width - 1) / 2
        y, x = np.mgrid[:height, :width].astype(np.float32).reshape(2, 1, -1)
        y, x = y - np.float32(middle_y), x - np.float32(middle_x)
        sine, cosine = np.sin(angle), np.cos(angle)
        rows = stretch_y * (cosine * y + sine * x) + np.float32(middle_y) + self.shift * drawn[4]
        turned = cosine * x - sine * y
        columns = stretch_x * (turned + shear * y) + np.float32(middle_x) + self.shift * drawn[5]
        if self.bend:
            surface = _bend_surface(height, width)
            knots = rng.normal(0, self.bend, (2, count, _BEND_POINTS**2)).astype(np.float32)
            rows, columns = rows + knots[0] @ surface, columns + knots[1] @ surface
        return rows, columns


_LARGEST = {
    "rotate": limits.ROTATE.high,
    "shear": limits.SHEAR.high,
    "scale": limits.SCALE.high,
    "shift": limits.SHIFT_CELLS.high,
    "bend": limits.BEND.high,
    "thicken": limits.THICKEN.high,
}


def _bend_surface(height: int, width: int) -> Array:
    """(knots, H·W): what each knot of the coarse grid adds to each cell, bilinearly."""

    def hats(cells: int) -> Array:
        places = np.linspace(0, _BEND_POINTS - 1, cells, dtype=np.float32)
        return np.maximum(0, 1 - np.abs(places - np.arange(_BEND_POINTS, dtype=np.float32)[:, None]))

    return np.einsum("ay,bx->abyx", hats(height), hats(width)).reshape(_BEND_POINTS**2, -1)


def dilate_or_erode(pictures: Array, amount: Array) -> Array:
    """Blend towards the largest of a cell and its four neighbours (amount > 0), or the smallest (< 0)."""
    framed = np.pad(pictures, ((0, 0), (1, 1), (1, 1)))
    cross = [
        framed[:, 1:-1, 1:-1],
        framed[:, :-2, 1:-1],
        framed[:, 2:, 1:-1],
        framed[:, 1:-1, :-2],
        framed[:, 1:-1, 2:],
    ]
    most = cross[0]
    least = cross[0]
    for neighbour in cross[1:]:
        most, least = np.maximum(most, neighbour), np.minimum(least, neighbour)
    share = amount.astype(np.float32)[:, None, None]
    return pictures + np.where(share > 0, share * (most - pictures), -share * (least - pictures))


def bilinear_sample(pictures: Array, rows: Array, columns: Array) -> Array:
    """Bilinear reading of (N, H, W) at (N, H·W) places; outside is background."""
    count, height, width = pictures.shape
    framed = np.zeros((count, height + 2, width + 2), np.float32)
    framed[:, 1:-1, 1:-1] = pictures
    rows = np.clip(rows + 1, 0, np.float32(height + 0.999))
    columns = np.clip(columns + 1, 0, np.float32(width + 0.999))
    top, left = rows.astype(np.int32), columns.astype(np.int32)
    down, right = rows - np.floor(rows), columns - np.floor(columns)
    corner = (np.arange(count, dtype=np.int32)[:, None] * (height + 2) + top) * (width + 2) + left
    flat = framed.ravel()
    upper = flat[corner] * (1 - right) + flat[corner + 1] * right
    lower = flat[corner + width + 2] * (1 - right) + flat[corner + width + 3] * right
    return (upper * (1 - down) + lower * down).reshape(count, height, width)
