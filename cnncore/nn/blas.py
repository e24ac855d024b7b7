"""The number of threads that NumPy's linear algebra (BLAS) uses."""

from functools import cache
from threading import Lock
from typing import Any

from threadpoolctl import ThreadpoolController


@cache
def _blas() -> Any:
    return ThreadpoolController().select(user_api="blas")


class _OneBlasThread:
    """Threads may overlap in it: the first to come sets the limit, the last to go restores what was."""

    def __init__(self) -> None:
        self._lock, self._inside, self._limit = Lock(), 0, None  # type: Lock, int, Any

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._limit = _blas().limit(limits=1)
            self._inside += 1

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._limit.restore_original_limits()


_ONE = _OneBlasThread()


def one_blas_thread() -> _OneBlasThread:
    """A context with one BLAS thread: for few images at a time more of them cost three times the CPU."""
    return _ONE
