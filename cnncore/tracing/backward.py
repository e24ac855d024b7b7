"""The steps of the backward pass, read off the real backward functions.

One step is one output cell. Its terms are what the backward functions answer when
that output alone has a gradient; the running values are what they answer when the
outputs up to it have theirs. So the last running value is the gradient itself.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.nn.window import Padding, Stride, Window
from cnncore.tracing.convolution import ConvolutionTrace, trace_conv1d, trace_conv2d
from cnncore.tracing.finite_differences import CentralDifferences, Loss, central_differences, loss_of
from cnncore.tracing.single_channel import as_rows, forward, gradients, output_shape, validate, window_of


@dataclass(frozen=True)
class BackwardTrace:
    """The backward pass of one filter over one channel, a step an output; a signal is a picture of one row.

    padded        (R, C) the input with its border of zeros; its gradients have the same shape
    border        (rows, columns) of that border
    filter        (F, F), or (1, F) for a signal
    shape         (rows, columns) of the output
    starts        (steps, 2) row and column in `padded` of each window's first cell
    outputs       (steps,)
    output_grad   (steps,) dL/d(output)
    scattered     (steps, F, F) weight × output_grad: what the step hands back to the cells it read
    eaten         (steps, F, F) which of those terms fall on the border, where no input is
    weighted      (steps, F, F) patch × output_grad: what the step adds to the filter's gradient
    input_grads   (steps, R, C) running dL/d(padded input), the border's share included
    filter_grads  (steps, F, F) running dL/d(filter)
    bias_grads    (steps,) running dL/d(bias)
    loss          of these outputs
    differences   the same gradients by central differences, in the shapes of the arguments
    """

    window: Window
    padded: Array
    border: tuple[int, int]
    filter: Array
    shape: tuple[int, int]
    starts: Array
    outputs: Array
    output_grad: Array
    scattered: Array
    eaten: Array
    weighted: Array
    input_grads: Array
    filter_grads: Array
    bias_grads: Array
    loss: float
    differences: CentralDifferences


def trace_backward(
    input_: Any,
    filter_: Any,
    *,
    loss: Loss | None = None,
    stride: Stride = 1,
    padding: Padding = "none",
    dilation: int = 1,
) -> BackwardTrace:
    """Trace a signal under (F,) or a picture under (F, F); the loss is the sum of outputs unless given.

    Raises ConvoscopeError where they do not fit.
    """
    input_, filter_ = validate(input_, filter_)
    window = window_of(filter_, stride, padding, dilation)
    shape = output_shape(input_, window)
    loss = loss or loss_of(shape)
    outputs = forward(input_, filter_, window)
    output_grad = loss.gradient(outputs)
    padded = np.pad(input_, window.border)
    bare = window_of(filter_, stride, 0, dilation)  # over the padded input, so that the border's terms are kept

    terms, running = [], []
    for k in range(outputs.size):
        alone, upto = np.zeros(outputs.size), output_grad.ravel().copy()
        alone[k] = upto[k]
        upto[k + 1 :] = 0
        terms.append(gradients(padded, filter_, alone.reshape(shape), bare))
        running.append(gradients(padded, filter_, upto.reshape(shape), bare))

    starts = _starts(window, input_.shape)
    rows, columns = as_rows(padded.shape)
    taps = window.dilation * np.arange(window.size)
    down = taps if input_.ndim == 2 else np.zeros(1, int)
    at_rows = starts[:, 0, None, None] + down[None, :, None]
    at_columns = starts[:, 1, None, None] + taps[None, None, :]
    border = (window.border if input_.ndim == 2 else 0, window.border)
    steps = np.arange(outputs.size)[:, None, None]
    scattered = np.stack([term[0].reshape(rows, columns) for term in terms])[steps, at_rows, at_columns]
    inside_rows = (at_rows >= border[0]) & (at_rows < rows - border[0])
    inside = inside_rows & (at_columns >= border[1]) & (at_columns < columns - border[1])
    filter_shape = as_rows(filter_.shape)
    return BackwardTrace(
        window,
        padded.reshape(rows, columns),
        border,
        filter_.reshape(filter_shape),
        as_rows(shape),
        starts,
        outputs.ravel(),
        output_grad.ravel(),
        scattered,
        ~inside,
        np.stack([term[1].reshape(filter_shape) for term in terms]),
        np.stack([step[0].reshape(rows, columns) for step in running]),
        np.stack([step[1].reshape(filter_shape) for step in running]),
        np.array([step[2] for step in running]),
        loss.value(outputs),
        central_differences(input_, filter_, loss, window),
    )


def _starts(window: Window, sides: tuple[int, ...]) -> Array:
    """(steps, 2) row and column of each window's first cell in the padded input."""
    if len(sides) == 1:
        columns = window.positions(sides[0])
        return np.stack([np.zeros_like(columns), columns], axis=-1)
    grid = np.meshgrid(*window.positions((sides[0], sides[1])), indexing="ij")
    return np.stack(grid, axis=-1).reshape(-1, 2)


@dataclass(frozen=True)
class RotatedTrace:
    """The input's gradient as a convolution: the output's gradient, zeros between, under the turned filter.

    stuffed      the output's gradient with S − 1 zeros between its cells, and the forward pass's leftover after them
    genuine      mask of `stuffed`: the gradients themselves, without the zeros between and after
    rotated      the filter turned by 180°
    convolution  the trace of that full convolution; its outputs are the gradient of the *padded* input
    scattered    the same gradient as the backward functions give it, of the same shape (R, C)
    border       (rows, columns) of the padding, whose gradient nobody needs
    """

    stuffed: Array
    genuine: Array
    rotated: Array
    convolution: ConvolutionTrace
    scattered: Array
    border: tuple[int, int]


def trace_rotated(
    input_: Any,
    filter_: Any,
    *,
    loss: Loss | None = None,
    stride: Stride = 1,
    padding: Padding = "none",
    dilation: int = 1,
) -> RotatedTrace:
    """Trace the full convolution with the turned filter that gives the same input gradient. Raises ConvoscopeError."""
    input_, filter_ = validate(input_, filter_)
    window = window_of(filter_, stride, padding, dilation)
    shape = output_shape(input_, window)
    outputs = forward(input_, filter_, window)
    output_grad = (loss or loss_of(shape)).gradient(outputs)
    over = [window.leftover(input_.shape[0])] if input_.ndim == 1 else window.leftover(as_rows(input_.shape))
    room = [(n - 1) * step + 1 for n, step in zip(shape, window.strides, strict=False)]
    stuffed = np.zeros([n + rest for n, rest in zip(room, over, strict=True)])
    genuine = np.zeros(stuffed.shape, bool)
    genuine[tuple(slice(0, n, step) for n, step in zip(room, window.strides, strict=False))] = True
    stuffed[genuine] = output_grad.ravel()
    rotated = np.flip(filter_).copy()
    trace = trace_conv1d if input_.ndim == 1 else trace_conv2d
    convolution = trace(stuffed, rotated, padding="full", dilation=dilation)
    bare = window_of(filter_, stride, 0, dilation)
    scattered = gradients(np.pad(input_, window.border), filter_, output_grad, bare)[0]
    border = (window.border if input_.ndim == 2 else 0, window.border)
    return RotatedTrace(stuffed, genuine, rotated, convolution, scattered.reshape(convolution.shape), border)
