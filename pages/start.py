"""The start page: draw a digit and see the network's answer; what pixels are; the lesson map."""

from typing import Any

import streamlit as st

from cnncore import ConvoscopeError, __version__
from pages.ui import bounds
from pages.ui.components.drawing_canvas import canvas
from pages.ui.components.stage import stage
from pages.ui.frame.page_frame import notes, page_style, show_error
from pages.ui.frame.url_state import UrlParams, load_from_url, save_to_url
from pages.ui.lecture.editor import editor
from pages.ui.lecture.lesson_map import lesson_map
from pages.ui.session.current_network import current_network, show_network
from pages.ui.session.page_state import PageState
from pages.ui.shared.wording import invitation
from pages.ui.start.pixels import numbers_data, peephole_data

VIEWS = {"draw": "Draw", "peephole": "How many pixels until you know?", "numbers": "A picture is numbers"}

state = PageState("start")


def read_link(link: UrlParams) -> dict[str, Any]:
    """Every setting, from a link."""
    return {"view": link.option("view", VIEWS, "draw"), "digit": link.integer("digit", bounds.TEST_DIGIT, 0)}


def _invitation() -> str:
    try:
        return invitation(current_network().network.names)
    except ConvoscopeError:  # the canvas says it
        return invitation(())


page_style()
note = load_from_url(state, read_link)
with st.sidebar:
    st.radio("Begin with", list(VIEWS), key=state.key("view"), format_func=VIEWS.get)
    if state.view != "draw":
        st.number_input("Test digit", int(bounds.TEST_DIGIT.low), int(bounds.TEST_DIGIT.high), key=state.key("digit"))
save_to_url(state, ("view", "digit"))
notes(note)
if state.view == "draw":
    st.title("Convoscope")
    st.markdown(f"Watch a convolutional network compute, learn and answer. {_invitation()}:")
    show_network()
    canvas(key="start_canvas", with_layers=False)
else:
    data = {"peephole": peephole_data, "numbers": numbers_data}[state.view]
    try:
        stage("pixels", data(state.digit), key="pixels_stage", preset=lambda: None)
    except ConvoscopeError as error:
        show_error(error)
if state.view == "draw":
    lesson_map()
    editor()
    st.caption(f"Convoscope {__version__}")
