"""A convolution as the lecture's loop `output[o] += param[p] * input_pad[o + p]`, one product per iteration.

The loop is generalised to two dimensions, stride and dilation. All products and outputs are those of a
`ConvolutionTrace`; only the running sums are computed here.
"""

from dataclasses import dataclass

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.tracing.convolution import ConvolutionTrace
from cnncore.tracing.windows import window_cells


@dataclass(frozen=True)
class LoopTrace:
    """The iterations of the loop: for each output its products in row order, then its bias and ReLU if it has them.

    output_index  (iterations,) index of the output cell, in row order
    weight_index  (iterations,) index of the filter's cell; -1 in the iteration that adds the bias and applies ReLU
    cell_index    (iterations,) index of the padded input's cell; -1 likewise
    product       (iterations,) weight × cell; the bias in the iteration that adds it
    before        (iterations,) value of the output cell before the iteration
    after         (iterations,) value of the output cell after it
    """

    output_index: Array
    weight_index: Array
    cell_index: Array
    product: Array
    before: Array
    after: Array


def trace_loop(trace: ConvolutionTrace) -> LoopTrace:
    """Return the iterations of the loop that computes the traced convolution of one channel."""
    steps, size = len(trace.starts), trace.filter.size
    rows, columns = window_cells(trace.starts, trace.filter.shape, trace.window.dilation)
    cell_index = (rows * trace.padded.shape[1] + columns).reshape(steps, size)
    weight_index = np.tile(np.arange(size), (steps, 1))
    product = trace.products.reshape(steps, size)
    after = np.cumsum(product, axis=1)
    if trace.relu or trace.bias != 0:
        none = np.full((steps, 1), -1)
        weight_index, cell_index = np.hstack([weight_index, none]), np.hstack([cell_index, none])
        product = np.hstack([product, np.full((steps, 1), trace.bias)])
        after = np.hstack([after, trace.outputs[:, None]])
    before = np.hstack([np.zeros((steps, 1)), after[:, :-1]])
    output_index = np.repeat(np.arange(steps), weight_index.shape[1])
    return LoopTrace(
        output_index, *(values.reshape(-1) for values in (weight_index, cell_index, product, before, after))
    )
