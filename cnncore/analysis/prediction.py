"""What a network predicts for an image: one rule for the label, for ties, and for when a prediction counts as sure."""

from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cnncore import limits
from cnncore.errors import ShapeError
from cnncore.nn.arrays import Array
from cnncore.nn.blas import one_blas_thread
from cnncore.nn.loss import softmax
from cnncore.nn.network import Network

NO_CLASS = "no class"  # the name that stands for the label of a network whose outputs are not finite
_NOT_FINITE = "The network's outputs are not finite numbers, so it predicts no class: choose another network."


@dataclass(frozen=True, eq=False)
class Prediction:
    """The prediction for one image.

    probabilities  (classes,), in the order of the classes; all NaN where the network's outputs are not finite
    class_names    what the classes are called, one for each probability
    """

    probabilities: Array
    class_names: tuple[str, ...]

    @classmethod
    def from_logits(cls, logits: Array, class_names: tuple[str, ...]) -> "Prediction":
        """From logits (classes,), in float64, so that two different logits do not give equal probabilities."""
        logits = np.asarray(logits, np.float64)
        finite = bool(np.isfinite(logits).all())
        probabilities = softmax(logits[None])[0] if finite else np.full(len(logits), np.nan)
        return cls(probabilities, class_names)

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
        """Whether that probability is at least `limits.SURE`."""
        return self.probability >= limits.SURE

    @property
    def ranking(self) -> tuple[int, ...]:
        """All class indices, the most probable first; equals, and those of NaN, in the order of the classes."""
        return tuple(np.argsort(-self.probabilities, kind="stable").tolist())

    @property
    def sentence(self) -> str:
        """The prediction in words."""
        if self.label is None:
            return _NOT_FINITE
        return f"That is a {self.class_name}." if self.sure else f"I am unsure. A {self.class_name}, perhaps?"


def classify(network: Network, images: Array) -> list[Prediction]:
    """One prediction for each of images (N, H, W, C): uint8 0–255, or real numbers 0–1.

    A network whose outputs are not finite numbers, as after a training that diverged, gives predictions
    whose label is None and whose sentence says so. Raises ShapeError where the images do not fit the network.
    """
    images = np.asarray(images)
    few = len(images) <= limits.CHUNK_IMAGES
    with one_blas_thread() if few else nullcontext(), np.errstate(over="ignore", invalid="ignore"):
        logits = network.logits(images)
    return [Prediction.from_logits(row, network.names) for row in logits]
