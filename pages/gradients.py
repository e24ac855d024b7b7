"""How the loss hears of every cell: a nudge, the backward pass, the rotated filter, three weights that learn."""

from typing import Any

import streamlit as st

from cnncore import ConvoscopeError, limits
from cnncore.tracing.backward import trace_backward, trace_rotated
from cnncore.tracing.finite_differences import perturb
from cnncore.tracing.gradient_descent import trace_gradient_descent
from cnncore.tracing.single_channel import output_shape
from pages.ui import bounds
from pages.ui.components.stage import stage
from pages.ui.frame.page_frame import notes, page_style, refuse
from pages.ui.frame.quiz import questions
from pages.ui.frame.url_state import load_from_url, save_to_url
from pages.ui.gradients import inputs as work
from pages.ui.gradients.payload import backward_data, descent_data, nudge_data, rotated_data
from pages.ui.gradients.presets import LOSSES, QUESTIONS, SCENES, VIEWS, default_settings, in_link, settings_of
from pages.ui.shared.grid_text import plain_text

STAGES = {
    "add-one": "finite_difference",
    "backward": "backward",
    "rotated": "full_convolution",
    "learn": "gradient_descent",
}
LAST, PICK, NOTE, STEP = (f"gradients_{name}" for name in ("last", "pick", "note", "step"))
state = st.session_state


def stage_key() -> str:
    return f"gradients_{state.view}"


def told(what: str) -> Any:
    """What the stage has just told."""
    return state[stage_key()].get(what)


def pick(name: str | None = None) -> None:
    """A scene brings its own settings along."""
    name = name or state[PICK]
    if name:
        state.update(settings_of(name) | {PICK: None, STEP: 1})


def pick_by_key() -> None:
    """A digit pressed on the stage."""
    number = told("preset")
    if isinstance(number, int) and 1 <= number <= len(SCENES):
        pick(list(SCENES)[number - 1])


def change_view() -> None:
    """Input and filter go along to another view, where it can show them."""
    state[STEP] = 1
    if state.view == "learn" and ";" in state.input:
        state.input = default_settings("learn")["input"]


def choose_cell() -> None:
    """A cell clicked on the stage is nudged at once."""
    cell = told("cell") or {}
    if cell.get("part") in ("input", "filter") and isinstance(cell.get("index"), int):
        state.update({"part": cell["part"], "cell": cell["index"] + 1, STEP: 2})


def edit() -> None:
    """A number typed into a grid of the stage."""
    try:
        state.update(work.edit(state, told("edit")))
    except ConvoscopeError as error:
        state[NOTE] = str(error)


def tidy(name: str) -> None:
    """What was typed, as a link has it."""
    state[name] = plain_text(state[name])


def controls() -> None:
    """The sidebar; every value lives in the session state under its link's name."""
    titles = {name: title for name, (title, _) in SCENES.items()}
    with st.sidebar:
        st.radio("View", VIEWS, key="view", format_func=VIEWS.get, on_change=change_view)
        st.selectbox("Scene", titles, index=None, key=PICK, format_func=titles.get, on_change=pick, placeholder="Pick")
        if state.view == "learn":
            st.text_input("Signal", key="input", on_change=tidy, args=("input",))
            with st.expander("The hidden filter"):
                st.text_input("Hidden filter", key="hidden", on_change=tidy, args=("hidden",))
            st.text_input("First guess", key="start", on_change=tidy, args=("start",))
            real("Learning rate η", "rate", bounds.DESCENT_RATE, 0.05)
        else:
            st.text_input("Input: rows of a picture with ; between", key="input", on_change=tidy, args=("input",))
            st.text_input("Filter", key="weights", on_change=tidy, args=("weights",))
            st.selectbox("Loss L", LOSSES, key="loss", format_func=LOSSES.get)
        if state.view == "add-one":
            st.radio("Nudge a cell of", ("input", "filter"), key="part", horizontal=True)
            st.number_input("Cell, counted from 1", 1, int(bounds.BACKWARD_SIDE.high**2), key="cell")
            real("By", "amount", bounds.NUDGE, 0.5)
        st.radio("Padding P", work.PADDINGS, key="padding", horizontal=True)
        if state.padding == "number":
            slider("Cells of zeros on every side", "cells", bounds.BACKWARD_PADDING)
        slider("Stride S", "stride", bounds.STRIDE)
        with st.expander("Beyond the lecture"):
            slider("Dilation D", "dilation", bounds.DILATION)


def slider(label: str, key: str, bound: limits.Bound) -> None:
    """A whole number within its bound."""
    st.slider(label, int(bound.low), int(bound.high), key=key)


def real(label: str, key: str, bound: limits.Bound, step: float) -> None:
    """A decimal number within its bound."""
    st.number_input(label, float(bound.low), float(bound.high), step=step, format="%g", key=key)


def data() -> dict[str, Any]:
    """What the view shows: one call into the core. Raises ConvoscopeError."""
    values, geometry = work.input_of(state), work.geometry(state)
    if state.view == "learn":
        hidden, start = work.filter_of(state, "hidden"), work.filter_of(state, "start")
        found = descent_data(trace_gradient_descent(values, hidden, start, learning_rate=state.rate, **geometry))
        return found | {"scene": f"{values.shape}{hidden.shape}", "caption": "w ← w − η·g; L is the mean squared error"}
    filter_ = work.filter_of(state)
    shape = output_shape(values, work.window_over(values, filter_, state))
    loss = work.loss_over(shape, state)
    scene = f"{values.shape}{shape}{filter_.shape}"
    if state.view == "rotated":
        found = rotated_data(trace_rotated(values, filter_, loss=loss, **geometry), filter_)
        return found | {
            "scene": scene,
            "caption": "dL/d(input) as a full convolution, and scattered back",
        }
    trace = trace_backward(values, filter_, loss=loss, **geometry)
    if state.view == "backward":
        caption = f"L is {LOSSES[state.loss]}" if state.loss != "edited" else "dL/d(output) is your own"
        return backward_data(trace, state.loss, loss.targets) | {"scene": scene, "caption": caption}
    index = work.nudged_index(values if state.part == "input" else filter_, state)
    step = perturb(values, filter_, operand=state.part, index=index, amount=state.amount, loss=loss, **geometry)
    scene += f"{state.part}{state.cell}"
    return nudge_data(step, trace, state.loss) | {"scene": scene, "caption": "how does the loss answer to one cell?"}


page_style()
note = load_from_url("gradients", work.read_link)
for name, value in default_settings(state.view).items():
    state.setdefault(name, value)
controls()
save_to_url("gradients", default_settings(state.view), in_link(state.view, state.loss))
notes(note, state.pop(NOTE, None))
try:
    shown = data() | {"title": VIEWS[state.view], "step": state.get(STEP, 1)}
    state[LAST] = {"view": state.view, "shown": shown}
except ConvoscopeError as error:
    refuse(error)
    last = state.get(LAST, {})
    shown = last["shown"] | {"caption": "the last one that fits"} if last.get("view") == state.view else None
if shown:
    stage(STAGES[state.view], shown, key=stage_key(), preset=pick_by_key, cell=choose_cell, edit=edit)
questions("gradients", QUESTIONS)
