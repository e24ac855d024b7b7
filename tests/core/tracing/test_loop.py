"""The loop and the Toeplitz matrix compute the same as conv1d and conv2d."""

import numpy as np
from geometries import fitting, keywords, windows
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnncore import conv1d, conv2d
from cnncore.teaching.distractors.convolution import loop_distractors
from cnncore.tracing.convolution import trace_conv1d, trace_conv2d
from cnncore.tracing.loop import trace_loop
from cnncore.tracing.toeplitz import trace_toeplitz

SEEDS = st.integers(0, 2**32 - 1)


def run(trace, loop):
    """Add product by product, as the lecture's loop does."""
    output, cells, weights = np.zeros(len(trace.outputs)), trace.padded.ravel(), trace.filter.ravel()
    for o, p, cell, product, before, after in zip(
        loop.output_index, loop.weight_index, loop.cell_index, loop.product, loop.before, loop.after, strict=True
    ):
        assert output[o] == before or np.isclose(output[o], before)
        if p < 0:
            assert product == trace.bias
            output[o] += trace.bias
            output[o] = max(output[o], 0) if trace.relu else output[o]
        else:
            assert product == weights[p] * cells[cell]
            output[o] += product
        assert np.isclose(output[o], after, atol=1e-12)
    return output


@settings(max_examples=50)
@given(fitting(), st.booleans(), st.booleans(), SEEDS)
def test_the_loop_adds_up_to_conv2d(case, biased, relu, seed):
    window, sides = case
    rng = np.random.default_rng(seed)
    image, filter_, bias = rng.normal(size=sides), rng.normal(size=(window.size,) * 2), float(biased)
    trace = trace_conv2d(image, filter_, bias=bias, relu=relu, **keywords(window))
    loop = trace_loop(trace)
    assert len(loop.after) == len(trace.outputs) * (window.size**2 + (biased or relu))
    maps = conv2d(image[None, :, :, None], filter_[None, :, :, None], [bias], **keywords(window)).ravel()
    np.testing.assert_allclose(run(trace, loop), np.maximum(maps, 0) if relu else maps, atol=1e-12)


def test_the_lectures_loop():
    loop = trace_loop(trace_conv1d([1, 2, 3, 4, 5], [1, 2, 3], padding="half"))
    assert loop.cell_index[:9].tolist() == [0, 1, 2, 1, 2, 3, 2, 3, 4]  # o + p
    assert loop.product[:6].tolist() == [0, 2, 6, 1, 4, 9] and loop.after[:6].tolist() == [0, 2, 8, 1, 5, 14]


def test_stride_and_dilation_are_in_the_index():
    loop = trace_loop(trace_conv1d(range(9), [1, 1, 1], stride=3, dilation=2))
    assert loop.cell_index.tolist() == [0, 2, 4, 3, 5, 7]


def test_mistakes_of_the_loop():
    trace = trace_conv1d([1, 2, 3, 4, 5], [1, 2, 3], padding="half", bias=2)
    loop = trace_loop(trace)
    found = {why.split(":")[0]: values for why, values in loop_distractors(trace, loop)}
    iteration = 6  # output 1, weight 2: 5 + 3 × 3
    assert loop.after[iteration] == 14 and found["= instead of +="][iteration] == 9
    assert found["weight and cell were added, not multiplied"][iteration] == 5 + 3 + 3
    assert found["the next cell was read"][iteration] == 5 + 3 * 4
    assert {values.shape for values in found.values()} == {loop.after.shape}


@given(windows(), st.integers(1, 12), SEEDS)
def test_the_matrix_times_the_signal_is_conv1d(window, length, seed):
    assume(length + 2 * window.border >= window.effective_size)
    rng = np.random.default_rng(seed)
    signal, filter_ = rng.normal(size=length), rng.normal(size=window.size)
    settings = {"stride": window.strides[0], "padding": window.padding, "dilation": window.dilation}
    trace = trace_toeplitz(signal, filter_, **settings)
    expected = conv1d(signal, filter_, **settings)
    assert trace.matrix.shape == (len(expected), length)
    np.testing.assert_allclose(trace.matrix @ signal, expected, atol=1e-12)
    np.testing.assert_allclose(trace.sums, expected, atol=1e-12)
    there = trace.weight_index >= 0
    np.testing.assert_array_equal(trace.matrix[there], filter_[trace.weight_index[there]])
    assert not trace.matrix[~there].any() and trace.n_empty == (~there).sum()


def test_the_band_repeats_the_filter_and_padding_has_no_column():
    trace = trace_toeplitz([1, 2, 3, 4, 5], [1, 2, 3], padding="half", bias=1)
    assert trace.matrix.tolist() == [
        [2, 3, 0, 0, 0],
        [1, 2, 3, 0, 0],
        [0, 1, 2, 3, 0],
        [0, 0, 1, 2, 3],
        [0, 0, 0, 1, 2],
    ]
    assert trace.n_empty == 12 and trace.convolution.outputs.tolist() == [9, 15, 21, 27, 15]
