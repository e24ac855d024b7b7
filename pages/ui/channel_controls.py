"""The settings of the channels view: how many go in and out, which slices are zeros, whose shapes are counted."""

from typing import Any

import streamlit as st

from cnncore import limits
from cnncore.memory import Array
from pages.ui.channel_scenes import ZEROED, channel_scene, slice_bit, zeroed_mask
from pages.ui.links import Link

# Each is a setting of the link and the key of its widget.
CHANNEL_SETTINGS = {
    "channels": limits.CHANNELS_IN,
    "filters": limits.FILTERS_OUT,
    "zero": ZEROED,
    "images": limits.COUNTED_IMAGES,
    "side": limits.COUNTED_SIDE,
}


def usual_channels() -> dict[str, int]:
    """The lecture's "4 in, 2 out"."""
    return {name: int(bound.default) for name, bound in CHANNEL_SETTINGS.items()}


def read_channels(link: Link) -> dict[str, int]:
    """The view's settings, from a link."""
    return {name: link.whole(name, bound, int(bound.default)) for name, bound in CHANNEL_SETTINGS.items()}


def channel_controls() -> None:
    """Widgets for the sidebar."""
    state = st.session_state
    for label, name in (("Channels in", "channels"), ("Filters: maps out", "filters")):
        bound = CHANNEL_SETTINGS[name]
        st.slider(label, int(bound.low), int(bound.high), key=name)
    for column, label, name in zip(st.columns(2), ("Images N", "Side H = W"), ("images", "side"), strict=True):
        bound = CHANNEL_SETTINGS[name]
        column.number_input(label, int(bound.low), int(bound.high), key=name)
    st.caption("Shapes and counters speak of N images of this side; the stage shows a small example.")
    st.button("Other whole numbers", on_click=lambda: state.update(seed=state.seed % 9_999 + 1), width="stretch")
    if state.zero:
        st.button("No slice is zero", on_click=lambda: state.update(zero=0), width="stretch")


def toggle_slice(sent: Any) -> None:
    """A slice's switch on the stage: {"channel": c, "filter": k}, counted from 0."""
    place = (sent.get("channel"), sent.get("filter")) if isinstance(sent, dict) else (None, None)
    sides = (limits.CHANNELS_IN, limits.FILTERS_OUT)
    if all(type(n) is int and 0 <= n < side.high for n, side in zip(place, sides, strict=True)):
        st.session_state.zero ^= 1 << slice_bit(*place)


def channels_shown(settings: dict[str, Any]) -> tuple[tuple[Array, Array, Array], dict[str, Any]]:
    """What `channels_view` takes: image, filters and bias; zeroed and counted."""
    channels, filters = settings["channels"], settings["filters"]
    zeroed = zeroed_mask(settings["zero"], channels, filters)
    scene = channel_scene(channels, filters, settings["seed"])
    return scene, {"zeroed": zeroed, "counted": (settings["images"], settings["side"])}
