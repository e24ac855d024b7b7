"""One scene of the pooling page: what cnncore computed for its settings, and the component that shows it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.tracing.flatten import reorder, trace_flatten
from cnncore.tracing.pooling import PoolingTrace, trace_pooling
from pages.ui.pooling.inputs import FILTERS, filter_of, lecture_maps, map_of, small_maps
from pages.ui.pooling.payload import backward_data, flatten_data, pooling_data, shift_data, shuffle_data
from pages.ui.shared.grid_text import parse_grid

Settings = Mapping[str, Any]


def pooling_of(settings: Settings) -> PoolingTrace:
    """The real poolings of the current settings. Raises ConvoscopeError."""
    window, stride = settings["window"], settings["stride"]
    filter_ = filter_of(settings["filter"], window)
    return trace_pooling(map_of(settings), window, stride=stride, filter_=filter_)


def output_gradient(settings: Settings, trace: PoolingTrace) -> Array:
    """dL/d(output) of the output's shape: all ones, or as edited while it fits."""
    if settings["grads"] != "ones":
        grads = parse_grid(settings["grads"])
        if grads.shape == trace.shape:
            return grads
    return np.ones(trace.shape)


def flatten_scene(settings: Settings) -> tuple[str, dict[str, Any]]:
    """The component of flatten and its data. Raises ConvoscopeError."""
    small = settings["flat"] == "small"
    if small:
        maps = small_maps(settings["height"], settings["width"], settings["channels"])
    else:
        maps = lecture_maps(settings["digit"])
    trace = trace_flatten(maps)
    if settings["part"] != "lost":
        return "flatten", flatten_data(trace, back=settings["part"] == "back")
    rng = np.random.default_rng(settings["order"])
    weights = rng.integers(-2, 3, (len(trace.vector), 3 if small else 10)).astype(np.float64)
    return "shuffle", shuffle_data(trace, weights, reorder(trace.vector, weights, rng.permutation(len(trace.vector))))


def pooling_scene(settings: Settings, trace: PoolingTrace) -> tuple[str, dict[str, Any]]:
    """The component of one of the other views and its data."""
    if settings["view"] == "shift":
        return "translation", shift_data(trace, settings["down"], settings["right"])
    if settings["view"] == "backward":
        return "gradient_routing", backward_data(trace, output_gradient(settings, trace))
    name, editable = FILTERS[settings["filter"]], settings["map"] != "digit"
    return "windows", pooling_data(trace, filter_name=name, asked=settings["asked"], editable=editable)
