"""Each step of the backward pass, and the convolution with the rotated filter, against the gradient functions."""

import numpy as np
import pytest
from geometries import fitting, keywords
from hypothesis import given
from hypothesis import strategies as st

from cnncore import ConvoscopeError, conv1d, conv1d_gradients, conv2d, conv2d_gradients
from cnncore.tracing.backward import trace_backward, trace_rotated
from cnncore.tracing.finite_differences import loss_of
from cnncore.tracing.gradient_paths import paths_from

SEEDS = st.integers(0, 2**32 - 1)


@st.composite
def cases(draw):
    """A signal or a picture, a filter that fits it, settings, and a loss of any kind."""
    window, sides = draw(fitting(largest=3))
    rng = np.random.default_rng(draw(SEEDS))
    flat = draw(st.booleans())
    settings_ = keywords(window)
    if flat:
        settings_["stride"] = window.strides[0]
        input_, filter_ = rng.normal(size=sides[0]), rng.normal(size=window.size)
        outputs = conv1d(input_, filter_, **settings_)
    else:
        input_, filter_ = rng.normal(size=sides), rng.normal(size=(window.size,) * 2)
        outputs = conv2d(input_[None, :, :, None], filter_[None, :, :, None], **settings_)[0, ..., 0]
    kind = draw(st.sampled_from(["sum", "weights", "targets"]))
    numbers = rng.normal(size=outputs.shape)
    loss = loss_of(outputs.shape, **({} if kind == "sum" else {kind: numbers}))
    grad = {"sum": np.ones_like(outputs), "weights": numbers, "targets": outputs - numbers}[kind]
    return input_, filter_, loss, grad, settings_


def expected_gradients(input_, filter_, grad, settings_):
    """Return input, filter and bias gradient by conv1d_gradients or conv2d_gradients."""
    if input_.ndim == 1:
        return *conv1d_gradients(input_, filter_, grad, **settings_), grad.sum()
    found = conv2d_gradients(input_[None, :, :, None], filter_[None, :, :, None], grad[None, :, :, None], **settings_)
    return found[0][0, :, :, 0], found[1][0, :, :, 0], found[2][0]


def inner(padded, border, shape):
    (rows, columns), (height, width) = border, padded.shape
    return padded[rows : height - rows, columns : width - columns].reshape(shape)


@given(cases())
def test_the_last_running_values_are_those_of_the_gradient_functions(case):
    input_, filter_, loss, grad, settings_ = case
    trace = trace_backward(input_, filter_, loss=loss, **settings_)
    input_grad, filter_grad, bias_grad = expected_gradients(input_, filter_, grad, settings_)
    near = {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_array_equal(trace.output_grad, grad.ravel())
    np.testing.assert_allclose(inner(trace.input_grads[-1], trace.border, input_.shape), input_grad, **near)
    np.testing.assert_allclose(trace.filter_grads[-1].reshape(filter_.shape), filter_grad, **near)
    np.testing.assert_allclose(trace.bias_grads[-1], bias_grad, **near)
    np.testing.assert_allclose(trace.differences.input, input_grad, atol=1e-8)
    np.testing.assert_allclose(trace.differences.filter, filter_grad, atol=1e-8)
    np.testing.assert_allclose(trace.differences.bias, bias_grad, atol=1e-8)


@given(cases())
def test_every_step_adds_its_terms(case):
    input_, filter_, loss, _, settings_ = case
    trace = trace_backward(input_, filter_, loss=loss, **settings_)
    input_grad, filter_grad = np.zeros_like(trace.padded), np.zeros_like(trace.filter)
    rows, columns = trace.border
    inside = np.zeros(trace.padded.shape, bool)
    inside[rows : len(inside) - rows, columns : inside.shape[1] - columns] = True
    for k, (row, column) in enumerate(trace.starts):
        taps = (
            s + trace.window.dilation * np.arange(n) for s, n in zip((row, column), trace.filter.shape, strict=True)
        )
        at = np.ix_(*taps)
        np.testing.assert_array_equal(trace.input_terms[k], trace.filter * trace.output_grad[k])
        np.testing.assert_allclose(trace.filter_terms[k], trace.padded[at] * trace.output_grad[k], atol=1e-15)
        np.testing.assert_array_equal(trace.lost_to_padding[k], ~inside[at])
        input_grad[at] += trace.input_terms[k]
        filter_grad += trace.filter_terms[k]
        np.testing.assert_allclose(trace.input_grads[k], input_grad, atol=1e-12)
        np.testing.assert_allclose(trace.filter_grads[k], filter_grad, atol=1e-12)
        np.testing.assert_allclose(trace.bias_grads[k], trace.output_grad[: k + 1].sum(), atol=1e-12)


@given(cases())
def test_the_rotated_filter_gives_the_same_gradient(case):
    input_, filter_, loss, grad, settings_ = case
    trace = trace_rotated(input_, filter_, loss=loss, **settings_)
    np.testing.assert_array_equal(trace.rotated_filter, filter_[(slice(None, None, -1),) * filter_.ndim])
    convolved = trace.convolution.outputs.reshape(trace.convolution.shape)
    np.testing.assert_allclose(convolved, trace.input_grad, atol=1e-12)
    expected = expected_gradients(input_, filter_, grad, settings_)[0]
    np.testing.assert_allclose(inner(convolved, trace.border, input_.shape), expected, atol=1e-12)
    np.testing.assert_array_equal(trace.dilated_grad[trace.is_grad], grad.ravel())
    assert not trace.dilated_grad[~trace.is_grad].any()


@given(cases(), st.data())
def test_the_terms_of_a_cells_paths_sum_to_its_gradient(case, data):
    input_, filter_, loss, grad, settings_ = case
    trace = trace_backward(input_, filter_, loss=loss, **settings_)
    input_grad, filter_grad, _ = expected_gradients(input_, filter_, grad, settings_)
    for part, found in (("input", input_grad), ("filter", filter_grad)):
        index = tuple(data.draw(st.integers(0, n - 1)) for n in found.shape)
        paths = paths_from(trace, part, index)
        assert abs(sum(path.term for path in paths) - found[index]) < 1e-12
        assert len(paths) == (filter_.size if part == "input" else grad.size)
        for path in paths:
            assert path.term == (path.factor * grad.flat[path.output_index] if path.exists else 0)


def test_the_paths_of_the_fifth_element():
    paths = paths_from(trace_backward([1, 2, 3, 4, 5], [1, 2, 3], padding="half"), "input", (4,))
    assert [(t.output_index, t.position, t.weight_index, t.term) for t in paths] == [
        (3, (0, 3), 2, 3),  # o₄ reads it with w₃
        (4, (0, 4), 1, 2),  # o₅ with w₂
        (-1, (0, 5), 0, 0),  # o₆ does not exist
    ]
    over = paths_from(trace_backward([1, 2, 3, 4, 5], [1, 2, 3], padding="half", stride=2), "input", (4,))
    assert [(t.output_index, t.position) for t in over] == [(-1, None), (2, (0, 2)), (-1, None)]


def test_the_lectures_signal():
    trace = trace_backward([1, 2, 3, 4, 5], [1, 2, 3], padding="half")
    assert trace.input_grads[-1].tolist() == [[1, 3, 6, 6, 6, 5, 3]]  # the two ends are lost to the padding
    assert trace.input_grads[3].tolist() == [[1, 3, 6, 6, 5, 3, 0]]
    assert trace.lost_to_padding[0].tolist() == [[True, False, False]] and trace.lost_to_padding[4].tolist() == [
        [False, False, True]
    ]
    assert trace.filter_grads[-1].tolist() == [[10, 15, 14]]
    assert trace.bias_grads.tolist() == [1, 2, 3, 4, 5]
    rotated = trace_rotated([1, 2, 3, 4, 5], [1, 2, 3], padding="half")
    assert rotated.rotated_filter.tolist() == [3, 2, 1]
    assert rotated.convolution.padded.tolist() == [[0, 0, 1, 1, 1, 1, 1, 0, 0]]
    assert rotated.convolution.outputs.tolist() == [1, 3, 6, 6, 6, 5, 3]


@pytest.mark.parametrize(
    ("input_", "filter_"),
    [([1, 2], [1, 2, 3]), ([1, 2, 3], [[1]]), ([[1, 2], [3, 4]], [[1, 2]]), ([1, np.inf, 3], [1]), ([], [1])],
)
def test_what_does_not_fit_is_refused(input_, filter_):
    for trace in (trace_backward, trace_rotated):
        with pytest.raises(ConvoscopeError):
            trace(input_, filter_)


def test_a_loss_needs_a_number_for_each_output():
    with pytest.raises(ConvoscopeError, match="one number for each output cell"):
        loss_of((5,), targets=[1, 2, 3])
