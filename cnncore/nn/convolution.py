"""Convolution as plain functions: forward and gradient.

What the lecture calls convolution is cross-correlation: the filter is not
flipped. Shapes are the lecture's: images (N, H, W, C), filters (C_in, F, F,
C_out). Results are float64 where an argument is, else float32.
"""

from typing import Any

import numpy as np

from cnncore.errors import ShapeError
from cnncore.nn.arrays import NO_REUSE, Array, Workspace, common_dtype, to_batch_last, to_nhwc
from cnncore.nn.im2col import col2im, im2col_batches
from cnncore.nn.window import Padding, Stride, Window


def conv1d(signal: Any, filter_: Any, *, stride: int = 1, padding: Padding = "none", dilation: int = 1) -> Array:
    """Slide one filter over one signal: signal (L,), filter_ (F,) -> (L',).

    o_k = sum over p of w_p · t_(kS + pD), t being the padded signal (lecture, "Forward pass").
    Raises ShapeError where the filter is larger than the padded signal.
    """
    signal, filter_ = _signal_and_filter(signal, filter_)
    window = Window(len(filter_), stride=stride, padding=padding, dilation=dilation)
    return _signal_patches(signal, window) @ filter_


def conv1d_gradients(
    signal: Any, filter_: Any, output_grad: Any, *, stride: int = 1, padding: Padding = "none", dilation: int = 1
) -> tuple[Array, Array]:
    """How a loss changes with signal and filter, given how it changes with the output (L',).

    Returns signal_grad (L,), filter_grad (F,). Each output hands its gradient
    back to the cells it read, times the weight it read them with (lecture, "Gradients").
    """
    signal, filter_ = _signal_and_filter(signal, filter_)
    signal, filter_, output_grad = common_dtype(signal, filter_, output_grad)
    window = Window(len(filter_), stride=stride, padding=padding, dilation=dilation)
    patches = _signal_patches(signal, window)
    _expect_grad(output_grad, patches.shape[:1])
    padded_grad = np.zeros(len(signal) + 2 * window.border, signal.dtype)
    starts = window.positions(len(signal))
    for p, weight in enumerate(filter_):
        padded_grad[starts + p * dilation] += weight * output_grad
    return padded_grad[window.border : window.border + len(signal)], output_grad @ patches


def _signal_and_filter(signal: Any, filter_: Any) -> tuple[Array, Array]:
    signal, filter_ = common_dtype(signal, filter_)
    if signal.ndim != 1 or filter_.ndim != 1 or not signal.size or not filter_.size:
        raise ShapeError(
            f"Expected a signal (L,) and a filter (F,), received {signal.shape} and {filter_.shape}: "
            "try [1, 2, 3, 4, 5] and [1, 1, 1]."
        )
    return signal, filter_


def _signal_patches(signal: Array, window: Window) -> Array:
    """(L,) -> (L', F): the padded cells under each position."""
    starts = window.positions(len(signal))
    cells = np.pad(signal, window.border)
    return cells[starts[:, None] + window.dilation * np.arange(window.size)]


def conv2d(
    images: Any,
    filters: Any,
    bias: Any = None,
    *,
    stride: Stride = 1,
    padding: Padding = "none",
    dilation: int = 1,
    workspace: Workspace = NO_REUSE,
) -> Array:
    """Slide filters over images: (N, H, W, C), (C, F, F, K), (K,) -> (N, H', W', K).

    One patch of all channels times one filter, summed, plus that filter's bias,
    is one cell of one feature map (lecture, section 1 D). H' = (H - F + 2P) // S + 1.
    Raises ShapeError where channels differ or the filter is larger than the padded input.
    """
    images, filters, bias = _images_and_filters(images, filters, bias)
    window = Window(filters.shape[1], stride=stride, padding=padding, dilation=dilation)
    return convolve(images, filters, bias, window, workspace)


def convolve(images: Any, filters: Any, bias: Any, window: Window, workspace: Workspace = NO_REUSE) -> Array:
    """`conv2d` with the geometry as a window, whose size is the filters'."""
    images, filters, bias = _images_and_filters(images, filters, bias)
    height, width = window.output_size(images.shape[1:3])
    weights = filters.reshape(-1, filters.shape[3]).T
    maps = workspace.array("maps", (filters.shape[3], height, width, len(images)), images.dtype)
    for batch, rows, columns in im2col_batches(to_batch_last(images), window, workspace):
        target = maps[:, rows, :, batch]
        product = workspace.scratch("product", (len(weights), columns.shape[1]), images.dtype)
        np.matmul(weights, columns, out=product)
        np.add(product.reshape(target.shape), bias[:, None, None, None], out=target)
    return to_nhwc(maps)


def conv2d_gradients(
    images: Any,
    filters: Any,
    output_grad: Any,
    *,
    stride: Stride = 1,
    padding: Padding = "none",
    dilation: int = 1,
    need_images_grad: bool = True,
    workspace: Workspace = NO_REUSE,
) -> tuple[Array, Array, Array]:
    """How a loss changes with images, filters and bias, given output_grad (N, H', W', K).

    Returns images_grad (N, H, W, C), filters_grad (C, F, F, K), bias_grad (K,).
    Filters: every patch weighted by the gradient of the output it made, summed.
    Images: every output's gradient scattered back through its filter. The first
    layer of a network needs no images_grad: without it, it comes back empty.
    """
    images, filters, _ = _images_and_filters(images, filters, None)
    window = Window(filters.shape[1], stride=stride, padding=padding, dilation=dilation)
    return convolution_gradients(
        images, filters, output_grad, window, need_images_grad=need_images_grad, workspace=workspace
    )


def convolution_gradients(
    images: Any,
    filters: Any,
    output_grad: Any,
    window: Window,
    *,
    need_images_grad: bool = True,
    workspace: Workspace = NO_REUSE,
) -> tuple[Array, Array, Array]:
    """`conv2d_gradients` with the geometry as a window, whose size is the filters'."""
    images, filters, _ = _images_and_filters(images, filters, None)
    images, filters, output_grad = common_dtype(images, filters, output_grad)
    height, width = window.output_size(images.shape[1:3])
    _expect_grad(output_grad, (len(images), height, width, filters.shape[3]))

    maps, grad = to_batch_last(images), to_batch_last(output_grad)
    weights = filters.reshape(-1, filters.shape[3])
    filters_grad, bias_grad = np.zeros_like(weights), np.zeros(filters.shape[3], images.dtype)
    images_grad = _Col2Im(maps, window, workspace) if need_images_grad else None
    for batch, rows, columns in im2col_batches(maps, window, workspace):
        output_grad_columns = np.ascontiguousarray(grad[:, rows, :, batch]).reshape(len(grad), -1)
        filters_grad += columns @ output_grad_columns.T
        ones = np.ones(output_grad_columns.shape[1], grad.dtype)
        bias_grad += output_grad_columns @ ones  # a product: faster than a sum over rows
        if images_grad is not None:
            np.matmul(weights, output_grad_columns, out=columns)  # the patches are no longer needed: reuse their memory
            images_grad.add(batch, rows, columns)
    result = images_grad.result() if images_grad is not None else np.empty((0, *images.shape[1:]), images.dtype)
    return result, filters_grad.reshape(filters.shape), bias_grad


class _Col2Im:
    """The gradient of the images, summed batch by batch in padded form."""

    def __init__(self, maps: Array, window: Window, workspace: Workspace) -> None:
        self.window = window
        channels, height, width, images = maps.shape
        border = 2 * window.border
        shape = (channels, height + border, width + border, images)
        self.padded = workspace.array("padded_grad", shape, maps.dtype)
        self.padded.fill(0)

    def add(self, images: slice, rows: slice, columns: Array) -> None:
        col2im(columns, rows, self.padded[..., images], self.window)

    def result(self) -> Array:
        inner = slice(self.window.border, -self.window.border or None)
        return to_nhwc(self.padded[:, inner, inner])


def _images_and_filters(images: Any, filters: Any, bias: Any) -> tuple[Array, Array, Array]:
    if bias is None:
        images, filters = common_dtype(images, filters)
        bias = np.zeros(filters.shape[-1] if filters.ndim else 0, images.dtype)
    else:
        images, filters, bias = common_dtype(images, filters, bias)
    if images.ndim != 4:
        raise ShapeError(f"Expected images (N, H, W, C), received {images.shape}: try images.reshape(-1, 28, 28, 1).")
    if images.shape[3] == 0:
        raise ShapeError("The images have no channel: a grey image has one, try images.reshape(-1, 28, 28, 1).")
    if filters.ndim != 4 or filters.shape[1] != filters.shape[2] or 0 in filters.shape:
        raise ShapeError(
            f"Expected square filters (C_in, F, F, C_out), received {filters.shape}: try ({images.shape[3]}, 3, 3, 1)."
        )
    if filters.shape[0] != images.shape[3]:
        raise ShapeError(
            f"The images have {images.shape[3]} channels and the filters read {filters.shape[0]}: "
            f"try filters of shape ({images.shape[3]}, {filters.shape[1]}, {filters.shape[2]}, {filters.shape[3]})."
        )
    if bias.shape != (filters.shape[3],):
        raise ShapeError(f"Expected one bias for each of {filters.shape[3]} filters, received shape {bias.shape}.")
    return images, filters, bias


def _expect_grad(output_grad: Array, shape: tuple[int, ...]) -> None:
    if output_grad.shape != shape:
        raise ShapeError(f"The gradient must have the output's shape {shape}, received {output_grad.shape}.")
