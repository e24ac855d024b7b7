"""Gradient descent on three weights: every step is w ← w − η·g by conv1d and conv1d_gradients."""

import numpy as np
import pytest

from cnncore import ConvoscopeError, conv1d, conv1d_gradients
from cnncore.tracing.gradient_descent import trace_gradient_descent

SIGNAL, TARGET = [0, 0, 1, 3, 1, 0, 0, 2], [1, 0, -1]


def test_the_target_filter_is_reached():
    trace = trace_gradient_descent(SIGNAL, TARGET, [0, 0, 0], learning_rate=0.25)
    assert trace.converged and not trace.diverged
    assert np.round(trace.weights[-1], 2).tolist() == TARGET and np.round(trace.weights[-2], 2).tolist() != TARGET
    targets = conv1d(SIGNAL, TARGET, padding="half")
    np.testing.assert_array_equal(trace.targets, targets)
    assert 5 <= len(trace.losses) <= 15  # few steps
    for k, weights in enumerate(trace.weights):
        errors = conv1d(SIGNAL, weights, padding="half") - targets
        grad = conv1d_gradients(SIGNAL, weights, errors * 2 / 8, padding="half")[1]
        np.testing.assert_allclose(trace.losses[k], (errors**2).mean(), atol=1e-15)
        np.testing.assert_allclose(trace.grads[k], grad, atol=1e-15)
        np.testing.assert_allclose(trace.numerical_grads[k], grad, atol=1e-8)
        if k:
            np.testing.assert_allclose(weights, trace.weights[k - 1] - 0.25 * trace.grads[k - 1], atol=1e-15)
    assert (np.diff(trace.losses) < 0).all()


def test_a_learning_rate_above_the_limit_diverges_and_a_lower_one_converges():
    limit = trace_gradient_descent(SIGNAL, TARGET, [0, 0, 0], learning_rate=0.25).max_stable_rate
    assert trace_gradient_descent(SIGNAL, TARGET, [0, 0, 0], learning_rate=1.05 * limit).diverged
    assert trace_gradient_descent(SIGNAL, TARGET, [0, 0, 0], learning_rate=0.95 * limit).converged


def test_a_signal_of_zeros_gives_no_gradient():
    trace = trace_gradient_descent([0] * 6, TARGET, [0, 0, 0], learning_rate=0.25, steps=20)
    assert not trace.converged and not trace.diverged and len(trace.losses) == 21


def test_descent_from_the_target_filter_ends_at_once():
    trace = trace_gradient_descent(SIGNAL, TARGET, TARGET, learning_rate=0.25)
    assert trace.converged and len(trace.losses) == 1


@pytest.mark.parametrize(("start", "rate"), [([0, 0], 0.25), ([0, 0, 0], 0.0), ([0, 0, 0], float("nan"))])
def test_invalid_arguments_are_refused(start, rate):
    with pytest.raises(ConvoscopeError):
        trace_gradient_descent(SIGNAL, TARGET, start, learning_rate=rate)
