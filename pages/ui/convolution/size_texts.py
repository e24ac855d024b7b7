"""Texts about the sizes of a convolution: the formula with its numbers, the count of products, what is left over."""

from typing import Any

from cnncore import Window, limits
from pages.ui import bounds
from pages.ui.convolution.inputs import resized
from pages.ui.convolution.scene import Scene
from pages.ui.shared import filter_library
from pages.ui.shared.grid_text import format_grid
from pages.ui.shared.wording import and_list, counted


def caption(scene: Scene) -> str:
    """The way from the input's size to the output's, in a line."""
    frame = _size(scene, scene.trace.padded.shape)
    border = scene.trace.window.border
    if scene.transposed:
        return f"{_size(scene, scene.sides)}, spread to {frame} → {_size(scene, scene.trace.shape)}"
    padded = f" + border {border} = {frame}" if border else ", no border"
    return f"{_size(scene, scene.sides)}{padded} → {_size(scene, scene.trace.shape)}"


def formula(scene: Scene) -> list[str]:
    """O = (W − F + 2P)/S + 1 with the scene's numbers; rows and columns apart where they differ."""
    window = scene.window
    reach = "(D(F − 1) + 1)" if window.dilation > 1 else "F"
    general = f"O = (W − 1)·S + {reach} − 2P" if scene.transposed else f"O = (W − {reach} + 2P)/S + 1"
    pairs = list(zip(scene.sides, window.strides, scene.trace.shape, strict=True))[-1 if scene.signal else 0 :]
    if len(set(pairs)) == 1:
        steps = _steps(scene, *pairs[0])
        return [general, *(f"  = {step}" for step in steps)]
    named = zip(("rows", "columns"), pairs, strict=True)
    return [general, *(f"{name}: {' = '.join(_steps(scene, *pair))}" for name, pair in named)]


def _steps(scene: Scene, side: int, stride: int, result: int) -> list[str]:
    window = scene.window
    if scene.transposed:
        return [f"({side} − 1)·{stride} + {window.effective_size} − 2·{window.border}", str(result)]
    room = side - window.effective_size + 2 * window.border
    steps = [f"({side} − {window.effective_size} + 2·{window.border})/{stride} + 1"]
    if room % stride:
        steps.append(f"⌊{room / stride:.4g}⌋ + 1")
    return [*steps, str(result)]


def counter(scene: Scene) -> list[str]:
    """Multiplications and weights, with the arithmetic: O·O·F·F·C_in·C_out for one channel and one filter.

    A transposed convolution has as many products as its way there: W·W·F·F·C_in·C_out.
    """
    sides = scene.sides if scene.transposed else scene.trace.shape
    out = [sides[1]] if scene.signal else sides
    size = [scene.window.size] * (1 if scene.signal else 2)
    count = scene.trace.filter.size
    work = sides[0] * sides[1] * count
    return [
        f"{_times(out)} · {_times(size)} · 1·1 = {counted(work, 'multiplication')}",
        f"{_times(size)} · 1·1 = {counted(count, 'weight')}, and 1 bias",
    ]


def _times(numbers: Any) -> str:
    return "·".join(str(n) for n in numbers)


def _size(scene: Scene, shape: tuple[int, ...]) -> str:
    return str(shape[1]) if scene.signal else f"{shape[0]} × {shape[1]}"


def remarks(scene: Scene) -> list[str]:
    """Sentences that explain what is unusual about these settings."""
    if scene.transposed:
        return []
    window, sentences = scene.window, []
    left = _leftover(scene)
    if any(left):
        places = [(left[1], "end" if scene.signal else "end of each row"), (left[0], "end of each column")]
        dropped = and_list([f"{counted(number, 'cell')} at the {where}" for number, where in places if number])
        what = "of the input" if max(left) > window.border else "of the padding alone"
        sentences.append(f"The size is not whole, so it is floored; dropped: {dropped}, {what}.")
    of_input = scene.origin.reshape(scene.trace.covered.shape) >= 0
    if unread := int((of_input & ~scene.trace.covered).sum()):
        total = counted(scene.sides[0] * scene.sides[1], "cell")
        sentences.append(f"{unread:,} of {total} of the input {'is' if unread == 1 else 'are'} never read.")
    if window.border >= window.effective_size:
        sentences.append(
            f"A padding of {window.border} is not smaller than the filter's {counted(window.effective_size, 'cell')}: "
            "at the edge the window sees padding alone, and the output there is the bias."
        )
    if any(step > side for side, step in _axes(scene)):
        sentences.append("The stride is larger than the input, so the window is placed on it at most once a side.")
    return sentences


def neighbours(scene: Scene) -> list[tuple[str, dict[str, Any]]]:
    """The nearest settings of the page that leave nothing over: what differs, and the settings."""
    if scene.transposed or not any(_leftover(scene)):
        return []
    sides = scene.sides[1] if scene.signal else scene.sides
    return [_neighbour(scene, other) for other in scene.window.suggest_without_leftover(sides, _can_be_set)]


def _can_be_set(window: Window) -> bool:
    """Whether the page's controls have these values."""
    steps = all(step in bounds.STRIDE for step in window.strides)
    return steps and window.size in limits.FILTER_SIZE and window.border in limits.PADDING


def _neighbour(scene: Scene, other: Window) -> tuple[str, dict[str, Any]]:
    current, padding = scene.window, {"padding": "number", "cells": other.border}
    if other.strides != current.strides:
        rows, columns = other.strides
        name = f"S = {rows}" if rows == columns else f"S = {rows} × {columns}"
        return name, {"stride": rows, "across": "same" if rows == columns else str(columns)}
    if other.size != current.size:
        filter_ = scene.trace.filter[0] if scene.signal else scene.trace.filter
        weights = (resized if scene.signal else filter_library.resized)(filter_, other.size)
        return f"F = {other.size}", padding | {"filter": "own", "weights": format_grid(weights)}
    return f"P = {other.border}", padding


def _axes(scene: Scene) -> list[tuple[int, int]]:
    return list(zip(scene.sides, scene.window.strides, strict=True))[-1 if scene.signal else 0 :]


def _leftover(scene: Scene) -> tuple[int, int]:
    if scene.signal:
        return 0, int(scene.window.leftover(scene.sides[1]))
    rows, columns = scene.window.leftover(scene.sides)
    return int(rows), int(columns)
