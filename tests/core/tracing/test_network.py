"""Traces of a network: product maps add up to the layer's own output."""

import numpy as np
import pytest
from geometries import fitting, keywords
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import Conv2D, Dense, Network, ShapeError, load
from cnncore.architecture.spec import PRESETS, preset
from cnncore.data.mnist import FOLDER
from cnncore.tracing.network import trace_cell, trace_map, trace_network, trace_softmax, trace_unit


def filled(layers, input_shape, seed=0):
    """A network with random weights and biases."""
    network = Network(layers, input_shape=input_shape, seed=seed)
    rng = np.random.default_rng(seed)
    for layer in network.layers:
        layer.params = {name: rng.normal(size=v.shape).astype(v.dtype) for name, v in layer.params.items()}
    return network


@settings(max_examples=60)
@given(fitting(), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_product_maps_and_bias_add_up_to_the_layers_own_output(case, channels, filters, seed):
    window, sides = case
    network = filled([Conv2D(filters, window.size, **keywords(window))], (*sides, channels), seed)
    trace = trace_network(network, np.random.default_rng(seed).normal(size=network.input_shape))
    for number in range(filters):
        traced = trace_map(trace, 0, number)
        scale = np.abs(traced.products).sum(axis=0).max() + abs(traced.bias)
        np.testing.assert_array_equal(traced.output, trace.outputs[0][..., number])
        np.testing.assert_allclose(traced.products.sum(axis=0) + traced.bias, traced.output, atol=1e-12 * scale)
        np.testing.assert_allclose(traced.running[-1] + traced.bias, traced.output, atol=1e-12 * scale)
        row, column = (n - 1 for n in traced.output.shape)
        cell = trace_cell(trace, 0, number, row, column)
        assert cell.output == traced.output[row, column]
        np.testing.assert_allclose(cell.sums, traced.products[:, row, column], atol=1e-12 * scale)
        np.testing.assert_array_equal(cell.products, cell.patches * network.layers[0].params["filters"][..., number])
        framed = np.pad(trace.image, ((window.border,) * 2, (window.border,) * 2, (0, 0)))
        places = (start + window.border + window.dilation * np.arange(window.size) for start in cell.start)
        np.testing.assert_array_equal(cell.patches, np.moveaxis(framed[np.ix_(*places)], 2, 0))


@pytest.mark.parametrize("name", PRESETS)
def test_every_architecture_is_traced_as_it_predicts(name, digits):
    network = filled(preset(name), (28, 28, 1))
    trace = trace_network(network, digits.images[0])
    expected = network.activations(digits.images[:1])
    for output, (_, maps) in zip(trace.outputs, expected, strict=True):
        assert output.dtype == np.float64
        np.testing.assert_allclose(output, maps[0], rtol=1e-3, atol=1e-3 * np.abs(maps).max())
    for number, layer in enumerate(network.layers):
        if isinstance(layer, Dense):
            unit = trace_unit(trace, number, 1)
            assert unit.products.sum() + unit.bias == pytest.approx(unit.output)
            assert unit.output == trace.outputs[number][1]
            assert (np.diff(unit.products[unit.positive]) <= 0).all() and (unit.products[unit.positive] > 0).all()
            assert (np.diff(unit.products[unit.negative]) >= 0).all() and (unit.products[unit.negative] < 0).all()
            assert len(unit.positive) + len(unit.negative) == np.count_nonzero(unit.products)


def test_the_cells_of_a_dense_units_inputs(digits):
    network, _ = load(FOLDER.parent / "models" / "convolutional.safetensors")
    trace = trace_network(network, digits.images[0])
    unit = trace_unit(trace, 10, 3)
    maps = trace.input_of(9)
    assert unit.cells is not None
    np.testing.assert_array_equal(unit.inputs, [maps[tuple(cell)] for cell in unit.cells])
    assert trace_unit(trace, 12, 3).cells is None
    np.testing.assert_allclose(
        trace_softmax(trace.logits).probabilities, network.predict(digits.images[:1])[0], atol=1e-6
    )


def test_softmax_as_e_to_the_z_over_the_total():
    trace = trace_softmax([1.0, 2.0, -3.0])
    np.testing.assert_allclose(trace.exponentials, [np.e, np.e**2, np.e**-3])
    np.testing.assert_allclose(trace.exponentials / trace.total, trace.probabilities)
    assert trace.shift == 0
    huge = trace_softmax([5000.0, 4999.0])
    assert huge.shift == 5000 and np.isfinite(huge.total)
    np.testing.assert_allclose(huge.exponentials / huge.total, huge.probabilities)


def test_another_kind_of_layer_is_refused(digits):
    network = Network(preset("once"), input_shape=(28, 28, 1))
    trace = trace_network(network, digits.images[0])
    with pytest.raises(ShapeError, match="not a Conv2D"):
        trace_map(trace, 1, 0)
    with pytest.raises(ShapeError, match="not a Dense"):
        trace_unit(trace, 0, 0)
