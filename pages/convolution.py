"""Watch one filter slide over one input, step by step."""

import streamlit as st

from cnncore import ConvoscopeError
from pages.ui.convolution.controls import apply_settings, clamp_settings, controls, history
from pages.ui.convolution.questions import QUESTIONS
from pages.ui.convolution.scene import scene_of
from pages.ui.convolution.settings import (
    DEFAULTS,
    DISPLAY_ONLY,
    current_settings,
    read_settings,
    relevant_settings,
    state,
)
from pages.ui.convolution.size_texts import neighbours, remarks
from pages.ui.convolution.stage_events import pick_by_key, undo
from pages.ui.convolution.views.view import VIEWS, follow_the_scene, take_scene_away
from pages.ui.frame.open_in import open_in, targets_for_digit, targets_for_drawing
from pages.ui.frame.page_frame import notes, page_style, show_error
from pages.ui.frame.quiz import questions
from pages.ui.frame.url_state import UrlParams, lecture_is_given, load_from_url, save_to_url


def read_link(link: UrlParams) -> dict[str, object]:
    """The link's settings; the stage begins anew with them."""
    settings = read_settings(link, VIEWS)
    state.opened = state.get("opened", 0) + 1
    history.begin(settings)
    return settings


def open_input_elsewhere() -> None:
    """A digit or the drawing can be opened in other pages."""
    if state.view != "channels" and state.source == "digit":
        open_in(state.page_name, targets_for_digit(state.digit), "the digit")
    elif state.view != "channels" and state.source == "drawing":
        open_in(state.page_name, targets_for_drawing(), "the drawing")


page_style()
note = load_from_url(state, read_link)
clamp_settings()
history.record({name: value for name, value in current_settings().items() if name not in DISPLAY_ONLY})
with st.sidebar:
    open_input_elsewhere()
controls(VIEWS)
note = state.pop("note", None) or note
settings, scene = current_settings(), None
if state.view != "channels":
    try:
        scene = scene_of(settings)
        follow_the_scene(scene)
    except ConvoscopeError as error:
        show_error(error)
settings = current_settings()  # a new geometry begins at its first step
save_to_url(state, DEFAULTS, relevant_settings(settings))
notes(note)
show = VIEWS[state.view][1]
show(settings, scene, {"preset": pick_by_key, "undo": undo})
if scene and not lecture_is_given():
    take_scene_away(settings, scene)
    for sentence in remarks(scene):
        st.info(sentence)
    fitting = neighbours(scene)
    for column, (label, changes) in zip(st.columns(max(len(fitting), 1)), fitting, strict=False):
        column.button(f"Try {label}", on_click=apply_settings, args=(changes,))
questions(state.page_name, QUESTIONS)
