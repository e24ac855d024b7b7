"""Pooling against the definition; ties by value; ReLU and max pooling commute."""

import re

import numpy as np
import pytest
from geometries import memory_orders, one_sentence, spaced
from hypothesis import given
from hypothesis import strategies as st

from cnncore import ReLU, ShapeError, Workspace, avg_pool2d, avg_pool2d_gradient, max_pool2d, max_pool2d_gradient

SIZES = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(3, 7), st.integers(3, 7))


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
    with pytest.raises(ShapeError, match="larger than the image of 2"):
        max_pool2d(np.ones((1, 2, 2, 1)), 3)
    with pytest.raises(ShapeError, match="Expected images"):
        avg_pool2d(np.ones((2, 2)), 2)
    with pytest.raises(ShapeError, match="the output's shape"):
        max_pool2d_gradient(np.ones((1, 4, 4, 1)), np.ones((1, 4, 4, 1)), 2)


POOLS = [(max_pool2d, max_pool2d_gradient, np.max), (avg_pool2d, avg_pool2d_gradient, np.mean)]
each_pool = pytest.mark.parametrize("pool, gradient, of", POOLS, ids=["max", "avg"])


@each_pool
@pytest.mark.parametrize("stride", [(1, 2), (2, 1), (2, 3), (3, 2)])
def test_rows_and_columns_may_move_apart(pool, gradient, of, stride):
    images = spaced(np.random.default_rng(0), (2, 7, 8, 2))
    result = pool(images, 2, stride=stride)
    output_grad = np.random.default_rng(1).normal(size=result.shape)
    expected = np.zeros_like(images)
    assert result.shape[1:3] == tuple((side - 2) // step + 1 for side, step in zip((7, 8), stride, strict=True))
    for n, y, x, c in np.ndindex(result.shape):
        window = np.s_[n, y * stride[0] : y * stride[0] + 2, x * stride[1] : x * stride[1] + 2, c]
        assert result[n, y, x, c] == pytest.approx(of(images[window]), abs=1e-14)
        share = images[window] == images[window].max() if of is np.max else np.full((2, 2), 0.25)
        expected[window] += output_grad[n, y, x, c] * share
    np.testing.assert_allclose(gradient(images, output_grad, 2, stride=stride), expected, atol=1e-14)


@each_pool
def test_memory_order_and_workspace_change_no_bit(pool, gradient, of):
    workspace = Workspace()
    for side, dtype in ((6, "f8"), (9, "f8"), (5, "f4"), (6, "f8")):  # sizes and dtypes one after another
        images = np.random.default_rng(side).integers(0, 3, (2, side, side + 1, 2)).astype(dtype)
        plain = pool(images, 3, stride=2)
        output_grad = np.random.default_rng(1).normal(size=plain.shape).astype(dtype)
        expected = gradient(images, output_grad, 3, stride=2)
        for some, grad in zip(memory_orders(images), memory_orders(output_grad)[::-1], strict=True):
            pooled = pool(some, 3, stride=2, workspace=workspace)
            assert pooled.dtype == dtype
            np.testing.assert_array_equal(pooled, plain)
            np.testing.assert_array_equal(gradient(some, grad, 3, stride=2, workspace=workspace), expected)


def test_ties_in_overlapping_windows_by_value():
    # columns 1 1 1, windows of 2 by 1: (0,1) pays column 0, (1,2) pays column 1, in the upper row both times
    tied = np.ones((1, 2, 3, 1))
    grad = max_pool2d_gradient(tied, np.array([3.0, 5]).reshape(1, 1, 2, 1), 2, stride=1)
    assert grad[0, :, :, 0].tolist() == [[3, 5, 0], [0, 0, 0]]
    # the 9 wins all four windows and takes all four gradients
    peak = np.array([[0.0, 0, 0], [0, 9, 0], [0, 0, 0]]).reshape(1, 3, 3, 1)
    grad = max_pool2d_gradient(peak, np.array([1.0, 2, 3, 4]).reshape(1, 2, 2, 1), 2, stride=1)
    assert grad[0, :, :, 0].tolist() == [[0, 0, 0], [0, 10, 0], [0, 0, 0]]


@pytest.mark.parametrize("size, stride", [(2, 1), (3, 2), (3, 1), (2, 3)])
def test_relu_and_max_pooling_commute_where_windows_overlap_too(size, stride):
    rng = np.random.default_rng(size * 10 + stride)
    images = rng.integers(-2, 3, (3, 7, 7, 2)).astype(float)
    relu = ReLU()
    first, first_cache = relu.forward(images)
    pooled = max_pool2d(images, size, stride=stride)
    last, last_cache = relu.forward(pooled)
    output_grad = rng.normal(size=pooled.shape)
    np.testing.assert_array_equal(max_pool2d(first, size, stride=stride), last)
    one = relu.backward(max_pool2d_gradient(first, output_grad, size, stride=stride), first_cache)[0]
    two = max_pool2d_gradient(images, relu.backward(output_grad, last_cache)[0], size, stride=stride)
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("pool", [max_pool2d, avg_pool2d])
def test_a_refused_pooling_suggests_only_settings_it_has(pool):
    """Pooling takes no padding, so a padding is no way on; the size it names works."""
    images = np.ones((1, 2, 2, 1))
    with pytest.raises(ShapeError) as error:
        pool(images, 3)
    text = one_sentence(error.value)
    pool(images, int(re.search(r"of (\d+)(?: or|\.)", text.split("try")[1])[1]))
    assert "or a padding" not in text, text
