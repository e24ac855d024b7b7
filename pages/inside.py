"""Inside the network: from the answer down to a single product of a single weight, and back."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from cnncore import ConvoscopeError, InputError, Network, limits
from cnncore.digits.drawing import checked_strokes, draw_strokes
from cnncore.layers import Conv2D
from cnncore.limits import Bound
from cnncore.memory import Array
from cnncore.tracing import NetworkTrace, trace_network
from pages.ui import models
from pages.ui.canvas import DRAWING
from pages.ui.chrome import page_style, refuse
from pages.ui.inside.questions import QUESTIONS
from pages.ui.inside.shifting import shift_data
from pages.ui.inside.stages import strongest_cell, view_data, view_of
from pages.ui.inside.strip import answer_data, strip_data
from pages.ui.layer_names import name_of, shown_layers, source_of
from pages.ui.links import LECTURE, Link, follow_link, write_link
from pages.ui.questions import questions
from pages.ui.stage import stage
from pages.ui.workbench import current_network, show_network

VIEWS = {"path": "Path", "open": "All channels", "cell": "One cell", "filters": "First filters", "shift": "Shift"}
INPUTS = {"digit": "Test digit", "drawing": "My drawing"}
SETTINGS = ("view", "input", "digit", "layer", "map", "row", "column", "right", "down")
STAGE, SHIFT = "inside_stage", "inside_shift"
ANY = "any"
state = st.session_state


def usual_layer(network: Network) -> int:
    """The last convolution, else the first dense layer; counted from 1."""
    convolutions = [n for n, layer in enumerate(network.layers) if isinstance(layer, Conv2D)]
    return (convolutions[-1] if convolutions else source_of(network, 0)) + 1


def read_link(link: Link, network: Network) -> dict[str, Any]:
    """Every setting, from a link. Row and column 0 stand for the strongest cell."""
    layer = link.whole("layer", Bound(1, len(network.layers), 1), usual_layer(network))
    shape = network.shapes[layer - 1]
    source = network.shapes[source_of(network, layer - 1)]
    rows, columns = source[:2] if len(source) == 3 else (1, 1)
    maps = shape[-1] if layer - 1 in shown_layers(network) else source[-1]
    return {
        "view": link.choice("view", VIEWS, "path"),
        "input": link.choice("input", INPUTS, "digit"),
        "digit": link.whole("digit", limits.TEST_DIGIT, 0),
        "layer": layer,
        "map": link.whole("map", Bound(1, maps, 1), min(14, maps) if len(source) == 3 else 1),
        "row": link.whole("row", Bound(0, rows, 0), 0),
        "column": link.whole("column", Bound(0, columns, 0), 0),
        "right": link.whole("right", limits.SHIFT, limits.SHIFT.default),
        "down": link.whole("down", limits.SHIFT, 0),
    }


def fitting(network: Network, **changes: Any) -> dict[str, Any]:
    """All settings after some changes; what does not fit falls back as it does in a link."""
    kept = state.get("inside_settings", {}).get("values", {})
    now = {name: state.get(name, kept.get(name)) for name in SETTINGS} | changes
    return read_link(Link({name: str(value) for name, value in now.items()}), network)


def change(network: Network, **changes: Any) -> None:
    """A widget or the stage changed some settings."""
    state.update(fitting(network, **changes))


def chosen(network: Network) -> None:
    """A map, a cell or a view was clicked on the stage."""
    told = state[STAGE].get("chosen")
    if isinstance(told, Mapping):
        known = {name: told[name] for name in ("view", "layer", "map", "row", "column") if name in told}
        change(network, **{"row": 0, "column": 0} | known)


def own_link() -> None:
    """Take back the page's own link where another page's stands under its address.

    Streamlit writes the next page's link there just before it switches, and Back comes upon that.
    """
    kept = state.get("inside_settings")
    if kept and not set(st.query_params) <= {*SETTINGS, LECTURE}:
        st.query_params.from_dict(kept["parameters"])


def slide() -> None:
    """Asked for on the stage; a page can only be left from the script itself."""
    state["inside_slide"] = state[STAGE].get("slide")


def from_widget(network: Network, name: str) -> None:
    change(network, **{name: state[f"inside_{name}"]})


def neighbour(step: int) -> int:
    """The next test digit of the chosen class, or the one before."""
    labels = models.test_digits().labels
    digits = np.arange(len(labels)) if state.inside_class == ANY else np.flatnonzero(labels == state.inside_class)
    at = np.searchsorted(digits, state.inside_digit + (step > 0)) - (step < 0)
    return int(digits[at % len(digits)])


def controls(network: Network) -> None:
    """The sidebar. Widgets have keys of their own, so that other pages' settings of the same name are left alone."""

    def keep(name: str) -> dict[str, Any]:
        state[f"inside_{name}"] = state[name]
        return {"key": f"inside_{name}", "on_change": from_widget, "args": (network, name)}

    with st.sidebar:
        st.radio("View", VIEWS, format_func=VIEWS.get, **keep("view"))
        st.radio("Input", INPUTS, format_func=INPUTS.get, horizontal=True, **keep("input"))
        if state.input == "digit":
            st.selectbox("Class", [ANY, *range(10)], key="inside_class", on_change=first_of_class, args=(network,))
            before, after = st.columns(2)
            before.button("← Previous", on_click=pick, args=(network, -1), key="inside_before", width="stretch")
            after.button("Next →", on_click=pick, args=(network, 1), key="inside_after", width="stretch")
            st.number_input("Test digit", 0, int(limits.TEST_DIGIT.high), **keep("digit"))
        if state.view == "shift":
            low, high = int(limits.SHIFT.low), int(limits.SHIFT.high)
            st.slider("Shift to the right, in cells", low, high, **keep("right"))
            st.slider("Shift down, in cells", low, high, **keep("down"))
        else:
            names = {n + 1: f"{n + 1}: {name_of(network, n)}" for n in shown_layers(network)}
            if state.layer in names:
                st.selectbox("Layer", names, format_func=names.get, **keep("layer"))


def first_of_class(network: Network) -> None:
    """Stay where the class fits already."""
    label = state.inside_class
    if label != ANY and models.test_digits().labels[state.inside_digit] != label:
        change(network, digit=neighbour(1))


def pick(network: Network, step: int) -> None:
    change(network, digit=neighbour(step))


def image_of() -> tuple[Array, str]:
    """The chosen input (28, 28, 1) uint8 and what it is. Raises ConvoscopeError."""
    if state.input == "drawing":
        strokes = state.get(DRAWING, {}).get("strokes")
        if not strokes:
            raise InputError("Nothing is drawn yet: draw a digit on the page Draw, or choose a test digit.")
        return draw_strokes(checked_strokes(strokes)), "my drawing"
    digits = models.test_digits()
    return digits.images[state.digit], f"test digit {state.digit}, a {digits.labels[state.digit]}"


def inside_data(trace: NetworkTrace, what: str, *, slides: bool) -> dict[str, Any]:
    """All that the stage shows of the chosen layer and map; `slides`: whether `convolution` holds its filters."""
    layer, number = state.layer - 1, state.map - 1
    kind = view_of(trace.network, state.view, layer)
    if kind == "cell" and not (state.row and state.column):
        state.row, state.column = (n + 1 for n in strongest_cell(trace, layer, number))
    data = view_data(trace, state.view, layer, number, max(state.row - 1, 0), max(state.column - 1, 0))
    scene = (kind, state.layer, state.map, state.row, state.column)
    return data | {
        "strip": strip_data(trace),
        "answer": answer_data(trace.logits, network.names),
        "what": what,
        "scene": str(scene),
        "canSlide": slides,
    }


page_style()
try:
    current = current_network()
except ConvoscopeError as error:
    refuse(error)
    st.stop()
own_link()
network = current.network
note = follow_link("inside", partial(read_link, network=network))
state.update(fitting(network))  # another network may have fewer layers and maps
controls(network)
if note:
    st.info(note)
try:
    image, what = image_of()
    if state.view == "shift":
        state["inside_last"] = (
            SHIFT,
            shift_data(models.pretrained(), models.dense(), image, what, state.right, state.down),
        )
    else:
        slides = state.input == "digit" and not current.name
        state["inside_last"] = (STAGE, inside_data(trace_network(network, current.sees(image)), what, slides=slides))
        show_network()
except ConvoscopeError as error:
    refuse(error)
write_link("inside", SETTINGS)
if "inside_last" in state:
    name, shown = state["inside_last"]
    if name == SHIFT:
        stage("shift", shown, key=SHIFT)
    else:
        stage("inside", shown, key=STAGE, chosen=partial(chosen, network), slide=slide)
questions("inside", QUESTIONS)
number = state.pop("inside_slide", None)
if isinstance(number, int) and number in limits.LEARNED_FILTER and state.input == "digit":
    scene = {"preset": "digit", "digit": str(state.digit), "filter": "learned", "map": str(number)}
    st.switch_page("pages/convolution.py", query_params=scene)
