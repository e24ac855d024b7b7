"""Reliability: confidence against accuracy, and the threshold from which a prediction counts as sure."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncore.training.calibration import calibration_error, choose_threshold, reliability

RNG = np.random.default_rng(0)


def test_bins_hold_every_prediction_once():
    confidences = np.array([0.05, 0.31, 0.39, 0.95, 1.0, np.nan])
    correct = np.array([False, True, False, True, True, True])
    bins = reliability(confidences, correct)
    assert [(each.low, each.high, each.size) for each in bins] == [(0.0, 0.1, 1), (0.3, 0.4, 2), (0.9, 1.0, 2)]
    assert [each.accuracy for each in bins] == [0, 0.5, 1]
    np.testing.assert_allclose([each.confidence for each in bins], [0.05, 0.35, 0.975])
    np.testing.assert_allclose(calibration_error(bins), (0.05 + 2 * 0.15 + 2 * 0.025) / 5)
    assert reliability(np.zeros(0), np.zeros(0, bool)) == [] and np.isnan(calibration_error([]))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_bins_cover_their_predictions(predictions):
    confidences, correct = (np.array(part) for part in zip(*predictions, strict=True))
    bins = reliability(confidences, correct)
    assert sum(each.size for each in bins) == len(predictions)
    assert sum(each.size * each.accuracy for each in bins) == pytest.approx(correct.sum())
    assert all(each.low - 1e-9 <= each.confidence <= each.high + 1e-9 for each in bins)


def test_a_calibrated_predictor_has_no_error_and_an_overconfident_one_has():
    confidences = RNG.uniform(0.1, 1, 20_000)
    correct = RNG.random(20_000) < confidences
    assert calibration_error(reliability(confidences, correct)) < 0.02
    assert calibration_error(reliability(np.sqrt(confidences), correct)) > 0.08


def test_the_threshold_refuses_what_is_no_digit_and_errs_seldom():
    confidences = np.array([0.6, 0.7, 0.8, 0.9, 0.9, 0.99])
    correct = np.array([False, True, True, True, True, True])
    others = np.array([0.1, 0.2, 0.3, 0.65])
    assert choose_threshold(confidences, correct, others, refused=0.75, wrong=0.5) == 0.5
    assert choose_threshold(confidences, correct, others, refused=0.75, wrong=0.0) == 0.61
    assert choose_threshold(confidences, correct, others, refused=1.0, wrong=0.0) == 0.66
    assert choose_threshold(confidences, ~correct, others, wrong=0.0) == 0.99
