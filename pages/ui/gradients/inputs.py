"""What the gradient page works on: its settings from a link, read as arrays, changed by an edit on the stage."""

from collections.abc import Mapping
from typing import Any

from cnncore import InputError, Window, limits
from cnncore.nn.arrays import Array
from cnncore.nn.window import Padding
from cnncore.tracing.finite_differences import Loss, loss_of
from cnncore.tracing.single_channel import as_rows, output_shape, window_of
from pages.ui import bounds
from pages.ui.frame.url_state import UrlParams
from pages.ui.gradients.presets import LOSSES, VIEWS, default_settings
from pages.ui.shared.grid_text import edited, fitted, format_grid, typed_grid

PADDINGS = ("none", "half", "full", "number")
_LINE = limits.Bound(1, 1, 1)
_COLUMNS = bounds.SIGNAL_LENGTH._replace(low=1)
_OUTPUTS = limits.Bound(1, 40, 1)  # as many as full padding makes
_CELLS = limits.Bound(1, bounds.BACKWARD_SIDE.high**2, 5)
_GRIDS = {"weights": "filter", "hidden": "hidden filter", "start": "first guess"}

Settings = Mapping[str, Any]


def read_link(link: UrlParams) -> dict[str, Any]:
    """Every setting, from a link."""
    view = link.choice("view", VIEWS, "add-one")
    own = default_settings(view)

    def grid(name: str, rows: limits.Bound, columns: limits.Bound) -> str:
        return link.numbers(name, rows, columns, bounds.CELL_VALUE, own[name])

    return own | {
        "view": view,
        "input": grid("input", bounds.BACKWARD_SIDE, _COLUMNS),
        "weights": grid("weights", limits.FILTER_SIZE, limits.FILTER_SIZE),
        "hidden": grid("hidden", _LINE, limits.FILTER_SIZE),
        "start": grid("start", _LINE, limits.FILTER_SIZE),
        "grads": grid("grads", _OUTPUTS, _OUTPUTS),
        "targets": grid("targets", _OUTPUTS, _OUTPUTS),
        "padding": link.choice("padding", PADDINGS, own["padding"]),
        "cells": link.whole("cells", bounds.BACKWARD_PADDING, own["cells"]),
        "stride": link.whole("stride", bounds.STRIDE, own["stride"]),
        "dilation": link.whole("dilation", bounds.DILATION, own["dilation"]),
        "loss": link.choice("loss", LOSSES, own["loss"]),
        "part": link.choice("part", ("input", "filter"), own["part"]),
        "cell": link.whole("cell", _CELLS, own["cell"]),
        "amount": link.real("amount", bounds.NUDGE, own["amount"]),
        "rate": link.real("rate", bounds.DESCENT_RATE, own["rate"]),
    }


def input_of(settings: Settings) -> Array:
    """(L,) or (H, W). Raises InputError."""
    rows = _LINE if settings["view"] == "learn" else bounds.BACKWARD_SIDE
    values = typed_grid("input", settings["input"], rows, _COLUMNS)
    if values.ndim == 2 and values.shape[1] > bounds.BACKWARD_SIDE.high:
        raise InputError(f"A picture takes at most {bounds.BACKWARD_SIDE.high:g} columns here: leave some out.")
    return values


def filter_of(settings: Settings, name: str = "weights") -> Array:
    """(F,) or (F, F); the first guess is as long as the hidden filter. Raises InputError."""
    rows = limits.FILTER_SIZE if name == "weights" else _LINE
    values = typed_grid(_GRIDS[name], settings[name], rows, limits.FILTER_SIZE)
    if name == "start":
        return fitted(format_grid(values), filter_of(settings, "hidden").shape, 0)
    return values


def geometry(settings: Settings) -> dict[str, Any]:
    """Stride, padding and dilation as the core takes them."""
    padding: Padding = settings["cells"] if settings["padding"] == "number" else settings["padding"]
    return {"stride": settings["stride"], "padding": padding, "dilation": settings["dilation"]}


def window_over(values: Array, filter_: Array, settings: Settings) -> Window:
    """The filter's window. Raises ConvoscopeError where it does not fit, or makes more cells than one can follow."""
    if filter_.ndim != values.ndim or len(set(filter_.shape)) > 1:
        need = "picture needs a square filter: try 1,2;3,4" if values.ndim == 2 else "signal needs one row: try 1,2,3"
        raise InputError(f"A {need} as the filter.")
    window = window_of(filter_, **geometry(settings))
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


def nudged_index(owner: Array, settings: Settings) -> tuple[int, ...]:
    """The nudged cell's place in the input or the filter, from 0. Raises InputError."""
    if settings["cell"] > owner.size:
        raise InputError(f"The {settings['part']} has {owner.size} cells: nudge cell {owner.size}, or one before it.")
    row, column = divmod(settings["cell"] - 1, owner.shape[-1])
    return (row, column) if owner.ndim == 2 else (column,)


def edit(settings: Settings, told: Any) -> dict[str, Any]:
    """The settings that change when a stage tells {part, index, value}. Raises ConvoscopeError."""
    told = told if isinstance(told, Mapping) else {}
    part = told.get("part")
    if part in ("grads", "targets"):
        values = input_of(settings)
        shape = output_shape(values, window_over(values, filter_of(settings), settings))
        before = fitted(settings[part], shape, 1 if part == "grads" else 0)
        return {part: edited(before, told), "loss": "edited" if part == "grads" else settings["loss"]}
    if part == "input":
        return {"input": edited(input_of(settings), told)}
    name = "weights" if part == "filter" else part
    return {name: edited(filter_of(settings, name), told)} if name in _GRIDS else {}
