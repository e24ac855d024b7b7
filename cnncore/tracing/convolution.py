"""A convolution of one channel, step by step, taken from the real forward pass.

In 2-D the patches are the view that the layers' im2col copies. The outputs are those of conv1d and conv2d, the
functions that the layers call. Everything is computed in float64.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore.errors import ShapeError
from cnncore.nn.arrays import NO_REUSE, Array, to_batch_last
from cnncore.nn.convolution import conv1d, conv2d
from cnncore.nn.im2col import pad, patch_view
from cnncore.nn.window import Padding, Stride, Window
from cnncore.tracing.windows import window_cells, window_starts


@dataclass(frozen=True)
class ConvolutionTrace:
    """One filter over one channel, one step per output cell, in row order; a signal is a picture of one row.

    padded    (R, C) the input with its padding of zeros
    border    (rows, columns) of zeros on each side of the input
    filter    (F, F), or (1, F) for a signal
    bias      number added to every sum
    starts    (steps, 2) row and column in `padded` of each window's first cell
    products  (steps, F, F) patch × filter
    sums      (steps,) sum of the products
    biased    (steps,) sums + bias, as conv1d or conv2d itself returned them
    outputs   (steps,) after ReLU, where there is one
    shape     (rows, columns) of the output
    covered   (R, C) mask of the cells of `padded` that a window reads
    """

    window: Window
    padded: Array
    border: tuple[int, int]
    filter: Array
    bias: float
    relu: bool
    starts: Array
    products: Array
    sums: Array
    biased: Array
    outputs: Array
    shape: tuple[int, int]
    covered: Array


def trace_conv2d(
    image: Any,
    filter_: Any,
    *,
    bias: float = 0.0,
    stride: Stride = 1,
    padding: Padding = "none",
    dilation: int = 1,
    relu: bool = False,
) -> ConvolutionTrace:
    """Trace image (H, W) under filter_ (F, F). Raises ShapeError where they and the window do not fit together."""
    image, filter_ = np.asarray(image, np.float64), np.asarray(filter_, np.float64)
    if image.ndim != 2 or filter_.ndim != 2:
        raise ShapeError(f"Expected an image (H, W) and a filter (F, F), received {image.shape}, {filter_.shape}.")
    window = Window(len(filter_), stride=stride, padding=padding, dilation=dilation)
    images, filters = image[None, :, :, None], filter_[None, :, :, None]
    maps = conv2d(images, filters, [float(bias)], stride=stride, padding=padding, dilation=dilation)
    padded = pad(to_batch_last(images), window, NO_REUSE)
    patches = patch_view(padded, window)[0, ..., 0]  # (F, F, H', W')
    products = np.moveaxis(patches * filter_[:, :, None, None], (2, 3), (0, 1))
    starts, border = window_starts(window, image.shape), (window.border, window.border)
    return _trace(window, padded[0, ..., 0], border, filter_, bias, relu, starts, products, maps[0, ..., 0])


def trace_conv1d(
    signal: Any,
    filter_: Any,
    *,
    bias: float = 0.0,
    stride: int = 1,
    padding: Padding = "none",
    dilation: int = 1,
    relu: bool = False,
) -> ConvolutionTrace:
    """Trace signal (L,) under filter_ (F,). Raises ShapeError where they and the window do not fit together."""
    signal, filter_ = np.asarray(signal, np.float64), np.asarray(filter_, np.float64)
    outputs = conv1d(signal, filter_, stride=stride, padding=padding, dilation=dilation)
    window = Window(len(filter_), stride=stride, padding=padding, dilation=dilation)
    padded, starts, border = (
        np.pad(signal, window.border)[None],
        window_starts(window, signal.shape),
        (0, window.border),
    )
    products = padded[window_cells(starts, (1, window.size), dilation)] * filter_
    return _trace(window, padded, border, filter_[None], bias, relu, starts, products, outputs[None] + bias)


def _trace(
    window: Window,
    padded: Array,
    border: tuple[int, int],
    filter_: Array,
    bias: float,
    relu: bool,
    starts: Array,
    products: Array,
    biased: Array,
) -> ConvolutionTrace:
    """Build the trace from the products (…, F, F) of all steps and the outputs before ReLU, (rows, columns)."""
    shape, products, biased = biased.shape, products.reshape(-1, *filter_.shape), biased.reshape(-1)
    covered = np.zeros(padded.shape, bool)
    covered[window_cells(starts, filter_.shape, window.dilation)] = True
    outputs = np.maximum(biased, 0) if relu else biased
    sums = products.sum(axis=(1, 2))
    return ConvolutionTrace(
        window, padded, border, filter_, float(bias), relu, starts, products, sums, biased, outputs, shape, covered
    )
