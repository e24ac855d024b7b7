"""Transposed convolution, step by step: the way back from an output's size to its input's.

It can be seen in two ways that give the same numbers. Each cell hands out a whole
filter, as the gradient of a convolution's input does; or, as traced here, zeros go
between the cells and around them, and the filter, turned by 180°, slides over that
at stride 1. So a transposed convolution is one more convolution, read off conv2d.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore.errors import ShapeError
from cnncore.nn.arrays import Array
from cnncore.nn.window import Padding, Stride, Window
from cnncore.tracing.convolution import ConvolutionTrace, trace_conv1d, trace_conv2d


@dataclass(frozen=True)
class TransposedTrace:
    """The convolution that slides over the spread input, and where the input's cells went.

    trace   of the turned filter at stride 1
    window  as it was asked for: size, stride, padding, dilation of the way there
    origin  (R, C) index of each cell of trace.padded in the input, in row order; -1 for a zero
    """

    trace: ConvolutionTrace
    window: Window
    origin: Array


def spread_filter(values: Array, strides: tuple[int, ...]) -> Array:
    """S - 1 zeros between neighbouring cells: (H, W) -> ((H - 1)·S + 1, …), alike for (L,)."""
    sides = [(side - 1) * step + 1 for side, step in zip(values.shape, strides, strict=True)]
    out = np.zeros(sides, values.dtype)
    out[tuple(slice(None, None, step) for step in strides)] = values
    return out


def trace_transposed(
    input_: Any,
    filter_: Any,
    *,
    bias: float = 0.0,
    stride: Stride = 1,
    padding: Padding = "none",
    dilation: int = 1,
    relu: bool = False,
) -> TransposedTrace:
    """Trace a picture (H, W) under (F, F), or a signal (L,) under (F,), to (H - 1)·S + D(F - 1) + 1 - 2P cells a side.

    Raises ShapeError for a padding that takes away more than the filter adds.
    """
    input_, filter_ = np.asarray(input_, np.float64), np.asarray(filter_, np.float64)
    window = Window(len(filter_), stride=stride, padding=padding, dilation=dilation)
    border = window.reach - 1 - window.border
    if border < 0:
        raise ShapeError(
            f"A transposed convolution takes away its padding, and a filter of {window.reach} cells adds only "
            f"{window.reach - 1} on each side: try a padding of {window.reach - 1} or less."
        )
    strides = window.strides[: input_.ndim]
    if min(window.transposed_size(input_.shape)) < 1:
        raise ShapeError(
            f"A padding of {window.border} takes away all that the filter of {window.reach} cells and the input make: "
            "try a padding of 0."
        )
    trace_it = trace_conv1d if input_.ndim == 1 else trace_conv2d
    turned = np.flip(filter_)
    cells = spread_filter(input_, strides)
    trace = trace_it(cells, turned, bias=bias, padding=border, dilation=dilation, relu=relu)
    numbers = spread_filter(np.arange(1, input_.size + 1).reshape(input_.shape), strides) - 1
    origin = np.pad(np.atleast_2d(numbers), [(side, side) for side in trace.border], constant_values=-1)
    return TransposedTrace(trace, window, origin)
