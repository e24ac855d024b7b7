"""Between two layers: how much each map or unit adds to each of the next layer's, as lines from one to the other."""

import numpy as np

from cnncore.errors import ShapeError
from cnncore.nn.arrays import Array
from cnncore.nn.convolution import conv2d
from cnncore.nn.layers import Conv2D, Dense
from cnncore.tracing.network import NetworkTrace, flattened_from


def trace_contributions(trace: NetworkTrace, layer: int, most: int) -> tuple[Array, Array]:
    """Pushes and strengths, (in, out) each, of the first `most` maps or units a convolution or dense layer gives.

    A push is the sum of the products, cells above and below zero weighed up; a strength the sum of their magnitudes.
    Behind Flatten the inputs are the maps again. Raises ShapeError for another kind of layer.
    """
    found, inputs = trace.network.layers[layer], trace.input_of(layer)
    if isinstance(found, Conv2D):
        window, filters = found.window, found.params["filters"][..., :most]
        maps = [
            conv2d(
                inputs[None, ..., c : c + 1],
                slice_[None],
                stride=window.stride,
                padding=window.padding,
                dilation=window.dilation,
            )[0]
            for c, slice_ in enumerate(filters)
        ]
        pushes = np.stack([each.sum(axis=(0, 1)) for each in maps])
        return pushes, np.stack([np.abs(each).sum(axis=(0, 1)) for each in maps])
    if not isinstance(found, Dense):
        raise ShapeError(f"Layer {layer + 1} is {found!r}, which only hands on: choose a convolution or a dense layer.")
    products = inputs[:, None] * found.params["weights"][:, :most]
    cells = flattened_from(trace, layer)
    if cells is None:
        return products, np.abs(products)
    pushes = np.zeros((cells[:, 2].max() + 1, products.shape[1]))
    strengths = np.zeros_like(pushes)
    np.add.at(pushes, cells[:, 2], products)
    np.add.at(strengths, cells[:, 2], np.abs(products))
    return pushes, strengths
