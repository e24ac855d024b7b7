"""Digits from files, pens and photographs, all brought to the same 28×28 grey images."""

from typing import NamedTuple

from cnncore.memory import Array

DIGITS = tuple("0123456789")
WATCHED = 10  # digits whose answers are shown while a network learns


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
