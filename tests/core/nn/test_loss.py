"""Softmax cross-entropy: right, stable, and clear about labels."""

import numpy as np
import pytest
from geometries import one_sentence

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


def test_three_classes_by_hand():
    # exp of ln 1, ln 2, ln 5 is 1, 2, 5: probabilities 1/8, 2/8, 5/8; mean surprise of labels 2 and 0
    logits = np.log([[1.0, 2, 5], [1, 2, 5]])
    loss, grad = softmax_cross_entropy(logits, [2, 0])
    assert loss == pytest.approx((np.log(8 / 5) + np.log(8)) / 2, rel=1e-14)
    np.testing.assert_allclose(grad, np.array([[1, 2, -3], [-7, 2, 5]]) / 16, atol=1e-15)
    np.testing.assert_allclose(softmax(logits), np.array([[1, 2, 5], [1, 2, 5]]) / 8, atol=1e-15)


def test_aimed_at_probabilities_by_hand():
    # at equal logits every log probability is -ln 2, whatever is aimed at
    loss, grad = softmax_cross_entropy([[0.0, 0.0]], [[0.25, 0.75]])
    assert loss == pytest.approx(np.log(2))
    np.testing.assert_allclose(grad, [[0.25, -0.25]])


def test_only_differences_between_logits_count():
    logits = np.random.default_rng(0).normal(size=(4, 3))
    one, two = (softmax_cross_entropy(logits + shift, [0, 1, 2, 0]) for shift in (0, 1000))
    assert one[0] == pytest.approx(two[0], abs=1e-12)
    np.testing.assert_allclose(one[1], two[1], atol=1e-12)
    np.testing.assert_allclose(one[1].sum(axis=1), 0, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_gradient_has_the_dtype_of_the_logits_and_the_loss_is_a_float(dtype):
    logits = np.zeros((2, 3), dtype)
    loss, grad = softmax_cross_entropy(logits, np.array([0, 2]))
    assert type(loss) is float and grad.dtype == dtype and grad.shape == logits.shape
    assert not logits.any()


@pytest.mark.parametrize(
    "labels, text",
    [
        ([3], "Labels must lie in 0 to 2, received 3 to 3."),
        ([-1], "Labels must lie in 0 to 2, received -1 to -1."),
        ([0.5], "Labels are whole class numbers (N,), received float64 of shape (1,)."),
        ([0, 1], "Expected logits (N, classes) and N labels, received (1, 3) and (2,)."),
    ],
)
def test_the_text_says_what_labels_are(labels, text):
    with pytest.raises((InputError, ShapeError)) as error:
        softmax_cross_entropy(np.zeros((1, 3)), np.array(labels))
    assert one_sentence(error.value) == text
