"""The traced steps of the poolings are those of the layers, forward and backward, with ties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncore import AvgPool2D, MaxPool2D, ShapeError, avg_pool2d_gradient, conv2d, max_pool2d_gradient
from cnncore.tracing.pooling import shift_map, trace_pooling, trace_pooling_gradient, unchanged_outputs


@st.composite
def cases(draw):
    """A map full of ties, a window that fits on it, and a stride smaller or larger than the window."""
    size = draw(st.integers(1, 4))
    sides = draw(st.integers(size, size + 5)), draw(st.integers(size, size + 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return rng.integers(-2, 3, sides).astype(float), size, draw(st.one_of(st.none(), st.integers(1, 5))), rng


@given(cases())
def test_every_step_agrees_with_the_layers(case):
    map_, size, stride, rng = case
    filter_ = rng.normal(size=(size, size))
    trace = trace_pooling(map_, size, stride=stride, filter_=filter_)
    image = map_[None, :, :, None]
    for name, layer in (("max", MaxPool2D(size, stride=stride)), ("mean", AvgPool2D(size, stride=stride))):
        maps, _ = layer.forward(image)
        np.testing.assert_array_equal(trace.outputs[name].reshape(trace.shape), maps[0, ..., 0])
    strided = conv2d(image, filter_[None, :, :, None], stride=stride or size)[0, ..., 0]
    np.testing.assert_array_equal(trace.outputs["stride"].reshape(trace.shape), strided)
    covered = np.zeros(map_.shape, bool)
    for k, (row, column) in enumerate(trace.starts):
        at = np.s_[row : row + size, column : column + size]
        covered[at] = True
        np.testing.assert_array_equal(trace.patches[k], map_[at])
        assert trace.outputs["max"][k] == trace.patches[k].max()
        assert trace.outputs["mean"][k] == pytest.approx(trace.patches[k].mean())
        assert trace.outputs["stride"][k] == pytest.approx((trace.patches[k] * filter_).sum())
        assert trace.argmax[k] == trace.patches[k].argmax()  # np.argmax, too, returns the first of equal values
    np.testing.assert_array_equal(trace.covered, covered)


@pytest.mark.slow
@given(cases())
def test_every_step_of_the_backward_pass_agrees_with_the_gradient_functions(case):
    map_, size, stride, rng = case
    trace = trace_pooling(map_, size, stride=stride)
    grad = rng.integers(-3, 4, len(trace.starts)).astype(float)
    image, output_grad = map_[None, :, :, None], grad.reshape(1, *trace.shape, 1)
    for kind, gradient in (("max", max_pool2d_gradient), ("mean", avg_pool2d_gradient)):
        back = trace_pooling_gradient(trace, grad, kind)
        np.testing.assert_array_equal(back.input_grad, gradient(image, output_grad, size, stride=stride)[0, ..., 0])
        running = np.zeros_like(map_)
        for k, (row, column) in enumerate(trace.starts):
            at = np.s_[row : row + size, column : column + size]
            routed = np.full((size, size), grad[k] / size**2)
            if kind == "max":
                routed = grad[k] * (np.arange(size**2) == trace.argmax[k]).reshape(size, size)
            np.testing.assert_allclose(back.routed[k], routed, atol=1e-14)
            running[at] += routed
            np.testing.assert_allclose(back.accumulated[k], running[at], atol=1e-12)
        np.testing.assert_allclose(back.input_grad, running, atol=1e-12)


def test_a_tie_by_value():
    trace = trace_pooling([[1, 5, 5], [0, 5, 2], [5, 5, 5]], 2, stride=1)
    assert trace.argmax.tolist() == [1, 0, 1, 0]  # of three fives the first in row order
    back = trace_pooling_gradient(trace, [1, 2, 3, 4], "max")
    assert back.input_grad.tolist() == [[0, 3, 0], [0, 7, 0], [0, 0, 0]]
    assert back.accumulated[1].tolist() == [
        [3, 0],
        [0, 0],
    ]  # the gradient that the first window routed is there already
    assert trace_pooling_gradient(trace, [4, 4, 4, 4], "mean").input_grad.tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]


def test_a_filter_of_equal_weights_is_average_pooling():
    trace = trace_pooling(np.arange(36.0).reshape(6, 6) ** 2, 3, stride=2)
    np.testing.assert_allclose(trace.outputs["stride"], trace.outputs["mean"], rtol=1e-14)


@pytest.mark.parametrize("by", [(0, 0), (0, 1), (1, 0), (-1, 0), (0, -1), (1, -1), (2, 0), (0, -5)])
def test_a_shifted_map_is_filled_with_zeros(by):
    map_ = np.arange(1.0, 13).reshape(3, 4)
    expected = np.zeros_like(map_)
    for row, column in np.ndindex(3, 4):
        y, x = row + by[0], column + by[1]
        if 0 <= y < 3 and 0 <= x < 4:
            expected[y, x] = map_[row, column]
    np.testing.assert_array_equal(shift_map(map_, *by), expected)


def test_outputs_unchanged_by_a_shift():
    map_ = np.array([[7.0, 0, 3, 0], [0, 0, 1, 1], [5, 1, 0, 0], [1, 5, 0, 0]])
    before = trace_pooling(map_, 2, filter_=[[1, 0], [0, 0]])
    same = unchanged_outputs(before, trace_pooling(shift_map(map_, 0, 1), 2, filter_=[[1, 0], [0, 0]]))
    # shifted: 0 7 0 3 / 0 0 0 1 / 0 5 1 0 / 0 1 5 0
    assert same["max"].tolist() == [True, True, True, False]
    assert same["mean"].tolist() == [True, False, False, False]
    assert same["stride"].tolist() == [False, False, False, False]
    assert all(mask.all() for mask in unchanged_outputs(before, before).values())


def test_invalid_arguments_are_refused():
    with pytest.raises(ShapeError, match="larger than the image of 2 × 3: try a window of 2"):
        trace_pooling(np.ones((2, 3)), 3)
    with pytest.raises(ShapeError, match="one map"):
        trace_pooling(np.ones(4), 2)
    with pytest.raises(ShapeError, match="as large as the window"):
        trace_pooling(np.ones((4, 4)), 2, filter_=np.ones((3, 3)))
    with pytest.raises(ShapeError, match="the output's 4 cells"):
        trace_pooling_gradient(trace_pooling(np.ones((4, 4)), 2), [1, 1], "max")
