"""Three weights learn: every step is w ← w − η·g by the plain functions."""

import numpy as np
import pytest

from cnncore import ConvoscopeError, conv1d, conv1d_gradients
from cnncore.tracing.gradient_descent import trace_gradient_descent

SIGNAL, HIDDEN = [0, 0, 1, 3, 1, 0, 0, 2], [1, 0, -1]


def test_the_hidden_filter_is_found():
    trace = trace_gradient_descent(SIGNAL, HIDDEN, [0, 0, 0], rate=0.25)
    assert trace.found and not trace.diverged
    assert np.round(trace.weights[-1], 2).tolist() == HIDDEN and np.round(trace.weights[-2], 2).tolist() != HIDDEN
    targets = conv1d(SIGNAL, HIDDEN, padding="half")
    np.testing.assert_array_equal(trace.targets, targets)
    assert 5 <= len(trace.losses) <= 15  # a handful of beats
    for k, weights in enumerate(trace.weights):
        errors = conv1d(SIGNAL, weights, padding="half") - targets
        grad = conv1d_gradients(SIGNAL, weights, errors * 2 / 8, padding="half")[1]
        np.testing.assert_allclose(trace.losses[k], (errors**2).mean(), atol=1e-15)
        np.testing.assert_allclose(trace.grads[k], grad, atol=1e-15)
        np.testing.assert_allclose(trace.checks[k], grad, atol=1e-8)
        if k:
            np.testing.assert_allclose(weights, trace.weights[k - 1] - 0.25 * trace.grads[k - 1], atol=1e-15)
    assert (np.diff(trace.losses) < 0).all()


def test_too_high_a_rate_runs_away_and_a_lower_one_does_not():
    limit = trace_gradient_descent(SIGNAL, HIDDEN, [0, 0, 0], rate=0.25).largest_rate
    assert trace_gradient_descent(SIGNAL, HIDDEN, [0, 0, 0], rate=1.05 * limit).diverged
    assert trace_gradient_descent(SIGNAL, HIDDEN, [0, 0, 0], rate=0.95 * limit).found


def test_a_signal_of_zeros_teaches_nothing():
    trace = trace_gradient_descent([0] * 6, HIDDEN, [0, 0, 0], rate=0.25, steps=20)
    assert not trace.found and not trace.diverged and len(trace.losses) == 21


def test_found_at_once():
    trace = trace_gradient_descent(SIGNAL, HIDDEN, HIDDEN, rate=0.25)
    assert trace.found and len(trace.losses) == 1


@pytest.mark.parametrize(("start", "rate"), [([0, 0], 0.25), ([0, 0, 0], 0.0), ([0, 0, 0], float("nan"))])
def test_what_cannot_learn_is_refused(start, rate):
    with pytest.raises(ConvoscopeError):
        trace_gradient_descent(SIGNAL, HIDDEN, start, rate=rate)
