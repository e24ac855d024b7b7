"""Inside a trained network: the outputs of all layers for one image, and how each of their numbers is computed.

The layers themselves compute the forward pass, in float64. A feature map is split into one product map per channel,
which is the same convolution of that channel alone; the sum of the product maps plus the bias is the layer's output.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore.errors import ShapeError
from cnncore.nn.arrays import NO_REUSE, Array, to_batch_last
from cnncore.nn.convolution import conv2d
from cnncore.nn.im2col import pad, patch_view
from cnncore.nn.layers import Conv2D, Dense, Flatten
from cnncore.nn.loss import softmax
from cnncore.nn.network import Network
from cnncore.nn.window import Window
from cnncore.tracing.flatten import flattened_cells

_LARGEST_EXPONENT = 600.0  # e^z of a larger z is near the limit of float64, so the largest logit is subtracted first


@dataclass(frozen=True)
class NetworkTrace:
    """The outputs of all layers of a network for one image. Layers are counted from 0.

    network  a copy of the network with float64 parameters
    image    (H, W, C) in 0–1
    outputs  output of each layer, (H, W, C) or (units,)
    """

    network: Network
    image: Array
    outputs: list[Array]

    def input_of(self, layer: int) -> Array:
        """Return the input of a layer, (H, W, C) or (units,)."""
        return self.outputs[layer - 1] if layer else self.image

    @property
    def logits(self) -> Array:
        """Return the logits (classes,)."""
        return self.outputs[-1]


@dataclass(frozen=True)
class MapTrace:
    """One feature map of a convolution, channel by channel.

    maps      (C_in, H, W) the layer's input
    filter    (C_in, F, F) the slices of the map's filter
    products  (C_in, H', W') the product maps: each channel convolved with its slice
    running   (C_in, H', W') cumulative sum of the product maps; the last one plus the bias is the output
    output    (H', W') the layer's own output
    """

    window: Window
    maps: Array
    filter: Array
    products: Array
    running: Array
    bias: float
    output: Array

    @property
    def contributions(self) -> Array:
        """Return (C_in,): the sum of each channel's product map."""
        return self.products.sum(axis=(1, 2))

    @property
    def abs_contributions(self) -> Array:
        """Return (C_in,): the sum of the absolute values of each channel's product map."""
        return np.abs(self.products).sum(axis=(1, 2))


@dataclass(frozen=True)
class CellTrace:
    """One cell of a feature map.

    start     row and column of the window's first cell in the input; negative in the padding
    patches   (C_in, F, F) the cells that the window reads, zeros in the padding
    filter    (C_in, F, F) the slices of the map's filter
    products  (C_in, F, F) patches × filter
    sums      (C_in,) sum of the products of each channel; the sum of them plus the bias is the output
    output    the layer's own output
    """

    start: tuple[int, int]
    patches: Array
    filter: Array
    products: Array
    sums: Array
    bias: float
    output: float


@dataclass(frozen=True)
class UnitTrace:
    """One unit of a dense layer: products.sum() + bias is the output.

    inputs, weights, products  (in,)
    cells     (in, 3) row, column and channel that each input was flattened from, counted from 0; None where the input
              comes from a dense layer
    positive  indices of the inputs with positive products, the largest product first
    negative  indices of the inputs with negative products, the most negative product first
    """

    inputs: Array
    weights: Array
    products: Array
    bias: float
    output: float
    cells: Array | None
    positive: Array
    negative: Array


@dataclass(frozen=True)
class SoftmaxTrace:
    """Softmax in steps: probabilities = exponentials / total, where exponentials = e^(logits − shift).

    `shift` is 0 unless the logits are so large that their exponentials could overflow.
    """

    logits: Array
    shift: float
    exponentials: Array
    total: float
    probabilities: Array


def trace_network(network: Network, image: Any) -> NetworkTrace:
    """Trace the forward pass of one image (H, W, C), uint8 in 0–255 or floats in 0–1.

    Raises ShapeError for an image of another shape than the network's input.
    """
    network, image = network.copy(dtype=np.float64), np.asarray(image)
    outputs = [maps[0] for _, maps in network.activations(image[None])]
    scaled = image / 255 if image.dtype == np.uint8 else image.astype(np.float64)
    return NetworkTrace(network, scaled, outputs)


def trace_map(trace: NetworkTrace, layer: int, index: int) -> MapTrace:
    """Trace map `index` of the convolution `layer`, both counted from 0. Raises ShapeError for another layer."""
    convolution = _layer(trace, layer, Conv2D)
    maps, filter_, window = trace.input_of(layer), convolution.params["filters"][..., index], convolution.window
    products = product_maps(maps, filter_[..., None], window)[..., 0]
    bias = float(convolution.params["bias"][index])
    output = trace.outputs[layer][..., index]
    return MapTrace(window, np.moveaxis(maps, 2, 0), filter_, products, products.cumsum(axis=0), bias, output)


def product_maps(maps: Array, filters: Array, window: Window) -> Array:
    """Convolve each channel of maps (H, W, C_in) with its slice of filters (C_in, F, F, K) -> (C_in, H', W', K)."""
    geometry: dict[str, Any] = {"stride": window.stride, "padding": window.padding, "dilation": window.dilation}
    channels = np.moveaxis(maps, 2, 0)[:, None, ..., None]  # each one image (1, H, W, 1)
    return np.stack([conv2d(c, slice_[None], **geometry)[0] for c, slice_ in zip(channels, filters, strict=True)])


def trace_cell(trace: NetworkTrace, layer: int, index: int, row: int, column: int) -> CellTrace:
    """Trace cell (row, column) of map `index` of the convolution `layer`, all counted from 0.

    Raises ShapeError for another kind of layer.
    """
    convolution = _layer(trace, layer, Conv2D)
    window = convolution.window
    padded = pad(to_batch_last(trace.input_of(layer)[None]), window, NO_REUSE)
    patches = patch_view(padded, window)[:, :, :, row, column, 0].copy()
    filter_ = convolution.params["filters"][..., index]
    products = patches * filter_
    start = (row * window.strides[0] - window.border, column * window.strides[1] - window.border)
    bias = float(convolution.params["bias"][index])
    output = float(trace.outputs[layer][row, column, index])
    return CellTrace(start, patches, filter_, products, products.sum(axis=(1, 2)), bias, output)


def trace_unit(trace: NetworkTrace, layer: int, index: int) -> UnitTrace:
    """Trace unit `index` of the dense layer `layer`, both counted from 0. Raises ShapeError for another layer."""
    dense = _layer(trace, layer, Dense)
    inputs, weights = trace.input_of(layer), dense.params["weights"][:, index]
    products = inputs * weights
    order = np.argsort(-products, kind="stable")
    return UnitTrace(
        inputs,
        weights,
        products,
        float(dense.params["bias"][index]),
        float(trace.outputs[layer][index]),
        flattened_from(trace, layer),
        order[products[order] > 0],
        order[::-1][products[order[::-1]] < 0],
    )


def trace_softmax(logits: Any) -> SoftmaxTrace:
    """Trace the softmax of logits (classes,)."""
    logits = np.asarray(logits, np.float64)
    shift = float(logits.max()) if np.abs(logits).max() > _LARGEST_EXPONENT else 0.0
    exponentials = np.exp(logits - shift)
    return SoftmaxTrace(logits, shift, exponentials, float(exponentials.sum()), softmax(logits[None])[0])


def _layer(trace: NetworkTrace, index: int, kind: type) -> Any:
    """Return layer `index`. Raises ShapeError where it is not of the kind."""
    layer = trace.network.layers[index]
    if not isinstance(layer, kind):
        raise ShapeError(f"Layer {index + 1} is {layer!r}, not a {kind.__name__}: choose another layer.")
    return layer


def flattened_from(trace: NetworkTrace, layer: int) -> Array | None:
    """Return (in, 3): row, column and channel, from 0, that each input of a dense layer was flattened from.

    Returns None where no Flatten precedes the layer, or where another dense layer is between them.
    """
    for index in range(layer - 1, -1, -1):
        earlier = trace.network.layers[index]
        if isinstance(earlier, Dense):
            return None
        if isinstance(earlier, Flatten):
            return flattened_cells(trace.input_of(index).shape)
    return None
