"""The sidebar of the pooling page, and what each of its widgets changes beside its own setting."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnncore import limits
from pages.ui import bounds
from pages.ui.frame.url_state import saved_settings
from pages.ui.pooling.inputs import FILTERS, MAPS, resized
from pages.ui.pooling.settings import ASKED, FLAT, PARTS, VIEWS, state
from pages.ui.shared.grid_text import format_grid, parse_grid


def apply_settings(settings: dict[str, Any]) -> None:
    """Change some settings, as a callback."""
    state.update(settings)


def resize() -> None:
    """One's own map grows or shrinks with the slider."""
    if state.map == "own":
        state.rows = format_grid(resized(parse_grid(state.rows), state.side))


def choose_map() -> None:
    """One's own map begins with what was shown, where that is small."""
    if state.map == "own":
        state.side = len(parse_grid(state.rows))


def step_with_window() -> None:
    """The stride follows the window's size until it is chosen for itself."""
    before = saved_settings(state.page_name)
    if before["stride"] == before["window"]:
        state.stride = state.window


def slider(label: str, key: str, bound: limits.Bound, call: Callable[[], None] | None = None, **more: Any) -> None:
    """A whole number within its bound."""
    st.slider(label, int(bound.low), int(bound.high), key=state.key(key), on_change=call, **more)


def integer(label: str, key: str, bound: limits.Bound) -> None:
    """A whole number to type."""
    st.number_input(label, int(bound.low), int(bound.high), key=state.key(key))


def controls() -> None:
    """The sidebar; the value of each widget is the setting of the same name."""
    with st.sidebar:
        st.radio("View", list(VIEWS), key=state.key("view"), format_func=lambda n: VIEWS[n])
        if state.view == "flatten":
            flatten_controls()
            return
        st.selectbox("Map", list(MAPS), key=state.key("map"), format_func=lambda n: MAPS[n], on_change=choose_map)
        if state.map in ("random", "own"):
            slider("Cells a side", "side", bounds.MAP_SIZE, resize)
        if state.map == "random":
            integer("Seed", "seed", bounds.MAP_SEED)
        if state.map == "digit":
            integer("Test digit", "digit", bounds.TEST_DIGIT)
            slider("Feature map", "feature", bounds.LEARNED_FILTER)
        slider("Window F", "window", bounds.POOL_SIZE, step_with_window)
        slider("Stride S", "stride", bounds.POOL_STRIDE)
        if state.view != "backward":
            st.selectbox(
                "Filter of the strided convolution",
                list(FILTERS),
                key=state.key("filter"),
                format_func=lambda n: FILTERS[n],
            )
        if state.view == "forward":
            st.radio("Predict", list(ASKED), key=state.key("asked"), format_func=lambda n: ASKED[n], horizontal=True)
        if state.view == "shift":
            slider("Shift to the right", "right", bounds.MAP_SHIFT)
            slider("Shift down", "down", bounds.MAP_SHIFT)
        if state.view == "backward" and state.grads != "ones":
            st.button("dL/d(output): all ones", on_click=apply_settings, args=({"grads": "ones"},))


def flatten_controls() -> None:
    """What is flattened, and which way."""
    st.radio("Part", list(PARTS), key=state.key("part"), format_func=lambda n: PARTS[n])
    st.radio("Maps", list(FLAT), key=state.key("flat"), format_func=lambda n: FLAT[n])
    if state.flat == "small":
        slider("Rows H", "height", bounds.FLAT_SIDE)
        slider("Columns W", "width", bounds.FLAT_SIDE)
        slider("Channels C", "channels", bounds.FLAT_CHANNELS)
    else:
        integer("Test digit", "digit", bounds.TEST_DIGIT)
    if state.part == "lost":
        integer("Order number", "order", bounds.MAP_SEED)
