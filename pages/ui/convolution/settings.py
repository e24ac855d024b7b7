"""The settings of the convolution page: their names in the link, their defaults, and how a link is read into them."""

from typing import Any

from cnncore import limits
from cnncore.limits import Bound
from pages.ui import bounds
from pages.ui.convolution.channels.settings import CHANNELS_DEFAULTS, read_channels
from pages.ui.convolution.inputs import EXAMPLE_SIDE, filter_names
from pages.ui.convolution.presets import PRESETS
from pages.ui.frame.url_state import UrlParams, saved_settings
from pages.ui.session.page_state import PageState
from pages.ui.shared.grid_text import parse_grid

state = PageState("convolution")

PADDINGS = ("none", "half", "full", "number")
KINDS = {"picture": "2-D", "signal": "1-D"}
SOURCES = {
    "picture": ("example", "random", "constant", "digit", "drawing", "own"),
    "signal": ("example", "random", "constant", "own"),
}
SWITCH = ("off", "on")
ACROSS = ("same", *(str(n) for n in range(int(bounds.STRIDE.low), int(bounds.STRIDE.high) + 1)))
TERMS = ("numbers", "symbols")

# Every setting of the page, by its name in the link.
DEFAULTS: dict[str, Any] = {
    "preset": "half",
    "view": "window",
    "kind": "picture",
    "source": "example",
    "size": 5,
    "seed": 0,
    "value": 1,
    "digit": 0,
    "input": "",
    "filter": "diagonal /",
    "map": 1,
    "weights": "",
    "padding": "half",
    "cells": 0,
    "stride": 1,
    "across": "same",
    "bias": 0.0,
    "relu": "off",
    "dilation": 1,
    "transposed": "off",
    "terms": "numbers",
    "step": 1,
    **CHANNELS_DEFAULTS,
}
# The settings that say how the scene is shown, not what is computed; undo leaves them alone.
DISPLAY_ONLY = ("view", "terms", "step")
_CELLS = bounds.CELL_VALUE


def current_settings() -> dict[str, Any]:
    """The page's settings; a widget that was not drawn has lost its state, but not its setting."""
    saved = saved_settings(state.page_name)
    return {name: state.get(name, saved.get(name, default)) for name, default in DEFAULTS.items()}


def settings_of(name: str) -> dict[str, Any]:
    """The page's settings as a preset has them."""
    return DEFAULTS | {"preset": name} | PRESETS[name].settings


def sides_of(kind: str, source: str) -> Bound:
    """How large an input can be made, in cells a side."""
    if kind == "signal":
        return bounds.SIGNAL_LENGTH
    if source == "example":
        return EXAMPLE_SIDE
    return Bound(20, 28, 28) if source == "digit" else bounds.IMAGE_SIZE


def relevant_settings(settings: dict[str, Any]) -> list[str]:
    """Names of the settings that matter while the others stand as they do; the link holds these."""
    source, numbers = settings["source"], settings["source"] in ("own", "drawing")
    channels = settings["view"] == "channels"
    idle = {name: not channels or settings[name] == default for name, default in CHANNELS_DEFAULTS.items()} | {
        "size": numbers,
        "seed": source != "random" and not channels,
        "value": source != "constant",
        "digit": source != "digit",
        "input": not numbers,
        "map": settings["filter"] != "learned",
        "weights": settings["filter"] != "own",
        "cells": settings["padding"] != "number",
        "across": settings["kind"] == "signal" or settings["across"] == "same",
        "transposed": settings["transposed"] == "off",
        "terms": settings["terms"] == "numbers",
        "step": settings["step"] == 1,
        "view": settings["view"] == PRESETS[settings["preset"]].settings.get("view", "window"),
    }
    return [name for name in settings if not idle.get(name, False)]


def read_settings(link: UrlParams, views: Any) -> dict[str, Any]:
    """Every setting, from a link. `input` and `weights` hold own numbers, in the form of `format_grid`."""
    defaults = settings_of(link.option("preset", PRESETS, "half"))
    picture, weights = _picture(link), link.grid("weights", limits.FILTER_SIZE, limits.FILTER_SIZE, _CELLS, "")
    kind = link.option("kind", KINDS, defaults["kind"])
    if picture or "," in weights:
        kind = "picture" if ";" in (picture or weights) else "signal"
    rows, columns = parse_grid(weights).shape if weights else (0, 0)
    if weights and rows != (1 if kind == "signal" else columns):
        link.refused.append("weights")
        weights = ""
    if defaults["preset"] == "own" and not (picture or weights):  # an own scene without its numbers
        defaults = settings_of("half")

    if picture:
        source = link.option("source", ("own", "drawing"), "own")
    else:
        given = [name for name in SOURCES[kind] if name not in ("own", "drawing")]
        source = link.option("source", given, defaults["source"] if defaults["source"] in given else "example")
    filters = filter_names(kind)
    filter_ = defaults["filter"] if defaults["filter"] in filters else filters[0]
    filter_ = link.option("filter", [*filters, "own"] if weights else filters, "own" if weights else filter_)
    sides = sides_of(kind, source)
    return (
        defaults
        | read_channels(link)
        | {
            "view": link.option("view", views, defaults["view"]),
            "kind": kind,
            "source": source,
            "size": link.integer("size", sides, defaults["size"] if defaults["size"] in sides else int(sides.default)),
            "seed": link.integer("seed", bounds.CELL_SEED, defaults["seed"]),
            "value": link.integer("value", _CELLS, defaults["value"]),
            "digit": link.integer("digit", bounds.TEST_DIGIT, defaults["digit"]),
            "input": picture,
            "filter": filter_,
            "map": link.integer("map", bounds.LEARNED_FILTER, defaults["map"]),
            "weights": weights,
            "padding": link.option("padding", PADDINGS, defaults["padding"]),
            "cells": link.integer("cells", limits.PADDING, defaults["cells"]),
            "stride": link.integer("stride", bounds.STRIDE, defaults["stride"]),
            "across": link.option("across", ACROSS, defaults["across"]),
            "bias": link.number("bias", bounds.BIAS, defaults["bias"]),
            "relu": link.option("relu", SWITCH, defaults["relu"]),
            "dilation": link.integer("dilation", bounds.DILATION, defaults["dilation"]),
            "transposed": link.option("transposed", SWITCH, defaults["transposed"]),
            "terms": link.option("terms", TERMS, defaults["terms"]),
            "step": link.integer("step", Bound(1, bounds.STAGE_SIDE**2, 1), defaults["step"]),
        }
    )


def _picture(link: UrlParams) -> str:
    """`input` of a link: a picture, or a signal of one row, which may not be as long as a picture is wide."""
    picture = link.grid("input", bounds.OWN_SIDE, bounds.OWN_SIDE, _CELLS, "")
    if picture and ";" not in picture and picture.count(",") >= bounds.SIGNAL_LENGTH.high:
        link.refused.append("input")
        return ""
    return picture
