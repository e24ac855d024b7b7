"""The convolution stage: hands one trace over, once; the component draws and plays it."""

from typing import Any

from cnncore.tracing import Trace
from pages.ui.components import component, packed

_ARRAYS = ("padded", "filter", "starts", "products", "sums", "biased", "outputs", "touched")


def stage_data(trace: Trace, *, title: str, caption: str, filter_name: str) -> dict[str, Any]:
    """A trace and its words as data for the stage. Float64 throughout: what is shown is what was computed."""
    window = trace.window
    arrays = {name: packed(getattr(trace, name)) for name in _ARRAYS}
    arrays["starts"] = packed(trace.starts.astype("int32"))
    inputs = trace.padded.shape[1] - 2 * trace.border[1]
    return arrays | {
        "title": title,
        "caption": caption,
        "filterName": filter_name,
        "border": list(trace.border),
        "shape": list(trace.shape),
        "bias": trace.bias,
        "relu": trace.relu,
        "size": {"W": inputs, "F": window.size, "P": window.border, "S": window.strides[1], "D": window.dilation},
        "leftover": int(window.leftover(inputs)),
    }


def stage(data: dict[str, Any], *, key: str, on_preset: Any) -> None:
    """Mount the stage; a digit key picks a preset and calls `on_preset`."""
    component("stage")(key=key, data=data, on_preset_change=on_preset)
