"""Watch one filter slide over one image, step by step."""

from typing import Any

import streamlit as st

from cnncore import ConvoscopeError, Window, limits
from cnncore.tracing import Trace, trace_conv1d, trace_conv2d
from pages.ui.chrome import page_style, refuse
from pages.ui.filters_library import LEARNED
from pages.ui.links import Link, follow_link, write_link
from pages.ui.presets import PRESETS, filter_names, filter_of, input_of
from pages.ui.stage import stage, stage_data

PADDINGS = ("none", "half", "full", "number")
STAGE, LAST = "convolution_stage", "convolution_last"
state = st.session_state


def settings_of(name: str) -> dict[str, Any]:
    """The page's settings as a preset has them."""
    preset = PRESETS[name]
    words = isinstance(preset.padding, str)
    return {
        "preset": name,
        "filter": preset.filter,
        "padding": preset.padding if words else "number",
        "cells": 0 if words else preset.padding,
        "stride": preset.stride,
        "dilation": 1,
        "bias": 0,
        "relu": "off",
        "digit": 0,
        "map": 1,
    }


def read_link(link: Link) -> dict[str, Any]:
    """Every setting, from a link."""
    name = link.choice("preset", PRESETS, "half")
    usual = settings_of(name)
    return usual | {
        "filter": link.choice("filter", filter_names(PRESETS[name]), usual["filter"]),
        "padding": link.choice("padding", PADDINGS, usual["padding"]),
        "cells": link.whole("cells", limits.PADDING, usual["cells"]),
        "stride": link.whole("stride", limits.STRIDE, usual["stride"]),
        "dilation": link.whole("dilation", limits.DILATION, 1),
        "bias": link.whole("bias", limits.BIAS, 0),
        "relu": link.choice("relu", ("on", "off"), "off"),
        "digit": link.whole("digit", limits.TEST_DIGIT, 0),
        "map": link.whole("map", limits.LEARNED_FILTER, 1),
    }


def pick(name: str | None = None) -> None:
    """A preset brings its own settings along."""
    state.update(settings_of(name or state.preset))


def pick_by_key() -> None:
    """A digit pressed on the stage."""
    number = state[STAGE].get("preset")
    if isinstance(number, int) and 1 <= number <= len(PRESETS):
        pick(list(PRESETS)[number - 1])


def change(settings: dict[str, Any]) -> None:
    """A neighbouring setting that fits."""
    state.update(settings)


def controls() -> None:
    """The sidebar; every value lives in the session state under its link's name."""
    with st.sidebar:
        st.selectbox("Scene", list(PRESETS), key="preset", on_change=pick, format_func=lambda n: PRESETS[n].title)
        preset = PRESETS[state.preset]
        if state.filter not in filter_names(preset):
            state.filter = preset.filter
        st.selectbox("Filter", filter_names(preset), key="filter")
        if preset.kind == "digit":
            slider("Test digit", "digit", limits.TEST_DIGIT, "number_input")
            if state.filter == LEARNED:
                slider("Learned filter", "map", limits.LEARNED_FILTER)
        st.radio("Padding P", PADDINGS, key="padding", horizontal=True)
        if state.padding == "number":
            slider("Cells of zeros on every side", "cells", limits.PADDING)
        slider("Stride S", "stride", limits.STRIDE)
        slider("Bias", "bias", limits.BIAS, "number_input")
        st.radio("ReLU", ("off", "on"), key="relu", horizontal=True)
        with st.expander("Beyond the lecture"):
            slider("Dilation D", "dilation", limits.DILATION)


def slider(label: str, key: str, bound: limits.Bound, widget: str = "slider") -> None:
    """A whole number within its bound."""
    getattr(st, widget)(label, int(bound.low), int(bound.high), key=key)


def traced() -> Trace:
    """The real convolution of the current settings. Raises ConvoscopeError."""
    preset = PRESETS[state.preset]
    trace = trace_conv1d if preset.kind == "signal" else trace_conv2d
    return trace(
        input_of(preset, state.digit),
        filter_of(state.filter, state.map),
        bias=state.bias,
        stride=state.stride,
        padding=state.cells if state.padding == "number" else state.padding,
        dilation=state.dilation,
        relu=state.relu == "on",
    )


def words(trace: Trace) -> str:
    """How the size came to be, in a line."""
    rows, columns = trace.shape
    border = trace.window.border
    inner = " × ".join(str(n - 2 * b) for n, b in zip(trace.padded.shape, trace.border, strict=True) if n > 1)
    framed = " × ".join(str(n) for n in trace.padded.shape if n > 1)
    padded = f"{inner} + border {border} = {framed}" if border else f"{inner}, no border"
    return f"{padded} → {rows} × {columns}" if rows > 1 or len(trace.filter) > 1 else f"{padded} → {columns}"


def leftovers(trace: Trace) -> None:
    """What the floor drops, and one click to the nearest settings that drop nothing."""
    size = trace.padded.shape[1] - 2 * trace.border[1]
    left = trace.window.leftover(size)
    if not left:
        return
    what = "only padding, no cell of the input" if trace.only_padding_is_dropped else "cells of the input"
    st.info(f"The size is not whole, so it is floored: {left} at the end of each row is dropped, {what}.")
    fitting = [w for w in trace.window.neighbours_that_fit(size) if w.size == trace.window.size]
    for column, window in zip(st.columns(max(len(fitting), 1)), fitting, strict=False):
        label, settings = neighbour(trace.window, window)
        column.button(f"Try {label}", on_click=change, args=(settings,))


def neighbour(now: Window, other: Window) -> tuple[str, dict[str, Any]]:
    """The one setting that differs."""
    if other.strides != now.strides:
        return f"S = {other.strides[0]}", {"stride": other.strides[0]}
    return f"P = {other.border}", {"padding": "number", "cells": other.border}


page_style()
note = follow_link("convolution", read_link)
controls()
write_link("convolution", settings_of("half"))
if note:
    st.info(note)
try:
    trace = traced()
    name = state.filter if state.filter != LEARNED else f"learned filter {state.map}"
    state[LAST] = stage_data(
        trace, title="Convolution", caption=words(trace), filter_name=name, scene=f"{trace.padded.shape}{trace.shape}"
    )
except ConvoscopeError as error:
    trace = None
    refuse(error)
if LAST in state:
    shown = state[LAST] if trace else state[LAST] | {"caption": "the last picture that fits"}
    stage("convolution", shown, key=STAGE, preset=pick_by_key)
if trace:
    leftovers(trace)
