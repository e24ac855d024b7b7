"""Max and average pooling: forward and gradient (lecture, section 2).

(N, H, W, C) -> (N, H', W', C), H' = (H - size) // stride + 1; the stride is the
size unless it is named. Each of the size × size cells of a window is one
strided slice of the whole batch, so NumPy compares or adds all windows at once.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from cnncore.errors import ShapeError
from cnncore.nn.arrays import NO_REUSE, Array, Workspace, common_dtype, to_batch_last, to_nhwc
from cnncore.nn.window import Stride, Window


def max_pool2d(images: Any, size: int, *, stride: Stride | None = None, workspace: Workspace = NO_REUSE) -> Array:
    """The largest value of each window. Raises ShapeError where the window is larger than the image."""
    maps, window = _check_and_transpose(images, size, stride)
    cells = _window_cells(maps, window)
    out = workspace.array("pooled", next(cells).shape, maps.dtype)
    for number, cell in enumerate(_window_cells(maps, window)):
        if number == 0:
            np.copyto(out, cell)
        else:
            np.maximum(out, cell, out=out)
    return to_nhwc(out)


def max_pool2d_gradient(
    images: Any,
    output_grad: Any,
    size: int,
    *,
    stride: Stride | None = None,
    pooled: Array | None = None,
    workspace: Workspace = NO_REUSE,
) -> Array:
    """Route each window's gradient to its largest cell; of equal ones, to the first in row order.

    Ties are common (blank background): adding the gradient to every tied cell would count it several times. `pooled`
    is the forward result, where it was kept. Returns images_grad (N, H, W, C).
    """
    images, output_grad = common_dtype(images, output_grad)
    maps, window = _check_and_transpose(images, size, stride)
    if pooled is None:
        pooled = max_pool2d(images, size, stride=stride)
    out = to_batch_last(pooled)
    grad = _grad_like(output_grad, out)
    images_grad, disjoint = _grad_buffer(maps, window, workspace)
    remaining = workspace.scratch("remaining", grad.shape, grad.dtype)
    np.copyto(remaining, grad)
    is_largest = workspace.scratch("is_largest", grad.shape, np.bool_)
    cell_grad = workspace.scratch("cell_grad", grad.shape, grad.dtype)
    for cell, target in zip(_window_cells(maps, window), _window_cells(images_grad, window), strict=True):
        np.equal(cell, out, out=is_largest)
        routed = target if disjoint else cell_grad
        np.multiply(remaining, is_largest, out=routed)
        np.subtract(remaining, routed, out=remaining)
        if not disjoint:
            np.add(target, routed, out=target)
    return to_nhwc(images_grad)


def avg_pool2d(images: Any, size: int, *, stride: Stride | None = None, workspace: Workspace = NO_REUSE) -> Array:
    """The mean of each window. Raises ShapeError where the window is larger than the image."""
    maps, window = _check_and_transpose(images, size, stride)
    cells = _window_cells(maps, window)
    out = workspace.array("pooled", next(cells).shape, maps.dtype)
    out.fill(0)
    for cell in _window_cells(maps, window):
        np.add(out, cell, out=out)
    np.multiply(out, maps.dtype.type(1 / size**2), out=out)
    return to_nhwc(out)


def avg_pool2d_gradient(
    images: Any, output_grad: Any, size: int, *, stride: Stride | None = None, workspace: Workspace = NO_REUSE
) -> Array:
    """Every cell of a window gets an equal share of its gradient. Returns images_grad (N, H, W, C)."""
    images, output_grad = common_dtype(images, output_grad)
    maps, window = _check_and_transpose(images, size, stride)
    grad = _grad_like(output_grad, next(_window_cells(maps, window)))
    images_grad, _ = _grad_buffer(maps, window, workspace)
    images_grad.fill(0)
    cell_grad = workspace.scratch("cell_grad", grad.shape, grad.dtype)
    np.multiply(grad, grad.dtype.type(1 / size**2), out=cell_grad)
    for target in _window_cells(images_grad, window):
        np.add(target, cell_grad, out=target)
    return to_nhwc(images_grad)


def pooling_window(size: int, stride: Stride | None) -> Window:
    """The window of a pooling: by default it moves by its own size."""
    return Window(size, stride=size if stride is None else stride)


def pooled_size(window: Window, sides: tuple[int, int]) -> tuple[int, int]:
    """(H, W) -> (H', W'). Raises ShapeError where the window is larger than the image: pooling does not pad."""
    if min(sides) < window.size:
        raise ShapeError(
            f"A pooling window of {window.size} cells is larger than the image of {sides[0]} × {sides[1]}: "
            f"try a window of {max(min(sides), 1)}."
        )
    return window.output_size(sides)


def _check_and_transpose(images: Any, size: int, stride: Stride | None) -> tuple[Array, Window]:
    (images,) = common_dtype(images)
    if images.ndim != 4:
        raise ShapeError(f"Expected images (N, H, W, C), received {images.shape}: try images.reshape(-1, 28, 28, 1).")
    window = pooling_window(size, stride)
    pooled_size(window, images.shape[1:3])
    return to_batch_last(images), window


def _window_cells(maps: Array, window: Window) -> Iterator[Array]:
    """For each cell of the window in row order, its value at every position: views (C, H', W', N)."""
    down, right = window.strides
    height, width = window.output_size(maps.shape[1:3])
    for i in range(window.size):
        for j in range(window.size):
            yield maps[:, i : i + (height - 1) * down + 1 : down, j : j + (width - 1) * right + 1 : right]


def _grad_like(output_grad: Array, out: Array) -> Array:
    if output_grad.shape != (out.shape[3], *out.shape[1:3], out.shape[0]):
        raise ShapeError(
            f"The gradient must have the output's shape {to_nhwc(out).shape}, received {output_grad.shape}."
        )
    return to_batch_last(output_grad)


def _grad_buffer(maps: Array, window: Window, workspace: Workspace) -> tuple[Array, bool]:
    """Memory for images_grad, and whether windows tile the image: then each cell is written exactly once."""
    disjoint = window.strides == (window.size, window.size) and window.leftover(maps.shape[1:3]) == (0, 0)
    images_grad = workspace.array("images_grad", maps.shape, maps.dtype)
    if not disjoint:
        images_grad.fill(0)
    return images_grad, disjoint
