"""Other views of the convolution page: the loop and the matrix behind one channel, and several channels.

Each function takes plain arguments and gives the data of the stage of its name;
the page mounts it. Float64 throughout: what is shown is what was computed. All raise ConvoscopeError.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from cnncore.errors import ShapeError
from cnncore.export.notebook import convolution_notebook
from cnncore.nn.arrays import Array
from cnncore.teaching.conv_cost import ConvolutionCost
from cnncore.teaching.distractors.convolution import (
    channels_distractors,
    convolution_distractors,
    loop_distractors,
)
from cnncore.tracing.channels import trace_channels, without_slices
from cnncore.tracing.convolution import ConvolutionTrace
from cnncore.tracing.loop import trace_loop
from cnncore.tracing.toeplitz import trace_toeplitz
from pages.ui import bounds
from pages.ui.components.loader import packed
from pages.ui.shared import wording
from pages.ui.shared.options import options_data


def loop_data(trace: ConvolutionTrace, signal: bool) -> dict[str, Any]:
    """The loop, one product a beat; `signal` says whether the trace is 1-D."""
    loop = trace_loop(trace)
    arrays = {"padded": trace.padded, "filter": trace.filter, "outputs": trace.outputs, "starts": trace.starts}
    indices = {"output": loop.output_index, "weight": loop.weight_index, "cell": loop.cell_index}
    return _packed(arrays | indices | {"product": loop.product, "after": loop.after}) | {
        "title": "The loop",
        "caption": "one product a beat; Python counts from 0",
        "scene": f"loop {trace.padded.shape}{trace.shape}{trace.filter.shape}",
        "code": loop_lines(trace, signal),
        "options": options_data(loop.after, loop_distractors(trace, loop)),
        **_plain(trace),
    }


def loop_lines(trace: ConvolutionTrace, signal: bool) -> list[str]:
    """The lecture's loop with this scene's numbers; the product's line is the third, bias and ReLU the last."""
    stride, dilation, filter_ = trace.window.strides, trace.window.dilation, trace.filter

    def at(start: str, step: int, within: str) -> str:
        first = start if step == 1 else f"{step}*{start}"
        return f"{first} + {within}" if dilation == 1 else f"{first} + {dilation}*{within}"

    if signal:
        lines = [f"for o in range({trace.shape[1]}):", f"    for p in range({filter_.size}):"]
        lines.append(f"        output[o] += param[p] * input_pad[{at('o', stride[1], 'p')}]")
        cell = "output[o]"
    else:
        lines = [f"for r, c in np.ndindex{trace.shape}:", f"    for i, j in np.ndindex{filter_.shape}:"]
        place = f"{at('r', stride[0], 'i')}, {at('c', stride[1], 'j')}"
        lines.append(f"        output[r, c] += param[i, j] * input_pad[{place}]")
        cell = "output[r, c]"
    if trace.relu:
        lines.append(f"    {cell} = max({cell} + bias, 0)")
    elif trace.bias:
        lines.append(f"    {cell} += bias")
    return lines


def matrix_view(input_: Array, filter_: Array, **settings: Any) -> dict[str, Any]:
    """The 1-D convolution as a dense layer: input_ (L,), filter_ (F,).

    settings: stride (a number), padding, dilation, bias, relu.
    """
    if input_.ndim != 1:
        raise ShapeError("The matrix is shown for a signal: try the 1-D scene.")
    trace = trace_toeplitz(input_, filter_, **settings)
    rows, columns = trace.matrix.shape
    different, cells = len(filter_), rows * columns
    arrays = {name: getattr(trace, name) for name in ("signal", "matrix", "products", "sums")}
    arrays |= {"weight": trace.weight_index.astype("int32"), "filter": filter_, "outputs": trace.convolution.outputs}
    return _packed(arrays | {"biased": trace.convolution.biased}) | {
        "title": "As a matrix",
        "caption": f"{rows} × {columns} matrix times {columns} cells = {rows} outputs",
        "scene": f"matrix {trace.matrix.shape}{filter_.shape}",
        "words": [
            f"A dense layer from {columns} to {rows} has {rows} · {columns} = {cells} weights of its own.",
            f"This one has 0 in {trace.n_empty} places and shares the others: "
            f"{wording.counted(different, 'weight')} instead of {cells}.",
        ],
        "options": options_data(trace.convolution.outputs, convolution_distractors(trace.convolution)),
        "bias": trace.convolution.bias,
        "relu": trace.convolution.relu,
    }


def channels_view(
    image: Array,
    filters: Array,
    bias: Array,
    *,
    zeroed: Array | None = None,
    counted: tuple[int, int] | None = None,
    **settings: Any,
) -> dict[str, Any]:
    """Several channels: image (H, W, C), filters (C, F, F, K), bias (K,).

    zeroed (C, K) names slices that are set to zeros. Shapes and counters speak of
    `counted` (N, side) square images instead of this one, so that a small example
    can stand for a large one. settings: stride, padding, dilation, relu.
    """
    whole = trace_channels(image, filters, bias, **settings)
    zeroed = np.zeros((len(filters), filters.shape[3]), bool) if zeroed is None else zeroed
    trace = trace_channels(image, without_slices(filters, zeroed), bias, **settings)
    number, height, width = (counted[0], counted[1], counted[1]) if counted else (1, *image.shape[:2])
    count = ConvolutionCost(number, height, width, len(filters), filters.shape[3], trace.window)
    names = ("padded", "filters", "bias", "starts", "patches", "products", "partial", "sums", "biased", "outputs")
    changed = (trace.outputs != whole.outputs).sum(axis=0)
    channels, maps = zeroed.shape
    return _packed({name: getattr(trace, name) for name in names}) | {
        "title": "Channels",
        "caption": f"{wording.counted(channels, 'channel')} in, {wording.counted(maps, 'filter')}; "
        "each filter sees all channels",
        "scene": f"channels {trace.padded.shape}{trace.shape}{filters.shape}",
        "shape": list(trace.shape),
        "border": trace.window.border,
        "dilation": trace.window.dilation,
        "relu": trace.relu,
        "zeroed": zeroed.astype(int).tolist(),
        "changed": [int(cells) for cells in changed] if zeroed.any() else [],
        "shapes": [
            {"name": each.name, "axes": each.axes, "images": each.images, "filters": each.filters, "maps": each.maps}
            for each in count.shapes()
        ],
        "counters": counters(count),
        "bound": [bounds.CELL_VALUE.low, bounds.CELL_VALUE.high],
        "options": options_data(trace.outputs, channels_distractors(trace)),
    }


def counters(count: ConvolutionCost, units: int = 10) -> list[tuple[str, str]]:
    """What a convolution costs, with its arithmetic; beside it another stride, and the lecture's dense layer."""
    size, pixels, steps = count.window.size, count.height * count.width, count.window.strides
    each = f"{size}·{size}·{count.channels}·{count.filters}"
    other = replace(
        count, window=replace(count.window, padding=count.window.border, stride=2 if steps == (1, 1) else 1)
    )

    def multiplied(count: ConvolutionCost) -> str:
        rows, columns = count.map_size
        return f"{rows}·{columns}·{each} = {count.multiplications:,}"

    return [
        ("weights + biases", f"{each} + {count.biases} = {count.weights:,} + {count.biases}"),
        ("multiplications", multiplied(count)),
        (f"at stride {other.window.strides[0]}", multiplied(other)),
        ("dense weights", f"({count.images}, {pixels}) @ ({pixels}, {units}): {count.dense_weights(units):,}"),
    ]


def take_away(input_: Array, filter_: Array, **settings: Any) -> None:
    """A button that gives the scene as a notebook: input_ (L,), (H, W) or (H, W, C) with its filter or filters."""
    st.download_button(
        "Take it away: a notebook",
        lambda: convolution_notebook(input_, filter_, **settings),
        file_name="convolution.ipynb",
        mime="application/x-ipynb+json",
        on_click="ignore",
    )


def _plain(trace: ConvolutionTrace) -> dict[str, Any]:
    return {
        "border": list(trace.border),
        "shape": list(trace.shape),
        "bias": trace.bias,
        "relu": trace.relu,
        "dilation": trace.window.dilation,
    }


def _packed(arrays: dict[str, Array]) -> dict[str, Any]:
    """Arrays as data; indices as int32, which is what components read."""
    return {name: packed(a.astype("int32") if a.dtype.kind == "i" else a) for name, a in arrays.items()}
