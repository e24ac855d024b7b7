"""A transposed convolution, step by step: it maps from a convolution's output size to its input size.

It can be computed in two ways that give the same numbers. Either each input cell adds a multiple of the filter to
the output, as in the gradient of a convolution's input; or, as traced here, zeros are inserted between and around
the cells, and the filter, rotated by 180°, is applied to them at stride 1. The outputs are those of conv1d or conv2d.
See Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", chapter 4.
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
    """A transposed convolution as a convolution of the input with inserted zeros.

    convolution   the trace of the rotated filter at stride 1
    window        the window of the convolution that is transposed: size, stride, padding and dilation as given
    source_index  (R, C) index in the input, in row order, of each cell of convolution.padded; -1 for a zero
    """

    convolution: ConvolutionTrace
    window: Window
    source_index: Array


def insert_zeros(values: Array, strides: tuple[int, ...]) -> Array:
    """Insert S − 1 zeros between neighbouring cells: (L,) -> ((L − 1)·S + 1,); (H, W) likewise on both axes."""
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
    """Trace a picture (H, W) under (F, F), or a signal (L,) under (F,).

    The output has (H − 1)·S + D(F − 1) + 1 − 2P rows, and columns likewise. Raises ShapeError for a padding that
    removes more cells than the filter adds.
    """
    input_, filter_ = np.asarray(input_, np.float64), np.asarray(filter_, np.float64)
    window = Window(len(filter_), stride=stride, padding=padding, dilation=dilation)
    border = window.effective_size - 1 - window.border
    if border < 0:
        raise ShapeError(
            f"A transposed convolution removes its padding, and a filter of {window.effective_size} cells adds only "
            f"{window.effective_size - 1} on each side: try a padding of {window.effective_size - 1} or less."
        )
    strides = window.strides[: input_.ndim]
    if min(window.transposed_size(input_.shape)) < 1:
        raise ShapeError(
            f"A padding of {window.border} removes every cell that the filter of {window.effective_size} cells and "
            "the input produce: try a padding of 0."
        )
    trace = trace_conv1d if input_.ndim == 1 else trace_conv2d
    rotated, dilated = np.flip(filter_), insert_zeros(input_, strides)
    convolution = trace(dilated, rotated, bias=bias, padding=border, dilation=dilation, relu=relu)
    indices = insert_zeros(np.arange(1, input_.size + 1).reshape(input_.shape), strides) - 1  # -1 where a zero is
    source_index = np.pad(np.atleast_2d(indices), [(side, side) for side in convolution.border], constant_values=-1)
    return TransposedTrace(convolution, window, source_index)
