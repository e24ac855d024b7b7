"""The traces of pooling and flatten as data for the components, all in float64."""

from typing import Any, Literal

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.teaching.distractors.pooling import (
    flatten_distractors,
    length_distractors,
    pooling_distractors,
    pooling_gradient_distractors,
    shift_distractors,
)
from cnncore.tracing.flatten import FlattenTrace, Reordered
from cnncore.tracing.pooling import PoolingTrace, shift_map, trace_pooling, trace_pooling_gradient, unchanged_outputs
from pages.ui.components.loader import packed
from pages.ui.shared.options import options_data
from pages.ui.shared.wording import counted

KINDS = ("max", "mean", "stride")
Data = dict[str, Any]


def pooling_data(trace: PoolingTrace, *, filter_name: str, asked: Literal["max", "mean"], editable: bool) -> Data:
    """Max and average pooling beside the strided convolution, window by window; `asked` is what predict hides."""
    return _shared(trace) | {
        "title": "Max and average pooling",
        "caption": sizes(trace),
        "filter": packed(trace.filter),
        "filterName": filter_name,
        "values": packed(trace.patches),
        "ties": packed((trace.patches == trace.outputs["max"][:, None, None]).sum(axis=(1, 2)).astype("int32")),
        "outputs": _all_packed(trace.outputs),
        "asked": asked,
        "editable": editable,
        "options": options_data(trace.outputs[asked], pooling_distractors(trace, asked)),
    }


def shift_data(trace: PoolingTrace, rows: int, columns: int) -> Data:
    """The same three on the map moved down by `rows` and right by `columns`: which outputs stay the same."""
    moved = trace_pooling(
        shift_map(trace.map, rows, columns), trace.window.size, stride=trace.window.strides[0], filter_=trace.filter
    )
    same = unchanged_outputs(trace, moved)
    counts = np.array([same[name].sum() for name in KINDS], np.float64)
    busy = {name: (trace.outputs[name] != 0) | (moved.outputs[name] != 0) for name in KINDS}
    return _shared(trace) | {
        "title": "What survives a shift?",
        "caption": f"{sizes(trace)}; the map moves {moves(rows, columns)}, zeros enter",
        "moved": packed(moved.map),
        "outputs": _all_packed(trace.outputs),
        "movedOutputs": _all_packed(moved.outputs),
        "same": _all_packed(same),
        "counts": packed(counts),
        "busy": [[int((same[n] & busy[n]).sum()), int(busy[n].sum())] for n in KINDS],
        "options": options_data(counts, shift_distractors(counts, len(trace.starts))),
    }


def moves(rows: int, columns: int) -> str:
    """How a map was shifted, in words."""
    parts = [
        f"{counted(abs(by), 'pixel')} {forward if by > 0 else back}"
        for by, forward, back in ((rows, "down", "up"), (columns, "to the right", "to the left"))
        if by
    ]
    return " and ".join(parts) or "not at all"


def backward_data(trace: PoolingTrace, output_grad: Array) -> Data:
    """The backward pass of both poolings, window by window."""
    most, mean = (trace_pooling_gradient(trace, output_grad, kind) for kind in ("max", "mean"))
    winners = most.accumulated.reshape(len(trace.starts), -1)[np.arange(len(trace.starts)), trace.argmax]
    return _shared(trace) | {
        "title": "Pooling, backward",
        "caption": f"the winner takes the gradient, the average shares it over {trace.window.size**2}",
        "grad": packed(most.output_grad),
        "routed": {"max": packed(most.routed), "mean": packed(mean.routed)},
        "after": {"max": packed(most.accumulated), "mean": packed(mean.accumulated)},
        "options": options_data(winners, pooling_gradient_distractors(trace, most, mean)),
    }


def flatten_data(trace: FlattenTrace, *, back: bool) -> Data:
    """Maps to vector value by value, or the vector made maps again."""
    return {
        "title": "And back again" if back else "Flatten",
        "maps": packed(np.moveaxis(trace.restored if back else trace.maps, -1, 0)),
        "vector": packed(trace.vector),
        "cells": packed(trace.cells.astype("int32")),
        "shape": list(trace.maps.shape),
        "back": back,
        "options": options_data(np.arange(1.0, len(trace.vector) + 1), flatten_distractors(trace)),
    }


def shuffle_data(trace: FlattenTrace, weights: Array, result: Reordered) -> Data:
    """Is anything lost? The length, then the scores of a dense layer under three orders."""
    return {
        "title": "Is anything lost?",
        "shape": list(trace.maps.shape),
        "vector": packed(trace.vector),
        "weights": packed(weights.T),
        "shuffled": packed(trace.vector[result.order]),
        "shuffledWeights": packed(weights[result.order].T),
        "scores": [packed(values) for values in (result.scores, result.both_reordered, result.vector_reordered)],
        "differences": [0.0, result.largest_difference, float(np.abs(result.vector_reordered - result.scores).max())],
        "length": len(trace.vector),
        "options": options_data(np.array([len(trace.vector)]), length_distractors(trace)),
    }


def sizes(trace: PoolingTrace) -> str:
    """How the output's size follows from the map's, in a line."""
    (rows, columns), (height, width) = trace.map.shape, trace.shape
    size, stride = trace.window.size, trace.window.strides[0]
    return f"{rows} × {columns}, window {size} × {size}, stride {stride} → {height} × {width}"


def _shared(trace: PoolingTrace) -> Data:
    rows, columns = trace.map.shape
    return {
        "map": packed(trace.map),
        "starts": packed(trace.starts.astype("int32")),
        "winners": packed(trace.argmax.astype("int32")),
        "touched": packed(trace.covered),
        "shape": list(trace.shape),
        "size": {"H": rows, "W": columns, "F": trace.window.size, "S": trace.window.strides[0]},
        "leftover": [int(n) for n in trace.window.leftover((rows, columns))],
    }


def _all_packed(arrays: dict[str, Array]) -> dict[str, Data]:
    return {name: packed(values) for name, values in arrays.items()}
