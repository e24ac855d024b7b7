"""Max and average pooling against stride, forward and backward; and flatten."""

import streamlit as st

from cnncore import ConvoscopeError
from cnncore.tracing.pooling import PoolingTrace
from pages.ui.components.stage import stage
from pages.ui.frame.navigation import open_page
from pages.ui.frame.page_frame import notes, page_style, show_error, small_text
from pages.ui.frame.url_state import lecture_is_given, load_from_url, save_to_url
from pages.ui.pooling.controls import apply_settings, controls
from pages.ui.pooling.inputs import map_of
from pages.ui.pooling.questions import ask
from pages.ui.pooling.scene import flatten_scene, pooling_of, pooling_scene
from pages.ui.pooling.settings import DEFAULTS, can_be_set, read_settings, state
from pages.ui.pooling.stage_events import edit, pick_by_key, shift, stage_key
from pages.ui.shared.grid_text import format_grid
from pages.ui.shared.wording import and_list, counted


def leftovers(trace: PoolingTrace) -> None:
    """What the floor drops, and one click to the nearest settings that drop nothing."""
    left = trace.window.leftover((trace.map.shape[0], trace.map.shape[1]))
    if not any(left):
        return
    places = [(left[0], "row", "at the bottom"), (left[1], "column", "at the right")]
    dropped = and_list([f"{counted(number, noun)} {where}" for number, noun, where in places if number])
    verb = "does" if sum(left) == 1 else "do"
    unread = int((~trace.covered).sum())
    st.info(
        f"The size is not whole, so it is floored: {dropped} {verb} not fill a window. "
        f"{unread:,} of {counted(trace.map.size, 'cell')} are never read."
    )
    fitting = trace.window.suggest_without_leftover(trace.map.shape, can_be_set)
    for column, window in zip(st.columns(max(len(fitting), 1)), fitting, strict=False):
        settings = {"window": window.size, "stride": window.strides[0]}
        column.button(f"Try F = {window.size}, S = {window.strides[0]}", on_click=apply_settings, args=(settings,))


def remarks() -> None:
    """Hinton's words as he wrote them, the lecture's slip put right, and the way to the convolution page."""
    small_text(
        "Pooling and strides both reduce the resolution. Geoffrey Hinton, Reddit AMA 2014: “The pooling operation "
        "used in convolutional neural networks is a big mistake and the fact that it works so well is a disaster.”"
    )
    if state.map != "digit":
        link = {"preset": "own", "input": format_grid(map_of(state)), "padding": "none", "stride": str(state.stride)}
        if st.button("Open this map in Convolution"):
            open_page("convolution", link)


page_style()
note = load_from_url(state, read_settings)
controls()
save_to_url(state, DEFAULTS)
notes(note)
trace = None
try:
    if state.view == "flatten":
        name, data = flatten_scene(state)
    else:
        trace = pooling_of(state)
        name, data = pooling_scene(state, trace)
    scene = f"{state.view}{state.part}{state.map}{data['shape']}{state.window}"
    state.last = state.view, name, data | {"scene": scene}
except ConvoscopeError as error:
    show_error(error)
    if "last" in state and state.last[0] == state.view:
        view, name, data = state.last
        state.last = view, name, data | {"caption": "the last picture that fits"}
if "last" in state and state.last[0] == state.view:
    _, name, data = state.last
    stage(name, data, key=stage_key(), preset=pick_by_key, edit=edit, shift=shift)
if trace and not lecture_is_given():
    leftovers(trace)
    if state.view != "backward":
        remarks()
ask(state.view)
