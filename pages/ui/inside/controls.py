"""The sidebar of the page Inside: view, input, shift or layer."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from cnncore import InputError, Network
from cnncore.data.strokes import read_digit
from pages.ui import bounds
from pages.ui.frame.page_frame import picture_uploader, show_error
from pages.ui.inside.inputs import ANY, HARDEST, INPUTS, neighbour, order_of
from pages.ui.inside.settings import TEST_SET_VIEWS, VIEWS, change_settings
from pages.ui.inside.test_set.views import hardest_strip
from pages.ui.session.current_network import SessionNetwork, set_session_image
from pages.ui.session.evaluation_set import EvaluationSet
from pages.ui.session.page_state import PageState
from pages.ui.shared.layer_labels import name_of, shown_layers
from pages.ui.shared.wording import image_word, said_of

state = PageState("inside")


def controls(current: SessionNetwork, tests: EvaluationSet) -> None:
    """Draw the sidebar.

    Widgets have keys apart from their settings' names, since a setting may change after its widget was drawn.
    """
    network = current.network
    setting = partial(_setting, network)
    with st.sidebar:
        st.radio("View", list(VIEWS), format_func=lambda name: said_of(VIEWS[name], tests.noun), **setting("view"))
        _input_controls(current, tests, setting)
        hardest_strip(current, tests, partial(change_settings, network))
        if state.view == "shift":
            low, high = int(bounds.SHIFT.low), int(bounds.SHIFT.high)
            st.slider("Shift to the right, in cells", low, high, **setting("right"))
            st.slider("Shift down, in cells", low, high, **setting("down"))
        elif state.view not in TEST_SET_VIEWS:
            names = {n + 1: f"{n + 1}: {name_of(network, n)}" for n in shown_layers(network)}
            if state.layer in names:
                st.selectbox("Layer", list(names), format_func=names.__getitem__, **setting("layer"))


def _setting(network: Network, name: str) -> dict[str, Any]:
    """Key and callback of the widget of a setting, which shows the setting's value."""
    st.session_state[f"inside_{name}"] = state[name]
    return {"key": f"inside_{name}", "on_change": _take_from_widget, "args": (network, name)}


def _take_from_widget(network: Network, name: str) -> None:
    change_settings(network, **{name: st.session_state[f"inside_{name}"]})


def _input_controls(current: SessionNetwork, tests: EvaluationSet, setting: Callable[[str], dict[str, Any]]) -> None:
    """What goes into the network: a test digit by class or difficulty, the drawing, or a picture of one's own."""
    named = {name: said_of(text, tests.noun) for name, text in INPUTS.items()}
    st.radio("Input", list(INPUTS), format_func=named.__getitem__, horizontal=True, **setting("input"))
    if state.input == "upload":
        _take_picture(current)
    if state.input != "digit":
        return
    names = {ANY: "any"} | ({HARDEST: "the hardest ones"} if len(tests.labelled) else {})
    options: dict[str | int, str] = names | dict(enumerate(tests.digits.names))
    if state.get("chosen_class") not in options:
        state.chosen_class = ANY
    key = state.key("chosen_class")
    st.selectbox("Class", list(options), key=key, format_func=options.__getitem__, on_change=_request_first)
    if state.pop("first_requested", False):
        _to_first(current, tests)
    before, after = st.columns(2)
    args = (current, tests)
    before.button("← Previous", key="inside_before", width="stretch", on_click=_step, args=(*args, -1))
    after.button("Next →", key="inside_after", width="stretch", on_click=_step, args=(*args, 1))
    st.number_input(f"Test {tests.noun}", 0, len(tests.digits) - 1, **setting("digit"))


def _request_first() -> None:
    """Another class was chosen: its first digit is to be shown, which the script looks for."""
    state.first_requested = True


def _to_first(current: SessionNetwork, tests: EvaluationSet) -> None:
    """Go to the hardest digit, or to the next one of the chosen class unless the digit is of that class."""
    order = order_of(current, tests)
    if state.chosen_class == HARDEST:
        change_settings(current.network, digit=int(order[0]))
    elif len(order) and state.digit not in order:
        change_settings(current.network, digit=neighbour(order, state.digit, 1))


def _step(current: SessionNetwork, tests: EvaluationSet, step: int) -> None:
    order = order_of(current, tests)
    if len(order):
        change_settings(current.network, digit=neighbour(order, state.digit, step))


def _take_picture(current: SessionNetwork) -> None:
    """Read a file once and make it the session's image; a file that is refused leaves the one before."""
    is_digit = image_word(current.network.names) == "digit"
    file = picture_uploader(f"A picture of one {'digit' if is_digit else 'of its classes'}", key="inside_file")
    upload = state.setdefault("upload", {})
    if file is None:
        return
    if upload.get("file") != file.file_id:
        upload |= {"file": file.file_id, "refusal": None}
        try:
            set_session_image(read_digit(file.getvalue()))
        except InputError as error:
            upload["refusal"] = error
    if upload["refusal"]:
        show_error(upload["refusal"])
