"""Max and average pooling beside a strided convolution, step by step, forward and backward.

Outputs are those of the functions that the layers call. Who won a window is read
off the gradient of max pooling, so that a tie goes where the network lets it go.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore.errors import ShapeError
from cnncore.nn.arrays import Array
from cnncore.nn.convolution import conv2d
from cnncore.nn.pooling import (
    avg_pool2d,
    avg_pool2d_gradient,
    max_pool2d,
    max_pool2d_gradient,
    pooled_size,
    pooling_window,
)
from cnncore.nn.window import Window

_GRADIENTS = {"max": max_pool2d_gradient, "mean": avg_pool2d_gradient}


@dataclass(frozen=True)
class PoolingTrace:
    """One map (R, C), window by window in row order.

    filter   (F, F) of the strided convolution beside the poolings; it moves by their stride
    starts   (steps, 2) row and column of each window's first cell
    values   (steps, F, F) what stands in each window
    winners  (steps,) place of the maximum in its window, counted in row order; of equals the first
    outputs  "max", "mean" and "stride": (steps,) what each of the three makes of the window
    shape    (rows, columns) of the output
    touched  (R, C) which cells any window reads
    """

    window: Window
    map: Array
    filter: Array
    starts: Array
    values: Array
    winners: Array
    outputs: dict[str, Array]
    shape: tuple[int, int]
    touched: Array


@dataclass(frozen=True)
class PoolingBackward:
    """How the gradient of the outputs comes back to the map, window by window in row order.

    output_grad  (steps,) dL/d(output)
    paid         (steps, F, F) what each window pays to its cells
    after        (steps, F, F) the input gradient in the window's cells once it has paid; windows may overlap
    input_grad   (R, C) the whole of it
    """

    output_grad: Array
    paid: Array
    after: Array
    input_grad: Array


def trace_pooling(map_: Any, size: int, *, stride: int | None = None, filter_: Any = None) -> PoolingTrace:
    """Trace map_ (R, C) under windows of size × size that move by `stride`, or by their own size.

    filter_ (size, size) is the strided convolution's; by default it takes the mean.
    Raises ShapeError where the window is larger than the map.
    """
    images, window = _image(map_), pooling_window(size, stride)
    shape = pooled_size(window, images.shape[1:3])
    filter_ = np.full((size, size), 1 / size**2) if filter_ is None else np.asarray(filter_, np.float64)
    if filter_.shape != (size, size):
        raise ShapeError(f"The filter must be as large as the window, {size} × {size}, received {filter_.shape}.")
    starts = np.stack(np.meshgrid(*window.positions(images.shape[1:3]), indexing="ij"), axis=-1).reshape(-1, 2)
    outputs = {
        "max": max_pool2d(images, size, stride=stride),
        "mean": avg_pool2d(images, size, stride=stride),
        "stride": conv2d(images, filter_[None, :, :, None], stride=window.stride),
    }
    cells = _cells(starts, size)
    claims = max_pool2d_gradient(*_copies(images, np.eye(len(starts)), shape), size, stride=stride)
    return PoolingTrace(
        window,
        images[0, ..., 0],
        filter_,
        starts,
        images[0, ..., 0][cells],
        _in_windows(claims, cells).reshape(len(starts), -1).argmax(axis=1),
        {name: maps[0, ..., 0].reshape(-1) for name, maps in outputs.items()},
        shape,
        ~window.uncovered(*images.shape[1:3]),
    )


def trace_pooling_gradient(trace: PoolingTrace, output_grad: Any, kind: str) -> PoolingBackward:
    """Trace the backward pass of "max" or "mean" pooling for output_grad of the output's shape, or (steps,)."""
    grad = np.asarray(output_grad, np.float64).reshape(-1)
    steps, window = len(trace.starts), trace.window
    if grad.shape != (steps,):
        raise ShapeError(f"The gradient must have the output's {steps} cells, received {grad.size}.")
    images, gradient = _image(trace.map), _GRADIENTS[kind]
    cells = _cells(trace.starts, window.size)

    def back(grads: Array) -> Array:
        return gradient(*_copies(images, grads, trace.shape), window.size, stride=window.stride)

    running = back(np.tril(np.broadcast_to(grad, (steps, steps))))  # in step k the windows after k have not paid yet
    return PoolingBackward(
        grad, _in_windows(back(np.diag(grad)), cells), _in_windows(running, cells), running[-1, ..., 0]
    )


def shift_map(map_: Any, rows: int, columns: int) -> Array:
    """The map (R, C) moved down by `rows` and right by `columns` (negative: up and left); zeros enter."""
    values = np.asarray(map_, np.float64)
    frame = np.pad(values, ((abs(rows), abs(rows)), (abs(columns), abs(columns))))
    top, left = abs(rows) - rows, abs(columns) - columns
    return frame[top : top + values.shape[0], left : left + values.shape[1]]


def unchanged_outputs(before: PoolingTrace, after: PoolingTrace) -> dict[str, Array]:
    """For "max", "mean" and "stride": (steps,) which outputs are the same in both traces, up to rounding."""
    scale = np.abs(before.map).max(initial=0.0) * max(np.abs(before.filter).sum(), 1.0)
    return {name: np.abs(values - after.outputs[name]) <= 1e-12 * scale for name, values in before.outputs.items()}


def _image(map_: Any) -> Array:
    values = np.asarray(map_, np.float64)
    if values.ndim != 2:
        raise ShapeError(f"Expected one map (R, C), received {values.shape}.")
    return values[None, :, :, None]


def _copies(images: Array, grads: Array, shape: tuple[int, int]) -> tuple[Array, Array]:
    """The map once for each of the gradients (steps, steps): a batch that the backward pass takes in one call."""
    return np.broadcast_to(images, (len(grads), *images.shape[1:])), grads.reshape(len(grads), *shape, 1)


def _cells(starts: Array, size: int) -> tuple[Array, Array]:
    """Row and column of every cell of every window: (steps, F, 1) and (steps, 1, F)."""
    within = np.arange(size)
    return starts[:, :1, None] + within[:, None], starts[:, 1:, None] + within


def _in_windows(batch: Array, cells: tuple[Array, Array]) -> Array:
    """Of the map that belongs to step k, the cells of window k: (steps, R, C, 1) -> (steps, F, F)."""
    return batch[np.arange(len(batch))[:, None, None], cells[0], cells[1], 0]
