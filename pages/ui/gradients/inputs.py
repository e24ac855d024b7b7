"""The inputs of the gradients page as arrays, and the settings that an edit on the stage changes."""

from collections.abc import Mapping
from typing import Any

from cnncore import ConvoscopeError, InputError, Window, limits
from cnncore.nn.arrays import Array
from cnncore.nn.window import Padding
from cnncore.tracing.finite_differences import Loss, loss_of
from cnncore.tracing.single_channel import as_rows, output_shape, window_of
from pages.ui import bounds
from pages.ui.gradients.settings import COLUMNS, LINE
from pages.ui.shared.grid_text import edited, fitted, format_grid, typed_grid

_GRIDS = {"weights": "filter", "hidden": "hidden filter", "start": "first guess"}

Settings = Mapping[str, Any]


def input_of(settings: Settings) -> Array:
    """(L,) or (H, W). Raises InputError."""
    rows = LINE if settings["view"] == "learn" else bounds.BACKWARD_SIDE
    values = typed_grid("input", settings["input"], rows, COLUMNS)
    if values.ndim == 2 and values.shape[1] > bounds.BACKWARD_SIDE.high:
        raise InputError(f"A picture takes at most {bounds.BACKWARD_SIDE.high:g} columns here: leave some out.")
    return values


def filter_of(settings: Settings, name: str = "weights") -> Array:
    """(F,) or (F, F); the first guess is as long as the hidden filter. Raises InputError."""
    rows = limits.FILTER_SIZE if name == "weights" else LINE
    values = typed_grid(_GRIDS[name], settings[name], rows, limits.FILTER_SIZE)
    if name == "start":
        return fitted(format_grid(values), filter_of(settings, "hidden").shape, 0)
    if values.size == 1 and settings["view"] != "learn" and input_of(settings).ndim == 2:
        return values.reshape(1, 1)  # one number is a filter of either kind
    return values


def geometry_of(settings: Settings) -> dict[str, Any]:
    """Stride, padding and dilation as the core takes them."""
    padding: Padding = settings["cells"] if settings["padding"] == "number" else settings["padding"]
    return {"stride": settings["stride"], "padding": padding, "dilation": settings["dilation"]}


def window_over(values: Array, filter_: Array, settings: Settings) -> Window:
    """The filter's window. Raises ConvoscopeError where it does not fit, or makes more cells than one can follow."""
    if filter_.ndim != values.ndim or len(set(filter_.shape)) > 1:
        need = "picture needs a square filter: try 1,2;3,4" if values.ndim == 2 else "signal needs one row: try 1,2,3"
        raise InputError(f"A {need} as the filter.")
    window = window_of(filter_, **geometry_of(settings))
    height, width = (n + 2 * window.border for n in as_rows(values.shape))
    if values.ndim == 2 and height * width > bounds.BACKWARD_CELLS:
        raise InputError(
            f"With that padding the picture has {height} × {width} cells, too many to follow: try half padding."
        )
    return window


def loss_over(shape: tuple[int, ...], settings: Settings) -> Loss:
    """The loss over outputs of a shape, as chosen; numbers that are missing are 1 as gradients and 0 as targets."""
    if settings["loss"] == "edited":
        return loss_of(shape, weights=fitted(settings["grads"], shape, 1))
    if settings["loss"] == "squared":
        return loss_of(shape, targets=fitted(settings["targets"], shape, 0))
    return loss_of(shape)


def cell_count(settings: Settings) -> int:
    """How many cells the input or the filter has, whichever is nudged; the most there can be where it is unreadable."""
    try:
        return (input_of(settings) if settings["part"] == "input" else filter_of(settings)).size
    except ConvoscopeError:
        return int(bounds.BACKWARD_SIDE.high**2)


def nudged_index(owner: Array, settings: Settings) -> tuple[int, ...]:
    """The nudged cell's place in the input or the filter, from 0."""
    row, column = divmod(settings["cell"] - 1, owner.shape[-1])
    return (row, column) if owner.ndim == 2 else (column,)


def edit(settings: Settings, sent: Any) -> dict[str, Any]:
    """The settings that change after an edit that the stage sent: {part, index, value}. Raises ConvoscopeError."""
    sent = sent if isinstance(sent, Mapping) else {}
    part = sent.get("part")
    if part in ("grads", "targets"):
        values = input_of(settings)
        shape = output_shape(values, window_over(values, filter_of(settings), settings))
        before = fitted(settings[part], shape, 1 if part == "grads" else 0)
        return {part: edited(before, sent), "loss": "edited" if part == "grads" else settings["loss"]}
    if part == "input":
        return {"input": edited(input_of(settings), sent)}
    name = "weights" if part == "filter" else part
    return {name: edited(filter_of(settings, name), sent)} if name in _GRIDS else {}
