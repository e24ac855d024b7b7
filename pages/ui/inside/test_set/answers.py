"""What the current network is tested on, and what it makes of it: computed when asked for, kept for the session."""

import secrets
import zlib
from functools import cached_property
from typing import NamedTuple

import numpy as np
import streamlit as st

from cnncore import InputError, Network
from cnncore.analysis.embedding import TestSetEmbedding, embed_test_set
from cnncore.analysis.evaluation import hardest_indices
from cnncore.data.digit_set import DigitSet
from cnncore.limits import Bound
from cnncore.nn.arrays import Array
from cnncore.training.metrics import Predictions, top_predictions
from pages.ui import bounds
from pages.ui.session import pretrained
from pages.ui.session.current_network import SessionNetwork

_KEPT = "inside_surveys"


class Tests(NamedTuple):
    """digits that can be chosen; classes (N,) which of the network's classes each is, −1 for none of them."""

    digits: DigitSet
    classes: Array
    own: bool

    @property
    def places(self) -> Bound:
        """Which numbers there are, for a link."""
        return Bound(0, len(self.digits) - 1, 0)

    @property
    def known(self) -> Array:
        """Places of the digits that have a right answer."""
        return np.flatnonzero(self.classes >= 0)

    def words(self, number: int) -> str:
        """What a digit is, in a few words."""
        name = self.digits.names[self.digits.labels[number]]
        if self.own:
            return f"test image {number}: {name}"
        strange = "" if self.classes[number] >= 0 else ", which is none of this network's classes"
        return f"test digit {number}, a {name}{strange}"


def tests_of(current: SessionNetwork) -> Tests:
    """What the current network is tested on: its own test set, else MNIST's. Raises DataError."""
    own = current.tests is not None
    digits = current.tests if current.tests is not None else pretrained.test_digits()
    places = [current.network.names.index(name) if name in current.network.names else -1 for name in digits.names]
    return Tests(digits, np.array(places)[digits.labels], own)


class Surveyed:
    """The digits that have a right answer, and how the network answers them.

    numbers  (n,) their places among all that can be chosen
    images   (n, 28, 28, 1) as a person sees them
    labels   (n,) the network's class of each
    """

    def __init__(self, network: Network, numbers: Array, images: Array, labels: Array, seen: TestSetEmbedding) -> None:
        self.network, self.numbers, self.images, self.labels = network, numbers, images, labels
        self.axes, self.axes_from, self.places = seen.axes, seen.axes_from, seen.places
        self.given: Predictions = top_predictions(seen.probabilities)
        self.hardest: Array = numbers[hardest_indices(labels, seen.probabilities, bounds.HARDEST)]
        self.wrong: Array = self.given.answers != labels  # (n,) bool
        self.key = secrets.token_hex(8)  # names it to the component that holds it

    @cached_property
    def packed_images(self) -> Array:
        """All pictures at 4 bits a pixel, packed by zlib, as bytes."""
        grey = self.images.reshape(len(self.images), -1) >> 4
        return np.frombuffer(zlib.compress((grey[:, ::2] << 4 | grey[:, 1::2]).tobytes(), 6), np.uint8)


def survey_of(current: SessionNetwork, tests: Tests) -> Surveyed:
    """Of the current network, computed with a progress bar where the session does not hold it. Raises InputError."""
    kept: list[Surveyed] = st.session_state.setdefault(_KEPT, [])
    found = next((each for each in kept if each.network is current.network), None)
    if found is None:
        found = _computed(current, tests)
        kept.append(found)
        del kept[: -bounds.SURVEYS_KEPT]
    return found


def _computed(current: SessionNetwork, tests: Tests) -> Surveyed:
    numbers = tests.known
    if not len(numbers):
        some = ", ".join(current.network.names[:3])
        raise InputError(
            f"This network tells apart {some} …; no test digit is one of them: go back to the pretrained network, "
            "or train one on digits."
        )
    images = tests.digits.images[numbers] if len(numbers) < len(tests.digits) else tests.digits.images
    words = f"The network answers {len(numbers):,} test digits …"
    bar = st.progress(0.0, words)
    seen = embed_test_set(current.network, current.sees_all(images), lambda share: bar.progress(share, words))
    bar.empty()
    return Surveyed(current.network, numbers, images, tests.classes[numbers], seen)
