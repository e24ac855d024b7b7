"""The views of the convolution page: the window, the loop, the matrix, several channels; and the scene's notebook."""

from collections.abc import Callable
from typing import Any

from cnncore import ConvoscopeError
from cnncore.tracing.channels import without_slices
from pages.ui.components.stage import stage
from pages.ui.convolution.channels.controls import edit_channels, toggle_slice
from pages.ui.convolution.channels.inputs import channel_scene, zeroed_mask
from pages.ui.convolution.inputs import filter_of, input_of
from pages.ui.convolution.payload import stage_data
from pages.ui.convolution.scene import Scene, geometry_of
from pages.ui.convolution.settings import current_settings, state
from pages.ui.convolution.stage_events import edit, pin, stage_event, stage_key, switch_terms
from pages.ui.convolution.views.payload import channels_view, loop_data, matrix_view, take_away
from pages.ui.frame.page_frame import show_error

On = dict[str, Callable[[], None]]  # the callbacks that every view has, by the name of the stage's event


def follow_the_scene(scene: Scene) -> None:
    """A new geometry begins at its first step; a scene that a link or a preset opens, at the step that it says."""
    geometry, opened = f"{scene.trace.padded.shape}{scene.trace.shape}{scene.trace.filter.shape}", opened_scene()
    before = state.get("scene_key")
    if before and before[1] == opened and before != (geometry, opened):
        state.step = 1
    state.scene_key = geometry, opened


def opened_scene() -> str:
    """Counts what links and presets have opened: the stage stays at its step until it changes."""
    return f"{state.get('opened')} {state.get('picked', 0)}"


def show_window(_: dict[str, Any], scene: Scene | None, on: On) -> None:
    """The window, step by step; the last good scene where nothing could be computed."""
    edited = state.get("edited", 0)
    if scene:
        state.last = stage_data(
            scene,
            title="Transposed convolution" if scene.transposed else "Convolution",
            filterName=state.filter if state.filter != "learned" else f"learned filter {state.map}",
            scene="|".join(state.scene_key),
            step=state.step,
            terms=state.terms,
            edited=edited,
        )
    if "last" in state:
        shown = state.last if scene else state.last | {"caption": "the last picture that fits", "edited": edited}
        stage("convolution", shown, key=stage_key("window"), **on, edit=edit, pin=pin, terms=switch_terms)


def show_loop(_: dict[str, Any], scene: Scene | None, on: On) -> None:
    """One product a beat, with the code's line; of a transposed convolution, over the spread cells."""
    _show("loop", loop_data(scene.trace, scene.signal) if scene else None, on)


def show_matrix(settings: dict[str, Any], scene: Scene | None, on: On) -> None:
    """A signal's convolution as a dense layer."""
    geometry = geometry_of(settings) | {"bias": settings["bias"]}
    _show("matrix", matrix_view(input_of(settings), filter_of(settings), **geometry) if scene else None, on)


def show_channels(settings: dict[str, Any], _: Scene | None, on: On) -> None:
    """Several channels in, several filters; the image is the view's own."""
    image, filters, bias = channel_scene(settings)
    zeroed = zeroed_mask(settings["zero"], settings["channels"], settings["filters"])
    geometry = geometry_of(settings | {"across": "same"})
    try:
        counted = (settings["images"], settings["side"])
        data = channels_view(image, filters, bias, zeroed=zeroed, counted=counted, **geometry)
    except ConvoscopeError as error:
        show_error(error)
        data = None
    _show("channels", data, on | {"zero": _switch_slice, "edit": _edit})
    if data:
        take_away(image, without_slices(filters, zeroed), bias=bias, **geometry)


def take_scene_away(settings: dict[str, Any], scene: Scene) -> None:
    """The notebook of a single channel's scene; of a transposed convolution, over what was spread."""
    if scene.transposed:
        trace, row = scene.trace, 0 if scene.signal else slice(None)
        geometry = {"dilation": trace.window.dilation, "bias": trace.bias, "relu": trace.relu}
        take_away(trace.padded[row], trace.filter[row], **geometry)
    else:
        take_away(input_of(settings), filter_of(settings), bias=settings["bias"], **geometry_of(settings))


def _show(view: str, data: dict[str, Any] | None, on: On) -> None:
    """Mount a view's stage; the last good scene where nothing could be computed."""
    last = f"{view}_last"
    if data:
        state[last] = data | {"scene": f"{data['scene']}|{opened_scene()}"}
    if last in state:
        shown = state[last] if data else state[last] | {"caption": "the last picture that fits"}
        stage(view, shown, key=stage_key(view), **on)


def _switch_slice() -> None:
    toggle_slice(stage_event("zero"))


def _edit() -> None:
    if note := edit_channels(stage_event("edit"), current_settings()):
        state.note = note


# By name in the link: title, and what shows it: (settings, the traced scene or None, callbacks) -> None.
VIEWS: dict[str, tuple[str, Callable[[dict[str, Any], Scene | None, On], None]]] = {
    "window": ("Window", show_window),
    "loop": ("The loop, one product a beat", show_loop),
    "matrix": ("A signal as a matrix", show_matrix),
    "channels": ("Channels", show_channels),
}
