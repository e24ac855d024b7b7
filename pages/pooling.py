"""Max and average pooling against stride, forward and backward; and flatten."""

from typing import Any

import numpy as np
import streamlit as st

from cnncore import ConvoscopeError, Window
from cnncore.tracing.flatten import reorder, trace_flatten
from cnncore.tracing.pooling import PoolingTrace, trace_pooling
from pages.ui import bounds
from pages.ui.components.stage import stage
from pages.ui.frame.page_frame import notes, page_style, refuse, remark
from pages.ui.frame.url_state import lecture_is_given, load_from_url, save_to_url
from pages.ui.pooling.controls import change, controls
from pages.ui.pooling.inputs import FILTERS, filter_of, lecture_maps, map_of, small_maps
from pages.ui.pooling.payload import backward_data, flatten_data, pooling_data, shift_data, shuffle_data
from pages.ui.pooling.questions import ask
from pages.ui.pooling.settings import DEFAULTS, SCENES, read_link
from pages.ui.shared.grid_text import format_grid, parse_grid

LAST = "pooling_last"
state = st.session_state


def current_map() -> np.ndarray:
    """The map of the current settings, (R, C). Raises ConvoscopeError."""
    own = parse_grid(state.rows)
    return map_of(state.map, side=state.side, seed=state.seed, digit=state.digit, feature=state.feature, own=own)


def told(name: str) -> Any:
    """What the stage of the current view told last."""
    return (state.get(stage_key()) or {}).get(name)


def stage_key() -> str:
    return f"pooling_{state.view}"


def pick_by_key() -> None:
    """A digit pressed on the stage: one of the scenes."""
    number = told("preset")
    if isinstance(number, int) and 1 <= number <= len(SCENES):
        state.update(DEFAULTS | SCENES[number - 1])


def edit() -> None:
    """A number typed into a cell of the map, or of the output's gradient."""
    said = told("edit")
    if not isinstance(said, dict) or not isinstance(said.get("value"), int | float):
        return
    low, high, _ = bounds.CELL_VALUE
    value, index, of_map = min(max(float(said["value"]), low), high), said.get("index"), said.get("grid") == "map"
    try:
        values = current_map() if of_map else output_gradient(traced())
    except ConvoscopeError:  # the last good picture was edited; the page says what does not fit
        return
    if type(index) is int and 0 <= index < values.size:
        values = values.copy()
        values.flat[index] = value
        text = format_grid(values)
        state.update({"map": "own", "rows": text} if of_map else {"grads": text})


def shift() -> None:
    """An arrow pressed on the stage."""
    to = told("shift")
    name, by = {"down": ("down", 1), "up": ("down", -1), "right": ("right", 1), "left": ("right", -1)}.get(to, ("", 0))
    if to == "reset":
        state.update({"down": 0, "right": 0})
    elif by and state[name] + by in bounds.MAP_SHIFT:
        state[name] += by


def traced() -> PoolingTrace:
    """The real poolings of the current settings. Raises ConvoscopeError."""
    return trace_pooling(
        current_map(), state.window, stride=state.stride, filter_=filter_of(state.filter, state.window)
    )


def output_gradient(trace: PoolingTrace) -> np.ndarray:
    """dL/d(output) of the output's shape: all ones, or as edited while it fits."""
    if state.grads != "ones":
        grads = parse_grid(state.grads)
        if grads.shape == trace.shape:
            return grads
    return np.ones(trace.shape)


def flatten_scene() -> tuple[str, dict[str, Any]]:
    """The component and the data of flatten. Raises ConvoscopeError."""
    small = state.flat == "small"
    maps = small_maps(state.height, state.width, state.channels) if small else lecture_maps(state.digit)
    trace = trace_flatten(maps)
    if state.part != "lost":
        return "flatten", flatten_data(trace, back=state.part == "back")
    rng = np.random.default_rng(state.order)
    weights = rng.integers(-2, 3, (len(trace.vector), 3 if small else 10)).astype(np.float64)
    return "shuffle", shuffle_data(trace, weights, reorder(trace.vector, weights, rng.permutation(len(trace.vector))))


def pooling_scene(trace: PoolingTrace) -> tuple[str, dict[str, Any]]:
    """The component and the data of the other views."""
    if state.view == "shift":
        return "translation", shift_data(trace, state.down, state.right)
    if state.view == "backward":
        return "gradient_routing", backward_data(trace, output_gradient(trace))
    name = FILTERS[state.filter]
    return "windows", pooling_data(trace, filter_name=name, asked=state.asked, editable=state.map != "digit")


def leftovers(trace: PoolingTrace) -> None:
    """What the floor drops, and one click to the nearest settings that drop nothing."""
    left = trace.window.leftover(trace.map.shape)
    if not any(left):
        return
    count = int((~trace.covered).sum())
    st.info(
        f"The size is not whole, so it is floored: {left[0]} rows at the bottom and {left[1]} columns at the right "
        f"do not fill a window, {count} cells are never read."
    )
    fitting = [w for w in trace.window.neighbours_that_fit(trace.map.shape) if offered(w)]
    for column, window in zip(st.columns(max(len(fitting), 1)), fitting, strict=False):
        settings = {"window": window.size, "stride": window.strides[0]}
        column.button(f"Try F = {window.size}, S = {window.strides[0]}", on_click=change, args=(settings,))


def offered(window: Window) -> bool:
    """Whether the page has this setting: pooling does not pad."""
    return window.border == 0 and window.size in bounds.POOL_SIZE and window.strides[0] in bounds.POOL_STRIDE


def remarks() -> None:
    """Hinton's words as he wrote them, the lecture's slip put right, and the way to the convolution page."""
    remark(
        "Pooling and strides both reduce the resolution. Geoffrey Hinton, Reddit AMA 2014: “The pooling operation "
        "used in convolutional neural networks is a big mistake and the fact that it works so well is a disaster.”"
    )
    if state.map != "digit":
        link = {"preset": "own", "input": format_grid(current_map()), "padding": "none", "stride": str(state.stride)}
        if st.button("Open this map in Convolution"):
            st.switch_page("pages/convolution.py", query_params=link)


def main() -> None:
    page_style()
    note = load_from_url("pooling", read_link)
    controls()
    save_to_url("pooling", DEFAULTS)
    notes(note)
    trace = None
    try:
        if state.view == "flatten":
            name, data = flatten_scene()
        else:
            trace = traced()
            name, data = pooling_scene(trace)
        scene = f"{state.view}{state.part}{state.map}{data['shape']}{state.window}"
        state[LAST] = state.view, name, data | {"scene": scene}
    except ConvoscopeError as error:
        refuse(error)
        if LAST in state and state[LAST][0] == state.view:
            view, name, data = state[LAST]
            state[LAST] = view, name, data | {"caption": "the last picture that fits"}
    if LAST in state and state[LAST][0] == state.view:
        _, name, data = state[LAST]
        stage(name, data, key=stage_key(), preset=pick_by_key, edit=edit, shift=shift)
    if trace and not lecture_is_given():
        leftovers(trace)
        if state.view != "backward":
            remarks()
    ask(state.view)


main()
