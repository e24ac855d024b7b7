"""The settings of the filters page: their names in the link, their defaults, and how a link is read into them."""

from typing import Any

from cnncore import ModelError, limits
from pages.ui import bounds
from pages.ui.filters.inputs import TITLES
from pages.ui.filters.presets import EXAMPLES, FIRST
from pages.ui.frame.url_state import UrlParams
from pages.ui.session.page_state import PageState
from pages.ui.shared.filter_library import FILTERS, OWN, filter_named
from pages.ui.shared.grid_text import format_grid, parse_grid

state = PageState("filters")

BOTH = ("first", "second")
SWITCH = ("off", "on")
LAYOUTS = {"one": "one filter", "row": "two in a row", "beside": "two side by side"}
PLACE = limits.Bound(1, limits.GREY_SIDE, 1)  # a row or a column of a map, counted from 1

DEFAULTS: dict[str, Any] = {
    "picture": "camera",
    "digit": 0,
    "colour": "off",
    "layout": "one",
    "first": "Laplacian",
    "first_bias": 0.0,
    "first_relu": "off",
    "second": "Laplacian",
    "second_bias": 0.0,
    "second_relu": "off",
    "map": 1,
    "row": 60,
    "column": 120,
}


def settings_of(name: str) -> dict[str, Any]:
    """Every setting of the page as an example has them."""
    settings = {"example": name} | DEFAULTS | EXAMPLES[name].settings
    return settings | {f"{which}_cells": cells_of(settings[which]) for which in BOTH}


def cells_of(name: str) -> str:
    """A filter's weights as a link holds them; of one that is missing, a single 1: the stage says what is wrong."""
    try:
        return format_grid(filter_named(name))
    except ModelError:
        return "1"


def read_settings(link: UrlParams) -> dict[str, Any]:
    """Every setting, from a link."""
    settings = settings_of(link.option("example", EXAMPLES, FIRST))
    settings["picture"] = link.option("picture", TITLES, settings["picture"])
    settings["digit"] = link.integer("digit", bounds.TEST_DIGIT, settings["digit"])
    settings["colour"] = link.option("colour", SWITCH, settings["colour"])
    settings["layout"] = link.option("layout", LAYOUTS, settings["layout"])
    for filter_ in BOTH:
        cells, bias, relu = f"{filter_}_cells", f"{filter_}_bias", f"{filter_}_relu"
        settings[filter_] = link.option(filter_, FILTERS, settings[filter_])
        if settings[filter_] == OWN:
            settings[cells] = _own_cells(link, cells, settings[cells])
        else:
            settings[cells] = cells_of(settings[filter_])
        settings[bias] = link.number(bias, bounds.BIAS, settings[bias])
        settings[relu] = link.option(relu, SWITCH, settings[relu])
    settings["map"] = link.integer("map", limits.Bound(1, 2, 1), settings["map"])
    for axis in ("row", "column"):
        settings[axis] = link.integer(axis, PLACE, settings[axis])
    return settings


def _own_cells(link: UrlParams, name: str, default: str) -> str:
    """A filter's weights from a link; it must be square."""
    text = link.grid(name, limits.FILTER_SIZE, limits.FILTER_SIZE, bounds.CELL_VALUE, default)
    rows, columns = parse_grid(text).shape
    if rows != columns:
        link.refused.append(name)
        return default
    return text


def relevant_settings() -> list[str]:
    """Names of the settings that differ from the example and matter while the others stand as they do."""
    defaults = settings_of(state.example)
    idle = {f"{which}_cells" for which in BOTH if state[which] != OWN}
    idle |= set() if state.picture == "digit" else {"digit"}
    if state.layout == "one":
        idle |= {name for name in defaults if name.startswith("second")}
    return ["example", *(n for n, default in defaults.items() if state[n] != default and n not in idle)]
