"""A digit shifted, rotated, resized, thickened, partly erased or made noisy, and the effect on every layer.

A convolution is equivariant to shifts: if the image is shifted, its maps are shifted likewise (LeCun et al. 1998,
"Gradient-based learning applied to document recognition"). `layer_agreement` measures this: it correlates each
layer's maps with those of the unchanged image, both in place and after they are transformed as the image was.
"""

from dataclasses import dataclass, fields
from math import cos, radians, sin
from typing import NamedTuple

import numpy as np

from cnncore import limits
from cnncore.data.augmentation import bilinear_sample, dilate_or_erode
from cnncore.errors import InputError
from cnncore.nn.arrays import Array
from cnncore.nn.network import Network
from cnncore.nn.rng import Purpose, generator


@dataclass(frozen=True)
class Perturbation:
    """Changes of a digit, applied in this order. Raises InputError for a value beyond limits.CHANGE.

    thicken      cells by which the line grows on all sides; negative values shrink it
    turn         rotation in degrees, clockwise
    size         scale in percent
    right, down  shift in cells
    erase        side in cells of a blank square with its centre at (row, column), counted from 1
    noise        standard deviation of Gaussian noise, in percent of full ink
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
    def moves_ink(self) -> bool:
        """Return whether the digit is shifted, rotated or resized."""
        return bool(self.turn or self.right or self.down) or self.size != 100

    def apply(self, images: Array, first: int = 0) -> Array:
        """Return changed copies of images (N, H, W, 1) uint8. Image n gets the noise of index `first` + n."""
        pictures = images[..., 0].astype(np.float32) / 255
        remaining = self.thicken
        while remaining:
            by = max(min(remaining, 1.0), -1.0)
            pictures = dilate_or_erode(pictures, np.full(len(pictures), by))
            remaining -= by
        if self.moves_ink:
            pictures = bilinear_sample(pictures, *self._sources(*pictures.shape))
        if self.erase:
            top, side = self.row - 1 - self.erase // 2, self.column - 1 - self.erase // 2
            pictures = pictures.copy()
            pictures[:, max(top, 0) : max(top + self.erase, 0), max(side, 0) : max(side + self.erase, 0)] = 0
        if self.noise:
            pictures = pictures + np.stack([self._noise(pictures.shape[1:], first + n) for n in range(len(images))])
        return np.rint(np.clip(pictures, 0, 1) * 255).astype(np.uint8)[..., None]

    def warp(self, maps: Array) -> tuple[Array, Array]:
        """Shift, rotate and resize maps (H, W, C) as the image, at their own resolution.

        Returns the warped maps and a mask (H, W) of the cells whose source lies inside the maps.
        """
        height, width, channels = maps.shape
        rows, columns = self._sources(channels, height, width)
        inside = (rows[0] >= 0) & (rows[0] <= height - 1) & (columns[0] >= 0) & (columns[0] <= width - 1)
        warped = bilinear_sample(np.ascontiguousarray(maps.transpose(2, 0, 1), np.float32), rows, columns)
        return warped.transpose(1, 2, 0), inside.reshape(height, width)

    def _noise(self, shape: tuple[int, ...], index: int) -> Array:
        """Return the noise of one image, which depends on its index alone."""
        return generator(0, Purpose.NOISE, index).normal(0, self.noise / 100, shape).astype(np.float32)

    def _sources(self, count: int, height: int, width: int) -> tuple[Array, Array]:
        """Return the source rows and columns (count, H·W) of all cells. Shifts are in cells of a 28 × 28 image."""
        scale, angle = 100 / self.size, radians(self.turn)
        middle_y, middle_x = (height - 1) / 2, (width - 1) / 2
        y, x = np.mgrid[:height, :width].reshape(2, -1).astype(np.float64)
        y = y - middle_y - self.down * height / limits.CHANGED_SIDE
        x = x - middle_x - self.right * width / limits.CHANGED_SIDE
        rows = scale * (cos(angle) * y - sin(angle) * x) + middle_y
        columns = scale * (cos(angle) * x + sin(angle) * y) + middle_x
        exact = [np.round(sources, 6).astype(np.float32) for sources in (rows, columns)]
        return np.tile(exact[0], (count, 1)), np.tile(exact[1], (count, 1))


class LayerAgreement(NamedTuple):
    """Correlations of a layer's values after a change with those before it; 1 for equal values.

    layer     index of the layer, counted from 0
    in_place  correlation at the same positions
    warped    correlation with the maps before the change, warped as the image; None for values without a position,
              and where the change does not move the ink
    """

    layer: int
    in_place: float
    warped: float | None


def layer_agreement(network: Network, before: Array, after: Array, change: Perturbation) -> list[LayerAgreement]:
    """Return the agreement of every layer, in order, for images (H, W, C) before and after a change."""
    pairs = network.activations(np.stack([before, after]))
    agreements = []
    for layer, (_, (old, new)) in enumerate(pairs):
        after_warp = None
        if old.ndim == 3 and change.moves_ink:
            warped, inside = change.warp(old)
            after_warp = _correlation(warped[inside], new[inside]) if inside.any() else None
        agreements.append(LayerAgreement(layer, _correlation(old, new), after_warp))
    return agreements


def _correlation(old: Array, new: Array) -> float:
    """Return the correlation of values (…, C), of which each map's own mean is subtracted first.

    Where one of them is constant in each map, it is 1 for equal values and 0 otherwise.
    """
    axes = tuple(range(old.ndim - 1)) or None
    a, b = (values.astype(np.float64) - values.mean(axis=axes, dtype=np.float64) for values in (old, new))
    norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / norm if norm else float(np.array_equal(old, new))
