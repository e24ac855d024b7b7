"""The test set of the session's current network, and which of its digits have a right answer."""

from typing import NamedTuple

import numpy as np

from cnncore.data.digit_set import DigitSet
from cnncore.limits import Bound
from cnncore.nn.arrays import Array
from pages.ui.session import pretrained
from pages.ui.session.current_network import SessionNetwork
from pages.ui.shared.wording import image_word, named_classes


class EvaluationSet(NamedTuple):
    """The digits that can be chosen as an input.

    classes  (N,) the network's class of each digit, −1 where its label is none of the network's classes
    is_own   whether it is the network's own test set instead of MNIST's
    """

    digits: DigitSet
    classes: Array
    is_own: bool

    @property
    def indices(self) -> Bound:
        """The range of the digits' indices, for a link."""
        return Bound(0, len(self.digits) - 1, 0)

    @property
    def labelled(self) -> Array:
        """Indices of the digits that have a right answer."""
        return np.flatnonzero(self.classes >= 0)

    @property
    def noun(self) -> str:
        """What one of them is called: "digit" or "image"."""
        return image_word(self.digits.names)

    def description(self, index: int) -> str:
        """What a digit is, in a few words."""
        name = self.digits.names[self.digits.labels[index]]
        if self.is_own:
            return f"test image {index}: {name}"
        other = "" if self.classes[index] >= 0 else ", which is none of this network's classes"
        return f"test digit {index}, a {name}{other}"


def evaluation_set(current: SessionNetwork) -> EvaluationSet:
    """The current network's own test set, else MNIST's. Raises DataError."""
    digits = current.tests if current.tests is not None else pretrained.test_digits()
    names = current.network.names
    classes = [names.index(name) if name in names else -1 for name in digits.names]
    return EvaluationSet(digits, np.array(classes)[digits.labels], current.tests is not None)


def other_tests_note(current: SessionNetwork) -> str:
    """One sentence where the test set is another one than the current network's; else empty."""
    names = current.network.names
    if current.tests is not None or image_word(names) == "digit":
        return ""
    return f"The test digits are MNIST's: the test images of this network ({named_classes(names)}) are not here."


def labelled_digits(current: SessionNetwork) -> DigitSet | None:
    """The test digits that have a right answer, as the network sees them, labelled with its classes; None without any.

    Raises DataError.
    """
    digits = labelled_images(current)
    return None if digits is None else DigitSet(current.sees_all(digits.images), digits.labels, digits.names)


def labelled_images(current: SessionNetwork) -> DigitSet | None:
    """The same digits as a person sees them. Raises DataError."""
    tests = evaluation_set(current)
    labelled, digits = tests.labelled, tests.digits
    if not len(labelled):
        return None
    images = digits.images[labelled] if len(labelled) < len(digits) else digits.images
    return DigitSet(images, tests.classes[labelled], current.network.names)
