"""What typical mistakes with pooling and flatten would give, beside a value that is to be predicted."""

from typing import Literal

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.teaching.options import Distractor
from cnncore.tracing.flatten import FlattenTrace
from cnncore.tracing.pooling import PoolingBackward, PoolingTrace


def pooling_distractors(trace: PoolingTrace, asked: Literal["max", "mean"]) -> list[Distractor]:
    """Instead of the maximum, or instead of the mean, at each window."""
    cells = trace.patches.reshape(len(trace.starts), -1)
    other = Distractor("the mean was taken", trace.outputs["mean"])
    if asked == "mean":
        other = Distractor("the maximum was taken", trace.outputs["max"])
    return [
        other,
        Distractor("the values were added" if asked == "max" else "the sum was not divided", cells.sum(axis=1)),
        Distractor("the last cell was taken", cells[:, -1]),
        Distractor("the minimum was taken", cells.min(axis=1)),
        Distractor("the first cell was taken", cells[:, 0]),
        # Where a window is even, all of these are equal.
        Distractor("the cells were counted", np.full(len(cells), float(cells.shape[1]))),
        Distractor("the largest value of the whole map", np.full(len(cells), trace.map.max())),
        Distractor(
            "the window was one row further", np.roll(other.values.reshape(trace.shape), -1, axis=0).reshape(-1)
        ),
        Distractor("the side of the window", np.full(len(cells), float(trace.window.size))),
    ]


def shift_distractors(counts: Array, total: int) -> list[Distractor]:
    """How many of `total` outputs survive a shift, guessed wrongly; counts holds the right answers."""
    found = [
        Distractor("as if nothing had moved", np.full(len(counts), float(total))),
        Distractor("as if every output had to change", np.zeros(len(counts))),
        Distractor("half of them", np.full(len(counts), float(total // 2))),
        Distractor("one too many", np.minimum(counts + 1, total)),
        Distractor("one too few", np.maximum(counts - 1, 0)),
    ]
    return found


def pooling_gradient_distractors(trace: PoolingTrace, most: PoolingBackward, mean: PoolingBackward) -> list[Distractor]:
    """What the winner would hold after each window of max pooling's backward pass."""
    steps = np.arange(len(trace.starts))
    values = trace.patches.reshape(len(steps), -1)
    winner = most.accumulated.reshape(len(steps), -1)[steps, trace.argmax]
    shared = mean.accumulated.reshape(len(steps), -1)[steps, trace.argmax]
    ties = (values == values.max(axis=1, keepdims=True)).sum(axis=1)
    return [
        Distractor("the gradient was shared, as by the average", shared),
        Distractor("what earlier windows added was forgotten", most.output_grad),
        Distractor("every tied cell's share was added", winner + most.output_grad * (ties - 1)),
        Distractor("the value came back, not the gradient", trace.outputs["max"]),
        Distractor("the winner got nothing", winner - most.output_grad),
        Distractor("a sign was lost", -winner),
    ]


def flatten_distractors(trace: FlattenTrace) -> list[Distractor]:
    """Other places, counted from 1, for each value of the vector."""
    height, width, channels = trace.maps.shape
    row, column, channel = trace.cells.T.astype(np.float64)
    return [
        Distractor("one whole map after the other", (channel * height + row) * width + column + 1),
        Distractor("down the columns first", (column * height + row) * channels + channel + 1),
        Distractor("the channels were forgotten", row * width + column + 1),
        Distractor("counted from 0, as Python does", np.arange(len(trace.vector), dtype=np.float64)),
        Distractor("counted from the end", np.arange(len(trace.vector), 0, -1.0)),
        Distractor("the row and the column were added", row + column + channel + 2),
    ]


def length_distractors(trace: FlattenTrace) -> list[Distractor]:
    """Other lengths of the vector, each (1,)."""
    height, width, channels = trace.maps.shape
    found = [
        ("the channels were forgotten", height * width),
        ("the sides were added", height + width + channels),
        ("the last index in Python, which counts from 0", len(trace.vector) - 1),
        ("each channel was squared", height * width * channels**2),
    ]
    return [Distractor(why, np.array([float(value)])) for why, value in found]
