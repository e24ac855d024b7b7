"""The scenes of pooling and flatten: traces and their words as data for the components, all in float64."""

from typing import Any

import numpy as np

from cnncore.memory import Array
from cnncore.tracing import (
    FlattenTrace,
    PoolingTrace,
    Reordered,
    shifted,
    survivors,
    trace_pooling,
    trace_pooling_gradient,
)
from pages.ui.components import packed

KINDS = ("max", "mean", "stride")
Data = dict[str, Any]


def pooling_data(trace: PoolingTrace, *, filter_name: str, asked: str, editable: bool) -> Data:
    """Max and average pooling beside the strided convolution, window by window; `asked` is what predict hides."""
    cells = trace.values.reshape(len(trace.starts), -1)
    other = "mean" if asked == "max" else "max"
    mistakes = [
        ("that is the mean" if other == "mean" else "that is the maximum", trace.outputs[other]),
        ("that is the sum", cells.sum(axis=1)),
        ("that is the last cell", cells[:, -1]),
        ("that is the minimum", cells.min(axis=1)),
        ("that is the first cell", cells[:, 0]),
    ]
    return _shared(trace) | {
        "title": "Max and average pooling",
        "caption": sizes(trace),
        "filter": packed(trace.filter),
        "filterName": filter_name,
        "values": packed(cells),
        "outputs": {name: packed(values) for name, values in trace.outputs.items()},
        "asked": asked,
        "editable": editable,
        "mistakes": _mistakes(mistakes),
    }


def shift_data(trace: PoolingTrace, rows: int, columns: int) -> Data:
    """The same three on the map moved down by `rows` and right by `columns`: which outputs stay the same."""
    moved = trace_pooling(
        shifted(trace.map, rows, columns), trace.window.size, stride=trace.window.strides[0], filter_=trace.filter
    )
    same = survivors(trace, moved)
    counts = np.array([same[name].sum() for name in KINDS], np.float64)
    total = len(trace.starts)
    busy = {name: (trace.outputs[name] != 0) | (moved.outputs[name] != 0) for name in KINDS}
    mistakes = [
        ("as if nothing had moved", np.full(3, total)),
        ("as if every output had to change", np.zeros(3)),
        ("half of them", np.full(3, total // 2)),
        ("one more than there are", counts + 1),
        ("one fewer than there are", counts - 1),
    ]
    return _shared(trace) | {
        "title": "What survives a shift?",
        "caption": f"{sizes(trace)}; the map moves {moves(rows, columns)}, zeros enter",
        "moved": packed(moved.map),
        "outputs": {name: packed(values) for name, values in trace.outputs.items()},
        "movedOutputs": {name: packed(values) for name, values in moved.outputs.items()},
        "same": {name: packed(mask) for name, mask in same.items()},
        "counts": packed(counts),
        "busy": [[int((same[n] & busy[n]).sum()), int(busy[n].sum())] for n in KINDS],
        "mistakes": _mistakes([(why, values) for why, values in mistakes if values.min() >= 0]),
    }


def moves(rows: int, columns: int) -> str:
    """How a map was shifted, in words."""
    parts = [
        f"{abs(by)} {'pixel' if abs(by) == 1 else 'pixels'} {forward if by > 0 else back}"
        for by, forward, back in ((rows, "down", "up"), (columns, "to the right", "to the left"))
        if by
    ]
    return " and ".join(parts) or "not at all"


def backward_data(trace: PoolingTrace, output_grad: Array) -> Data:
    """The backward pass of both poolings, window by window."""
    steps = np.arange(len(trace.starts))
    passes = {kind: trace_pooling_gradient(trace, output_grad, kind) for kind in ("max", "mean")}
    flat = {kind: back.after.reshape(len(steps), -1) for kind, back in passes.items()}
    winner = flat["max"][steps, trace.winners]
    values = trace.values.reshape(len(steps), -1)
    ties = (values == values.max(axis=1, keepdims=True)).sum(axis=1)
    grad = passes["max"].output_grad
    mistakes = [
        ("the average would pay that share", flat["mean"][steps, trace.winners]),
        ("earlier windows have paid here too", grad),
        ("of equals only the first is paid, once", winner + grad * (ties - 1)),
        ("the gradient is paid, not the value", trace.outputs["max"]),
        ("the winner does take the gradient", winner - grad),
        ("the sign stays", -winner),
    ]
    return _shared(trace) | {
        "title": "Pooling, backward",
        "caption": f"the winner takes the gradient, the average shares it over {trace.window.size**2}",
        "grad": packed(grad),
        "paid": {kind: packed(back.paid) for kind, back in passes.items()},
        "after": {kind: packed(back.after) for kind, back in passes.items()},
        "total": {kind: packed(back.input_grad) for kind, back in passes.items()},
        "mistakes": _mistakes(mistakes),
    }


def flatten_data(trace: FlattenTrace, *, back: bool) -> Data:
    """Maps to vector value by value, or the vector made maps again."""
    height, width, channels = trace.maps.shape
    row, column, channel = trace.cells.T
    mistakes = [
        ("that puts one whole map after the other", (channel * height + row) * width + column + 1),
        ("that goes down the columns first", (column * height + row) * channels + channel + 1),
        ("the channels are forgotten", row * width + column + 1),
        ("Python counts so, from 0", np.arange(len(trace.vector))),
    ]
    return {
        "title": "Flatten" if not back else "And back again",
        "maps": packed(np.moveaxis(trace.restored if back else trace.maps, -1, 0)),
        "vector": packed(trace.vector),
        "cells": packed(trace.cells.astype("int32")),
        "shape": [height, width, channels],
        "back": back,
        "mistakes": _mistakes(mistakes),
    }


def shuffle_data(trace: FlattenTrace, weights: Array, result: Reordered) -> Data:
    """Is anything lost? The length, then the scores of a dense layer under three orders."""
    height, width, channels = trace.maps.shape
    length = len(trace.vector)
    lengths = [
        ("the channels are forgotten", height * width),
        ("that adds the sides", height + width + channels),
        ("Python's last index, counted from 0", length - 1),
        ("that is the border of one map", 2 * (height + width)),
    ]
    return {
        "title": "Is anything lost?",
        "shape": [height, width, channels],
        "vector": packed(trace.vector),
        "weights": packed(weights.T),
        "order": packed(result.order.astype("int32")),
        "shuffled": packed(trace.vector[result.order]),
        "shuffledWeights": packed(weights[result.order].T),
        "scores": [packed(values) for values in (result.scores, result.together, result.forgotten)],
        "difference": result.largest_difference,
        "astray": float(np.abs(result.forgotten - result.scores).max()),
        "length": length,
        "mistakes": [{"why": why, "value": value} for why, value in lengths],
    }


def sizes(trace: PoolingTrace) -> str:
    """How the size came to be, in a line."""
    (rows, columns), (height, width) = trace.map.shape, trace.shape
    size, stride = trace.window.size, trace.window.strides[0]
    return f"{rows} × {columns}, window {size} × {size}, stride {stride} → {height} × {width}"


def _shared(trace: PoolingTrace) -> Data:
    rows, columns = trace.map.shape
    return {
        "map": packed(trace.map),
        "starts": packed(trace.starts.astype("int32")),
        "winners": packed(trace.winners.astype("int32")),
        "touched": packed(trace.touched),
        "shape": list(trace.shape),
        "size": {"H": rows, "W": columns, "F": trace.window.size, "S": trace.window.strides[0]},
        "leftover": [int(n) for n in trace.window.leftover(trace.map.shape)],
    }


def _mistakes(each: list[tuple[str, Array]]) -> list[Data]:
    return [{"why": why, "values": packed(np.asarray(values, np.float64))} for why, values in each]
