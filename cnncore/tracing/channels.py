"""A convolution over several channels, step by step: each channel under its own slice of each filter.

Patches and outputs are those of the real conv2d, in float64.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore.nn.arrays import NO_REUSE, Array, to_batch_last
from cnncore.nn.convolution import conv2d
from cnncore.nn.im2col import pad, patch_view
from cnncore.nn.window import Padding, Stride, Window
from cnncore.tracing.windows import window_starts


@dataclass(frozen=True)
class ChannelsTrace:
    """C channels under K filters, one step per output cell, in row order.

    padded    (C, R, Q) each channel with its padding of zeros
    filters   (C, F, F, K)
    bias      (K,)
    starts    (steps, 2) row and column in `padded` of each window's first cell
    patches   (steps, C, F, F) the cells of each channel that the window reads
    products  (steps, K, C, F, F) patch × the channel's slice of the filter
    partial   (steps, K, C) sum of the products of each channel
    sums      (steps, K) sum over the channels
    biased    (steps, K) sums + bias, as conv2d itself returned them
    outputs   (steps, K) after ReLU, where there is one
    shape     (rows, columns) of each map
    """

    window: Window
    padded: Array
    filters: Array
    bias: Array
    relu: bool
    starts: Array
    patches: Array
    products: Array
    partial: Array
    sums: Array
    biased: Array
    outputs: Array
    shape: tuple[int, int]


def trace_channels(
    image: Any,
    filters: Any,
    bias: Any = None,
    *,
    stride: Stride = 1,
    padding: Padding = "none",
    dilation: int = 1,
    relu: bool = False,
) -> ChannelsTrace:
    """Trace image (H, W, C) under filters (C, F, F, K) and bias (K,), zeros by default.

    Raises ShapeError where image, filters, bias and window do not fit together.
    """
    images, filters = np.asarray(image, np.float64)[None], np.asarray(filters, np.float64)
    bias = np.zeros(filters.shape[-1]) if bias is None else np.asarray(bias, np.float64)
    maps = conv2d(images, filters, bias, stride=stride, padding=padding, dilation=dilation)[0]
    window = Window(filters.shape[1], stride=stride, padding=padding, dilation=dilation)
    padded = pad(to_batch_last(images), window, NO_REUSE)
    patches = np.moveaxis(patch_view(padded, window)[..., 0], (3, 4), (0, 1))  # (C, F, F, H', W') -> (H', W', C, F, F)
    patches = patches.reshape(-1, *patches.shape[2:])
    products = patches[:, None] * np.moveaxis(filters, 3, 0)
    partial = products.sum(axis=(3, 4))
    biased = maps.reshape(-1, maps.shape[2])
    return ChannelsTrace(
        window,
        padded[..., 0],
        filters,
        bias,
        relu,
        window_starts(window, images.shape[1:3]),
        patches,
        products,
        partial,
        partial.sum(axis=2),
        biased,
        np.maximum(biased, 0) if relu else biased,
        (maps.shape[0], maps.shape[1]),
    )


def without_slices(filters: Any, zeroed: Any) -> Array:
    """Return a copy of filters (C, F, F, K) in which the slices that the mask `zeroed` (C, K) selects are 0."""
    filters = np.array(filters, np.float64)
    filters.transpose(0, 3, 1, 2)[np.asarray(zeroed, bool)] = 0
    return filters
