"""What typical mistakes would give: the wrong options beside a value that is to be predicted.

Each is computed by the same convolution as the right value, at every step at once.
"""

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.nn.convolution import conv1d, conv2d
from cnncore.teaching.options import Distractor
from cnncore.tracing.channels import ChannelsTrace
from cnncore.tracing.convolution import ConvolutionTrace
from cnncore.tracing.loop import LoopTrace


def convolution_distractors(trace: ConvolutionTrace) -> list[Distractor]:
    """The usual mistakes at each step of a convolution, the most typical first."""
    cells, filter_ = trace.padded, trace.filter
    steps = len(trace.outputs)
    middle = trace.products.reshape(steps, -1)[:, filter_.size // 2]
    found = [
        Distractor("the filter was flipped", _answer(trace, _slide(trace, cells, filter_[::-1, ::-1]) + trace.bias))
    ]
    if any(trace.border):
        shift = [(0, border) for border in trace.border]
        inner = np.pad(cells, shift)[trace.border[0] :, trace.border[1] :]
        found.append(Distractor("the padding was left out", _answer(trace, _slide(trace, inner, filter_) + trace.bias)))
    if trace.bias:
        found.append(Distractor("the bias was forgotten", _answer(trace, trace.sums)))
    if trace.relu:
        found.append(Distractor("the ReLU was forgotten", trace.biased))
    found.append(Distractor("the sum was not taken: only the middle product", _answer(trace, middle + trace.bias)))
    ones = _slide(trace, cells, np.ones_like(filter_))
    found.append(Distractor("the cells were added without their weights", _answer(trace, ones + trace.bias)))
    found.append(Distractor("the window was one step further", np.roll(trace.outputs, -1)))
    found.append(Distractor("a sign was lost", _answer(trace, np.abs(trace.products).sum(axis=(1, 2)) + trace.bias)))
    # Over an even area most of the values above are equal; these differ there.
    row = np.roll(trace.outputs.reshape(trace.shape), -1, axis=0).reshape(-1)
    constants = {
        "the weights were added without their cells": filter_.sum() + trace.bias,
        "the products were counted, not added": float(filter_.size),
        "the largest weight": filter_.max(),
        "the largest output of the map": trace.outputs.max(),
        "cells and weights were counted": 2.0 * filter_.size,
    }
    found.append(Distractor("the window was one row further", row))
    return found + [Distractor(why, np.full(steps, value)) for why, value in constants.items()]


def channels_distractors(trace: ChannelsTrace) -> list[Distractor]:
    """The usual mistakes at each step of a convolution over channels, the most typical first."""
    channels, filters = trace.partial.shape[2], trace.partial.shape[1]
    found = []
    if trace.bias.any():
        found.append(Distractor("the bias was forgotten", trace.sums))
    if channels > 1:
        found.append(Distractor("only the first channel was taken", trace.partial[..., 0] + trace.bias))
        found.append(Distractor("the channels were averaged, not summed", trace.sums / channels + trace.bias))
    if filters > 1:
        every = trace.biased.sum(axis=1, keepdims=True)
        found.append(Distractor("all filters were summed into one map", np.repeat(every, filters, axis=1)))
    if channels > 1:
        found.append(Distractor("the last channel was left out", trace.partial[..., :-1].sum(axis=2) + trace.bias))
    found.append(Distractor("the window was one step further", np.roll(trace.biased, -1, axis=0)))
    found.append(Distractor("a sign was lost", np.abs(trace.products).sum(axis=(2, 3, 4)) + trace.bias))
    if trace.relu:
        found = [Distractor(why, np.maximum(values, 0)) for why, values in found]
        found.insert(0, Distractor("the ReLU was forgotten", trace.biased))
    return found


def loop_distractors(trace: ConvolutionTrace, loop: LoopTrace) -> list[Distractor]:
    """The usual mistakes at each beat of the loop."""
    cells, weights = trace.padded.reshape(-1), trace.filter.reshape(-1)
    adds = loop.weight_index >= 0  # else: the beat of bias and ReLU
    cell, weight = (
        np.where(adds, values[index], 0) for values, index in ((cells, loop.cell_index), (weights, loop.weight_index))
    )
    right = loop.before + loop.product
    next_cell = np.where(adds, cells[(loop.cell_index + 1) % len(cells)], 0)
    return [
        Distractor("= instead of +=: what was there is lost", loop.product),
        Distractor("weight and cell were added, not multiplied", np.where(adds, loop.before + weight + cell, right)),
        Distractor("the next cell was read", np.where(adds, loop.before + weight * next_cell, loop.before)),
        Distractor("nothing was added", loop.before),
        Distractor("the cell was added without its weight", np.where(adds, loop.before + cell, right)),
        Distractor("the weight was added without its cell", np.where(adds, loop.before + weight, loop.before)),
        Distractor("the product was subtracted", loop.before - loop.product),
        Distractor("one was added for the product", loop.before + 1),
        Distractor("the products were counted, not added", np.where(adds, loop.weight_index + 1.0, weights.size)),
        Distractor("the sum of the weights", np.full(len(right), weights.sum())),
        Distractor("the running sum was doubled", 2 * loop.before),
        Distractor("the beats were counted", np.arange(1.0, len(right) + 1)),
    ]


def _answer(trace: ConvolutionTrace, biased: Array) -> Array:
    return np.maximum(biased, 0) if trace.relu else biased


def _slide(trace: ConvolutionTrace, cells: Array, filter_: Array) -> Array:
    """The convolution of a trace over other cells of the padded size, or under another filter: (steps,)."""
    window = trace.window
    if len(cells) == 1:
        return conv1d(cells[0], filter_[0], stride=window.strides[0], dilation=window.dilation)
    images, filters = cells[None, :, :, None], filter_[None, :, :, None]
    return conv2d(images, filters, stride=window.stride, dilation=window.dilation).reshape(-1)
