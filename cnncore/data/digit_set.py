"""A set of labelled digits: 28×28 grey images, as they come from files, strokes and photos."""

from typing import NamedTuple

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.nn.rng import Purpose, generator

DIGITS = tuple("0123456789")
MONITORED_DIGITS = 10  # test digits whose predictions are shown during training


class DigitSet(NamedTuple):
    """images (N, 28, 28, 1) uint8, ink high; labels (N,) uint8 class indices, or (N, classes) float32 targets.

    names[k] is the name of class k. The length of a set is its number of digits.
    """

    images: Array
    labels: Array
    names: tuple[str, ...] = DIGITS

    def __len__(self) -> int:  # the number of digits, not of fields
        return len(self.images)

    def subset(self, indices: Array | slice) -> "DigitSet":
        """Return the digits at `indices`, which may also be a boolean mask (N,) or a slice."""
        return DigitSet(self.images[indices], self.labels[indices], self.names)


SAMPLE_DIGITS = 1_000


def fixed_sample(digits: DigitSet, count: int = SAMPLE_DIGITS) -> DigitSet:
    """Return the same `count` digits every time, in their order; all of them if there are fewer."""
    return digits.subset(sample_indices(len(digits), count))


def sample_indices(total: int, count: int = SAMPLE_DIGITS) -> Array:
    """Return the indices (count,) of the fixed sample among `total` digits, in ascending order."""
    if total <= count:
        return np.arange(total)
    return np.sort(generator(0, Purpose.SAMPLE).permutation(total)[:count])
