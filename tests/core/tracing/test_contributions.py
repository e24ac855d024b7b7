"""Contributions between layers equal those of the traces of single maps and units."""

import numpy as np
import pytest

from cnncore import ShapeError
from cnncore.architecture.spec import PRESETS, preset
from cnncore.nn.layers import Conv2D, Dense
from cnncore.nn.network import Network
from cnncore.tracing.contributions import trace_contributions
from cnncore.tracing.network import trace_map, trace_network, trace_unit


@pytest.mark.parametrize("name", PRESETS)
def test_contributions_are_the_sums_of_the_products(name, digits):
    network = Network(preset(name), input_shape=(28, 28, 1), seed=2)
    trace = trace_network(network, digits.images[3])
    for n, layer in enumerate(network.layers):
        if not isinstance(layer, Conv2D | Dense):
            with pytest.raises(ShapeError, match="has no weights"):
                trace_contributions(trace, n, 4)
            continue
        contributions, magnitudes = trace_contributions(trace, n, 4)
        for k in range(min(4, network.shapes[n][-1])):
            if isinstance(layer, Conv2D):
                traced = trace_map(trace, n, k)
                np.testing.assert_allclose(contributions[:, k], traced.contributions, atol=1e-12)
                np.testing.assert_allclose(magnitudes[:, k], traced.abs_contributions, atol=1e-12)
                continue
            unit = trace_unit(trace, n, k)
            assert contributions[:, k].sum() + unit.bias == pytest.approx(unit.output, abs=1e-9)
            of_map = range(len(unit.products)) if unit.cells is None else unit.cells[:, 2]
            for c in range(len(contributions)):
                products = unit.products[np.asarray(of_map) == c]
                assert contributions[c, k] == pytest.approx(products.sum(), abs=1e-9)
                assert magnitudes[c, k] == pytest.approx(np.abs(products).sum(), abs=1e-9)
        assert contributions.shape == magnitudes.shape == (len(contributions), min(4, network.shapes[n][-1]))
