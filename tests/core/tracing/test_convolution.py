"""The traced steps of a convolution are those of the layer."""

import numpy as np
from geometries import fitting, keywords
from hypothesis import given
from hypothesis import strategies as st

from cnncore import Conv2D, ReLU
from cnncore.tracing.convolution import trace_conv1d, trace_conv2d


@given(fitting(), st.booleans(), st.integers(0, 2**32 - 1))
def test_every_step_agrees_with_the_layer(case, relu, seed):
    window, sides = case
    rng = np.random.default_rng(seed)
    image, filter_, bias = rng.normal(size=sides), rng.normal(size=(window.size,) * 2), float(rng.normal())
    trace = trace_conv2d(image, filter_, bias=bias, relu=relu, **keywords(window))
    layer = Conv2D(1, window.size, **keywords(window))
    layer.build((*sides, 1), rng, np.float64)
    layer.params["filters"][0, :, :, 0], layer.params["bias"][0] = filter_, bias
    maps, _ = layer.forward(image[None, :, :, None])
    if relu:
        maps, _ = ReLU().forward(maps)
    np.testing.assert_array_equal(trace.outputs.reshape(trace.shape), maps[0, ..., 0])
    for k, (row, column) in enumerate(trace.starts):
        at = np.ix_(*(start + window.dilation * np.arange(window.size) for start in (row, column)))
        np.testing.assert_array_equal(trace.products[k], trace.padded[at] * filter_)
        scale = np.abs(trace.products[k]).sum() + abs(bias)
        assert abs(trace.products[k].sum() + bias - trace.biased[k]) <= 1e-6 * scale
    rows, columns = trace.border
    inner = trace.covered[rows : rows + sides[0], columns : columns + sides[1]]
    np.testing.assert_array_equal(inner, ~window.uncovered(*sides))


def test_the_lectures_signal():
    trace = trace_conv1d([1, 2, 3, 4, 5], [1, 1, 1], padding="half")
    assert trace.outputs.tolist() == [3, 6, 9, 12, 9] and trace.outputs.sum() == 39
    assert trace.padded.tolist() == [[0, 1, 2, 3, 4, 5, 0]] and trace.shape == (1, 5)
    assert trace.products[4].tolist() == [[4, 5, 0]]


def test_in_the_odd_figure_only_padding_is_left_over():
    trace = trace_conv2d(np.ones((6, 6)), np.ones((3, 3)), padding=1, stride=2)
    assert trace.shape == (3, 3) and trace.covered[1:7, 1:7].all()
    assert not trace.covered[7].any() and trace.covered[6, :7].all()
