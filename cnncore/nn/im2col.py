"""From images to patches and back: im2col and its transpose, on batch-last memory.

A convolution is a matrix product once every window's cells form a column.
The columns of a whole batch would not fit into cache (nor, for a photograph,
into a reasonable amount of memory), so they are made block by block.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from cnncore import limits
from cnncore.nn.arrays import Array, Workspace, batch_slices
from cnncore.nn.window import Window


class PatchBatch(NamedTuple):
    """Some output rows of some images, and the patches they are computed from."""

    images: slice
    rows: slice
    columns: Array  # (C·F·F, rows · W' · images)


def pad(maps: Array, window: Window, workspace: Workspace, name: str = "padded") -> Array:
    """(C, H, W, N) with P zeros on every side; the input itself where P = 0."""
    border = window.border
    if border == 0:
        return maps
    channels, height, width, images = maps.shape
    out = workspace.scratch(name, (channels, height + 2 * border, width + 2 * border, images), maps.dtype)
    out[:, :border] = 0
    out[:, -border:] = 0
    out[:, border:-border, :border] = 0
    out[:, border:-border, -border:] = 0
    out[:, border:-border, border:-border] = maps
    return out


def patch_view(padded_maps: Array, window: Window) -> Array:
    """Every patch without a copy: (C, H, W, N) padded -> (C, F, F, H', W', N), read only."""
    channels, height, width, images = padded_maps.shape
    size, dilation, (down, right) = window.size, window.dilation, window.strides
    out_height, out_width = (height - window.effective_size) // down + 1, (width - window.effective_size) // right + 1
    c, h, w, n = padded_maps.strides
    return np.lib.stride_tricks.as_strided(
        padded_maps,
        (channels, size, size, out_height, out_width, images),
        (c, h * dilation, w * dilation, h * down, w * right, n),
        writeable=False,
    )


def im2col_batches(maps: Array, window: Window, workspace: Workspace) -> Iterator[PatchBatch]:
    """The patches of (C, H, W, N), a cache-sized block at a time, in a fixed order.

    A block's columns are overwritten by the next one's.
    """
    channels, height, width, images = maps.shape
    out_height, out_width = window.output_size((height, width))
    depth = channels * window.size**2
    for some in batch_slices(images, limits.CHUNK_IMAGES):
        count = some.stop - some.start
        view = patch_view(pad(np.ascontiguousarray(maps[..., some]), window, workspace), window)
        row_bytes = depth * out_width * count * maps.itemsize
        for rows in batch_slices(out_height, max(limits.PATCH_BYTES // row_bytes, 1)):
            part = view[:, :, :, rows]
            columns = workspace.scratch("columns", part.shape, maps.dtype)
            np.copyto(columns, part)
            yield PatchBatch(some, rows, columns.reshape(depth, -1))


def col2im(columns: Array, rows: slice, padded_grad: Array, window: Window) -> None:
    """Add a block of patch gradients back to the cells they came from, in place: the transpose of im2col.

    columns (C·F·F, rows · W' · N), padded_grad (C, H + 2P, W + 2P, N).
    """
    channels, _, width, images = padded_grad.shape
    size, dilation, (down, right) = window.size, window.dilation, window.strides
    out_width = (width - window.effective_size) // right + 1
    cells = columns.reshape(channels, size, size, rows.stop - rows.start, out_width, images)
    for i in range(size):
        top = i * dilation + rows.start * down
        bottom = i * dilation + (rows.stop - 1) * down + 1
        for j in range(size):
            left = j * dilation
            target = padded_grad[:, top:bottom:down, left : left + (out_width - 1) * right + 1 : right]
            np.add(target, cells[:, i, j], out=target)
