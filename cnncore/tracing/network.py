"""Inside a trained network: every layer's maps for one image, and how any one number of them came to be.

The whole pass is done in float64 by the layers themselves. A map is split into one product map a channel,
each made by the same convolution with that channel alone; their sum plus the bias is the layer's own output.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore.errors import ShapeError
from cnncore.nn.arrays import NO_REUSE, Array, to_batch_last
from cnncore.nn.convolution import conv2d
from cnncore.nn.im2col import pad, patch_view
from cnncore.nn.layers import AvgPool2D, Conv2D, Dense, Flatten, MaxPool2D
from cnncore.nn.loss import softmax
from cnncore.nn.network import Network
from cnncore.nn.window import Window

_LARGEST_EXPONENT = 600.0  # beyond it e^z is near the end of float64, and the largest logit is taken off first


@dataclass(frozen=True)
class NetworkTrace:
    """One image's way through a network. Layers are counted from 0.

    network  the network with its weights in float64
    image    (H, W, C) in 0–1
    outputs  what each layer hands on, (H, W, C) or (units,)
    """

    network: Network
    image: Array
    outputs: list[Array]

    def input_of(self, layer: int) -> Array:
        """What a layer reads."""
        return self.outputs[layer - 1] if layer else self.image

    @property
    def logits(self) -> Array:
        """(classes,)"""
        return self.outputs[-1]


@dataclass(frozen=True)
class MapTrace:
    """One feature map of a convolution, channel by channel.

    maps      (C_in, H, W) what the layer reads
    filter    (C_in, F, F) the slices of the map's filter
    products  (C_in, H', W') each channel under its slice: the product maps
    running   (C_in, H', W') their sum so far; the last plus the bias is the output
    output    (H', W') as the layer itself gave it
    """

    window: Window
    maps: Array
    filter: Array
    products: Array
    running: Array
    bias: float
    output: Array

    @property
    def pushes(self) -> Array:
        """(C_in,) what each channel adds to the map in all, cells above and below zero weighed up."""
        return self.products.sum(axis=(1, 2))

    @property
    def strengths(self) -> Array:
        """(C_in,) how much each channel changes the map, whatever the sign."""
        return np.abs(self.products).sum(axis=(1, 2))


@dataclass(frozen=True)
class CellTrace:
    """One cell of a feature map.

    start     row and column of the window's first cell in the input; below 0 in the padding
    patches   (C_in, F, F) what the window reads, zeros in the padding
    products  (C_in, F, F) patches × filter
    sums      (C_in,) of the products of each channel; their sum plus the bias is the output
    output    as the layer itself gave it
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
    cells    (in, 3) row, column and channel each input was flattened from, counted from 0; None behind a dense layer
    towards  the inputs whose products are above zero, the largest first
    away     those whose products are below zero, the most negative first
    """

    inputs: Array
    weights: Array
    products: Array
    bias: float
    output: float
    cells: Array | None
    towards: Array
    away: Array


@dataclass(frozen=True)
class SoftmaxTrace:
    """exponentials / total = probabilities; `shift` was taken off every logit before e^z, 0 unless they are huge."""

    logits: Array
    shift: float
    exponentials: Array
    total: float
    probabilities: Array


def trace_network(network: Network, image: Any) -> NetworkTrace:
    """Trace one image (H, W, C), bytes or in 0–1. Raises ShapeError."""
    twin = network.copy(dtype=np.float64)
    image = np.asarray(image)
    outputs = [maps[0] for _, maps in twin.activations(image[None])]
    scaled = image / 255 if image.dtype == np.uint8 else image.astype(np.float64)
    return NetworkTrace(twin, scaled, outputs)


def trace_map(trace: NetworkTrace, layer: int, number: int) -> MapTrace:
    """Map `number` of a convolution, both counted from 0. Raises ShapeError for another kind of layer."""
    convolution = _layer(trace, layer, Conv2D)
    maps, filters, window = trace.input_of(layer), convolution.params["filters"][..., number], convolution.window
    geometry = {"stride": window.stride, "padding": window.padding, "dilation": window.dilation}
    products = np.stack(
        [
            conv2d(maps[None, ..., c : c + 1], slice_[None, ..., None], **geometry)[0, ..., 0]
            for c, slice_ in enumerate(filters)
        ]
    )
    bias = float(convolution.params["bias"][number])
    output = trace.outputs[layer][..., number]
    return MapTrace(window, np.moveaxis(maps, 2, 0), filters, products, products.cumsum(axis=0), bias, output)


def trace_cell(trace: NetworkTrace, layer: int, number: int, row: int, column: int) -> CellTrace:
    """Cell (row, column) of map `number` of a convolution, all counted from 0. Raises ShapeError."""
    convolution = _layer(trace, layer, Conv2D)
    window = convolution.window
    cells = pad(to_batch_last(trace.input_of(layer)[None]), window, NO_REUSE)
    patches = patch_view(cells, window)[:, :, :, row, column, 0].copy()
    filter_ = convolution.params["filters"][..., number]
    products = patches * filter_
    start = (row * window.strides[0] - window.border, column * window.strides[1] - window.border)
    bias = float(convolution.params["bias"][number])
    output = float(trace.outputs[layer][row, column, number])
    return CellTrace(start, patches, filter_, products, products.sum(axis=(1, 2)), bias, output)


def trace_unit(trace: NetworkTrace, layer: int, unit: int) -> UnitTrace:
    """One unit of a dense layer, both counted from 0. Raises ShapeError for another kind of layer."""
    dense = _layer(trace, layer, Dense)
    inputs, weights = trace.input_of(layer), dense.params["weights"][:, unit]
    products = inputs * weights
    order = np.argsort(-products, kind="stable")
    return UnitTrace(
        inputs,
        weights,
        products,
        float(dense.params["bias"][unit]),
        float(trace.outputs[layer][unit]),
        flattened_from(trace, layer),
        order[products[order] > 0],
        order[::-1][products[order[::-1]] < 0],
    )


def trace_softmax(logits: Any) -> SoftmaxTrace:
    """From logits (classes,) to probabilities."""
    logits = np.asarray(logits, np.float64)
    shift = float(logits.max()) if np.abs(logits).max() > _LARGEST_EXPONENT else 0.0
    exponentials = np.exp(logits - shift)
    return SoftmaxTrace(logits, shift, exponentials, float(exponentials.sum()), softmax(logits[None])[0])


def receptive_field(network: Network, layer: int, row: int, column: int) -> tuple[int, int, int, int]:
    """Which cells of the image can change cell (row, column) of a layer's maps.

    First and last row, first and last column, all counted from 0, both ends included
    and cut off at the image's edge; for layers before Flatten.
    """
    rows, columns = [row, row], [column, column]
    for each in reversed(network.layers[: layer + 1]):
        if isinstance(each, Conv2D | MaxPool2D | AvgPool2D):
            window = each.window
            for ends, step in ((rows, window.strides[0]), (columns, window.strides[1])):
                ends[0] = ends[0] * step - window.border
                ends[1] = ends[1] * step - window.border + window.reach - 1
    height, width, _ = network.input_shape
    return max(rows[0], 0), min(rows[1], height - 1), max(columns[0], 0), min(columns[1], width - 1)


def _layer(trace: NetworkTrace, number: int, kind: type) -> Any:
    layer = trace.network.layers[number]
    if not isinstance(layer, kind):
        raise ShapeError(f"Layer {number + 1} is {layer!r}, not a {kind.__name__}: choose another layer.")
    return layer


def flattened_from(trace: NetworkTrace, layer: int) -> Array | None:
    """The places (in, 3) that a Flatten right before the layer, activations aside, gave to its inputs."""
    for number in range(layer - 1, -1, -1):
        each = trace.network.layers[number]
        if isinstance(each, Dense):
            return None
        if isinstance(each, Flatten):
            shape = trace.input_of(number).shape
            axes = np.stack(np.meshgrid(*(np.arange(n) for n in shape), indexing="ij"))
            return each.forward(axes)[0].T
    return None
