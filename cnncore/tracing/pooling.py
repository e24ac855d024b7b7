"""Max pooling, average pooling and a strided convolution compared, step by step, forward and backward.

Outputs and gradients are those of the functions that the layers call. The position of a window's maximum is taken
from the gradient of max pooling, so that ties are broken as the network breaks them: the first maximum in row order.
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
from cnncore.tracing.windows import window_cells, window_starts

_GRADIENTS = {"max": max_pool2d_gradient, "mean": avg_pool2d_gradient}


@dataclass(frozen=True)
class PoolingTrace:
    """The poolings of one map (R, C), one step per window, in row order.

    filter   (F, F) of the strided convolution, which has the poolings' stride
    starts   (steps, 2) row and column of each window's first cell
    patches  (steps, F, F) the cells of each window
    argmax   (steps,) index of the maximum in its window, in row order; the first of equal ones
    outputs  "max", "mean" and "stride": (steps,) outputs of max pooling, average pooling and strided convolution
    shape    (rows, columns) of the output
    covered  (R, C) mask of the cells that a window reads
    """

    window: Window
    map: Array
    filter: Array
    starts: Array
    patches: Array
    argmax: Array
    outputs: dict[str, Array]
    shape: tuple[int, int]
    covered: Array


@dataclass(frozen=True)
class PoolingBackward:
    """The backward pass of a pooling, one step per window, in row order.

    output_grad  (steps,) dL/d(output)
    routed       (steps, F, F) what each window adds to the gradient of its cells
    accumulated  (steps, F, F) the gradient of the window's cells after this step; windows may overlap
    input_grad   (R, C) the gradient of the map after all steps
    """

    output_grad: Array
    routed: Array
    accumulated: Array
    input_grad: Array


def trace_pooling(map_: Any, size: int, *, stride: int | None = None, filter_: Any = None) -> PoolingTrace:
    """Trace map_ (R, C) under windows of size × size, with a stride of `size` unless another one is given.

    filter_ (size, size) is the filter of the strided convolution, by default the one that computes the mean.
    Raises ShapeError where the window is larger than the map or the filter has another size.
    """
    images, window = _image(map_), pooling_window(size, stride)
    shape = pooled_size(window, images.shape[1:3])
    filter_ = np.full((size, size), 1 / size**2) if filter_ is None else np.asarray(filter_, np.float64)
    if filter_.shape != (size, size):
        raise ShapeError(f"The filter must be as large as the window, {size} × {size}, received {filter_.shape}.")
    starts = window_starts(window, images.shape[1:3])
    outputs = {
        "max": max_pool2d(images, size, stride=stride),
        "mean": avg_pool2d(images, size, stride=stride),
        "stride": conv2d(images, filter_[None, :, :, None], stride=window.stride),
    }
    cells = window_cells(starts, (size, size))
    one_hot = max_pool2d_gradient(*_repeat_map(images, np.eye(len(starts)), shape), size, stride=stride)
    return PoolingTrace(
        window,
        images[0, ..., 0],
        filter_,
        starts,
        images[0, ..., 0][cells],
        _in_windows(one_hot, cells).reshape(len(starts), -1).argmax(axis=1),
        {name: maps[0, ..., 0].reshape(-1) for name, maps in outputs.items()},
        shape,
        ~window.uncovered(*images.shape[1:3]),
    )


def trace_pooling_gradient(trace: PoolingTrace, output_grad: Any, kind: str) -> PoolingBackward:
    """Trace the backward pass of "max" or "mean" pooling.

    `output_grad` has the output's shape, or (steps,). Raises ShapeError for another number of values.
    """
    grad = np.asarray(output_grad, np.float64).reshape(-1)
    steps, window = len(trace.starts), trace.window
    if grad.shape != (steps,):
        raise ShapeError(f"The gradient must have the output's {steps} cells, received {grad.size}.")
    images, gradient = _image(trace.map), _GRADIENTS[kind]
    cells = window_cells(trace.starts, (window.size, window.size))

    def input_grads(grads: Array) -> Array:
        return gradient(*_repeat_map(images, grads, trace.shape), window.size, stride=window.stride)

    routed = input_grads(np.diag(grad))  # (steps, R, C, 1), each with one output's gradient alone
    accumulated = input_grads(np.tril(np.broadcast_to(grad, (steps, steps))))  # each with those of outputs 0 to k
    return PoolingBackward(grad, _in_windows(routed, cells), _in_windows(accumulated, cells), accumulated[-1, ..., 0])


def shift_map(map_: Any, rows: int, columns: int) -> Array:
    """Return the map (R, C) moved down by `rows` and right by `columns` (negative: up and left), filled with zeros."""
    values = np.asarray(map_, np.float64)
    padded = np.pad(values, ((abs(rows), abs(rows)), (abs(columns), abs(columns))))
    top, left = abs(rows) - rows, abs(columns) - columns
    return padded[top : top + values.shape[0], left : left + values.shape[1]]


def unchanged_outputs(before: PoolingTrace, after: PoolingTrace) -> dict[str, Array]:
    """Return masks (steps,) for "max", "mean" and "stride": outputs that are equal in both traces up to rounding."""
    scale = np.abs(before.map).max(initial=0.0) * max(np.abs(before.filter).sum(), 1.0)
    return {name: np.abs(values - after.outputs[name]) <= 1e-12 * scale for name, values in before.outputs.items()}


def _image(map_: Any) -> Array:
    """Return map_ (R, C) as float64 images (1, R, C, 1). Raises ShapeError for another number of axes."""
    values = np.asarray(map_, np.float64)
    if values.ndim != 2:
        raise ShapeError(f"Expected one map (R, C), received {values.shape}.")
    return values[None, :, :, None]


def _repeat_map(images: Array, grads: Array, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Return the map once for each row of `grads` (steps, steps), and the rows in the output's shape, as a batch."""
    return np.broadcast_to(images, (len(grads), *images.shape[1:])), grads.reshape(len(grads), *shape, 1)


def _in_windows(batch: Array, cells: tuple[Array, Array]) -> Array:
    """Return the cells of window k of image k: (steps, R, C, 1) -> (steps, F, F)."""
    return batch[np.arange(len(batch))[:, None, None], cells[0], cells[1], 0]
