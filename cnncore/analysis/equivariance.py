"""A digit shifted, turned, resized, thickened, partly erased, made noisy: what that does to every layer.

A convolution is equivariant to shifts: where the picture moves, its maps move along
(LeCun et al. 1998). `follow` measures it: how well each layer's maps agree with those
before the change, at the same places and where the change has moved them to.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from math import cos, radians, sin
from typing import NamedTuple

import numpy as np

from cnncore import limits
from cnncore.data.augmentation import bilinear_sample, dilate_or_erode
from cnncore.data.digit_set import DigitSet
from cnncore.errors import InputError
from cnncore.nn.arrays import Array
from cnncore.nn.network import Network
from cnncore.nn.rng import Purpose, generator

_COUNTED = 500  # digits of one block of a count


@dataclass(frozen=True)
class Perturbation:
    """What is done to a digit, in this order. Raises InputError.

    thicken      cells by which the line grows to all sides; below 0 it shrinks
    turn         degrees, clockwise
    size         percent
    right, down  cells
    erase        side of a blank square, in cells; its middle at (row, column), counted from 1
    noise        standard deviation of what is added to every cell, percent of full ink
    """

    thicken: float = 0.0
    turn: int = 0
    size: int = 100
    right: int = 0
    down: int = 0
    erase: int = 0
    row: int = 14
    column: int = 14
    noise: int = 0

    def __post_init__(self) -> None:
        for f in fields(self):
            bound = limits.CHANGE[f.name]
            if getattr(self, f.name) not in bound:
                raise InputError(f"A digit's {f.name} changes within {bound.low:g} to {bound.high:g}: try {f.default}.")

    @property
    def moves(self) -> bool:
        """Whether the ink changes its place."""
        return bool(self.turn or self.right or self.down) or self.size != 100

    def apply(self, images: Array, first: int = 0) -> Array:
        """images (N, H, W, 1) uint8 -> the same, changed. `first` numbers the images, for noise of their own."""
        pictures = images[..., 0].astype(np.float32) / 255
        left = self.thicken
        while left:
            part = max(min(left, 1.0), -1.0)
            pictures = dilate_or_erode(pictures, np.full(len(pictures), part))
            left -= part
        if self.moves:
            pictures = bilinear_sample(pictures, *self._sources(*pictures.shape))
        if self.erase:
            top, side = self.row - 1 - self.erase // 2, self.column - 1 - self.erase // 2
            pictures = pictures.copy()
            pictures[:, max(top, 0) : max(top + self.erase, 0), max(side, 0) : max(side + self.erase, 0)] = 0
        if self.noise:
            pictures = pictures + np.stack([self._noise(pictures.shape[1:], first + n) for n in range(len(images))])
        return np.rint(np.clip(pictures, 0, 1) * 255).astype(np.uint8)[..., None]

    def moved(self, maps: Array) -> tuple[Array, Array]:
        """maps (H, W, C) moved as the ink moves, at their own resolution; and (H, W): which places have a source."""
        height, width, channels = maps.shape
        rows, columns = self._sources(channels, height, width)
        inside = (rows[0] >= 0) & (rows[0] <= height - 1) & (columns[0] >= 0) & (columns[0] <= width - 1)
        moved = bilinear_sample(np.ascontiguousarray(maps.transpose(2, 0, 1), np.float32), rows, columns)
        return moved.transpose(1, 2, 0), inside.reshape(height, width)

    def _noise(self, shape: tuple[int, ...], number: int) -> Array:
        return generator(0, Purpose.NOISE, number).normal(0, self.noise / 100, shape).astype(np.float32)

    def _sources(self, count: int, height: int, width: int) -> tuple[Array, Array]:
        """Where each cell is read: rows and columns (count, H·W). Shifts are told in cells of a 28×28 image."""
        scale, angle = 100 / self.size, radians(self.turn)
        middle_y, middle_x = (height - 1) / 2, (width - 1) / 2
        y, x = np.mgrid[:height, :width].reshape(2, -1).astype(np.float64)
        y = y - middle_y - self.down * height / limits.CHANGED_SIDE
        x = x - middle_x - self.right * width / limits.CHANGED_SIDE
        rows = scale * (cos(angle) * y - sin(angle) * x) + middle_y
        columns = scale * (cos(angle) * x + sin(angle) * y) + middle_x
        exact = [np.round(places, 6).astype(np.float32) for places in (rows, columns)]
        return np.tile(exact[0], (count, 1)), np.tile(exact[1], (count, 1))


class LayerAgreement(NamedTuple):
    """How a layer's values after a change agree with those before: correlations, 1 where they are alike.

    layer     counted from 0
    stayed    at the same places
    moved     where the change has moved them to; None for values without a place, or where nothing moves
    """

    layer: int
    stayed: float
    moved: float | None


def layer_agreement(network: Network, before: Array, after: Array, change: Perturbation) -> list[LayerAgreement]:
    """before, after (H, W, C) images -> every layer's agreement, in order."""
    pairs = network.activations(np.stack([before, after]))
    found = []
    for number, (_, (old, new)) in enumerate(pairs):
        along = None
        if old.ndim == 3 and change.moves:
            moved, inside = change.moved(old)
            along = _agreement(moved[inside], new[inside]) if inside.any() else None
        found.append(LayerAgreement(number, _agreement(old, new), along))
    return found


def count_wrong(network: Network, digits: DigitSet, change: Perturbation) -> Iterator[tuple[int, int]]:
    """(wrong so far, digits so far) after every block of changed digits, so that a caller can show progress."""
    wrong = 0
    for start in range(0, len(digits), _COUNTED):
        stop = min(start + _COUNTED, len(digits))
        answers = network.logits(change.apply(digits.images[start:stop], start)).argmax(axis=1)
        wrong += int((answers != digits.labels[start:stop]).sum())
        yield wrong, stop


def _agreement(old: Array, new: Array) -> float:
    """Correlation of (…, C) values; each map's own mean is taken off, or what is constant would count as alike."""
    axes = tuple(range(old.ndim - 1)) or None
    a, b = (values.astype(np.float64) - values.mean(axis=axes, dtype=np.float64) for values in (old, new))
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size else float(np.array_equal(old, new))
