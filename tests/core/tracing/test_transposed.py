"""Both ways to compute a transposed convolution agree: the input's gradient, and a convolution of dilated input."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnncore import ShapeError, Window, conv1d_gradients, conv2d_gradients
from cnncore.tracing.transposed import insert_zeros, trace_transposed


@pytest.mark.slow
@given(
    st.tuples(st.integers(1, 5), st.integers(1, 5)),
    st.integers(1, 4),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.integers(0, 4),
    st.integers(1, 2),
    st.integers(0, 2**32 - 1),
)
def test_it_is_the_gradient_of_the_convolutions_input(sides, size, stride, padding, dilation, seed):
    window = Window(size, stride=stride, padding=padding, dilation=dilation)
    assume(padding <= window.effective_size - 1)
    there = window.transposed_size(sides)
    assume(min(there) >= 1)
    assert window.output_size(there) == sides and window.leftover(there) == (0, 0)
    rng = np.random.default_rng(seed)
    input_, filter_, bias = rng.normal(size=sides), rng.normal(size=(size, size)), float(rng.normal())
    shown = trace_transposed(input_, filter_, bias=bias, stride=stride, padding=padding, dilation=dilation)
    images_grad, _, _ = conv2d_gradients(
        np.zeros((1, *there, 1)),
        filter_[None, :, :, None],
        input_[None, :, :, None],
        stride=stride,
        padding=padding,
        dilation=dilation,
    )
    assert shown.convolution.shape == there
    np.testing.assert_allclose(shown.convolution.outputs.reshape(there), images_grad[0, ..., 0] + bias, atol=1e-12)
    known = shown.source_index >= 0
    np.testing.assert_array_equal(shown.convolution.padded[known], input_.ravel()[shown.source_index[known]])
    assert not shown.convolution.padded[~known].any()


def test_a_signal():
    shown = trace_transposed([1, 2, 3], [1, 2, 3], stride=2, padding=1)
    signal_grad, _ = conv1d_gradients(np.zeros(5), [1.0, 2, 3], [1.0, 2, 3], stride=2, padding=1)
    assert shown.convolution.outputs.tolist() == signal_grad.tolist()
    assert shown.convolution.filter.tolist() == [[3, 2, 1]]
    assert shown.source_index.tolist() == [[-1, 0, -1, 1, -1, 2, -1]]


def test_zeros_are_inserted_between_the_cells():
    assert insert_zeros(np.array([[1, 2], [3, 4]]), (2, 3)).tolist() == [[1, 0, 0, 2], [0, 0, 0, 0], [3, 0, 0, 4]]


def test_a_padding_larger_than_what_the_filter_adds_is_refused():
    with pytest.raises(ShapeError, match="try a padding of 2 or less"):
        trace_transposed(np.ones((3, 3)), np.ones((3, 3)), padding=3)


def test_a_padding_that_leaves_nothing_is_refused():
    with pytest.raises(ShapeError, match="try a padding of 0"):
        trace_transposed(np.ones((1, 1)), np.ones((3, 3)), padding=2)
