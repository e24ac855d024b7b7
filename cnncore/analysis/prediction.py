"""What a network predicts for an image: one rule for the label, for ties, and for when a prediction counts as sure."""

from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cnncore import limits
from cnncore.data.digit_set import DIGITS
from cnncore.errors import ShapeError
from cnncore.nn.arrays import Array
from cnncore.nn.blas import one_blas_thread
from cnncore.nn.loss import softmax
from cnncore.nn.network import Network

NO_CLASS = "no class"  # the name used for the label of a network whose outputs are not finite
_NOT_FINITE = "The network's outputs are not finite numbers, so it predicts no class: choose another network."
_VOWELS = "aeiouAEIOU8"  # an eight
_NUMBERS_WITH_AN = "11", "18"
_LETTERS_WITH_AN = "fhlmnrsxFHLMNRSX"  # an F: where the name is a letter


@dataclass(frozen=True, eq=False)
class Prediction:
    """The prediction for one image.

    probabilities   (classes,), in the order of the classes; all NaN where the network's outputs are not finite
    class_names     what the classes are called, one for each probability
    sure_threshold  the probability from which the prediction counts as sure
    """

    probabilities: Array
    class_names: tuple[str, ...]
    sure_threshold: float = limits.SURE

    @classmethod
    def from_logits(
        cls, logits: Array, class_names: tuple[str, ...], sure_threshold: float = limits.SURE
    ) -> "Prediction":
        """From logits (classes,), in float64, so that two different logits do not give equal probabilities."""
        logits = np.asarray(logits, np.float64)
        finite = bool(np.isfinite(logits).all())
        probabilities = softmax(logits[None])[0] if finite else np.full(len(logits), np.nan)
        return cls(probabilities, class_names, sure_threshold)

    def __post_init__(self) -> None:
        if self.probabilities.shape != (len(self.class_names),):
            raise ShapeError(
                f"{len(self.class_names)} class names do not fit {self.probabilities.shape} probabilities."
            )

    @cached_property
    def label(self) -> int | None:
        """Index of the most probable class, the first of equals; None where the probabilities are not finite."""
        best = int(self.probabilities.argmax())  # of a NaN where there is one
        return best if np.isfinite(self.probabilities[best]) else None

    @property
    def class_name(self) -> str:
        """The name of the most probable class; NO_CLASS where there is none."""
        return NO_CLASS if self.label is None else self.class_names[self.label]

    @property
    def probability(self) -> float:
        """The probability of the most probable class; NaN where there is none."""
        return float("nan") if self.label is None else float(self.probabilities[self.label])

    @property
    def sure(self) -> bool:
        """Whether that probability is at least `sure_threshold`."""
        return self.probability >= self.sure_threshold

    @property
    def alternative(self) -> int | None:
        """Index of the second most probable class, if the prediction is unsure but a sure one of these two."""
        if self.label is None or self.sure or len(self.class_names) < 2:
            return None
        second = self.ranking[1]
        return second if self.probability + float(self.probabilities[second]) >= self.sure_threshold else None

    @property
    def ranking(self) -> tuple[int, ...]:
        """All class indices, the most probable first; equals, and those of NaN, in the order of the classes."""
        return tuple(np.argsort(-self.probabilities, kind="stable").tolist())

    @property
    def sentence(self) -> str:
        """The prediction in words: one class, two, or none that the network knows."""
        if self.label is None:
            return _NOT_FINITE
        if self.sure:
            return f"It looks like {with_article(self.class_name)}."
        if self.alternative is not None:
            both = f"{with_article(self.class_name)} or {with_article(self.class_names[self.alternative])}."
            return both[0].upper() + both[1:]
        return "Not a digit I know." if self.class_names == DIGITS else "Not a class I know."


def with_article(name: str) -> str:
    """A class's name with its indefinite article: "a 7", "an 8", "an owl"."""
    if len(name) == 1:
        vowel = name in _VOWELS.replace("u", "").replace("U", "") + _LETTERS_WITH_AN
    else:
        vowel = name[0] in _VOWELS or name in _NUMBERS_WITH_AN
    return f"{'an' if vowel else 'a'} {name}"


def classify(network: Network, images: Array) -> list[Prediction]:
    """One prediction for each of images (N, H, W, C): uint8 0–255, or real numbers 0–1.

    A network whose outputs are not finite numbers, as after a training that diverged, gives predictions
    whose label is None and whose sentence says so. Raises ShapeError where the images do not fit the network.
    """
    images = np.asarray(images)
    few = len(images) <= limits.CHUNK_IMAGES
    with one_blas_thread() if few else nullcontext(), np.errstate(over="ignore", invalid="ignore"):
        logits = network.logits(images)
    return [Prediction.from_logits(row, network.names, network.sure_threshold) for row in logits]
