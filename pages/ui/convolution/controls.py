"""The convolution page's controls: the sidebar, and what an edit on the stage changes."""

from typing import Any

import numpy as np
import streamlit as st

from cnncore import ConvoscopeError, limits
from pages.ui import bounds
from pages.ui.convolution.channels.controls import channel_controls
from pages.ui.convolution.inputs import drawn, edited, filter_names, filter_of, input_of, resized
from pages.ui.convolution.presets import (
    ACROSS,
    DEFAULTS,
    KINDS,
    PADDINGS,
    PRESETS,
    SOURCES,
    SWITCH,
    settings_of,
    sides_of,
)
from pages.ui.frame.page_frame import remark
from pages.ui.frame.url_state import format_grid, parse_grid
from pages.ui.session import undo
from pages.ui.shared import filter_library
from pages.ui.shared.filter_library import LEARNED

NAME = "convolution"
state = st.session_state
_LAST_EDIT = f"{NAME}_made"  # the settings that the last edit left
_NAMES = {"own": "own numbers", "drawing": "the drawing", "digit": "an MNIST digit", "random": "random integers"}


def current_settings() -> dict[str, Any]:
    """The page's settings; a widget that was not drawn has lost its state, but not its setting."""
    kept = state.get(f"{NAME}_settings", {}).get("values", {})
    return {name: state.get(name, kept.get(name, usual)) for name, usual in DEFAULTS.items()}


def apply_settings(settings: dict[str, Any]) -> None:
    """Change some settings, as a callback."""
    state.update(settings)


def pick(name: str | None = None) -> None:
    """A preset brings its own settings along; "own" takes over the numbers that stand there."""
    name = name or state.preset
    settings = settings_of(name)
    if "view" not in PRESETS[name].settings and state.view != "channels":
        settings["view"] = state.view
    if name == "own":
        before = state[f"{NAME}_settings"]["values"]
        try:
            numbers = {"input": format_grid(input_of(before)), "weights": format_grid(filter_of(before))}
        except ConvoscopeError as error:
            state[f"{NAME}_note"], state.preset = str(error), before["preset"]
            return
        settings = before | {"preset": name, "source": "own", "filter": "own"} | numbers
    state.update(settings)
    state[f"{NAME}_picked"] = state.get(f"{NAME}_picked", 0) + 1
    undo.begin(NAME, settings)


def clamp_settings() -> None:
    """Bring settings back into what the others leave open, before the widgets are drawn."""
    if state.view == "matrix" and (state.kind != "signal" or state.transposed == "on"):
        state.view = "window"
        state[f"{NAME}_note"] = "The matrix is shown for a plain signal: choose 1-D as the input first."
    if state.source not in SOURCES[state.kind]:
        state.source = "example"
    if state.filter not in (*filter_names(state.kind), "own"):
        state.filter = filter_names(state.kind)[0]
    if state.source in ("own", "drawing"):
        state.size = max(parse_grid(state.input).shape)
    elif state.size not in (sides := sides_of(state.kind, state.source)):
        state.size = int(min(max(state.size, sides.low), sides.high))


def controls(views: dict[str, Any]) -> None:
    """The sidebar; every value lives in the session state under its link's name."""
    with st.sidebar:
        st.selectbox("Scene", list(PRESETS), key="preset", on_change=pick, format_func=lambda n: PRESETS[n].title)
        if len(views) > 1:
            st.selectbox("View", list(views), key="view", format_func=lambda n: views[n][0])
        one, other = st.columns(2)
        one.button(
            "Undo",
            key=f"{NAME}_undo",
            on_click=undo.undo,
            args=(NAME,),
            disabled=not undo.can_undo(NAME),
            width="stretch",
            help="Ctrl+Z",
        )
        other.button("Reset", key=f"{NAME}_reset", on_click=undo.reset, args=(NAME,), width="stretch")
        channels = state.view == "channels"
        if channels:
            channel_controls()
        else:
            _input()
            _filter()
        st.radio("Padding P", PADDINGS, key="padding", horizontal=True)
        if state.padding == "number":
            slider("Cells of zeros on every side", "cells", limits.PADDING)
        slider("Stride S", "stride", bounds.STRIDE)
        if not channels:  # there each filter has its own
            low, high = float(bounds.BIAS.low), float(bounds.BIAS.high)
            st.number_input("Bias", low, high, key="bias", step=1.0, format="%g")
        st.radio("ReLU", SWITCH, key="relu", horizontal=True)
        with st.expander("Beyond the lecture"):
            if state.kind == "picture" and not channels:
                st.selectbox("Stride across the columns", ACROSS, key="across", format_func=_as_rows)
            slider("Dilation D", "dilation", bounds.DILATION)
            if not channels:
                st.radio("Transposed convolution", SWITCH, key="transposed", horizontal=True)


def _input() -> None:
    st.radio("Input", list(KINDS), key="kind", horizontal=True, format_func=KINDS.get, on_change=_choose_kind)
    st.selectbox(
        "Input from",
        SOURCES[state.kind],
        key="source",
        format_func=lambda n: _NAMES.get(n, n),
        on_change=_choose_source,
        label_visibility="collapsed",
    )
    sides = sides_of(state.kind, state.source)
    low = min(int(sides.low), state.size)
    name = "Cells a side" if state.kind == "picture" else "Length"
    st.slider(name, low, int(sides.high), key="size", on_change=_resize)
    if state.source == "random":
        slider("Seed", "seed", bounds.CELL_SEED, "number_input")
    elif state.source == "constant":
        slider("Every cell holds", "value", bounds.CELL_VALUE, "number_input")
    elif state.source == "digit":
        slider("Test digit", "digit", bounds.TEST_DIGIT, "number_input")
    elif state.source == "drawing":
        st.button("Take the drawing as it is now", on_click=_choose_source, width="stretch")


def _filter() -> None:
    names = [*filter_names(state.kind), "own"]
    st.selectbox("Filter", names, key="filter", format_func=lambda n: _NAMES.get(n, n), on_change=_choose_filter)
    if state.filter == LEARNED:
        slider("Learned filter", "map", bounds.LEARNED_FILTER)
        remark("Learned by the pretrained network, whichever answers on other pages.")
    try:
        state.filter_size = len(filter_of(current_settings()))
    except ConvoscopeError:
        return  # the page says what is missing
    slider("Filter size F", "filter_size", limits.FILTER_SIZE, on_change=_resize_filter)


def slider(label: str, key: str, bound: limits.Bound, widget: str = "slider", **more: Any) -> None:
    """A whole number within its bound."""
    getattr(st, widget)(label, int(bound.low), int(bound.high), key=key, **more)


def _as_rows(name: str) -> str:
    return "as down the rows" if name == "same" else name


def _choose_kind() -> None:
    kept = {name: state[name] for name in ("kind", "padding", "stride", "bias", "relu")}
    usual = settings_of("signal" if state.kind == "signal" else "half")
    state.update({name: usual[name] for name in ("source", "size", "filter", "input", "weights")} | kept)


def _choose_source() -> None:
    before = state[f"{NAME}_settings"]["values"]
    try:
        if state.source == "own":
            state.input = format_grid(input_of(before))
        elif state.source == "drawing":
            state.input = drawn()
        elif state.source == "digit":
            state.size = 28
    except ConvoscopeError as error:
        state[f"{NAME}_note"], state.source = str(error), before["source"]


def _choose_filter() -> None:
    if state.filter == "own":
        state.weights = format_grid(filter_of(state[f"{NAME}_settings"]["values"]))


def _resize() -> None:
    if state.source in ("own", "drawing"):
        own = input_of(current_settings())
        state.update({"source": "own", "input": format_grid(resized(own, state.size))})


def _resize_filter() -> None:
    filter_ = filter_of(current_settings())
    resize = filter_library.resized if filter_.ndim == 2 else resized
    state.update({"weights": format_grid(resize(filter_, state.filter_size)), "filter": "own"})


def edit(sent: Any) -> None:
    """What the stage's grids report, all that was not yet answered: [{number, part, cells, value}, …].

    A preset that is edited turns into own numbers; nonsense is one sentence and changes nothing.
    What is reported a second time was edited before the browser heard the answer to
    the first, so its widgets still hold what stood before: what was made is put back.
    """
    done = state.get(f"{NAME}_edited", 0)
    numbered = [one for one in sent if isinstance(one, dict)] if isinstance(sent, list) else []
    numbered = [one for one in numbered[: bounds.EDITS] if isinstance(one.get("number"), int)]
    if any(one["number"] <= done for one in numbered):
        state.update(state.get(_LAST_EDIT, {}))
    for one in numbered:
        if one["number"] > done:
            done = state[f"{NAME}_edited"] = one["number"]
            try:
                _edit(one)
            except ConvoscopeError as error:
                state[f"{NAME}_note"] = str(error)
            state[_LAST_EDIT] = {
                name: current_settings()[name] for name in ("preset", "kind", "source", "input", "filter", "weights")
            }


def _edit(one: dict[str, Any]) -> None:
    part = "filter" if one.get("part") == "filter" else "input"
    values = filter_of(current_settings()) if part == "filter" else input_of(current_settings())
    text = format_grid(edited(np.array(values), one.get("cells"), one.get("value")))
    state.update({"preset": "own", "weights" if part == "filter" else "input": text})
    state["filter" if part == "filter" else "source"] = "own"
