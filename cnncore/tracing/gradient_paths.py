"""The outputs that read a cell, and what each of them adds to the cell's gradient.

Outputs that would read the cell but do not exist are listed too: the lecture's o₆ would need a cell beyond the
padding, so it adds 0.
"""

from typing import NamedTuple

import numpy as np

from cnncore.tracing.backward import BackwardTrace
from cnncore.tracing.finite_differences import Operand


class OutputPath(NamedTuple):
    """One output that reads a cell, or that would read it if it existed. All indices count from 0.

    output_index  index of the output in row order; -1 where no such output exists
    position      (row, column) of the output, outside the output's shape where it does not exist;
                  None where the stride skips it
    start         (row, column) of its window's first cell in the padded input
    weight_index  index in row order of the filter's cell that is applied
    factor        d(output)/d(cell): the weight for a cell of the input, the input's value for a cell of the filter
    output_grad   dL/d(output); 0 where there is no output
    term          factor × output_grad, from the backward pass
    """

    output_index: int
    position: tuple[int, int] | None
    start: tuple[int, int]
    weight_index: int
    factor: float
    output_grad: float
    term: float

    @property
    def exists(self) -> bool:
        """Return whether there is such an output."""
        return self.output_index >= 0


def paths_from(trace: BackwardTrace, operand: Operand, index: tuple[int, ...]) -> list[OutputPath]:
    """Return the outputs that read a cell, earliest output first; their terms sum to the cell's gradient.

    `index` is the cell's (i,) or (row, column) in the input without padding or in the filter, counted from 0.
    """
    row, column = (0, *index)[-2:]
    dilation, filter_columns = trace.window.dilation, trace.filter.shape[1]
    if operand == "filter":
        weight_index = row * filter_columns + column
        return [
            OutputPath(
                output_index=k,
                position=divmod(k, trace.shape[1]),
                start=(int(start[0]), int(start[1])),
                weight_index=weight_index,
                factor=float(trace.padded[start[0] + dilation * row, start[1] + dilation * column]),
                output_grad=float(trace.output_grad[k]),
                term=float(trace.filter_terms[k].flat[weight_index]),
            )
            for k, start in enumerate(trace.starts)
        ]
    row, column = row + trace.border[0], column + trace.border[1]
    paths = []
    for weight_index in reversed(range(trace.filter.size)):  # the last weight belongs to the first output
        i, j = divmod(weight_index, filter_columns)
        paths.append(_path_of_window(trace, (row - i * dilation, column - j * dilation), weight_index))
    return paths


def _path_of_window(trace: BackwardTrace, start: tuple[int, int], weight_index: int) -> OutputPath:
    """Return the path of the output whose window begins at `start`, whether this output exists or not."""
    factor = float(trace.filter.flat[weight_index])
    matches = np.flatnonzero((trace.starts == start).all(axis=1))
    if matches.size:
        k = int(matches[0])
        grad, term = float(trace.output_grad[k]), float(trace.input_terms[k].flat[weight_index])
        return OutputPath(k, divmod(k, trace.shape[1]), start, weight_index, factor, grad, term)
    row_stride, column_stride = trace.window.strides
    skipped = start[0] % row_stride or start[1] % column_stride
    position = None if skipped else (start[0] // row_stride, start[1] // column_stride)
    return OutputPath(-1, position, start, weight_index, factor, 0.0, 0.0)
