"""The settings of the gradients page: their names in the link, their defaults, and how a link is read into them."""

from typing import Any

from cnncore import limits
from pages.ui import bounds
from pages.ui.frame.url_state import UrlParams
from pages.ui.gradients.presets import LEARNS, SCENES
from pages.ui.session.page_state import PageState

state = PageState("gradients")

VIEWS = {
    "add-one": "Add one",
    "backward": "Backward pass",
    "rotated": "Rotated filter",
    "learn": "Three weights learn",
}
LOSSES = {
    "sum": "the sum of outputs",
    "edited": "numbers of my own for dL/d(output)",
    "squared": "half the squared error against a target",
}

PADDINGS = ("none", "half", "full", "number")
LINE = limits.Bound(1, 1, 1)
COLUMNS = bounds.SIGNAL_LENGTH._replace(low=1)
_OUTPUTS = limits.Bound(1, 40, 1)  # as many as full padding makes
_CELLS = limits.Bound(1, bounds.BACKWARD_SIDE.high**2, 5)

# Every setting of the page, by its name in the link.
DEFAULTS: dict[str, Any] = {
    "view": "add-one",
    "input": "1,2,3,4,5",
    "weights": "1,2,3",
    "padding": "half",
    "cells": 1,
    "stride": 1,
    "dilation": 1,
    "loss": "sum",
    "grads": "1",
    "targets": "0",
    "part": "input",
    "cell": 5,
    "amount": 1.0,
    "hidden": "1,0,-1",
    "start": "0,0,0",
    "rate": 0.25,
}


def settings_of(scene: str) -> dict[str, Any]:
    """Every setting of the page as a scene has it."""
    return DEFAULTS | SCENES[scene][1]


def default_settings(view: str) -> dict[str, Any]:
    """Every setting as a view has it when nothing else is asked for."""
    return DEFAULTS | (LEARNS if view == "learn" else {}) | {"view": view}


def relevant_settings(view: str, loss: str) -> list[str]:
    """Names of the settings that a view with this loss shows; the link holds these."""
    names = ["view", "input", "padding", "cells", "stride", "dilation"]
    if view == "learn":
        return [*names, "hidden", "start", "rate"]
    names += ["weights", "loss", *{"edited": ["grads"], "squared": ["targets"]}.get(loss, [])]
    return [*names, "part", "cell", "amount"] if view == "add-one" else names


def read_settings(link: UrlParams) -> dict[str, Any]:
    """Every setting, from a link, and the step that the stage begins at."""
    view = link.option("view", VIEWS, "add-one")
    defaults = default_settings(view)

    def grid(name: str, rows: limits.Bound, columns: limits.Bound) -> str:
        return link.grid(name, rows, columns, bounds.CELL_VALUE, defaults[name])

    return defaults | {
        "step": 1,  # of the stage; a cell that is picked on the page goes on to the next
        "view": view,
        "input": grid("input", bounds.BACKWARD_SIDE, COLUMNS),
        "weights": grid("weights", limits.FILTER_SIZE, limits.FILTER_SIZE),
        "hidden": grid("hidden", LINE, limits.FILTER_SIZE),
        "start": grid("start", LINE, limits.FILTER_SIZE),
        "grads": grid("grads", _OUTPUTS, _OUTPUTS),
        "targets": grid("targets", _OUTPUTS, _OUTPUTS),
        "padding": link.option("padding", PADDINGS, defaults["padding"]),
        "cells": link.integer("cells", bounds.BACKWARD_PADDING, defaults["cells"]),
        "stride": link.integer("stride", bounds.STRIDE, defaults["stride"]),
        "dilation": link.integer("dilation", bounds.DILATION, defaults["dilation"]),
        "loss": link.option("loss", LOSSES, defaults["loss"]),
        "part": link.option("part", ("input", "filter"), defaults["part"]),
        "cell": link.integer("cell", _CELLS, defaults["cell"]),
        "amount": link.number("amount", bounds.NUDGE, defaults["amount"]),
        "rate": link.number("rate", bounds.DESCENT_RATE, defaults["rate"]),
    }
