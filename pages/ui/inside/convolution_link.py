"""A slice of a filter, and what it reads, as a link of the page Convolution."""

from typing import Any

import numpy as np

from cnncore import InputError, Network, limits
from cnncore.nn.layers import Conv2D
from cnncore.tracing.network import NetworkTrace
from pages.ui import bounds
from pages.ui.convolution.settings import read_settings, relevant_settings
from pages.ui.frame.url_state import UrlParams, format_value
from pages.ui.session.current_network import SessionNetwork
from pages.ui.session.page_state import PageState
from pages.ui.shared.grid_text import format_grid
from pages.ui.shared.layer_labels import source_of

OVER = ("input", "map")
state = PageState("inside")


def can_slide(network: Network, source: int) -> bool:
    """Return whether the page Convolution can show the filters of a layer, counted from 0."""
    layer = network.layers[source]
    if not isinstance(layer, Conv2D):
        return False
    window = layer.window
    sizes = window.size in limits.FILTER_SIZE and window.border in limits.PADDING
    return sizes and window.dilation in bounds.DILATION and all(step in bounds.STRIDE for step in window.strides)


def requested_link(request: Any, trace: NetworkTrace, current: SessionNetwork) -> dict[str, str] | None:
    """The link that the stage requested, {"channel": …, "over": …}, with the page's layer, map and input.

    None without a request. Raises InputError where the numbers are larger than that page takes.
    """
    source, index = source_of(trace.network, state.layer - 1), state.map - 1
    if request is None or not can_slide(trace.network, source):
        return None
    channel, over = read_request(request, len(trace.network.layers[source].params["filters"]))
    if over == "map" and source:
        values = trace.input_of(source)[..., channel]
        return slide_link(trace, source, index, channel, {"input": format_grid(np.round(values, 3))})
    if state.input == "digit" and not current.scramble and current.tests is None:
        digit = {"preset": "digit", "digit": str(state.digit)}
        if not (current.name or state.off or state.bias or source) and state.map in bounds.LEARNED_FILTER:
            return digit | {"filter": "learned", "map": str(state.map)}
        return slide_link(trace, source, index, channel, digit)
    drawn = state.input == "drawing" and not current.scramble
    picture = {"input": format_grid(np.round(trace.image[..., 0], 2)), "source": "drawing" if drawn else "own"}
    return slide_link(trace, source, index, channel, picture)


def slide_link(trace: NetworkTrace, source: int, index: int, channel: int, over: dict[str, str]) -> dict[str, str]:
    """The link of slice `channel` of filter `index`, both from 0, with the layer's window, over an input's settings.

    The bias goes along where there is but one channel. Raises InputError for numbers beyond what that page takes.
    """
    layer = trace.network.layers[source]
    assert isinstance(layer, Conv2D)
    window, filters = layer.window, layer.params["filters"]
    rows, columns = window.strides
    has_name = isinstance(window.padding, str)
    link = {
        "preset": "own",
        "weights": format_grid(filters[channel, :, :, index]),
        "padding": str(window.padding) if has_name else "number",
        "cells": "0" if has_name else str(window.border),
        "stride": str(rows),
        "across": "same" if columns == rows else str(columns),
        "dilation": str(window.dilation),
        "bias": format_value(round(float(layer.params["bias"][index]), 4) if len(filters) == 1 else 0.0),
    }
    asked = UrlParams(link | over)
    settings = read_settings(asked, ("window",))  # as that page writes it, so that Back leads here again
    if asked.refused:
        raise InputError(
            f"Convolution takes numbers from {bounds.CELL_VALUE.low} to {bounds.CELL_VALUE.high}, "
            "and these are larger: try a filter of an earlier layer."
        )
    return {name: format_value(settings[name]) for name in relevant_settings(settings)}


def read_request(request: Any, channels: int) -> tuple[int, str]:
    """Channel, from 0, and what the filter slides over; the first channel and the input where they do not fit."""
    request = request if isinstance(request, dict) else {}
    channel = request.get("channel")
    known = isinstance(channel, int) and not isinstance(channel, bool) and 1 <= channel <= channels
    return channel - 1 if known else 0, request["over"] if request.get("over") in OVER else "input"
