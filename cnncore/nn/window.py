"""Where a window lies on its input: the arithmetic of convolution and pooling.

O = floor((W - F + 2P) / S) + 1 (lecture, sections 1 C and D), where a dilation D
spreads the F cells of the filter over D(F - 1) + 1. What the floor drops is kept
in sight: `leftover` counts it, `uncovered` shows which cells no window touches.
"""

from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY, dataclass, replace
from functools import cached_property
from typing import Literal, overload

import numpy as np

from cnncore.errors import ShapeError

Padding = Literal["none", "half", "full"] | int
Stride = int | tuple[int, int]
_FARTHEST_NEIGHBOUR = 8


@dataclass(frozen=True)
class Window:
    """A window of `size` cells a side that moves by `stride` over a padded input.

    size      cells a side, F
    stride    cells from one position to the next, S; or (rows, columns)
    padding   zeros on every side, P: a number, or the lecture's "none" (0),
              "half" ((F - 1) / 2, keeps the size at stride 1) and "full" (F - 1)
    dilation  distance between neighbouring cells of the window, D

    Raises ShapeError for a setting that fits no input at all.
    """

    size: int
    _: KW_ONLY
    stride: Stride = 1
    padding: Padding = "none"
    dilation: int = 1

    def __post_init__(self) -> None:
        _whole("filter size", self.size, 1)
        _whole("dilation", self.dilation, 1)
        stride = self.stride if isinstance(self.stride, tuple) else (self.stride,) * 2
        if len(stride) != 2:
            raise ShapeError(f"A stride is one number or (rows, columns), not {self.stride!r}: try 1.")
        for step in stride:
            _whole("stride", step, 1)
        if isinstance(self.padding, str):
            if self.padding not in ("none", "half", "full"):
                raise ShapeError(f'Padding is "none", "half", "full" or a number, not {self.padding!r}.')
            if self.padding == "half" and self.effective_size % 2 == 0:
                spread = f" with D = {self.dilation}" if self.dilation > 1 else ""
                half = "D(F − 1)/2" if spread else "(F − 1)/2"
                raise ShapeError(
                    f"Half padding needs an odd filter, since {half} is not whole for F = {self.size}{spread}: "
                    f"try F = {self.size + 1}, or a padding of {self.effective_size // 2}."
                )
        else:
            _whole("padding", self.padding, 0)

    @cached_property
    def strides(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.stride if isinstance(self.stride, tuple) else (self.stride, self.stride)

    @cached_property
    def effective_size(self) -> int:
        """Cells from the first to the last that the window covers, both counted: D(F - 1) + 1."""
        return self.dilation * (self.size - 1) + 1

    @cached_property
    def border(self) -> int:
        """The padding as a number, P."""
        named = {"none": 0, "half": (self.effective_size - 1) // 2, "full": self.effective_size - 1}
        return named[self.padding] if isinstance(self.padding, str) else int(self.padding)

    @overload
    def output_size(self, n: int) -> int: ...
    @overload
    def output_size(self, n: tuple[int, int]) -> tuple[int, int]: ...
    def output_size(self, n):
        """How many positions the window has on `n` cells, or on (height, width).

        A single `n` moves by the stride of the rows. Raises ShapeError where the
        window is larger than the padded input.
        """
        sides = n if isinstance(n, tuple) else (n,)
        rooms = [side - self.effective_size + 2 * self.border for side in sides]
        if min(sides) < 1:
            raise ShapeError(f"The input needs at least one cell a side, received {n}: try 5.")
        if min(rooms) < 0:
            smallest = min(sides)
            largest = (smallest + 2 * self.border - 1) // self.dilation + 1
            spread = f", spread over {self.effective_size} by dilation {self.dilation}," if self.dilation > 1 else ""
            raise ShapeError(
                f"A filter of {self.size} cells{spread} is larger than the padded input of "
                f"{smallest + 2 * self.border}: try a filter of {largest} or a padding of "
                f"{-(-(self.effective_size - smallest) // 2)}."
            )
        counts = [room // step + 1 for room, step in zip(rooms, self.strides, strict=False)]
        return (counts[0], counts[1]) if isinstance(n, tuple) else counts[0]

    @overload
    def positions(self, n: int) -> np.ndarray: ...
    @overload
    def positions(self, n: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]: ...
    def positions(self, n):
        """First cell of each position in the *padded* input, counted from 0: shape (output_size(n),)."""
        if isinstance(n, tuple):
            return tuple(np.arange(o) * s for o, s in zip(self.output_size(n), self.strides, strict=True))
        return np.arange(self.output_size(n)) * self.strides[0]

    @overload
    def leftover(self, n: int) -> int: ...
    @overload
    def leftover(self, n: tuple[int, int]) -> tuple[int, int]: ...
    def leftover(self, n):
        """Cells at the end of the padded input that the floor drops: (W - F + 2P) mod S."""
        self.output_size(n)
        if isinstance(n, tuple):
            return tuple(self._leftover(m, s) for m, s in zip(n, self.strides, strict=True))
        return self._leftover(n, self.strides[0])

    def _leftover(self, n: int, step: int) -> int:
        return (n - self.effective_size + 2 * self.border) % step

    def transposed_size(self, sides: tuple[int, ...]) -> tuple[int, ...]:
        """How large the input is, at least, that gives so many positions a side: (O - 1)S + D(F - 1) + 1 - 2P.

        It is the size that a transposed convolution makes of (height, width), or of (length,).
        """
        strides = self.strides[: len(sides)]
        return tuple((n - 1) * s + self.effective_size - 2 * self.border for n, s in zip(sides, strides, strict=True))

    def uncovered(self, height: int, width: int) -> np.ndarray:
        """Mask (height, width): True where no window touches a cell of the input itself.

        A leftover that costs no cell here lies in the padding alone.
        """
        covered = [
            self._covered(n, starts) for n, starts in zip((height, width), self.positions((height, width)), strict=True)
        ]
        return ~np.logical_and.outer(*covered)

    def _covered(self, n: int, starts: np.ndarray) -> np.ndarray:
        mask = np.zeros(n + 2 * self.border, dtype=bool)
        mask[starts[:, None] + self.dilation * np.arange(self.size)] = True
        return mask[self.border : self.border + n]

    def suggest_without_leftover(
        self, n: int | tuple[int, int], allowed: Callable[["Window"], bool] = lambda window: True
    ) -> list["Window"]:
        """Windows that differ in one setting and leave nothing over on `n`, nearest first, one a setting.

        `allowed` says which windows may be suggested.
        """
        sides = n if isinstance(n, tuple) else (n, n)
        found: dict[str, Window] = {}
        for setting, window in self._similar_windows():
            if setting not in found and allowed(window) and window._fits(sides):
                found[setting] = window
        return list(found.values())

    def _similar_windows(self) -> Iterator[tuple[str, "Window"]]:
        """One setting changed at a time, by a little more each round; smaller strides and more padding first."""
        for by in range(1, _FARTHEST_NEIGHBOUR + 1):
            yield "padding", replace(self, padding=self.border + by)
            if self.border >= by:
                yield "padding", replace(self, padding=self.border - by)
            for change in (-by, by):
                rows, columns = (step + change for step in self.strides)
                if min(rows, columns) >= 1:
                    yield "stride", replace(self, stride=(rows, columns) if isinstance(self.stride, tuple) else rows)
                if self.size + change >= 1:
                    yield "size", replace(self, size=self.size + change, padding=self.border)

    def _fits(self, sides: tuple[int, int]) -> bool:
        try:
            return self.leftover(sides) == (0, 0)
        except ShapeError:
            return False


def _whole(name: str, value: object, least: int) -> None:
    """Refuse what is not a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ShapeError(f"The {name} must be a whole number of at least {least}, not {value!r}: try {max(least, 1)}.")
