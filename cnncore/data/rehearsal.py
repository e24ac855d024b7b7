"""Training sets that add to plain digits: scribbles of no class, and own digits mixed with MNIST's (rehearsal)."""

import numpy as np

from cnncore import limits
from cnncore.data.digit_set import DigitSet
from cnncore.data.strokes import scribbles
from cnncore.nn.rng import Purpose, generator


def with_scribbles(digits: DigitSet, count: int) -> DigitSet:
    """Append `count` drawings of no digit, whose target is the same probability for every class.

    Labels become targets (N + count, classes) float32.
    """
    classes = len(digits.names)
    targets = np.full((len(digits) + count, classes), 1 / classes, np.float32)
    targets[: len(digits)] = np.eye(classes, dtype=np.float32)[digits.labels]
    return DigitSet(np.concatenate([digits.images, scribbles(count)]), targets, digits.names)


def repetitions(count: int) -> int:
    """Return how often each of `count` own digits occurs in an epoch: the fewer digits, the more often."""
    return max(1, min(limits.OWN_TIMES, limits.OWN_IN_ALL // count))


def rehearsal_epoch(user_digits: DigitSet, mnist: DigitSet) -> DigitSet:
    """Return the digits of one epoch of fine-tuning: `user_digits` repeated, a sample of `mnist`, and scribbles.

    A network trained on new digits alone would forget the others (McCloskey & Cohen 1989, "Catastrophic
    interference"). The sample of MNIST is always the same; scribbles keep predictions unsure where there is no digit.
    """
    sample = mnist.subset(np.sort(generator(1, Purpose.SPLIT).permutation(len(mnist))[: limits.BESIDE_DIGITS]))
    repeated = user_digits.subset(np.tile(np.arange(len(user_digits)), repetitions(len(user_digits))))
    digits = DigitSet(
        np.concatenate([repeated.images, sample.images]),
        np.concatenate([repeated.labels, sample.labels]),
        user_digits.names,
    )
    return with_scribbles(digits, limits.BESIDE_SCRIBBLES)


def rehearsal_size(count: int) -> int:
    """Return the number of images in `rehearsal_epoch` for `count` own digits."""
    return count * repetitions(count) + limits.BESIDE_DIGITS + limits.BESIDE_SCRIBBLES
