"""The steps of the backward pass, taken from the layers' own backward functions (lecture, "Gradients").

One step is one output cell. The terms of a step are what the backward functions return
when this output alone has a gradient; the running values are what they return when all
outputs up to this one have theirs. The last running value is therefore the gradient itself.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.nn.window import Padding, Stride, Window
from cnncore.tracing.convolution import ConvolutionTrace, trace_conv1d, trace_conv2d
from cnncore.tracing.finite_differences import CentralDifferences, Loss, central_differences, loss_of
from cnncore.tracing.single_channel import as_rows, forward, gradients, validate, window_of
from cnncore.tracing.transposed import insert_zeros
from cnncore.tracing.windows import window_cells, window_starts


@dataclass(frozen=True)
class BackwardTrace:
    """The backward pass of one filter over one channel, one step per output; a signal is a picture of one row.

    padded           (R, C) the input with its padding of zeros; the input gradients have the same shape
    border           (rows, columns) of zeros on each side of the input
    filter           (F, F), or (1, F) for a signal
    shape            (rows, columns) of the output
    starts           (steps, 2) row and column in `padded` of each window's first cell
    outputs          (steps,)
    output_grad      (steps,) dL/d(output)
    input_terms      (steps, F, F) filter × output_grad: what the step adds to the gradient of the cells it read
    lost_to_padding  (steps, F, F) mask of the input terms that fall on the padding and are discarded
    filter_terms     (steps, F, F) patch × output_grad: what the step adds to the filter's gradient
    input_grads      (steps, R, C) running dL/d(padded input), with the terms that fall on the padding
    filter_grads     (steps, F, F) running dL/d(filter)
    bias_grads       (steps,) running dL/d(bias)
    loss             the loss of these outputs
    differences      the same gradients by central differences, in the shapes of the arguments
    """

    window: Window
    padded: Array
    border: tuple[int, int]
    filter: Array
    shape: tuple[int, int]
    starts: Array
    outputs: Array
    output_grad: Array
    input_terms: Array
    lost_to_padding: Array
    filter_terms: Array
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
    """Trace the backward pass of a signal (L,) under (F,) or of a picture (H, W) under (F, F).

    The loss is the sum of the outputs unless another one is given. Raises ShapeError where input, filter and window
    do not fit together, and InputError for numbers that are not finite.
    """
    input_, filter_ = validate(input_, filter_)
    window = window_of(filter_, stride, padding, dilation)
    outputs = forward(input_, filter_, window)
    loss = loss or loss_of(outputs.shape)
    output_grad = loss.gradient(outputs)
    steps, flat_grad = outputs.size, output_grad.ravel()
    terms = [_padded_gradients(input_, filter_, grad.reshape(outputs.shape), window) for grad in np.diag(flat_grad)]
    up_to_step = np.tril(np.broadcast_to(flat_grad, (steps, steps)))
    running = [_padded_gradients(input_, filter_, grad.reshape(outputs.shape), window) for grad in up_to_step]

    padded_shape, filter_shape = as_rows(np.pad(input_, window.border).shape), as_rows(filter_.shape)
    border = _border(input_, window)
    starts = window_starts(window, input_.shape)
    cells = window_cells(starts, filter_shape, dilation)
    is_padding = np.ones(padded_shape, bool)
    is_padding[border[0] : padded_shape[0] - border[0], border[1] : padded_shape[1] - border[1]] = False
    input_grads_of_steps = np.stack([term[0].reshape(padded_shape) for term in terms])
    return BackwardTrace(
        window=window,
        padded=np.pad(input_, window.border).reshape(padded_shape),
        border=border,
        filter=filter_.reshape(filter_shape),
        shape=as_rows(outputs.shape),
        starts=starts,
        outputs=outputs.ravel(),
        output_grad=flat_grad,
        input_terms=input_grads_of_steps[np.arange(steps)[:, None, None], *cells],
        lost_to_padding=is_padding[cells],
        filter_terms=np.stack([term[1].reshape(filter_shape) for term in terms]),
        input_grads=np.stack([step[0].reshape(padded_shape) for step in running]),
        filter_grads=np.stack([step[1].reshape(filter_shape) for step in running]),
        bias_grads=np.array([step[2] for step in running]),
        loss=loss.value(outputs),
        differences=central_differences(input_, filter_, loss, window),
    )


@dataclass(frozen=True)
class RotatedTrace:
    """The input's gradient as a full convolution of the dilated output gradient with the rotated filter.

    dilated_grad    the output's gradient with S − 1 zeros between its cells, followed by the leftover of the forward
                    pass as zeros
    is_grad         mask of `dilated_grad`: True for a gradient, False for an inserted zero
    rotated_filter  the filter rotated by 180°
    convolution     the trace of that full convolution; its outputs are the gradient of the *padded* input
    input_grad      the same gradient from the backward functions, of the same shape (R, C)
    border          (rows, columns) of zeros on each side of the input, whose gradient is discarded
    """

    dilated_grad: Array
    is_grad: Array
    rotated_filter: Array
    convolution: ConvolutionTrace
    input_grad: Array
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
    """Trace the full convolution with the rotated filter, whose output is the input's gradient.

    Arguments and errors are those of `trace_backward`.
    """
    input_, filter_ = validate(input_, filter_)
    window = window_of(filter_, stride, padding, dilation)
    outputs = forward(input_, filter_, window)
    output_grad = (loss or loss_of(outputs.shape)).gradient(outputs)
    leftover = (window.leftover(len(input_)),) if input_.ndim == 1 else window.leftover(as_rows(input_.shape))
    at_end = [(0, cells) for cells in leftover]
    strides = window.strides[: input_.ndim]
    dilated_grad = np.pad(insert_zeros(output_grad, strides), at_end)
    is_grad = np.pad(insert_zeros(np.ones(output_grad.shape, bool), strides), at_end)
    rotated_filter = np.flip(filter_).copy()
    trace = trace_conv1d if input_.ndim == 1 else trace_conv2d
    convolution = trace(dilated_grad, rotated_filter, padding="full", dilation=dilation)
    input_grad = _padded_gradients(input_, filter_, output_grad, window)[0].reshape(convolution.shape)
    return RotatedTrace(dilated_grad, is_grad, rotated_filter, convolution, input_grad, _border(input_, window))


def _padded_gradients(input_: Array, filter_: Array, output_grad: Array, window: Window) -> tuple[Array, Array, float]:
    """Return the gradients of the padded input, the filter and the bias, so that the padding's terms are kept."""
    over_padded = window_of(filter_, window.stride, 0, window.dilation)
    return gradients(np.pad(input_, window.border), filter_, output_grad, over_padded)


def _border(input_: Array, window: Window) -> tuple[int, int]:
    """Return (rows, columns) of zeros on each side; a signal has no rows of them."""
    return (window.border if input_.ndim == 2 else 0, window.border)
