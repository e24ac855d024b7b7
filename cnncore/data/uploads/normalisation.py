"""How the images of a data set are to be read, found from all of them together: value range, ink and orientation.

Each decision becomes a Finding. One that the images do not settle is marked as doubtful, with its alternatives.
"""

from collections.abc import Sequence

import numpy as np

from cnncore.data.digit_set import DIGITS
from cnncore.data.mnist import load_mnist_test
from cnncore.data.uploads.report import Finding
from cnncore.errors import DataError
from cnncore.nn.arrays import Array

AUTO = "auto"
# What `values` can be: the smallest and the largest value of a data set's pixels.
VALUES = {
    "0-1": (0, 1),
    "-1-1": (-1, 1),
    "0-16": (0, 16),
    "0-255": (0, 255),
    "0-1023": (0, 1023),
    "0-4095": (0, 4095),
    "0-65535": (0, 65_535),
}
INKS = ("dark", "light")
TURNS = ("as is", "transposed")
_OUTLIERS = 0.01  # the share of images that may lie outside a value range, and are left out
_CLEAR = 0.75  # the share of a border's pixels that are ground, where the border tells which is the ground
_LEAST_CLEAR, _MOST_AGAINST = 0.3, 0.2  # shares of images from which the ink of a data set is no doubt
_LIGHT_ON_THE_WHOLE = 160  # the mean of all pixels, of 255, from which the ground is light where no border tells
_LEAST_MIXED = 0.02  # the smaller share from which a ZIP's pictures are of both kinds
_JUDGED = 2_000  # images from which the orientation is judged,
_LEAST_JUDGED = 20  # at least,
_TURNED, _SURELY = 0.1, 0.25  # by how much more of them are read transposed than as they are


def compact(images: Array) -> Array:
    """The same values as uint8 or uint16 where they are such whole numbers, else as float32."""
    if images.dtype == np.uint8:
        return images
    if images.dtype == bool:
        return images.astype(np.uint8)
    values = images.astype(np.float64) if images.dtype.kind == "f" else images
    if values.size and values.min() >= 0 and values.max() <= 65_535 and (values == np.floor(values)).all():
        return values.astype(np.uint8 if values.max() <= 255 else np.uint16)
    with np.errstate(over="ignore"):
        return values.astype(np.float32)


def find_values(lows: Array, highs: Array, whole: bool, option: str) -> Finding:
    """The value range of a data set, from the least and the largest value of each of its images (N,).

    A few images may lie outside of it. Raises DataError where the values are in no range that is read.
    """
    others = tuple(name for name in VALUES if name != option)
    if option != AUTO:
        return Finding(
            "values", option, others, f"The values are taken as {range_in_words(option)}.", usual=option == "0-255"
        )
    low, high = _without_outliers(lows, highs)
    if low < 0 and not (low >= -1 and high <= 1 and not whole):
        chosen = None
    else:
        positive = [name for name, (least, most) in VALUES.items() if least == 0 and high <= most]
        chosen = "-1-1" if low < 0 else next(iter(positive), None)
    if chosen is None:
        raise DataError(
            f"The pixels run from {lows.min():.6g} to {highs.max():.6g}: 0 to 1, −1 to 1, 0 to 16 and 0 to 255 are "
            "read, and 10 to 16 bits."
        )
    others = tuple(name for name in VALUES if name != chosen)
    most = VALUES[chosen][1]
    doubtful = (most == 16 and high < 15) or (most == 255 and high < 64)
    text = f"Values {range_in_words(chosen)}, scaled to 0–255."
    return Finding("values", chosen, others, text, doubtful, usual=chosen == "0-255" and not doubtful)


def _without_outliers(lows: Array, highs: Array) -> tuple[float, float]:
    """The range of all but the most extreme images."""
    out = int(_OUTLIERS * len(lows))
    high = float(np.partition(highs, len(highs) - 1 - out)[len(highs) - 1 - out])
    return float(np.partition(lows, out)[out]), high


def range_in_words(values: str) -> str:
    """One of VALUES as a text, 0–16."""
    low, high = VALUES[values]
    return f"{low}–{high:,}".replace("-", "−")


def scaled(images: Array, values: str) -> Array:
    """Images of a value range as uint8; what lies outside is clipped."""
    low, high = VALUES[values]
    if images.dtype == np.uint8 and (low, high) == (0, 255):
        return images
    shares = (images.astype(np.float32) - low) * (255 / (high - low))
    return np.rint(shares).clip(0, 255).astype(np.uint8)


def ground_votes(images: Array) -> Array:
    """What the border of each image tells: (N, H, W) uint8 -> (N,) int8, 1 for light ground, -1 for dark, else 0."""
    middle = (images.min(axis=(1, 2)).astype(np.float32) + images.max(axis=(1, 2))) / 2
    border = np.concatenate([images[:, 0], images[:, -1], images[:, 1:-1, 0], images[:, 1:-1, -1]], axis=1)
    light = (border > middle[:, None]).mean(axis=1)
    return np.where(light >= _CLEAR, 1, np.where(light <= 1 - _CLEAR, -1, 0)).astype(np.int8)


def find_ink(votes: Array, level: float, option: str, *, mixed_inks: bool) -> tuple[Finding, Array]:
    """Whether the ink is dark or light, and which of the images are to be inverted: (N,) bool.

    votes    what the border of each image tells
    level    the mean of all pixels, 0 to 255, which decides where no border tells
    mixed_inks  whether the images may be of both kinds, each decided by its own border
    """
    light, dark = int((votes > 0).sum()), int((votes < 0).sum())
    if option != AUTO:
        is_dark = option == "dark"
        inverted, doubtful = np.full(len(votes), is_dark), False
    else:
        is_dark = light > dark if light + dark else level > _LIGHT_ON_THE_WHOLE
        inverted = np.full(len(votes), is_dark)
        against = min(light, dark) / max(light + dark, 1)
        doubtful = light + dark < _LEAST_CLEAR * len(votes) or against > _MOST_AGAINST
        if mixed_inks and against >= _LEAST_MIXED:
            inverted, doubtful = np.where(votes == 0, is_dark, votes > 0), light + dark < _LEAST_CLEAR * len(votes)
    chosen = "dark" if is_dark else "light"
    count = int(inverted.sum())
    if count == len(votes):
        text = "Dark on light: inverted, so that ink is high as in MNIST."
    elif count:
        text = f"{count:,} were dark on light: inverted, so that ink is high as in MNIST."
    else:
        text = "Light on dark, as in MNIST."
    other = INKS[1 - INKS.index(chosen)]
    return Finding("ink", chosen, (other,), text, doubtful, usual=not count), inverted


def find_turn(images: Array, labels: Sequence[str], option: str) -> Finding:
    """Whether images (N, 28, 28) of digits lie transposed, as EMNIST's files are stored.

    Each digit is compared with the mean images of MNIST's ten classes, as it is and transposed: the better of the two
    is nearer to the mean of its own class more often. Other classes than digits are left as they are.
    """
    if option != AUTO:
        text = "Transposed: rows and columns are swapped." if option == "transposed" else "Not turned."
        return Finding("turn", option, (TURNS[1 - TURNS.index(option)],), text, usual=option == "as is")
    usual = Finding("turn", "as is", ("transposed",), "Upright.", usual=True)
    digits = np.array([n for n, label in enumerate(labels) if label in DIGITS], np.intp)
    if len(digits) < _LEAST_JUDGED or len({labels[n] for n in digits.tolist()}) < 2:
        return usual
    which = digits[np.linspace(0, len(digits) - 1, min(len(digits), _JUDGED)).astype(np.intp)]
    answers = np.array([int(labels[n]) for n in which.tolist()])
    test = load_mnist_test()
    means = np.stack([test.images[test.labels == k, ..., 0].mean(axis=0).ravel() for k in range(len(DIGITS))])
    shares = [_share_correct(batch, answers, means) for batch in (images[which], images[which].transpose(0, 2, 1))]
    if shares[1] - shares[0] < _TURNED:
        return usual
    text = "Looks transposed, as EMNIST's files are: turned upright."
    return Finding("turn", "transposed", ("as is",), text, doubtful=shares[1] - shares[0] < _SURELY)


def _share_correct(images: Array, answers: Array, means: Array) -> float:
    """The share of images whose nearest mean, by the angle between them, is that of their own class."""
    flat = images.reshape(len(images), -1).astype(np.float32)
    nearest = (flat @ (means / np.linalg.norm(means, axis=1, keepdims=True)).T.astype(np.float32)).argmax(axis=1)
    return float((nearest == answers).mean())
