"""Convolution, step by step, read off the real forward pass.

Patches come from the view that the layers' im2col copies, outputs from the
functions that the layers call; nothing is convolved a second time. Lesson pages
trace in float64.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore.errors import ShapeError
from cnncore.nn.arrays import NO_REUSE, Array, to_batch_last
from cnncore.nn.convolution import conv1d, conv2d
from cnncore.nn.im2col import pad, patch_view
from cnncore.nn.window import Padding, Stride, Window


@dataclass(frozen=True)
class ConvolutionTrace:
    """One filter over one channel, step by step in row order; a signal is a picture of one row.

    padded    (R, C) the input with its border of zeros
    border    (rows, columns) of that border
    filter    (F, F), or (1, F) for a signal
    bias      added to every sum
    starts    (steps, 2) row and column in `padded` of each window's first cell
    products  (steps, F, F) patch × filter
    sums      (steps,) their sums
    biased    (steps,) sums + bias, as the convolution itself gave them
    outputs   (steps,) after ReLU, if there is one
    shape     (rows, columns) of the output
    touched   (R, C) which cells of `padded` any window reads
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
    touched: Array

    @property
    def only_padding_is_dropped(self) -> bool:
        """Whether every cell of the input itself is read."""
        rows, columns = self.border
        inner = self.touched[rows : len(self.touched) - rows, columns : self.touched.shape[1] - columns]
        return bool(inner.all())


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
    """Trace image (H, W) under filter_ (F, F). Raises ShapeError where they do not fit."""
    image, filter_ = np.asarray(image, np.float64), np.asarray(filter_, np.float64)
    if image.ndim != 2 or filter_.ndim != 2:
        raise ShapeError(f"Expected an image (H, W) and a filter (F, F), received {image.shape}, {filter_.shape}.")
    window = Window(len(filter_), stride=stride, padding=padding, dilation=dilation)
    images, filters = image[None, :, :, None], filter_[None, :, :, None]
    maps = conv2d(images, filters, [float(bias)], stride=stride, padding=padding, dilation=dilation)
    cells = pad(to_batch_last(images), window, NO_REUSE)
    patches = patch_view(cells, window)[0, ..., 0]  # (F, F, H', W')
    products = np.moveaxis(patches * filter_[:, :, None, None], (2, 3), (0, 1))
    starts = np.stack(np.meshgrid(*window.positions(image.shape), indexing="ij"), axis=-1)
    return _trace(
        window, cells[0, ..., 0], (window.border,) * 2, filter_, bias, relu, starts, products, maps[0, ..., 0]
    )


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
    """Trace signal (L,) under filter_ (F,). Raises ShapeError where they do not fit."""
    signal, filter_ = np.asarray(signal, np.float64), np.asarray(filter_, np.float64)
    outputs = conv1d(signal, filter_, stride=stride, padding=padding, dilation=dilation)
    window = Window(len(filter_), stride=stride, padding=padding, dilation=dilation)
    cells = np.pad(signal, window.border)
    columns = window.positions(len(signal))
    patches = cells[columns[:, None] + dilation * np.arange(window.size)]
    starts = np.stack([np.zeros_like(columns), columns], axis=-1)[None]
    products = (patches * filter_)[None, :, None, :]
    border = (0, window.border)
    return _trace(window, cells[None], border, filter_[None], bias, relu, starts, products, outputs[None] + bias)


def _trace(
    window: Window,
    cells: Array,
    border: tuple[int, int],
    filter_: Array,
    bias: float,
    relu: bool,
    starts: Array,
    products: Array,
    maps: Array,
) -> ConvolutionTrace:
    shape = maps.shape
    products = products.reshape(-1, *filter_.shape)
    starts, biased = starts.reshape(-1, 2), maps.reshape(-1)
    touched = np.zeros(cells.shape, bool)
    for row, column in starts:
        rows, columns = (s + window.dilation * np.arange(n) for s, n in zip((row, column), filter_.shape, strict=True))
        touched[np.ix_(rows, columns)] = True
    outputs = np.maximum(biased, 0) if relu else biased
    sums = products.sum(axis=(1, 2))
    return ConvolutionTrace(
        window, cells, border, filter_, float(bias), relu, starts, products, sums, biased, outputs, shape, touched
    )
