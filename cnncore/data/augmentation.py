"""Random augmentation of digits: rotation, shear, scaling, shift, elastic distortion and thickening.

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

_BEND_POINTS = 5  # displacements are uniform on a grid this fine and interpolated


@dataclass(frozen=True)
class Augmentation:
    """The largest change of each kind; each image gets a value uniform uniformly from minus to plus this.

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
        return bilinear_sample(pictures, *self._source_positions(rng, *pictures.shape))[..., None]

    def _source_positions(self, rng: np.random.Generator, count: int, height: int, width: int) -> tuple[Array, Array]:
        """Return the rows and columns, (N, H·W) each, in cells, where each output cell reads its image."""
        uniform = rng.uniform(-1, 1, (6, count, 1)).astype(np.float32)
        angle = radians(self.rotate) * uniform[0]
        shear = self.shear * uniform[1]
        stretch_y, stretch_x = np.exp(-self.scale * uniform[2]), np.exp(-self.scale * uniform[3])
        middle_y, middle_x = (height - 1) / 2, (width - 1) / 2
        y, x = np.mgrid[:height, :width].astype(np.float32).reshape(2, 1, -1)
        y, x = y - np.float32(middle_y), x - np.float32(middle_x)
        sine, cosine = np.sin(angle), np.cos(angle)
        rows = stretch_y * (cosine * y + sine * x) + np.float32(middle_y) + self.shift * uniform[4]
        turned = cosine * x - sine * y
        columns = stretch_x * (turned + shear * y) + np.float32(middle_x) + self.shift * uniform[5]
        if self.bend:
            weights = _interpolation_weights(height, width)
            displacements = rng.normal(0, self.bend, (2, count, _BEND_POINTS**2)).astype(np.float32)
            rows, columns = rows + displacements[0] @ weights, columns + displacements[1] @ weights
        return rows, columns


_LARGEST = {
    "rotate": limits.ROTATE.high,
    "shear": limits.SHEAR.high,
    "scale": limits.SCALE.high,
    "shift": limits.SHIFT_CELLS.high,
    "bend": limits.BEND.high,
    "thicken": limits.THICKEN.high,
}


def _interpolation_weights(height: int, width: int) -> Array:
    """Return (displacements, H·W): the weight of each point of the coarse grid in each cell, bilinear."""

    def hat_functions(cells: int) -> Array:
        places = np.linspace(0, _BEND_POINTS - 1, cells, dtype=np.float32)
        return np.maximum(0, 1 - np.abs(places - np.arange(_BEND_POINTS, dtype=np.float32)[:, None]))

    return np.einsum("ay,bx->abyx", hat_functions(height), hat_functions(width)).reshape(_BEND_POINTS**2, -1)


def dilate_or_erode(pictures: Array, amount: Array) -> Array:
    """Blend towards the largest of a cell and its four neighbours (amount > 0), or the smallest (< 0)."""
    padded = np.pad(pictures, ((0, 0), (1, 1), (1, 1)))
    cross = [
        padded[:, 1:-1, 1:-1],
        padded[:, :-2, 1:-1],
        padded[:, 2:, 1:-1],
        padded[:, 1:-1, :-2],
        padded[:, 1:-1, 2:],
    ]
    largest = cross[0]
    smallest = cross[0]
    for neighbour in cross[1:]:
        largest, smallest = np.maximum(largest, neighbour), np.minimum(smallest, neighbour)
    blend = amount.astype(np.float32)[:, None, None]
    return pictures + np.where(blend > 0, blend * (largest - pictures), -blend * (smallest - pictures))


def bilinear_sample(pictures: Array, rows: Array, columns: Array) -> Array:
    """Sample images (N, H, W) bilinearly at (N, H·W) positions; positions outside read 0."""
    count, height, width = pictures.shape
    padded = np.zeros((count, height + 2, width + 2), np.float32)
    padded[:, 1:-1, 1:-1] = pictures
    rows = np.clip(rows + 1, 0, np.float32(height + 0.999))
    columns = np.clip(columns + 1, 0, np.float32(width + 0.999))
    top, left = rows.astype(np.int32), columns.astype(np.int32)
    down, right = rows - np.floor(rows), columns - np.floor(columns)
    corner = (np.arange(count, dtype=np.int32)[:, None] * (height + 2) + top) * (width + 2) + left
    flat = padded.ravel()
    upper = flat[corner] * (1 - right) + flat[corner + 1] * right
    lower = flat[corner + width + 2] * (1 - right) + flat[corner + width + 3] * right
    return (upper * (1 - down) + lower * down).reshape(count, height, width)
