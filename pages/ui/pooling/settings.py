"""The settings of the pooling page: their names in the link, their defaults, and how a link is read into them."""

from typing import Any

from pages.ui import bounds
from pages.ui.frame.url_state import UrlParams
from pages.ui.pooling.inputs import FILTERS, MAPS, SMALL
from pages.ui.session.page_state import PageState
from pages.ui.shared.grid_text import format_grid

state = PageState("pooling")

VIEWS = {"forward": "Max and mean", "shift": "Shift by one", "backward": "Backward", "flatten": "Flatten"}
PARTS = {"vector": "To a vector", "back": "Back to maps", "lost": "Is anything lost?"}
FLAT = {"small": "Small, in whole numbers", "lecture": "The lecture's 22×22×2"}
ASKED = {"max": "the maximum", "mean": "the mean"}
DEFAULTS: dict[str, Any] = {
    "view": "forward",
    "map": "lecture",
    "rows": format_grid(SMALL),
    "side": 6,
    "seed": 0,
    "digit": 0,
    "feature": 3,
    "window": 2,
    "stride": 2,
    "filter": "edge",
    "asked": "max",
    "down": 0,
    "right": 1,
    "grads": "ones",
    "part": "vector",
    "flat": "small",
    "height": 3,
    "width": 3,
    "channels": 2,
    "order": 1,
}


def read_settings(link: UrlParams) -> dict[str, Any]:
    """Every setting, from a link."""
    size = link.whole("window", bounds.POOL_SIZE, DEFAULTS["window"])
    cells, side = bounds.CELL_VALUE, bounds.MAP_SIZE
    ones = link.parameters.get("grads", "ones") == "ones"
    return {
        "view": link.choice("view", VIEWS, DEFAULTS["view"]),
        "map": link.choice("map", MAPS, DEFAULTS["map"]),
        "rows": link.numbers("rows", side, side, cells, DEFAULTS["rows"]),
        "side": link.whole("side", side, DEFAULTS["side"]),
        "seed": link.whole("seed", bounds.MAP_SEED, 0),
        "digit": link.whole("digit", bounds.TEST_DIGIT, 0),
        "feature": link.whole("feature", bounds.LEARNED_FILTER, DEFAULTS["feature"]),
        "window": size,
        "stride": link.whole("stride", bounds.POOL_STRIDE, size),
        "filter": link.choice("filter", FILTERS, DEFAULTS["filter"]),
        "asked": link.choice("asked", ASKED, DEFAULTS["asked"]),
        "down": link.whole("down", bounds.MAP_SHIFT, DEFAULTS["down"]),
        "right": link.whole("right", bounds.MAP_SHIFT, DEFAULTS["right"]),
        "grads": "ones" if ones else link.numbers("grads", side, side, cells, "ones"),
        "part": link.choice("part", PARTS, DEFAULTS["part"]),
        "flat": link.choice("flat", FLAT, DEFAULTS["flat"]),
        "height": link.whole("height", bounds.FLAT_SIDE, DEFAULTS["height"]),
        "width": link.whole("width", bounds.FLAT_SIDE, DEFAULTS["width"]),
        "channels": link.whole("channels", bounds.FLAT_CHANNELS, DEFAULTS["channels"]),
        "order": link.whole("order", bounds.MAP_SEED, DEFAULTS["order"]),
    }
