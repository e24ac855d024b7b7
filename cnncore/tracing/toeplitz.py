"""A 1-D convolution as the matrix of a dense layer: a band of the same weights, zeros elsewhere.

Convolution is linear, so column i of the matrix is conv1d of a signal that is 1 in cell i and 0 elsewhere. The
padding has no column, so a weight that is applied to it does not appear in that row.
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
    """A 1-D convolution as matrix @ signal + bias.

    convolution   the trace of the convolution itself
    signal        (L,)
    matrix        (L', L)
    weight_index  (L', L) index of the filter's weight in each cell of the matrix, from 0; -1 for none
    products      (L', L) each row × signal
    sums          (L',) matrix @ signal
    """

    convolution: ConvolutionTrace
    signal: Array
    matrix: Array
    weight_index: Array
    products: Array
    sums: Array

    @property
    def n_empty(self) -> int:
        """Return the number of cells of the matrix without a weight."""
        return int((self.weight_index < 0).sum())


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
    """Trace signal (L,) under filter_ (F,) as a product with a matrix.

    Raises ShapeError where signal, filter and window do not fit together.
    """
    signal, filter_ = np.asarray(signal, np.float64), np.asarray(filter_, np.float64)
    convolution = trace_conv1d(signal, filter_, bias=bias, stride=stride, padding=padding, dilation=dilation, relu=relu)

    def matrix_of(weights: Array) -> Array:
        one_hot = np.eye(len(signal))
        columns = [conv1d(row, weights, stride=stride, padding=padding, dilation=dilation) for row in one_hot]
        return np.stack(columns, axis=1)

    matrix = matrix_of(filter_)
    weight_index = matrix_of(np.arange(1.0, len(filter_) + 1)).astype(int) - 1  # 0 where no weight is, so -1
    return ToeplitzTrace(convolution, signal, matrix, weight_index, matrix * signal, matrix @ signal)
