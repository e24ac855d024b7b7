"""The network's answers to its whole test set: computed when a view needs them, kept for the session."""

import secrets
import zlib
from functools import cached_property

import numpy as np
import streamlit as st

from cnncore import InputError, Network
from cnncore.analysis.embedding import TestSetEmbedding, embed_test_set
from cnncore.analysis.evaluation import hardest_indices
from cnncore.nn.arrays import Array
from cnncore.training.metrics import Predictions, top_predictions
from pages.ui import bounds
from pages.ui.session.current_network import SessionNetwork
from pages.ui.session.evaluation_set import EvaluationSet
from pages.ui.session.page_state import PageState
from pages.ui.shared.wording import named_classes


class EvaluatedSet:
    """The labelled digits of a test set, and how a network answers them.

    indices  (n,) their indices among all test digits
    images   (n, 28, 28, 1) as a person sees them
    labels   (n,) the network's class of each
    given    (n,) the answers and their probabilities
    wrong    (n,) bool, whether the answer is another class than the label
    hardest  indices of the digits that are answered worst, the worst first
    coordinates  (n, 2) on the map
    key      names the answers to the component that holds them
    """

    def __init__(
        self, network: Network, indices: Array, images: Array, labels: Array, embedding: TestSetEmbedding
    ) -> None:
        self.network, self.indices, self.images, self.labels = network, indices, images, labels
        self.axes, self.n_fitted, self.coordinates = embedding.axes, embedding.n_fitted, embedding.coordinates
        self.given: Predictions = top_predictions(embedding.probabilities)
        self.hardest: Array = indices[hardest_indices(labels, embedding.probabilities, bounds.HARDEST)]
        self.wrong: Array = self.given.labels != labels
        self.key = secrets.token_hex(8)

    @cached_property
    def packed_images(self) -> Array:
        """All images at 4 bits a pixel, compressed by zlib, as bytes."""
        grey = self.images.reshape(len(self.images), -1) >> 4
        return np.frombuffer(zlib.compress((grey[:, ::2] << 4 | grey[:, 1::2]).tobytes(), 6), np.uint8)


def evaluated_set(current: SessionNetwork, tests: EvaluationSet) -> EvaluatedSet:
    """The current network's answers, computed with a progress bar where the session has none. Raises InputError."""
    saved: list[EvaluatedSet] = PageState("inside").setdefault("test_set_answers", [])
    answers = next((each for each in saved if each.network is current.network), None)
    if answers is None:
        answers = _compute(current, tests)
        saved.append(answers)
        del saved[: -bounds.SURVEYS_KEPT]
    return answers


def _compute(current: SessionNetwork, tests: EvaluationSet) -> EvaluatedSet:
    indices = tests.labelled
    if not len(indices):
        raise InputError(
            f"This network tells apart {named_classes(current.network.names)}; its test images are not here, and no "
            "test digit of MNIST is one of them: go back to the pretrained network, or train one on data of yours."
        )
    images = tests.digits.images[indices] if len(indices) < len(tests.digits) else tests.digits.images
    text = f"The network answers {len(indices):,} test {tests.noun}s …"
    bar = st.progress(0.0, text)
    embedding = embed_test_set(current.network, current.sees_all(images), lambda fraction: bar.progress(fraction, text))
    bar.empty()
    return EvaluatedSet(current.network, indices, images, tests.classes[indices], embedding)
