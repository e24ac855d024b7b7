"""The sidebar of the convolution page, and what each of its widgets changes beside its own setting."""

from typing import Any

import streamlit as st

from cnncore import ConvoscopeError, Window, limits
from pages.ui import bounds
from pages.ui.convolution.channels import settings as channels_settings
from pages.ui.convolution.channels.controls import channel_controls
from pages.ui.convolution.inputs import drawn, filter_names, filter_of, input_of, resized
from pages.ui.convolution.presets import PRESETS
from pages.ui.convolution.settings import (
    ACROSS,
    KINDS,
    PADDINGS,
    SOURCES,
    SWITCH,
    current_settings,
    settings_of,
    sides_of,
    state,
)
from pages.ui.frame.page_frame import small_text
from pages.ui.frame.url_state import saved_settings
from pages.ui.session.undo import SettingsHistory
from pages.ui.shared import filter_library
from pages.ui.shared.filter_library import LEARNED
from pages.ui.shared.grid_text import format_grid, parse_grid

history = SettingsHistory(state)
_LABELS = {"own": "own numbers", "drawing": "the drawing", "digit": "an MNIST digit", "random": "random integers"}


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
        before = saved_settings(state.page_name)
        try:
            numbers = {"input": format_grid(input_of(before)), "weights": format_grid(filter_of(before))}
        except ConvoscopeError as error:
            state.note, state.preset = str(error), before["preset"]
            return
        settings = before | {"preset": name, "source": "own", "filter": "own"} | numbers
    state.update(settings)
    state.picked = state.get("picked", 0) + 1
    history.begin(settings)


def clamp_settings() -> None:
    """Replace settings that the others exclude by allowed ones, before the widgets are drawn."""
    if state.view == "matrix" and (state.kind != "signal" or state.transposed == "on"):
        state.view = "window"
        state.note = "The matrix is shown for a plain signal: choose 1-D as the input first."
    if state.source not in SOURCES[state.kind]:
        state.source = "example"
    if state.filter not in (*filter_names(state.kind), "own"):
        state.filter = filter_names(state.kind)[0]
    if state.source in ("own", "drawing"):
        state.size = max(parse_grid(state.input).shape)
    else:  # set anew each time: a slider whose bounds have changed would begin at the lower one
        sides = sides_of(state.kind, state.source)
        state.size = int(min(max(state.size, sides.low), sides.high))


def controls(views: dict[str, Any]) -> None:
    """The sidebar; the value of each widget is the setting of the same name."""
    with st.sidebar:
        st.selectbox(
            "Scene", list(PRESETS), key=state.key("preset"), on_change=pick, format_func=lambda n: PRESETS[n].title
        )
        if len(views) > 1:
            st.selectbox("View", list(views), key=state.key("view"), format_func=lambda n: views[n][0])
        one, other = st.columns(2)
        one.button(
            "Undo",
            key=state.key("undo"),
            on_click=history.undo,
            disabled=not history.past,
            width="stretch",
            help="Ctrl+Z",
        )
        other.button("Reset", key=state.key("reset"), on_click=history.reset, width="stretch")
        channels = state.view == "channels"
        if channels:
            channel_controls()
        else:
            _input()
            _filter()
        st.radio("Padding P", PADDINGS, key=state.key("padding"), horizontal=True, on_change=_choose_padding)
        if state.padding == "number":
            slider("Cells of zeros on every side", "cells", limits.PADDING)
        slider("Stride S", "stride", bounds.STRIDE)
        if not channels:  # there each filter has its own
            low, high = float(bounds.BIAS.low), float(bounds.BIAS.high)
            st.number_input("Bias", low, high, key=state.key("bias"), step=1.0, format="%g")
        st.radio("ReLU", SWITCH, key=state.key("relu"), horizontal=True)
        with st.expander("Beyond the lecture"):
            if state.kind == "picture" and not channels:
                st.selectbox("Stride across the columns", ACROSS, key=state.key("across"), format_func=_as_rows)
            slider("Dilation D", "dilation", bounds.DILATION)
            if not channels:
                st.radio("Transposed convolution", SWITCH, key=state.key("transposed"), horizontal=True)


def _input() -> None:
    st.radio(
        "Input", list(KINDS), key=state.key("kind"), horizontal=True, format_func=KINDS.get, on_change=_choose_kind
    )
    st.selectbox(
        "Input from",
        SOURCES[state.kind],
        key=state.key("source"),
        format_func=lambda n: _LABELS.get(n, n),
        on_change=_choose_source,
        label_visibility="collapsed",
    )
    sides = sides_of(state.kind, state.source)
    low = min(int(sides.low), state.size)
    name = "Cells a side" if state.kind == "picture" else "Length"
    st.slider(name, low, int(sides.high), key=state.key("size"), on_change=_resize)
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
    st.selectbox(
        "Filter", names, key=state.key("filter"), format_func=lambda n: _LABELS.get(n, n), on_change=_choose_filter
    )
    if state.filter == LEARNED:
        slider("Learned filter", "map", bounds.LEARNED_FILTER)
        small_text("Learned by the pretrained network, whichever answers on other pages.")
    try:
        state.filter_size = len(filter_of(current_settings()))
    except ConvoscopeError:
        return  # the page says what is missing
    slider("Filter size F", "filter_size", limits.FILTER_SIZE, on_change=_resize_filter)


def slider(label: str, key: str, bound: limits.Bound, widget: str = "slider", **more: Any) -> None:
    """A whole number within its bound."""
    getattr(st, widget)(label, int(bound.low), int(bound.high), key=state.key(key), **more)


def _as_rows(name: str) -> str:
    return "as down the rows" if name == "same" else name


def _choose_kind() -> None:
    """Settings that a signal and a picture do not share begin anew; the others are left as they are."""
    defaults = settings_of("signal" if state.kind == "signal" else "half")
    names = ["filter", "weights"]
    if state.source == "own" or state.source not in SOURCES[state.kind]:
        names += ["source", "size", "input"]
    state.update({name: defaults[name] for name in names})


def _choose_source() -> None:
    before = saved_settings(state.page_name)
    try:
        if state.source == "own":
            state.input = format_grid(input_of(before))
        elif state.source == "drawing":
            state.input = drawn()
        elif state.source == "digit":
            state.size = 28
    except ConvoscopeError as error:
        state.note, state.source = str(error), before["source"]


def _choose_padding() -> None:
    """A number begins with the cells that the padding had until then."""
    before = saved_settings(state.page_name)["padding"]
    if state.padding == "number" and before != "number":
        size = channels_settings.FILTER_SIZE if state.view == "channels" else state.filter_size
        state.cells = int(min(Window(size, padding=before, dilation=state.dilation).border, limits.PADDING.high))


def _choose_filter() -> None:
    if state.filter == "own":
        state.weights = format_grid(filter_of(saved_settings(state.page_name)))


def _resize() -> None:
    if state.source in ("own", "drawing"):
        own = input_of(current_settings())
        state.update({"source": "own", "input": format_grid(resized(own, state.size))})


def _resize_filter() -> None:
    filter_ = filter_of(current_settings())
    resize = filter_library.resized if filter_.ndim == 2 else resized
    state.update({"weights": format_grid(resize(filter_, state.filter_size)), "filter": "own"})
