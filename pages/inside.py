"""Inside the network: from the answer down to a single product of a single weight, and back."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from cnncore import ConvoscopeError, Network
from cnncore.limits import Bound
from cnncore.nn.arrays import Array
from cnncore.nn.layers import Conv2D
from cnncore.tracing.network import NetworkTrace, trace_network
from pages.ui import bounds
from pages.ui.components.stage import stage
from pages.ui.frame.navigation import reload_from_url
from pages.ui.frame.open_in import open_in
from pages.ui.frame.page_frame import notes, page_style, refuse
from pages.ui.frame.quiz import questions
from pages.ui.frame.url_state import LECTURE, UrlParams, load_from_url, save_to_url
from pages.ui.inside import ablation, convolution_link, feature_visualization, filter_history
from pages.ui.inside.inputs import INPUTS, image_of, input_controls, ways_of_input
from pages.ui.inside.layer_strip import MAPS, answer_data, strip_data
from pages.ui.inside.payload import strongest_cell, view_data, view_of
from pages.ui.inside.questions import OF_ANY, QUESTIONS
from pages.ui.inside.shift import shift_data
from pages.ui.inside.test_set import views as testing
from pages.ui.inside.test_set.answers import tests_of
from pages.ui.session import pretrained
from pages.ui.session.current_network import current_network, show_network
from pages.ui.session.histories import past_of
from pages.ui.shared.layer_labels import name_of, shown_layers, source_of

VIEWS = {
    "path": "Path",
    "open": "All channels",
    "cell": "One cell",
    "filters": "Filters",
    "filter": "One filter",
    "off": "Switch off",
    "shift": "Shift",
}
VIEWS |= testing.VIEWS
SETTINGS = ("view", "input", "digit", "layer", "map", "row", "column", "right", "down", "off", "bias", "cell")
STAGE, SHIFT, TESTS = "inside_stage", "inside_shift", "inside_tests"
state = st.session_state


def usual_layer(network: Network) -> int:
    """The last convolution, else the first dense layer; counted from 1."""
    convolutions = [n for n, layer in enumerate(network.layers) if isinstance(layer, Conv2D)]
    return (convolutions[-1] if convolutions else source_of(network, 0)) + 1


def read_link(link: UrlParams, network: Network) -> dict[str, Any]:
    """Every setting, from a link. Row and column 0 stand for the strongest cell."""
    layer = link.whole("layer", Bound(1, len(network.layers), 1), usual_layer(network))
    shape = network.shapes[layer - 1]
    source = network.shapes[source_of(network, layer - 1)]
    rows, columns = source[:2] if len(source) == 3 else (1, 1)
    maps = shape[-1] if layer - 1 in shown_layers(network) else source[-1]
    return {
        "view": link.choice("view", VIEWS, "path"),
        "input": link.choice("input", INPUTS, "digit"),
        "digit": link.whole("digit", tests_of(current_network()).places, 0),
        "layer": layer,
        "map": link.whole("map", Bound(1, maps, 1), min(14, maps) if len(source) == 3 else 1),
        "row": link.whole("row", Bound(0, rows, 0), 0),
        "column": link.whole("column", Bound(0, columns, 0), 0),
        "right": link.whole("right", bounds.SHIFT, bounds.SHIFT.default),
        "down": link.whole("down", bounds.SHIFT, 0),
        "off": link.text("off", partial(ablation.read_changes, network=network, shifts=False), ""),
        "bias": link.text("bias", partial(ablation.read_changes, network=network, shifts=True), ""),
        "cell": link.text("cell", testing.read_cell, testing.NO_CELL),
    }


def fitting(network: Network, **changes: Any) -> dict[str, Any]:
    """All settings after some changes; what does not fit falls back as it does in a link."""
    kept = state.get("inside_settings", {}).get("values", {})
    now = {name: state.get(name, kept.get(name)) for name in SETTINGS} | changes
    return read_link(UrlParams({name: str(value) for name, value in now.items()}), network)


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


def switched(network: Network) -> None:
    """A map was switched off or on, shifted, or that taken back."""
    ablation.change(state[STAGE].get("change"), network, source_of(network, state.layer - 1), state.map - 1)


def digit_chosen(network: Network) -> None:
    """One of the digits on the stage becomes the input."""
    change(network, digit=state[STAGE].get("digit"), input="digit")


def slide() -> None:
    """Asked for on the stage; a page can only be left from the script itself."""
    state["inside_slide"] = state[STAGE].get("slide")


def from_widget(network: Network, name: str) -> None:
    change(network, **{name: state[f"inside_{name}"]})


def controls(network: Network) -> None:
    """The sidebar. Widgets have keys of their own, so that other pages' settings of the same name are left alone."""

    def keep(name: str) -> dict[str, Any]:
        state[f"inside_{name}"] = state[name]
        return {"key": f"inside_{name}", "on_change": from_widget, "args": (network, name)}

    with st.sidebar:
        st.radio("View", VIEWS, format_func=VIEWS.get, **keep("view"))
        input_controls(current, tests, keep, partial(change, network))
        testing.hardest_strip(current, tests, partial(change, network))
        if state.view == "shift":
            low, high = int(bounds.SHIFT.low), int(bounds.SHIFT.high)
            st.slider("Shift to the right, in cells", low, high, **keep("right"))
            st.slider("Shift down, in cells", low, high, **keep("down"))
        elif state.view not in testing.VIEWS:
            names = {n + 1: f"{n + 1}: {name_of(network, n)}" for n in shown_layers(network)}
            if state.layer in names:
                st.selectbox("Layer", names, format_func=names.get, **keep("layer"))


def inside_data(trace: NetworkTrace, image: Array, what: str) -> dict[str, Any]:
    """All that the stage shows of the chosen layer and map."""
    layer, number = state.layer - 1, state.map - 1
    source = source_of(network, layer)
    kind = view_of(network, state.view, layer)
    if kind == "cell" and not (state.row and state.column):
        state.row, state.column = (n + 1 for n in strongest_cell(trace, layer, number))
    scene = (kind, state.layer, state.map, state.row, state.column)
    if kind == "filters":
        data = filter_history.filters_data(network, past_of(current), source, number)
        scene = (kind, source, number // MAPS)
    elif kind == "filter":
        data = filter_history.filter_data(network, past_of(current), source, number)
        data |= feature_visualization.excited_data(current, source, number)
        scene = (kind, source)
    elif kind == "off":
        before = trace_network(network, current.sees(image)) if ablation.changes_now() else trace
        data = ablation.ablating_data(current, before, trace, source, number)
    else:
        data = view_data(trace, state.view, layer, number, max(state.row - 1, 0), max(state.column - 1, 0))
    return data | {
        "view": kind,
        "strip": strip_data(trace, network.names),
        "answer": answer_data(trace.logits, network.names),
        "what": what,
        "scene": str((*scene, current.name)),
        "canSlide": convolution_link.can_slide(network, source),
        "pictured": filter_history.pictured(network, source),
    }


def work_out(kind: str) -> bool:
    """What takes a second or more, once the stage stands; whether there was something to show anew."""
    source = source_of(network, state.layer - 1)
    if kind == "filter":
        return feature_visualization.work_out(current, source, state.map - 1)
    return kind == "off" and ablation.count(current)


page_style()
try:
    current = current_network()
    tests = tests_of(current)
except ConvoscopeError as error:
    refuse(error)
    st.stop()
own_link()
network = current.network
note = load_from_url("inside", partial(read_link, network=network)) or state.pop("inside_note", None)
state.update(fitting(network))  # another network may have fewer layers and maps
with st.sidebar:
    open_in("inside", *ways_of_input(tests))
controls(network)
notes(note)
leaving = None
if state.view != "shift":
    show_network()
try:
    if state.view == "tests":
        state["inside_last"] = TESTS, testing.tests_data(current, tests)
    elif state.view == "map":
        image, what = (None, "") if state.input == "drawing" else image_of(tests)
        testing.show_map(current, tests, image, what, partial(change, network))
    elif state.view == "shift":
        image, what = image_of(tests)
        shifted = shift_data(pretrained.pretrained(), pretrained.dense(), image, what, state.right, state.down)
        state["inside_last"] = SHIFT, shifted
    else:
        image, what = image_of(tests)
        changed = ablation.as_changed(network)
        trace = trace_network(changed, current.sees(image))
        leaving = convolution_link.asked_link(state.pop("inside_slide", None), trace, current)
        what += f" · {len(ablation.changes_now())} changed" if changed is not network else ""
        state["inside_last"] = STAGE, inside_data(trace, image, what)
        if state.view != "off":
            ablation.show_changes(network)
except ConvoscopeError as error:
    refuse(error)
save_to_url("inside", SETTINGS, [name for name in SETTINGS if name != "cell" or state.view == "tests"])
if "inside_last" in state and state.view != "map":
    name, shown = state["inside_last"]
    if name == SHIFT:
        stage("shift", shown, key=SHIFT)
    elif name == TESTS:
        testing.mount_tests(shown, tests, partial(change, network))
    else:
        told = {"chosen": chosen, "change": switched, "digit": digit_chosen}
        on = {name: partial(call, network) for name, call in told.items()}
        stage("inside", shown, key=STAGE, slide=slide, **on)
below = st.empty()
questions("inside", OF_ANY if current.name else QUESTIONS)
if leaving:
    reload_from_url()
    st.switch_page("pages/convolution.py", query_params=leaving)
with below.container():
    on_stage = state.view not in ("shift", *testing.VIEWS) and "inside_last" in state
    if on_stage and state["inside_last"][0] == STAGE and work_out(state["inside_last"][1]["view"]):
        state["inside_note"] = note  # said again, for this run ends before it was read
        st.rerun()
