"""Pooling against the definition; ties by value; ReLU and max pooling commute."""

import numpy as np
import pytest
from geometries import spaced
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import ReLU, ShapeError, avg_pool2d, avg_pool2d_gradient, max_pool2d, max_pool2d_gradient

SIZES = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(3, 7), st.integers(3, 7))


@settings(deadline=None)
@given(SIZES)
def test_pooling_agrees_with_the_definition(sizes):
    size, stride, height, width = sizes
    images = spaced(np.random.default_rng(0), (2, height, width, 3))
    for pool, of in ((max_pool2d, np.max), (avg_pool2d, np.mean)):
        result = pool(images, size, stride=stride)
        for n, y, x, c in np.ndindex(result.shape):
            patch = images[n, y * stride : y * stride + size, x * stride : x * stride + size, c]
            assert result[n, y, x, c] == pytest.approx(of(patch), abs=1e-14)


def test_of_equals_the_first_in_row_order_is_paid():
    tied = np.zeros((1, 4, 4, 1))
    grad = max_pool2d_gradient(tied, np.array([[1.0, 2], [3, 4]]).reshape(1, 2, 2, 1), 2)
    assert grad[0, :, :, 0].tolist() == [[1, 0, 2, 0], [0, 0, 0, 0], [3, 0, 4, 0], [0, 0, 0, 0]]
    tied = np.array([[0.0, 5], [5, 5]]).reshape(1, 2, 2, 1)
    assert max_pool2d_gradient(tied, np.ones((1, 1, 1, 1)), 2)[0, :, :, 0].tolist() == [[0, 1], [0, 0]]


@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 1000))
def test_every_gradient_is_paid_exactly_once(size, stride, seed):
    """Blank cells everywhere: what comes in goes out, overlapping windows or not."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 2, (2, 6, 5, 2)).astype(float)
    for gradient in (max_pool2d_gradient, avg_pool2d_gradient):
        shape = max_pool2d(images, size, stride=stride).shape
        output_grad = rng.normal(size=shape)
        grad = gradient(images, output_grad, size, stride=stride)
        np.testing.assert_allclose(grad.sum(axis=(1, 2)), output_grad.sum(axis=(1, 2)), atol=1e-12)


@given(st.integers(0, 1000))
def test_relu_and_max_pooling_commute_exactly(seed):
    rng = np.random.default_rng(seed)
    images = rng.integers(-2, 3, (2, 6, 6, 2)).astype(float)
    output_grad = rng.normal(size=(2, 3, 3, 2))
    relu = ReLU()
    first, cache = relu.forward(images)
    one = relu.backward(max_pool2d_gradient(first, output_grad, 2), cache)[0]
    pooled, cache = relu.forward(max_pool2d(images, 2))
    two = max_pool2d_gradient(images, relu.backward(output_grad, cache)[0], 2)
    np.testing.assert_array_equal(max_pool2d(first, 2), pooled)
    np.testing.assert_array_equal(one, two)


def test_what_does_not_fit():
    with pytest.raises(ShapeError, match="larger than the padded input of 2"):
        max_pool2d(np.ones((1, 2, 2, 1)), 3)
    with pytest.raises(ShapeError, match="Expected images"):
        avg_pool2d(np.ones((2, 2)), 2)
    with pytest.raises(ShapeError, match="the output's shape"):
        max_pool2d_gradient(np.ones((1, 4, 4, 1)), np.ones((1, 4, 4, 1)), 2)
