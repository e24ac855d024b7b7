"""The settings of the channels view: their names in the link, their defaults, and how a link is read into them."""

from typing import Any

from cnncore.limits import Bound
from pages.ui import bounds
from pages.ui.frame.url_state import UrlParams

MAX_CHANNELS, MAX_FILTERS = int(bounds.CHANNELS_IN.high), int(bounds.FILTERS_OUT.high)
# Sides of the grids of own numbers: a row for each channel or slice there can be, so that changing their count
# loses none.
OWN_SIDES = {"pixels": (MAX_CHANNELS, 25), "slices": (MAX_CHANNELS * MAX_FILTERS, 9)}
FILTER_SIZE = 3
ZEROED = Bound(0, 2 ** (MAX_CHANNELS * MAX_FILTERS) - 1, 0)  # one bit a slice that is set to zeros
_INTEGERS = {
    "channels": bounds.CHANNELS_IN,
    "filters": bounds.FILTERS_OUT,
    "zero": ZEROED,
    "images": bounds.COUNTED_IMAGES,
    "side": bounds.COUNTED_SIDE,
}
# Every setting of the view, by its name in the link: the lecture's "4 in, 2 out". The seed is a setting of the page.
CHANNELS_DEFAULTS: dict[str, Any] = {name: int(bound.default) for name, bound in _INTEGERS.items()}
CHANNELS_DEFAULTS |= dict.fromkeys(OWN_SIDES, "")


def read_channels(link: UrlParams) -> dict[str, Any]:
    """The view's settings, from a link."""
    settings: dict[str, Any] = {
        name: link.integer(name, bound, int(bound.default)) for name, bound in _INTEGERS.items()
    }
    for name, (rows, columns) in OWN_SIDES.items():
        settings[name] = link.grid(
            name, Bound(rows, rows, rows), Bound(columns, columns, columns), bounds.CELL_VALUE, ""
        )
    return settings
