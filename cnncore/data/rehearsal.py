"""Training sets that add to plain digits: drawings of no class, and own digits among others' (rehearsal)."""

import numpy as np

from cnncore import limits
from cnncore.data.digit_set import DigitSet
from cnncore.data.pen_drawings import load_pen_drawings, load_styles
from cnncore.data.strokes import draw_strokes, scribbles
from cnncore.nn.arrays import Array
from cnncore.nn.rng import Purpose, generator


def with_scribbles(digits: DigitSet, count: int) -> DigitSet:
    """Append `count` drawings of no digit, whose target is the same probability for every class.

    Labels become targets (N + count, classes) float32.
    """
    return _with_no_class(digits, scribbles(count))


def _with_no_class(digits: DigitSet, images: Array) -> DigitSet:
    classes = len(digits.names)
    targets = np.full((len(digits) + len(images), classes), 1 / classes, np.float32)
    targets[: len(digits)] = np.eye(classes, dtype=np.float32)[digits.labels]
    return DigitSet(np.concatenate([digits.images, images]), targets, digits.names)


def repetitions(count: int) -> int:
    """Return how often each of `count` own digits occurs in an epoch: the fewer digits, the more often."""
    return max(1, min(limits.OWN_TIMES, limits.OWN_IN_ALL // count))


def rehearsal_epoch(user_digits: DigitSet, mnist: DigitSet) -> DigitSet:
    """Return the digits of one epoch of fine-tuning: `user_digits` repeated, and samples of what was learned before.

    A network trained on new digits alone would forget the others (McCloskey & Cohen 1989, "Catastrophic
    interference"). Beside them are digits of `mnist` and of other people's pens; their letters, and scribbles, keep
    predictions unsure where there is no digit. The samples are always the same.
    """
    sample = mnist.subset(np.sort(generator(1, Purpose.SPLIT).permutation(len(mnist))[: limits.BESIDE_DIGITS]))
    repeated = user_digits.subset(np.tile(np.arange(len(user_digits)), repetitions(len(user_digits))))
    pens, letters = _pen_drawings()
    digits = DigitSet(
        np.concatenate([repeated.images, sample.images, pens.images]),
        np.concatenate([repeated.labels, sample.labels, pens.labels]),
        user_digits.names,
    )
    return _with_no_class(digits, np.concatenate([letters, scribbles(limits.BESIDE_SCRIBBLES)]))


def _pen_drawings() -> tuple[DigitSet, Array]:
    """Some digits of the training writers, and images of some of their letters and symbols."""
    unreadable = load_styles()["unreadable"]
    drawings = [d for n, d in enumerate(load_pen_drawings()) if d.training and n not in unreadable]
    order = generator(1, Purpose.PEN).permutation(len(drawings))
    shuffled = [drawings[place] for place in order]
    digits = [each for each in shuffled if each.digit is not None][: limits.BESIDE_PEN_DIGITS]
    letters = [each for each in shuffled if each.digit is None][: limits.BESIDE_LETTERS]
    images = np.stack([draw_strokes(each.strokes) for each in digits])
    labels = np.array([each.digit for each in digits], np.uint8)
    return DigitSet(images, labels), np.stack([draw_strokes(each.strokes) for each in letters])


def rehearsal_size(count: int) -> int:
    """Return the number of images in `rehearsal_epoch` for `count` own digits."""
    beside = limits.BESIDE_DIGITS + limits.BESIDE_PEN_DIGITS + limits.BESIDE_LETTERS + limits.BESIDE_SCRIBBLES
    return count * repetitions(count) + beside
