"""Digits from files, pens and photographs, all brought to the same 28×28 grey images."""

from typing import NamedTuple

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.nn.rng import Purpose, generator

DIGITS = tuple("0123456789")
MONITORED_DIGITS = 10  # digits whose answers are shown while a network learns


class DigitSet(NamedTuple):
    """images (N, 28, 28, 1) uint8, ink high; labels (N,) uint8 class numbers, or (N, classes) probabilities.

    names[k] is what class k is called.
    """

    images: Array
    labels: Array
    names: tuple[str, ...] = DIGITS

    def __len__(self) -> int:  # digits, not fields
        return len(self.images)

    def take(self, which: Array | slice) -> "DigitSet":
        """Some of the digits, with their labels."""
        return DigitSet(self.images[which], self.labels[which], self.names)


SAMPLE_DIGITS = 1_000


def fixed_sample(digits: DigitSet, count: int = SAMPLE_DIGITS) -> DigitSet:
    """The same `count` digits every time, in their order; all of them where there are no more."""
    return digits.take(sample_indices(len(digits), count))


def sample_indices(total: int, count: int = SAMPLE_DIGITS) -> Array:
    """The places of the fixed sample among `total` digits."""
    if total <= count:
        return np.arange(total)
    return np.sort(generator(0, Purpose.SAMPLE).permutation(total)[:count])
