"""How else a convolution can be looked at: the loop, the matrix, several channels; and the scene taken away."""

from typing import Any

import streamlit as st

from cnncore import ConvoscopeError, ShapeError
from pages.ui.channel_controls import channels_shown, toggle_slice
from pages.ui.chrome import refuse
from pages.ui.convolution_scene import Scene, geometry_of
from pages.ui.convolution_views import channels_view, loop_view, matrix_view, take_away
from pages.ui.inputs import filter_of, input_of
from pages.ui.stage import stage


def show_loop(settings: dict[str, Any], scene: Scene | None) -> None:
    """One product a beat, with the code's line."""
    if scene:
        _show("loop", loop_view, settings, scene)


def show_matrix(settings: dict[str, Any], scene: Scene | None) -> None:
    """A signal's convolution as a dense layer."""
    if scene:
        _show("matrix", matrix_view, settings, scene)


def show_channels(settings: dict[str, Any], _: Scene | None) -> None:
    """Several channels in, several filters; the image is the view's own."""
    (image, filters, bias), more = channels_shown(settings)
    how = geometry_of(settings)
    try:
        data = channels_view(image, filters, bias, **more, **how)
    except ConvoscopeError as error:
        refuse(error)
        return
    stage("channels", data, key="convolution_channels", zero=_switch_slice)
    take_away(image, filters, bias=bias, **how)


def take_scene_away(settings: dict[str, Any], scene: Scene | None) -> None:
    """The notebook of a single channel's scene."""
    if scene and not scene.transposed:
        how = geometry_of(settings) | {"bias": settings["bias"]}
        take_away(input_of(settings), filter_of(settings), **how)


def _show(name: str, view: Any, settings: dict[str, Any], scene: Scene) -> None:
    try:
        if scene.transposed:
            raise ShapeError("This view shows a plain convolution: switch the transposed one off.")
        how = geometry_of(settings) | {"bias": settings["bias"]}
        data = view(input_of(settings), filter_of(settings), **how)
    except ConvoscopeError as error:
        refuse(error)
        return
    stage(name, data, key=f"convolution_{name}")


def _switch_slice() -> None:
    toggle_slice((st.session_state.get("convolution_channels") or {}).get("zero"))
