"""The settings of the page Inside: their names, how they are read from a link, and how they change."""

from functools import partial
from typing import Any

from cnncore import InputError, Network
from cnncore.limits import Bound
from cnncore.nn.layers import Conv2D
from pages.ui import bounds
from pages.ui.frame.url_state import UrlParams, saved_settings
from pages.ui.inside.inputs import INPUTS
from pages.ui.inside.views.ablation import read_edits
from pages.ui.session.current_network import current_network
from pages.ui.session.evaluation_set import evaluation_set
from pages.ui.session.page_state import PageState
from pages.ui.shared.layer_labels import shown_layers, source_of

LAYER_VIEWS = {
    "path": "Path",
    "open": "All channels",
    "cell": "One cell",
    "filters": "Filters",
    "filter": "One filter",
    "off": "Switch off",
}
TEST_SET_VIEWS = {"tests": "Test set", "reliability": "Reliability", "map": "Map of the digits"}
VIEWS = LAYER_VIEWS | {"shift": "Shift"} | TEST_SET_VIEWS
SETTINGS = ("view", "input", "digit", "layer", "map", "row", "column", "right", "down", "off", "bias", "cell")
state = PageState("inside")


def default_layer(network: Network) -> int:
    """The second convolution, which reads several channels, else the first, else the first dense layer; from 1."""
    convolutions = [n for n, layer in enumerate(network.layers) if isinstance(layer, Conv2D)]
    return (convolutions[:2][-1] if convolutions else source_of(network, 0)) + 1


def read_link(link: UrlParams, network: Network) -> dict[str, Any]:
    """Every setting, from a link. Row and column 0 stand for the strongest cell. Raises DataError."""
    layer = link.integer("layer", Bound(1, len(network.layers), 1), default_layer(network))
    shape = network.shapes[layer - 1]
    source = network.shapes[source_of(network, layer - 1)]
    rows, columns = source[:2] if len(source) == 3 else (1, 1)
    maps = shape[-1] if layer - 1 in shown_layers(network) else source[-1]
    return {
        "view": link.option("view", VIEWS, "path"),
        "input": link.option("input", INPUTS, "digit"),
        "digit": link.integer("digit", evaluation_set(current_network()).indices, 0),
        "layer": layer,
        "map": link.integer("map", Bound(1, maps, 1), min(14, maps) if len(source) == 3 else 1),
        "row": link.integer("row", Bound(0, rows, 0), 0),
        "column": link.integer("column", Bound(0, columns, 0), 0),
        "right": link.integer("right", bounds.SHIFT, int(bounds.SHIFT.default)),
        "down": link.integer("down", bounds.SHIFT, 0),
        "off": link.parsed("off", partial(read_edits, network=network, shifts=False), ""),
        "bias": link.parsed("bias", partial(read_edits, network=network, shifts=True), ""),
        "cell": link.parsed("cell", read_cell, ""),
    }


def read_cell(text: str) -> str:
    """A cell of the confusion matrix in a link, "4,9": row, column, counted from 0. Raises InputError."""
    parts = text.split(",")
    if not text or (len(parts) == 2 and all(p.isascii() and p.isdigit() and len(p) < 3 for p in parts)):
        return text
    raise InputError("A cell is two class numbers: 4,9.")


def fit_settings(network: Network, **changes: Any) -> dict[str, Any]:
    """All settings after some changes; what does not fit the network falls back as it does in a link."""
    saved = saved_settings("inside")
    values = {name: state.get(name, saved.get(name)) for name in SETTINGS} | changes
    return read_link(UrlParams({name: str(value) for name, value in values.items()}), network)


def change_settings(network: Network, **changes: Any) -> None:
    """Set some settings, and fit the others to them."""
    state.update(fit_settings(network, **changes))


def shown_settings() -> list[str]:
    """The settings that the link names in the current view."""
    return [name for name in SETTINGS if name != "cell" or state.view == "tests"]
