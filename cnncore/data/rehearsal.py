"""What a network learns from beside plain digits: scribbles that are none, and a few digits among many of MNIST."""

import numpy as np

from cnncore import limits
from cnncore.data.digit_set import DigitSet
from cnncore.data.strokes import scribbles
from cnncore.nn.rng import Purpose, generator


def with_scribbles(digits: DigitSet, count: int) -> DigitSet:
    """Add pictures of no digit, whose target is the same probability for every class."""
    classes = len(digits.names)
    targets = np.full((len(digits) + count, classes), 1 / classes, np.float32)
    targets[: len(digits)] = np.eye(classes, dtype=np.float32)[digits.labels]
    return DigitSet(np.concatenate([digits.images, scribbles(count)]), targets, digits.names)


def repetitions(own: int) -> int:
    """How often each of `own` digits is seen in an epoch: the fewer they are, the more often."""
    return max(1, min(limits.OWN_TIMES, limits.OWN_IN_ALL // own))


def rehearsal_epoch(own: DigitSet, mnist: DigitSet) -> DigitSet:
    """One epoch of going on with digits of one's own: each some times, among some of MNIST's and scribbles.

    A network that saw its new digits alone would forget the others (McCloskey & Cohen 1989, "Catastrophic
    interference"). MNIST's are always the same ones; scribbles keep it able to be unsure.
    """
    beside = mnist.take(np.sort(generator(1, Purpose.SPLIT).permutation(len(mnist))[: limits.BESIDE_DIGITS]))
    repeated = own.take(np.tile(np.arange(len(own)), repetitions(len(own))))
    digits = DigitSet(
        np.concatenate([repeated.images, beside.images]), np.concatenate([repeated.labels, beside.labels]), own.names
    )
    return with_scribbles(digits, limits.BESIDE_SCRIBBLES)


def rehearsal_size(own: int) -> int:
    """How many pictures `mixed` gives for `own` digits."""
    return own * repetitions(own) + limits.BESIDE_DIGITS + limits.BESIDE_SCRIBBLES
