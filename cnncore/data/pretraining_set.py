"""What the networks of the app are trained on: MNIST, pen drawings, handwriting styles, and drawings of no digit."""

from collections import Counter

import numpy as np

from cnncore.data.digit_set import DIGITS, DigitSet
from cnncore.data.handwriting_styles import sample_styles
from cnncore.data.pen_drawings import PenDrawing, load_pen_drawings, load_styles
from cnncore.data.stroke_distortion import (
    centred,
    cross_seven,
    distort_strokes,
    flag_one,
    hook_one,
    slash_zero,
    trim_ends,
)
from cnncore.data.strokes import BOX_CELLS, PEN_CELLS, PreprocessingSteps, Strokes, draw_strokes, scribbles
from cnncore.nn.arrays import Array
from cnncore.nn.rng import Purpose, generator

DIGIT_COPIES, OTHER_COPIES = 16, 12  # of one drawing, on average: of digits; of letters and symbols
STYLE_DIGITS, SCRIBBLES = 20_000, 6_000
_PEN_VARIATION = 0.25  # standard deviation of the pen's width, in cells
_NARROW = 0.4  # a one whose width is less of its height has no flag


def pretraining_set(mnist: DigitSet) -> DigitSet:
    """MNIST's training digits and all that is added, with targets (N, 10) float32 instead of labels.

    The target of a letter, symbol or scribble is one tenth for every digit, so that the network is unsure of them.
    """
    digits, others = sample_pen_drawings()
    styles = sample_styles(STYLE_DIGITS)
    no_digits = np.concatenate([others, scribbles(SCRIBBLES)])
    labels = np.concatenate([mnist.labels, digits.labels, styles.labels])
    targets = np.full((len(labels) + len(no_digits), len(DIGITS)), 1 / len(DIGITS), np.float32)
    targets[: len(labels)] = np.eye(len(DIGITS), dtype=np.float32)[labels]
    return DigitSet(np.concatenate([mnist.images, digits.images, styles.images, no_digits]), targets)


def sample_pen_drawings(
    digit_copies: float = DIGIT_COPIES, other_copies: float = OTHER_COPIES
) -> tuple[DigitSet, Array]:
    """Distorted copies of the training writers' drawings: the digits; the images of letters and symbols.

    digit_copies, other_copies  copies of one drawing, on average: writers who drew more have fewer of each
    """
    styles = load_styles()
    readable = [
        (number, drawing)
        for number, drawing in enumerate(load_pen_drawings())
        if drawing.training and number not in styles["unreadable"]
    ]
    digits = [each for each in readable if each[1].digit is not None]
    others = [each for each in readable if each[1].digit is None]
    styled = styles["slashed"] | styles["flagged"]
    images = [
        _copy(drawing, generator(0, Purpose.PEN, number, copy), number in styled)
        for number, drawing, copy in _copies(digits, digit_copies)
    ]
    labels = [drawing.digit for _, drawing, _ in _copies(digits, digit_copies)]
    no_digits = [
        _copy(drawing, generator(0, Purpose.PEN, number, copy), True)
        for number, drawing, copy in _copies(others, other_copies)
    ]
    return DigitSet(np.stack(images), np.array(labels, np.uint8)), np.stack(no_digits)


def _copies(drawings: list[tuple[int, PenDrawing]], mean: float) -> list[tuple[int, PenDrawing, int]]:
    """Each drawing with the numbers of its copies: fewer where its writer drew more, by the square root."""
    count = Counter(drawing.writer for _, drawing in drawings)
    weights = np.array([count[drawing.writer] ** -0.5 for _, drawing in drawings])
    copies = np.maximum(1, np.rint(mean * weights / weights.mean())).astype(int)
    return [(*each, copy) for each, n in zip(drawings, copies, strict=True) for copy in range(n)]


def _copy(drawing: PenDrawing, rng: np.random.Generator, styled: bool) -> Array:
    """(28, 28, 1) uint8: bent, in a rare style now and then unless it is `styled`, and drawn with another pen."""
    strokes = centred(drawing.strokes)
    if not styled or drawing.digit == 7:
        strokes = _in_a_rare_style(strokes, drawing.digit, rng)
    distorted = distort_strokes(strokes, rng)
    longest = float(np.ptp(np.concatenate(distorted), axis=0).max())
    width = rng.normal(PEN_CELLS, _PEN_VARIATION)
    return draw_strokes(distorted, PreprocessingSteps(pen=False), pen=width * longest / (BOX_CELLS - width))


def _in_a_rare_style(strokes: Strokes, digit: int | None, rng: np.random.Generator) -> Strokes:
    chance = rng.random()
    if digit == 0:
        open_ended = trim_ends(strokes, rng, 0.2) if rng.random() < 0.3 else strokes
        return slash_zero(open_ended, rng) if chance < 0.3 else open_ended
    if digit == 1 and len(strokes) == 1 and np.ptp(strokes[0][:, 0]) < _NARROW:
        flagged = flag_one(strokes, rng) if chance < 0.5 else strokes
        return hook_one(flagged, rng) if rng.random() < 0.15 else flagged
    if digit == 7 and len(strokes) == 1 and chance < 0.2:
        return cross_seven(strokes, rng)
    if digit in (6, 8, 9) and chance < 0.2:
        return trim_ends(strokes, rng)
    return strokes
