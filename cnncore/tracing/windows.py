"""Where the windows of a convolution or a pooling lie on the padded input, as index arrays."""

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.nn.window import Window


def window_starts(window: Window, sides: tuple[int, ...]) -> Array:
    """Return (steps, 2): the row and column of each window's first cell in the padded input, in row order.

    `sides` is the size of the input without padding: (H, W), or (L,) for a signal, whose windows all start in row 0.
    Raises ShapeError where the window is larger than the padded input.
    """
    if len(sides) == 1:
        columns = window.positions(sides[0])
        return np.stack([np.zeros_like(columns), columns], axis=-1)
    grid = np.meshgrid(*window.positions((sides[0], sides[1])), indexing="ij")
    return np.stack(grid, axis=-1).reshape(-1, 2)


def window_cells(starts: Array, shape: tuple[int, ...], dilation: int = 1) -> tuple[Array, Array]:
    """Return the rows (steps, R, 1) and the columns (steps, 1, C) of all cells of windows that have `shape` (R, C).

    Together they index an array (…, rows, columns) and select (steps, R, C). `starts` (steps, 2) is the first cell
    of each window; `dilation` is the distance between neighbouring cells of a window.
    """
    rows, columns = (dilation * np.arange(n) for n in shape)
    return starts[:, 0, None, None] + rows[:, None], starts[:, 1, None, None] + columns
