"""How else a convolution can be looked at: the loop, the matrix, several channels; and the scene taken away."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnncore import ConvoscopeError
from cnncore.tracing.channels import without_slices
from pages.ui.components.stage import stage
from pages.ui.convolution.channels.controls import edit_channels, toggle_slice
from pages.ui.convolution.channels.presets import channel_scene, zeroed_mask
from pages.ui.convolution.controls import NAME, current_settings
from pages.ui.convolution.inputs import filter_of, input_of
from pages.ui.convolution.scene import Scene, geometry_of
from pages.ui.convolution.views.payload import channels_view, loop_data, matrix_view, take_away
from pages.ui.frame.page_frame import refuse

On = dict[str, Callable[[], None]]  # what to call for what a stage tells


def stage_key(view: str) -> str:
    """Where the session state holds what a view's stage told."""
    return f"{NAME}_{view}_stage"


def show_loop(_: dict[str, Any], scene: Scene | None, on: On) -> None:
    """One product a beat, with the code's line; of a transposed convolution, over the spread cells."""
    _show("loop", loop_data(scene.trace, scene.signal) if scene else None, on)


def show_matrix(settings: dict[str, Any], scene: Scene | None, on: On) -> None:
    """A signal's convolution as a dense layer."""
    how = geometry_of(settings) | {"bias": settings["bias"]}
    _show("matrix", matrix_view(input_of(settings), filter_of(settings), **how) if scene else None, on)


def show_channels(settings: dict[str, Any], _: Scene | None, on: On) -> None:
    """Several channels in, several filters; the image is the view's own."""
    image, filters, bias = channel_scene(settings)
    zeroed = zeroed_mask(settings["zero"], settings["channels"], settings["filters"])
    how = geometry_of(settings | {"across": "same"})
    try:
        counted = (settings["images"], settings["side"])
        data = channels_view(image, filters, bias, zeroed=zeroed, counted=counted, **how)
    except ConvoscopeError as error:
        refuse(error)
        data = None
    _show("channels", data, on | {"zero": _switch_slice, "edit": _edit})
    if data:
        take_away(image, without_slices(filters, zeroed), bias=bias, **how)


def take_scene_away(settings: dict[str, Any], scene: Scene) -> None:
    """The notebook of a single channel's scene; of a transposed convolution, over what was spread."""
    if scene.transposed:
        trace, row = scene.trace, 0 if scene.signal else slice(None)
        how = {"dilation": trace.window.dilation, "bias": trace.bias, "relu": trace.relu}
        take_away(trace.padded[row], trace.filter[row], **how)
    else:
        take_away(input_of(settings), filter_of(settings), bias=settings["bias"], **geometry_of(settings))


def _show(view: str, data: dict[str, Any] | None, on: On) -> None:
    """Mount a view's stage; the last good picture where nothing could be computed."""
    state, last = st.session_state, f"{NAME}_{view}_last"
    if data:
        opened = f"{state.get(f'{NAME}_opened')} {state.get(f'{NAME}_picked', 0)}"
        state[last] = data | {"scene": f"{data['scene']}|{opened}"}
    if last in state:
        shown = state[last] if data else state[last] | {"caption": "the last picture that fits"}
        stage(view, shown, key=stage_key(view), **on)


def _switch_slice() -> None:
    toggle_slice(_told("zero"))


def _edit() -> None:
    if note := edit_channels(_told("edit"), current_settings()):
        st.session_state[f"{NAME}_note"] = note


def _told(name: str) -> Any:
    return (st.session_state.get(stage_key("channels")) or {}).get(name)
