"""Between two layers: how much each map or unit adds to each map or unit of the next layer with weights."""

import numpy as np

from cnncore.errors import ShapeError
from cnncore.nn.arrays import Array
from cnncore.nn.layers import Conv2D, Dense
from cnncore.tracing.network import NetworkTrace, flattened_from, product_maps


def trace_contributions(trace: NetworkTrace, layer: int, max_outputs: int) -> tuple[Array, Array]:
    """Return contributions and absolute contributions, (in, out) each, of a convolution or dense layer.

    A contribution is the sum of the products of one input map or unit in one output map or unit, an absolute
    contribution the sum of their absolute values. Only the first `max_outputs` outputs are traced. The inputs of a
    dense layer after Flatten are the maps. Raises ShapeError for a layer without weights.
    """
    traced, inputs = trace.network.layers[layer], trace.input_of(layer)
    if isinstance(traced, Conv2D):
        products = product_maps(inputs, traced.params["filters"][..., :max_outputs], traced.window)
        return products.sum(axis=(1, 2)), np.abs(products).sum(axis=(1, 2))
    if not isinstance(traced, Dense):
        raise ShapeError(f"Layer {layer + 1} is {traced!r}, which has no weights: choose a convolution or dense layer.")
    products = inputs[:, None] * traced.params["weights"][:, :max_outputs]
    cells = flattened_from(trace, layer)
    if cells is None:
        return products, np.abs(products)
    contributions = np.zeros((cells[:, 2].max() + 1, products.shape[1]))
    abs_contributions = np.zeros_like(contributions)
    np.add.at(contributions, cells[:, 2], products)
    np.add.at(abs_contributions, cells[:, 2], np.abs(products))
    return contributions, abs_contributions
