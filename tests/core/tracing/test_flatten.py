"""Flatten: each value is where the index formula says, the maps are restored, and a dense layer ignores the order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncore import Dense, Flatten, ShapeError
from cnncore.tracing.flatten import reorder, trace_flatten


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4))
def test_every_value_is_where_the_index_formula_says(height, width, channels):
    maps = np.random.default_rng(0).normal(size=(height, width, channels))
    trace = trace_flatten(maps)
    np.testing.assert_array_equal(trace.vector, Flatten().forward(maps[None])[0][0])
    np.testing.assert_array_equal(trace.restored, maps)
    for index, (row, column, channel) in enumerate(trace.cells):
        assert index == (row * width + column) * channels + channel
        assert trace.vector[index] == maps[row, column, channel]


def test_the_lectures_maps():
    assert trace_flatten(np.ones((22, 22, 2))).vector.shape == (968,)


def test_the_order_of_the_vector_does_not_matter_to_a_dense_layer():
    rng = np.random.default_rng(0)
    vector, weights, order = rng.normal(size=18), rng.normal(size=(18, 3)), rng.permutation(18)
    result = reorder(vector, weights, order)
    layer = Dense(3)
    layer.params = {"weights": weights, "bias": np.zeros(3)}
    np.testing.assert_array_equal(result.scores, layer.forward(vector[None])[0][0])
    np.testing.assert_allclose(result.both_reordered, result.scores, rtol=1e-12)
    assert result.largest_difference == np.abs(result.both_reordered - result.scores).max() < 1e-12
    np.testing.assert_allclose(result.vector_reordered, vector[order] @ weights)
    assert np.abs(result.vector_reordered - result.scores).max() > 0.1


def test_another_number_of_axes_is_refused():
    with pytest.raises(ShapeError, match="Expected maps"):
        trace_flatten(np.ones((3, 3)))
