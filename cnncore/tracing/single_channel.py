"""One filter over one channel, with the same functions for a signal (L,) and a picture (H, W), in float64.

They call conv1d or conv2d, or the gradients of these.
"""

from typing import Any

import numpy as np

from cnncore.errors import InputError, ShapeError
from cnncore.nn.arrays import Array
from cnncore.nn.convolution import conv1d, conv1d_gradients, conv2d, conv2d_gradients
from cnncore.nn.window import Padding, Stride, Window


def validate(input_: Any, filter_: Any) -> tuple[Array, Array]:
    """Return both as float64: a signal (L,) and a filter (F,), or a picture (H, W) and a filter (F, F).

    Raises ShapeError for other shapes, and InputError for numbers that are not finite.
    """
    input_, filter_ = np.asarray(input_, np.float64), np.asarray(filter_, np.float64)
    if input_.ndim not in (1, 2) or filter_.ndim != input_.ndim or not input_.size or len(set(filter_.shape)) != 1:
        raise ShapeError(
            f"Expected a signal and a filter (F,), or a picture and a filter (F, F), received {input_.shape} and "
            f"{filter_.shape}: try a signal of 5 cells and a filter of 3."
        )
    if not (np.isfinite(input_).all() and np.isfinite(filter_).all()):
        raise InputError("Every cell of the input and the filter must be a finite number: try 0.")
    return input_, filter_


def window_of(filter_: Array, stride: Stride, padding: Padding, dilation: int) -> Window:
    """Return the window of a filter (F,) or (F, F). Raises ShapeError for settings that fit no input."""
    return Window(len(filter_), stride=stride, padding=padding, dilation=dilation)


def output_shape(input_: Array, window: Window) -> tuple[int, ...]:
    """Return (L',) or (H', W'). Raises ShapeError where the window is larger than the padded input."""
    if input_.ndim == 1:
        return (window.output_size(len(input_)),)
    return window.output_size((input_.shape[0], input_.shape[1]))


def forward(input_: Array, filter_: Array, window: Window) -> Array:
    """Convolve (L,) with (F,) to (L',), by the stride of the rows, or (H, W) with (F, F) to (H', W')."""
    if input_.ndim == 1:
        return conv1d(input_, filter_, stride=window.strides[0], padding=window.border, dilation=window.dilation)
    images, filters = input_[None, :, :, None], filter_[None, :, :, None]
    maps = conv2d(images, filters, stride=window.strides, padding=window.border, dilation=window.dilation)
    return maps[0, :, :, 0]


def gradients(input_: Array, filter_: Array, output_grad: Array, window: Window) -> tuple[Array, Array, float]:
    """Return the gradients of input, filter and bias, each in its shape, for `output_grad` (L',) or (H', W')."""
    if input_.ndim == 1:
        input_grad, filter_grad = conv1d_gradients(
            input_, filter_, output_grad, stride=window.strides[0], padding=window.border, dilation=window.dilation
        )
        return input_grad, filter_grad, float(output_grad.sum())
    images_grad, filters_grad, bias_grad = conv2d_gradients(
        input_[None, :, :, None],
        filter_[None, :, :, None],
        output_grad[None, :, :, None],
        stride=window.strides,
        padding=window.border,
        dilation=window.dilation,
    )
    return images_grad[0, :, :, 0], filters_grad[0, :, :, 0], float(bias_grad[0])


def as_rows(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return (1, L) for (L,), since a signal is treated as a picture of one row, and (H, W) unchanged."""
    return (1, shape[0]) if len(shape) == 1 else (shape[0], shape[1])
