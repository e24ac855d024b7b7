"""Memory order and workspaces: why this NumPy keeps up with compiled frameworks.

Every array has the lecture's shape (N, H, W, C) to whoever looks at it, but lies
in memory as (C, H, W, N), batch last: a row of one patch cell over all images is
then one long run, which NumPy copies, adds and compares at full speed. The
lecture's shape is a transposed view and costs nothing.

Large temporaries that are allocated at every step cost page faults, which can
take longer than the arithmetic; a Workspace hands the same memory out again.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from cnncore.errors import InputError

Array = np.ndarray[Any, Any]


def common_dtype(*arguments: Any) -> list[Array]:
    """The arguments as arrays of one dtype: float64 if any is (lists holding floats are), else float32."""
    arrays = [np.asarray(argument) for argument in arguments]
    for array in arrays:
        if array.dtype.kind not in "fiub":
            raise InputError(f"Expected numbers, received {array.dtype}: use real numbers such as 1 or 0.5.")
    dtype = np.float64 if any(array.dtype == np.float64 for array in arrays) else np.float32
    return [array.astype(dtype, copy=False) for array in arrays]


def to_batch_last(values: Array) -> Array:
    """(N, H, W, C) -> contiguous (C, H, W, N), or (N, in) -> (in, N); no copy where the memory already lies so."""
    return np.ascontiguousarray(np.swapaxes(values, 0, -1))


def to_nhwc(memory: Array) -> Array:
    """(C, H, W, N) -> its view in the lecture's shape (N, H, W, C); (units, N) -> (N, units)."""
    return np.swapaxes(memory, 0, -1)


class Workspace:
    """Reusable memory for one thread: arrays by name, grown as needed, never shrunk.

    `array` keeps what must live until the backward pass, one for each section;
    `scratch` is shared by all sections, for values that are used up at once.
    """

    def __init__(self) -> None:
        self._buffers: dict[tuple[Any, ...], Array] = {}
        self._scratch = self._buffers
        self._sections: dict[int, Workspace] = {}

    def section(self, index: int) -> "Workspace":
        """The part of this workspace that belongs to layer `index`."""
        if index not in self._sections:
            self._sections[index] = part = Workspace()
            part._scratch = self._scratch
        return self._sections[index]

    def array(self, name: str, shape: tuple[int, ...], dtype: Any) -> Array:
        """Uninitialised memory that stays valid until the same name is asked for again."""
        return _reused(self._buffers, name, shape, dtype)

    def scratch(self, name: str, shape: tuple[int, ...], dtype: Any) -> Array:
        """Uninitialised memory that any other layer may overwrite after this call."""
        return _reused(self._scratch, name, shape, dtype)

    def like(self, name: str, values: Array) -> Array:
        """An `array` in the shape and dtype of `values`, the batch last in memory."""
        return to_nhwc(self.array(name, np.swapaxes(values, 0, -1).shape, values.dtype))


class _NoReuse(Workspace):
    """No reuse: every request is a new array, so that results can be kept."""

    def section(self, index: int) -> Workspace:
        return self

    def array(self, name: str, shape: tuple[int, ...], dtype: Any) -> Array:
        return np.empty(shape, dtype)

    scratch = array


NO_REUSE = _NoReuse()


def _reused(buffers: dict[tuple[Any, ...], Array], name: str, shape: tuple[int, ...], dtype: Any) -> Array:
    count = 1
    for side in shape:
        count *= side
    key = (name, np.dtype(dtype))
    buffer = buffers.get(key)
    if buffer is None or buffer.size < count:
        buffer = buffers[key] = np.empty(count, dtype)
    return buffer[:count].reshape(shape)


def batch_slices(total: int, size: int) -> Iterator[slice]:
    """Slices of at most `size` that cover range(total) in order."""
    for start in range(0, total, size):
        yield slice(start, min(start + size, total))
