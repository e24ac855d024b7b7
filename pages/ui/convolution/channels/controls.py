"""The sidebar of the channels view, and what its switches and edits on the stage change."""

from typing import Any

import streamlit as st

from cnncore import ConvoscopeError
from pages.ui import bounds
from pages.ui.convolution.channels.inputs import edited_channels, slice_bit
from pages.ui.convolution.settings import state
from pages.ui.frame.page_frame import small_text

_TITLES = {"channels": "Channels in", "filters": "Filters: maps out", "images": "Images N", "side": "Side H = W"}


def channel_controls() -> None:
    """The widgets of the view, in the sidebar."""
    for name, bound in (("channels", bounds.CHANNELS_IN), ("filters", bounds.FILTERS_OUT)):
        st.slider(_TITLES[name], int(bound.low), int(bound.high), key=state.key(name))
    counted = {"images": bounds.COUNTED_IMAGES, "side": bounds.COUNTED_SIDE}
    for column, (name, bound) in zip(st.columns(2), counted.items(), strict=True):
        column.number_input(_TITLES[name], int(bound.low), int(bound.high), key=state.key(name))
    small_text("Shapes and counters speak of N images of this side; the stage shows a small example.")
    st.button("Other whole numbers", on_click=_draw_new_numbers, width="stretch")


def _draw_new_numbers() -> None:
    state.update(seed=state.seed % int(bounds.CELL_SEED.high) + 1, pixels="", slices="")


def toggle_slice(sent: Any) -> None:
    """Switch a slice on or off, as sent by the stage: {"channel": c, "filter": k}, counted from 0."""
    match sent:
        case {"channel": int(channel), "filter": int(filter_)} if (
            type(channel) is type(filter_) is int  # True is an int as well
            and 0 <= channel < bounds.CHANNELS_IN.high
            and 0 <= filter_ < bounds.FILTERS_OUT.high
        ):
            state.zero ^= 1 << slice_bit(channel, filter_)


def edit_channels(sent: Any, settings: Any) -> str | None:
    """A number typed into a channel or a slice. Returns a sentence where it does not fit."""
    try:
        state.update(edited_channels(settings, sent))
    except ConvoscopeError as error:
        return str(error)
    return None
