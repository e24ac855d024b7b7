"""One scene of the convolution page: what cnncore computed for its settings."""

from typing import Any, NamedTuple

import numpy as np

from cnncore import ShapeError, Window
from cnncore.nn.arrays import Array
from cnncore.tracing.convolution import ConvolutionTrace, trace_conv1d, trace_conv2d
from cnncore.tracing.transposed import trace_transposed
from pages.ui import bounds
from pages.ui.convolution.inputs import filter_of, input_of


class Scene(NamedTuple):
    """A traced convolution and what its numbers are called.

    sides       (H, W) of the input, (1, L) for a signal
    window      as the settings ask for it; a transposed convolution slides another one, trace.window
    origin      (R, C) index of each padded cell in the input, in row order; -1 for a zero
    transposed  whether zeros stand between the cells and the filter is turned
    signal      whether it is 1-D
    """

    trace: ConvolutionTrace
    window: Window
    sides: tuple[int, int]
    origin: Array
    transposed: bool
    signal: bool


def scene_of(settings: Any) -> Scene:
    """The real convolution of the current settings. Raises ConvoscopeError."""
    input_, filter_ = input_of(settings), filter_of(settings)
    geometry = geometry_of(settings) | {"bias": settings["bias"]}
    sides = (1, len(input_)) if input_.ndim == 1 else input_.shape
    if settings["transposed"] == "on":
        _check_size(
            sides,
            Window(len(filter_), stride=geometry["stride"], padding=geometry["padding"], dilation=geometry["dilation"]),
        )
        shown = trace_transposed(input_, filter_, **geometry)
        return Scene(shown.convolution, shown.window, sides, shown.source_index, True, input_.ndim == 1)
    trace = (trace_conv1d if input_.ndim == 1 else trace_conv2d)(input_, filter_, **geometry)
    numbers = np.arange(input_.size).reshape(sides)
    origin = np.pad(numbers, [(side, side) for side in trace.border], constant_values=-1)
    return Scene(trace, trace.window, sides, origin, False, input_.ndim == 1)


def geometry_of(settings: Any) -> dict[str, Any]:
    """Stride, padding, dilation and ReLU of the page's settings, as tracing takes them."""
    stride = settings["stride"]
    if settings["kind"] == "picture" and settings["across"] != "same":
        stride = (stride, int(settings["across"]))
    padding = settings["cells"] if settings["padding"] == "number" else settings["padding"]
    relu = settings["relu"] == "on"
    return {"stride": stride, "padding": padding, "dilation": settings["dilation"], "relu": relu}


def _check_size(sides: tuple[int, int], window: Window) -> None:
    """Raises ShapeError where the output of a transposed convolution is too large for the stage."""
    largest = max(window.transposed_size(sides))
    if largest > bounds.STAGE_SIDE:
        raise ShapeError(
            f"The output would be {largest} cells a side, more than the {bounds.STAGE_SIDE} that can be walked: "
            "try a smaller stride or a smaller input."
        )
