"""Channels: slices, products and sums are those of the real conv2d."""

import numpy as np
import pytest
from geometries import fitting, keywords
from hypothesis import given
from hypothesis import strategies as st

from cnncore import ShapeError, Window, conv2d
from cnncore.teaching.conv_cost import ConvolutionCost
from cnncore.teaching.distractors.convolution import channels_distractors
from cnncore.tracing.channels import trace_channels, without_slices
from cnncore.tracing.convolution import trace_conv2d


def drawn(seed, sides, channels, filters, size):
    rng = np.random.default_rng(seed)
    return (
        rng.normal(size=(*sides, channels)),
        rng.normal(size=(channels, size, size, filters)),
        rng.normal(size=filters),
    )


@given(fitting(), st.integers(1, 4), st.integers(1, 4), st.booleans(), st.integers(0, 2**32 - 1))
def test_every_step_agrees_with_conv2d(case, channels, filters, relu, seed):
    window, sides = case
    image, weights, bias = drawn(seed, sides, channels, filters, window.size)
    trace = trace_channels(image, weights, bias, relu=relu, **keywords(window))
    maps = conv2d(image[None], weights, bias, **keywords(window))[0]
    shown = trace.outputs.reshape(*trace.shape, filters)
    np.testing.assert_array_equal(shown, np.maximum(maps, 0) if relu else maps)
    scale = np.abs(trace.products).sum(axis=(2, 3, 4)) + np.abs(bias)
    assert (np.abs(trace.products.sum(axis=(2, 3, 4)) + bias - trace.biased) <= 1e-6 * scale).all()
    np.testing.assert_allclose(trace.sums, trace.partial.sum(axis=2))
    for k, (row, column) in enumerate(trace.starts):
        at = np.ix_(range(channels), *(n + window.dilation * np.arange(window.size) for n in (row, column)))
        np.testing.assert_array_equal(trace.patches[k], trace.padded[at])
        for f in range(filters):
            np.testing.assert_array_equal(trace.products[k, f], trace.patches[k] * weights[..., f])


@pytest.mark.slow
@given(fitting(), st.integers(0, 2**32 - 1))
def test_a_channels_partial_sum_is_the_convolution_of_that_channel(case, seed):
    window, sides = case
    image, weights, _ = drawn(seed, sides, 3, 2, window.size)
    trace = trace_channels(image, weights, **keywords(window))
    for c in range(3):
        for f in range(2):
            alone = trace_conv2d(image[..., c], weights[c, ..., f], **keywords(window))
            np.testing.assert_allclose(trace.partial[:, f, c], alone.sums, atol=1e-12)


def test_a_slice_of_zeros_changes_its_own_filters_map_alone():
    image, weights, bias = drawn(7, (5, 5), 4, 2, 3)
    zeroed = np.zeros((4, 2), bool)
    zeroed[1, 0] = True
    before = trace_channels(image, weights, bias)
    after = trace_channels(image, without_slices(weights, zeroed), bias)
    np.testing.assert_array_equal(before.outputs[:, 1], after.outputs[:, 1])
    np.testing.assert_allclose(before.outputs[:, 0] - after.outputs[:, 0], before.partial[:, 0, 1])
    assert (before.outputs[:, 0] != after.outputs[:, 0]).all() and weights[1].all()


def test_shapes_that_do_not_fit_together_are_refused():
    image, weights, bias = drawn(7, (5, 5), 3, 2, 3)
    with pytest.raises(ShapeError, match="3 channels"):
        trace_channels(image, weights[:2], bias)
    with pytest.raises(ShapeError, match="one bias"):
        trace_channels(image, weights, bias[:1])


@pytest.mark.parametrize("relu", [False, True])
def test_distractors_equal_the_mistake_they_name(relu):
    image, weights, bias = drawn(3, (5, 5), 4, 2, 3)
    trace = trace_channels(image, weights, bias, relu=relu)
    found = {why: values for why, values in channels_distractors(trace)}
    after = (lambda v: np.maximum(v, 0)) if relu else (lambda v: v)

    def maps(image, weights, bias):
        return after(conv2d(image[None], weights, bias)[0].reshape(-1, 2))

    np.testing.assert_allclose(found["the bias was forgotten"], maps(image, weights, bias * 0))
    first = maps(image[..., :1], weights[:1], bias)
    np.testing.assert_allclose(found["only the first channel was taken"], first)
    np.testing.assert_allclose(found["the channels were averaged, not summed"], maps(image / 4, weights, bias))
    both = np.repeat(weights.sum(axis=3, keepdims=True), 2, axis=3)
    summed = maps(image, both, np.full(2, bias.sum()))
    np.testing.assert_allclose(found["all filters were summed into one map"], summed)
    assert ("the ReLU was forgotten" in found) == relu
    assert {values.shape for values in found.values()} == {(9, 2)}


def test_the_lectures_numbers():
    count = ConvolutionCost(1000, 24, 24, 4, 2, Window(3))
    assert (count.weights, count.biases, count.multiplications, count.dense_weights(10)) == (72, 2, 34_848, 5_760)
    assert ConvolutionCost(1000, 24, 24, 4, 2, Window(3, stride=2)).multiplications == 8_712
    shapes = {each.name: each[2:] for each in count.shapes()}
    assert shapes["lecture"] == ((1000, 24, 24, 4), (4, 3, 3, 2), (1000, 22, 22, 2))
    assert shapes["Keras"] == ((1000, 24, 24, 4), (3, 3, 4, 2), (1000, 22, 22, 2))
    assert shapes["PyTorch"] == ((1000, 4, 24, 24), (2, 4, 3, 3), (1000, 2, 22, 22))


@given(fitting(), st.integers(1, 4), st.integers(1, 4))
def test_counts_are_those_of_the_real_arrays(case, channels, filters):
    window, sides = case
    image, weights, bias = drawn(0, sides, channels, filters, window.size)
    trace = trace_channels(image, weights, bias, **keywords(window))
    count = ConvolutionCost(1, *sides, channels, filters, window)
    assert count.weights == weights.size and count.biases == bias.size
    assert count.multiplications == trace.products.size
    assert count.shapes()[0][2:] == ((1, *image.shape), weights.shape, (1, *trace.shape, filters))
