"""Max and average pooling against stride, forward and backward; and flatten."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from cnncore import ConvoscopeError, Window, limits
from cnncore.tracing import PoolingTrace, reorder, trace_flatten, trace_pooling
from pages.ui.chrome import page_style, refuse, remark
from pages.ui.links import Link, follow_link, grid_of, grid_text, lecture_is_given, write_link
from pages.ui.pooling.maps import FILTERS, MAPS, SMALL, filter_of, lecture_maps, map_of, resized, small_maps
from pages.ui.pooling.questions import ask
from pages.ui.pooling.stages import backward_data, flatten_data, pooling_data, shift_data, shuffle_data
from pages.ui.stage import stage

VIEWS = {"forward": "Max and mean", "shift": "Shift by one", "backward": "Backward", "flatten": "Flatten"}
PARTS = {"vector": "To a vector", "back": "Back to maps", "lost": "Is anything lost?"}
FLAT = {"small": "Small, in whole numbers", "lecture": "The lecture's 22×22×2"}
ASKED = {"max": "the maximum", "mean": "the mean"}
SCENES: list[dict[str, Any]] = [  # the digit keys
    {"view": "forward", "map": "lecture"},
    {"view": "forward", "map": "strokes"},
    {"view": "forward", "map": "odd"},
    {"view": "forward", "map": "strokes", "window": 3, "stride": 1},
    {"view": "forward", "map": "digit"},
    {"view": "shift", "map": "lecture"},
    {"view": "backward", "map": "lecture"},
    {"view": "flatten", "part": "vector"},
    {"view": "flatten", "part": "lost", "flat": "lecture"},
]
USUAL: dict[str, Any] = {
    "view": "forward",
    "map": "lecture",
    "rows": grid_text(SMALL),
    "side": 6,
    "seed": 0,
    "digit": 0,
    "feature": 3,
    "window": 2,
    "stride": 2,
    "filter": "edge",
    "asked": "max",
    "down": 0,
    "right": 1,
    "grads": "ones",
    "part": "vector",
    "flat": "small",
    "height": 3,
    "width": 3,
    "channels": 2,
    "order": 1,
}
LAST = "pooling_last"
state = st.session_state


def read_link(link: Link) -> dict[str, Any]:
    """Every setting, from a link."""
    size = link.whole("window", limits.POOL_SIZE, USUAL["window"])
    cells, side = limits.CELL_VALUE, limits.MAP_SIZE
    ones = link.parameters.get("grads", "ones") == "ones"
    return {
        "view": link.choice("view", VIEWS, USUAL["view"]),
        "map": link.choice("map", MAPS, USUAL["map"]),
        "rows": link.numbers("rows", side, side, cells, USUAL["rows"]),
        "side": link.whole("side", side, USUAL["side"]),
        "seed": link.whole("seed", limits.MAP_SEED, 0),
        "digit": link.whole("digit", limits.TEST_DIGIT, 0),
        "feature": link.whole("feature", limits.LEARNED_FILTER, USUAL["feature"]),
        "window": size,
        "stride": link.whole("stride", limits.POOL_STRIDE, size),
        "filter": link.choice("filter", FILTERS, USUAL["filter"]),
        "asked": link.choice("asked", ASKED, USUAL["asked"]),
        "down": link.whole("down", limits.MAP_SHIFT, USUAL["down"]),
        "right": link.whole("right", limits.MAP_SHIFT, USUAL["right"]),
        "grads": "ones" if ones else link.numbers("grads", side, side, cells, "ones"),
        "part": link.choice("part", PARTS, USUAL["part"]),
        "flat": link.choice("flat", FLAT, USUAL["flat"]),
        "height": link.whole("height", limits.FLAT_SIDE, USUAL["height"]),
        "width": link.whole("width", limits.FLAT_SIDE, USUAL["width"]),
        "channels": link.whole("channels", limits.FLAT_CHANNELS, USUAL["channels"]),
        "order": link.whole("order", limits.MAP_SEED, USUAL["order"]),
    }


def current_map() -> np.ndarray:
    """The map of the current settings, (R, C). Raises ConvoscopeError."""
    own = grid_of(state.rows)
    return map_of(state.map, side=state.side, seed=state.seed, digit=state.digit, feature=state.feature, own=own)


def change(settings: dict[str, Any]) -> None:
    """Some settings at once, all else as it is."""
    state.update(settings)


def told(name: str) -> Any:
    """What the stage of the current view told last."""
    return (state.get(stage_key()) or {}).get(name)


def stage_key() -> str:
    return f"pooling_{state.view}"


def pick_by_key() -> None:
    """A digit pressed on the stage: one of the scenes."""
    number = told("preset")
    if isinstance(number, int) and 1 <= number <= len(SCENES):
        state.update(USUAL | SCENES[number - 1])


def edit() -> None:
    """A number typed into a cell of the map, or of the output's gradient."""
    said = told("edit")
    if not isinstance(said, dict) or not isinstance(said.get("value"), int | float):
        return
    low, high, _ = limits.CELL_VALUE
    value, index = min(max(float(said["value"]), low), high), said.get("index")
    values = current_map() if said.get("grid") == "map" else output_gradient(traced())
    if isinstance(index, int) and 0 <= index < values.size:
        values = values.copy()
        values.flat[index] = value
        text = grid_text(values)
        state.update({"map": "own", "rows": text} if said["grid"] == "map" else {"grads": text})


def shift() -> None:
    """An arrow pressed on the stage."""
    to = told("shift")
    name, by = {"down": ("down", 1), "up": ("down", -1), "right": ("right", 1), "left": ("right", -1)}.get(to, ("", 0))
    if to == "reset":
        state.update({"down": 0, "right": 0})
    elif by and state[name] + by in limits.MAP_SHIFT:
        state[name] += by


def resize() -> None:
    """One's own map grows or shrinks with the slider."""
    if state.map == "own":
        state.rows = grid_text(resized(grid_of(state.rows), state.side))


def take_over() -> None:
    """One's own map begins with what was shown, where that is small."""
    if state.map == "own":
        state.side = len(grid_of(state.rows))


def step_with_window() -> None:
    """The stride is the size unless it was chosen."""
    state.stride = state.window


def slider(label: str, key: str, bound: limits.Bound, call: Callable[[], None] | None = None, **more: Any) -> None:
    """A whole number within its bound."""
    st.slider(label, int(bound.low), int(bound.high), key=key, on_change=call, **more)


def number(label: str, key: str, bound: limits.Bound) -> None:
    """A whole number to type."""
    st.number_input(label, int(bound.low), int(bound.high), key=key)


def controls() -> None:
    """The sidebar; every value lives in the session state under its link's name."""
    with st.sidebar:
        st.radio("View", list(VIEWS), key="view", format_func=VIEWS.get)
        if state.view == "flatten":
            flatten_controls()
            return
        st.selectbox("Map", list(MAPS), key="map", format_func=MAPS.get, on_change=take_over)
        if state.map in ("random", "own"):
            slider("Cells a side", "side", limits.MAP_SIZE, resize)
        if state.map == "random":
            number("Seed", "seed", limits.MAP_SEED)
        if state.map == "digit":
            number("Test digit", "digit", limits.TEST_DIGIT)
            slider("Feature map", "feature", limits.LEARNED_FILTER)
        slider("Window F", "window", limits.POOL_SIZE, step_with_window)
        slider("Stride S", "stride", limits.POOL_STRIDE)
        if state.view != "backward":
            st.selectbox("Filter of the strided convolution", list(FILTERS), key="filter", format_func=FILTERS.get)
        if state.view == "forward":
            st.radio("Predict", list(ASKED), key="asked", format_func=ASKED.get, horizontal=True)
        if state.view == "shift":
            slider("Shift to the right", "right", limits.MAP_SHIFT)
            slider("Shift down", "down", limits.MAP_SHIFT)
        if state.view == "backward" and state.grads != "ones":
            st.button("dL/d(output): all ones", on_click=change, args=({"grads": "ones"},))


def flatten_controls() -> None:
    """What is flattened, and which way."""
    st.radio("Part", list(PARTS), key="part", format_func=PARTS.get)
    st.radio("Maps", list(FLAT), key="flat", format_func=FLAT.get)
    if state.flat == "small":
        slider("Rows H", "height", limits.FLAT_SIDE)
        slider("Columns W", "width", limits.FLAT_SIDE)
        slider("Channels C", "channels", limits.FLAT_CHANNELS)
    else:
        number("Test digit", "digit", limits.TEST_DIGIT)
    if state.part == "lost":
        number("Order number", "order", limits.MAP_SEED)


def traced() -> PoolingTrace:
    """The real poolings of the current settings. Raises ConvoscopeError."""
    return trace_pooling(
        current_map(), state.window, stride=state.stride, filter_=filter_of(state.filter, state.window)
    )


def output_gradient(trace: PoolingTrace) -> np.ndarray:
    """dL/d(output) of the output's shape: all ones, or as edited while it fits."""
    if state.grads != "ones":
        grads = grid_of(state.grads)
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
        return "pooling_shift", shift_data(trace, state.down, state.right)
    if state.view == "backward":
        return "backward", backward_data(trace, output_gradient(trace))
    name = FILTERS[state.filter]
    return "pooling", pooling_data(trace, filter_name=name, asked=state.asked, editable=state.map != "digit")


def leftovers(trace: PoolingTrace) -> None:
    """What the floor drops, and one click to the nearest settings that drop nothing."""
    left = trace.window.leftover(trace.map.shape)
    if not any(left):
        return
    count = int((~trace.touched).sum())
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
    return window.border == 0 and window.size in limits.POOL_SIZE and window.strides[0] in limits.POOL_STRIDE


def remarks() -> None:
    """Hinton's words as he wrote them, the lecture's slip put right, and the way to the convolution page."""
    remark(
        "Pooling and strides both reduce the resolution. Geoffrey Hinton, Reddit AMA 2014: “The pooling operation "
        "used in convolutional neural networks is a big mistake and the fact that it works so well is a disaster.”"
    )
    if state.map != "digit":
        link = {"preset": "own", "input": grid_text(current_map()), "padding": "none", "stride": str(state.stride)}
        if st.button("Open this map in Convolution"):
            st.switch_page("pages/convolution.py", query_params=link)


def main() -> None:
    page_style()
    note = follow_link("pooling", read_link)
    controls()
    write_link("pooling", USUAL)
    if note:
        st.info(note)
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
