"""The channels view's widgets, and what its switches and edits change."""

from typing import Any

import streamlit as st

from cnncore import ConvoscopeError
from pages.ui import bounds
from pages.ui.convolution.channels.presets import edited_channels, slice_bit
from pages.ui.frame.page_frame import remark

_TITLES = {"channels": "Channels in", "filters": "Filters: maps out", "images": "Images N", "side": "Side H = W"}
state = st.session_state


def channel_controls() -> None:
    """For the sidebar."""
    for name, bound in (("channels", bounds.CHANNELS_IN), ("filters", bounds.FILTERS_OUT)):
        st.slider(_TITLES[name], int(bound.low), int(bound.high), key=name)
    counted = {"images": bounds.COUNTED_IMAGES, "side": bounds.COUNTED_SIDE}
    for column, (name, bound) in zip(st.columns(2), counted.items(), strict=True):
        column.number_input(_TITLES[name], int(bound.low), int(bound.high), key=name)
    remark("Shapes and counters speak of N images of this side; the stage shows a small example.")
    st.button("Other whole numbers", on_click=_draw_lots, width="stretch")


def _draw_lots() -> None:
    state.update(seed=state.seed % int(bounds.CELL_SEED.high) + 1, pixels="", slices="")


def toggle_slice(sent: Any) -> None:
    """A slice's switch on the stage: {"channel": c, "filter": k}, counted from 0."""
    place = (sent.get("channel"), sent.get("filter")) if isinstance(sent, dict) else (None, None)
    sides = (bounds.CHANNELS_IN, bounds.FILTERS_OUT)
    if all(type(n) is int and 0 <= n < side.high for n, side in zip(place, sides, strict=True)):
        state.zero ^= 1 << slice_bit(*place)


def edit_channels(sent: Any, settings: Any) -> str | None:
    """A number typed into a channel or a slice. Returns a sentence where it does not fit."""
    try:
        state.update(edited_channels(settings, sent))
    except ConvoscopeError as error:
        return str(error)
    return None
