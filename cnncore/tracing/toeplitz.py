"""The 1-D convolution as a dense layer's matrix: a band of the same weights, zeros elsewhere.

Convolution is linear, so column i is what conv1d makes of a signal that is 1 in
cell i and 0 elsewhere. Padding has no column: a weight that meets it drops out.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.nn.convolution import conv1d
from cnncore.nn.window import Padding
from cnncore.tracing.convolution import ConvolutionTrace, trace_conv1d


@dataclass(frozen=True)
class ToeplitzTrace:
    """matrix @ signal + bias, row by row.

    conv      the convolution itself, step by step
    signal    (L,)
    matrix    (L', L)
    weight    (L', L) which weight of the filter stands there; -1 where none does
    products  (L', L) each row × signal
    sums      (L',) matrix @ signal
    """

    conv: ConvolutionTrace
    signal: Array
    matrix: Array
    weight: Array
    products: Array
    sums: Array

    @property
    def empty(self) -> int:
        """Cells of the matrix that hold no weight."""
        return int((self.weight < 0).sum())


def trace_toeplitz(
    signal: Any,
    filter_: Any,
    *,
    bias: float = 0.0,
    stride: int = 1,
    padding: Padding = "none",
    dilation: int = 1,
    relu: bool = False,
) -> ToeplitzTrace:
    """Trace signal (L,) under filter_ (F,) as a product with a matrix. Raises ShapeError where they do not fit."""
    signal, filter_ = np.asarray(signal, np.float64), np.asarray(filter_, np.float64)
    conv = trace_conv1d(signal, filter_, bias=bias, stride=stride, padding=padding, dilation=dilation, relu=relu)

    def columns(weights: Array) -> Array:
        units = np.eye(len(signal))
        made = [conv1d(unit, weights, stride=stride, padding=padding, dilation=dilation) for unit in units]
        return np.stack(made, axis=1)

    matrix = columns(filter_)
    weight = columns(np.arange(1.0, len(filter_) + 1)).astype(int) - 1
    return ToeplitzTrace(conv, signal, matrix, weight, matrix * signal, matrix @ signal)
