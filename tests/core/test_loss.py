"""Softmax cross-entropy: right, stable, and clear about labels."""

import numpy as np
import pytest

from cnncore import InputError, ShapeError, softmax, softmax_cross_entropy


def test_by_hand():
    # two classes, equal logits: surprise ln 2; gradient (1/2 - 1, 1/2) for the labelled class first
    loss, grad = softmax_cross_entropy([[0.0, 0.0]], [0])
    assert loss == pytest.approx(np.log(2))
    np.testing.assert_allclose(grad, [[-0.5, 0.5]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_stable_at_enormous_logits(dtype):
    logits = np.array([[1e4, -1e4, 0], [-1e4, 1e4, 0]], dtype)
    loss, grad = softmax_cross_entropy(logits, np.array([0, 0]))
    assert loss == pytest.approx(1e4)  # 0 for the first, 20,000 for the second
    np.testing.assert_array_equal(grad, np.array([[0, 0, 0], [-0.5, 0.5, 0]], dtype))
    np.testing.assert_array_equal(softmax(logits), np.array([[1, 0, 0], [0, 1, 0]], dtype))


def test_labels_as_probabilities():
    logits = np.random.default_rng(0).normal(size=(4, 3))
    labels = np.array([2, 0, 1, 1])
    one, two = softmax_cross_entropy(logits, labels), softmax_cross_entropy(logits, np.eye(3)[labels])
    assert one[0] == pytest.approx(two[0])
    np.testing.assert_allclose(one[1], two[1])


@pytest.mark.parametrize(
    "labels, error", [([3], InputError), ([-1], InputError), ([0.5], InputError), ([0, 1], ShapeError)]
)
def test_labels_that_do_not_fit(labels, error):
    with pytest.raises(error):
        softmax_cross_entropy(np.zeros((1, 3)), np.array(labels))
