"""The reliability diagram on Inside: its lines are what the network predicts for both sets."""

from functools import partial

import numpy as np
import pytest
from page_tests import drawn, opened_page

from cnncore import Dense, Flatten, Network
from cnncore.data.digit_set import DigitSet
from cnncore.training import pretraining
from cnncore.training.calibration import reliability
from pages.ui.inside.test_set.reliability import strangers
from pages.ui.session import pretrained
from pages.ui.session.current_network import SessionNetwork

opened = partial(opened_page, "inside")


@pytest.fixture
def few(monkeypatch):
    """The first test digits, turned upside down, in place of what strangers drew."""
    digits = pretrained.test_digits().subset(slice(300))
    few = DigitSet(np.ascontiguousarray(digits.images[:, ::-1]), digits.labels)
    drawn_by_strangers = few, np.arange(300)
    monkeypatch.setattr("pages.ui.inside.test_set.reliability.validation_digits", lambda: drawn_by_strangers)
    strangers.clear()
    yield few
    strangers.clear()


def test_both_sets_are_drawn_as_the_network_predicts_them(few):
    test = opened(view="reliability")
    lines, _, name = drawn(test, "inside_reliability")
    assert name == "Reliability diagram" and lines["perfectly calibrated"] == ([0, 1], [0, 1])
    for words, digits in (("MNIST", pretrained.test_digits()), ("strangers", few)):
        probabilities = pretrained.pretrained().predict(digits.images)
        bins = reliability(probabilities.max(axis=1), probabilities.argmax(axis=1) == digits.labels)
        bins = [each for each in bins if each.size >= 10]
        confidences, shares = lines[words]
        np.testing.assert_allclose(confidences, [each.confidence for each in bins], atol=1e-5)
        np.testing.assert_allclose(shares, [each.accuracy for each in bins], atol=1e-5)
    text = " ".join(markdown.value for markdown in test.main.markdown)
    assert "digits are 300 by people" in text and "by 0." in text and "for MNIST" in text


def test_a_network_of_other_classes_has_no_strangers(few):
    network = Network([Flatten(), Dense(2)], input_shape=(28, 28, 1))
    network.names = ("3", "7")
    test = opened()
    test.session_state["workbench_network"] = SessionNetwork(network, "threes and sevens")
    test.query_params["view"] = "reliability"
    test.run()
    assert not test.exception
    lines, *_ = drawn(test, "inside_reliability")
    assert set(lines) == {"perfectly calibrated", "MNIST"}


@pytest.mark.slow
def test_what_strangers_drew_is_of_validation_writers_alone():
    drawings = pretraining.validation_drawings()
    every = pretraining.load_pen_drawings()
    assert len(drawings.digits) == len(drawings.indices) == 3_419
    assert not any(every[index].training for index in drawings.indices)
    assert [every[index].digit for index in drawings.indices] == drawings.digits.labels.tolist()
    assert len(pretraining.validation_digits(readable=False)[1]) == 3_438
