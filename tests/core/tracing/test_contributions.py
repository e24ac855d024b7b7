"""Lines between layers: what each map adds to the next layer's maps, as the map's own trace has it."""

import numpy as np
import pytest

from cnncore import ShapeError
from cnncore.architecture.spec import PRESETS, preset
from cnncore.nn.layers import Conv2D, Dense
from cnncore.nn.network import Network
from cnncore.tracing.contributions import trace_contributions
from cnncore.tracing.network import trace_map, trace_network, trace_unit


@pytest.mark.parametrize("name", PRESETS)
def test_edges_are_the_sums_of_the_product_maps(name, digits):
    network = Network(preset(name), input_shape=(28, 28, 1), seed=2)
    trace = trace_network(network, digits.images[3])
    for n, layer in enumerate(network.layers):
        if not isinstance(layer, Conv2D | Dense):
            with pytest.raises(ShapeError, match="only hands on"):
                trace_contributions(trace, n, 4)
            continue
        pushes, strengths = trace_contributions(trace, n, 4)
        for k in range(min(4, network.shapes[n][-1])):
            if isinstance(layer, Conv2D):
                traced = trace_map(trace, n, k)
                np.testing.assert_allclose(pushes[:, k], traced.pushes, atol=1e-12)
                np.testing.assert_allclose(strengths[:, k], traced.strengths, atol=1e-12)
                continue
            unit = trace_unit(trace, n, k)
            assert pushes[:, k].sum() + unit.bias == pytest.approx(unit.output, abs=1e-9)
            of_map = range(len(unit.products)) if unit.cells is None else unit.cells[:, 2]
            for c in range(len(pushes)):
                products = unit.products[np.asarray(of_map) == c]
                assert pushes[c, k] == pytest.approx(products.sum(), abs=1e-9)
                assert strengths[c, k] == pytest.approx(np.abs(products).sum(), abs=1e-9)
        assert pushes.shape == strengths.shape == (len(pushes), min(4, network.shapes[n][-1]))
