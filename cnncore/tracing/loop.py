"""A convolution one product a beat: the loop `output[o] += param[p] * input_pad[o + p]`, generalised.

Every number is a trace's own; only the order of adding is spelled out here.
"""

from dataclasses import dataclass

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.tracing.convolution import ConvolutionTrace


@dataclass(frozen=True)
class LoopTrace:
    """The beats of the loop: each output's products in row order, then its bias and ReLU where it has them.

    output   (beats,) index of the output cell, in row order
    weight   (beats,) index of the filter's cell; -1 in the beat that adds the bias and takes the ReLU
    cell     (beats,) index of the padded input's cell; -1 likewise
    product  (beats,) weight × cell; in the last beat of an output, the bias
    before   (beats,) what the output cell held
    after    (beats,) what it holds now
    """

    output: Array
    weight: Array
    cell: Array
    product: Array
    before: Array
    after: Array


def trace_loop(trace: ConvolutionTrace) -> LoopTrace:
    """The loop behind a trace of one channel."""
    steps, count = len(trace.starts), trace.filter.size
    finishing = trace.relu or trace.bias != 0
    rows, columns = (trace.window.dilation * axis.reshape(-1) for axis in np.indices(trace.filter.shape))
    cell = (trace.starts[:, :1] + rows) * trace.padded.shape[1] + trace.starts[:, 1:] + columns
    product = trace.products.reshape(steps, count)
    after = np.cumsum(product, axis=1)
    weight = np.tile(np.arange(count), (steps, 1))
    if finishing:
        last = np.full((steps, 1), -1)
        weight, cell = np.hstack([weight, last]), np.hstack([cell, last])
        product = np.hstack([product, np.full((steps, 1), trace.bias)])
        after = np.hstack([after, trace.outputs[:, None]])
    before = np.hstack([np.zeros((steps, 1)), after[:, :-1]])
    output = np.repeat(np.arange(steps), weight.shape[1])
    return LoopTrace(output, *(values.reshape(-1) for values in (weight, cell, product, before, after)))
