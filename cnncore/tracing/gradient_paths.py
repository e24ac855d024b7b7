"""Who touched a cell: which outputs read it, and with what share of its gradient.

Outputs that would read the cell, were they there, are listed too: the lecture's o₆
would need a cell beyond the padding, so its share is 0.
"""

from typing import NamedTuple

import numpy as np

from cnncore.tracing.backward import BackwardTrace
from cnncore.tracing.finite_differences import Operand


class OutputPath(NamedTuple):
    """One output that reads the cell, or would.

    output   its number in row order, from 0; -1 where there is no such output
    place    (row, column) of the output, from 0; outside the output where there is none;
             None where the stride steps over it
    start    (row, column) of its window's first cell in the padded input, from 0
    weight   number of the filter's cell in row order, from 0
    factor   what multiplies the output's gradient: the weight, or for a cell of the filter the input's value
    grad     dL/d(output); 0 where there is no output
    term     factor × grad, as the backward pass has it
    """

    output: int
    place: tuple[int, int] | None
    start: tuple[int, int]
    weight: int
    factor: float
    grad: float
    term: float


def paths_from(trace: BackwardTrace, part: Operand, index: tuple[int, ...]) -> list[OutputPath]:
    """The touches of a cell, earliest output first; `index` counts from 0 and leaves the padding out.

    Their terms sum to the cell's gradient.
    """
    at = (0, *index)[-2:]
    if part == "filter":
        weight = at[0] * trace.filter.shape[1] + at[1]
        taps = trace.window.dilation * np.array(at)
        return [
            OutputPath(
                k,
                (k // trace.shape[1], k % trace.shape[1]),
                (int(start[0]), int(start[1])),
                weight,
                float(trace.padded[tuple(start + taps)]),
                float(trace.output_grad[k]),
                float(trace.weighted[k].flat[weight]),
            )
            for k, start in enumerate(trace.starts)
        ]
    row, column = (cell + border for cell, border in zip(at, trace.border, strict=True))
    found = []
    for weight in reversed(range(trace.filter.size)):  # the last weight belongs to the first output
        i, j = divmod(weight, trace.filter.shape[1])
        start = (row - i * trace.window.dilation, column - j * trace.window.dilation)
        found.append(_path(trace, start, weight))
    return found


def _path(trace: BackwardTrace, start: tuple[int, int], weight: int) -> OutputPath:
    """The output whose window starts there, if there is one."""
    factor = float(trace.filter.flat[weight])
    here = np.flatnonzero((trace.starts == start).all(axis=1))
    if here.size:
        output = int(here[0])
        place = (output // trace.shape[1], output % trace.shape[1])
        grad, term = float(trace.output_grad[output]), float(trace.scattered[output].flat[weight])
        return OutputPath(output, place, start, weight, factor, grad, term)
    down, right = trace.window.strides
    stepped_over = start[0] % down or start[1] % right
    return OutputPath(
        -1, None if stepped_over else (start[0] // down, start[1] // right), start, weight, factor, 0.0, 0.0
    )
