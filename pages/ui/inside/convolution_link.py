"""A slice of a filter, and what it reads, as a link of the page Convolution."""

from typing import Any

import numpy as np
import streamlit as st

from cnncore import InputError, Network, limits
from cnncore.nn.layers import Conv2D
from cnncore.tracing.network import NetworkTrace
from pages.ui import bounds
from pages.ui.convolution.settings import read_settings, relevant_settings
from pages.ui.frame.url_state import UrlParams, format_value
from pages.ui.session.current_network import SessionNetwork
from pages.ui.shared.grid_text import format_grid
from pages.ui.shared.layer_labels import source_of

OVER = ("input", "map")
state = st.session_state


def can_slide(network: Network, source: int) -> bool:
    """Whether `convolution` can show the filters of a layer, counted from 0."""
    layer = network.layers[source]
    if not isinstance(layer, Conv2D):
        return False
    window = layer.window
    sizes = window.size in limits.FILTER_SIZE and window.border in limits.PADDING
    return sizes and window.dilation in bounds.DILATION and all(step in bounds.STRIDE for step in window.strides)


def asked_link(told: Any, trace: NetworkTrace, current: SessionNetwork) -> dict[str, str] | None:
    """The link of what the stage asked for, {"channel": …, "over": …}, with the page's layer, map and input.

    None where it asked for nothing. Raises InputError where the numbers are larger than that page takes.
    """
    source, number = source_of(trace.network, state.layer - 1), state.map - 1
    if told is None or not can_slide(trace.network, source):
        return None
    channel, over = read_told(told, len(trace.network.layers[source].params["filters"]))
    if over == "map" and source:
        values = trace.input_of(source)[..., channel]
        return slide_link(trace, source, number, channel, {"input": format_grid(np.round(values, 3))})
    if state.input == "digit" and not current.scramble and current.tests is None:
        digit = {"preset": "digit", "digit": str(state.digit)}
        if not (current.name or state.off or state.bias or source) and state.map in bounds.LEARNED_FILTER:
            return digit | {"filter": "learned", "map": str(state.map)}
        return slide_link(trace, source, number, channel, digit)
    drawn = state.input == "drawing" and not current.scramble
    picture = {"input": format_grid(np.round(trace.image[..., 0], 2)), "source": "drawing" if drawn else "own"}
    return slide_link(trace, source, number, channel, picture)


def slide_link(trace: NetworkTrace, source: int, number: int, channel: int, over: dict[str, str]) -> dict[str, str]:
    """The link of slice `channel` of filter `number`, both from 0, with the layer's window, over an input's settings.

    The bias goes along where there is but one channel. Raises InputError for numbers beyond what that page takes.
    """
    layer = trace.network.layers[source]
    assert isinstance(layer, Conv2D)
    window, filters = layer.window, layer.params["filters"]
    rows, columns = window.strides
    named = isinstance(window.padding, str)
    link = {
        "preset": "own",
        "weights": format_grid(filters[channel, :, :, number]),
        "padding": str(window.padding) if named else "number",
        "cells": "0" if named else str(window.border),
        "stride": str(rows),
        "across": "same" if columns == rows else str(columns),
        "dilation": str(window.dilation),
        "bias": format_value(round(float(layer.params["bias"][number]), 4) if len(filters) == 1 else 0.0),
    }
    asked = UrlParams(link | over)
    settings = read_settings(asked, ("window",))  # as that page writes it, so that Back leads here again
    if asked.refused:
        raise InputError(
            f"Convolution takes numbers from {bounds.CELL_VALUE.low} to {bounds.CELL_VALUE.high}, "
            "and these are larger: try a filter of an earlier layer."
        )
    return {name: format_value(settings[name]) for name in relevant_settings(settings)}


def read_told(told: Any, channels: int) -> tuple[int, str]:
    """Channel from 0 and what it slides over, as the stage told; whatever does not fit is the first, over the input."""
    told = told if isinstance(told, dict) else {}
    channel = told.get("channel")
    known = isinstance(channel, int) and not isinstance(channel, bool) and 1 <= channel <= channels
    return channel - 1 if known else 0, told["over"] if told.get("over") in OVER else "input"
