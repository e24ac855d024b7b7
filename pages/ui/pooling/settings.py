"""The settings of the pooling page: their names in the link, their defaults, and how a link is read into them."""

from typing import Any

from cnncore import Window
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
    size = link.integer("window", bounds.POOL_SIZE, DEFAULTS["window"])
    cells, side = bounds.CELL_VALUE, bounds.MAP_SIZE
    ones = link.parameters.get("grads", "ones") == "ones"
    return {
        "view": link.option("view", VIEWS, DEFAULTS["view"]),
        "map": link.option("map", MAPS, DEFAULTS["map"]),
        "rows": link.grid("rows", side, side, cells, DEFAULTS["rows"]),
        "side": link.integer("side", side, DEFAULTS["side"]),
        "seed": link.integer("seed", bounds.MAP_SEED, 0),
        "digit": link.integer("digit", bounds.TEST_DIGIT, 0),
        "feature": link.integer("feature", bounds.LEARNED_FILTER, DEFAULTS["feature"]),
        "window": size,
        "stride": link.integer("stride", bounds.POOL_STRIDE, size),
        "filter": link.option("filter", FILTERS, DEFAULTS["filter"]),
        "asked": link.option("asked", ASKED, DEFAULTS["asked"]),
        "down": link.integer("down", bounds.MAP_SHIFT, DEFAULTS["down"]),
        "right": link.integer("right", bounds.MAP_SHIFT, DEFAULTS["right"]),
        "grads": "ones" if ones else link.grid("grads", side, side, cells, "ones"),
        "part": link.option("part", PARTS, DEFAULTS["part"]),
        "flat": link.option("flat", FLAT, DEFAULTS["flat"]),
        "height": link.integer("height", bounds.FLAT_SIDE, DEFAULTS["height"]),
        "width": link.integer("width", bounds.FLAT_SIDE, DEFAULTS["width"]),
        "channels": link.integer("channels", bounds.FLAT_CHANNELS, DEFAULTS["channels"]),
        "order": link.integer("order", bounds.MAP_SEED, DEFAULTS["order"]),
    }


def can_be_set(window: Window) -> bool:
    """Whether the page's controls have these values: pooling does not pad."""
    return window.border == 0 and window.size in bounds.POOL_SIZE and window.strides[0] in bounds.POOL_STRIDE
