"""The convolution stage: hands one trace over, once; the component draws and plays it."""

from collections.abc import Callable
from typing import Any

from cnncore.mistakes import convolution_mistakes
from cnncore.tracing import Trace
from pages.ui.components import component, packed

_ARRAYS = ("padded", "filter", "starts", "products", "sums", "biased", "outputs", "touched")


def stage_data(trace: Trace, *, title: str, caption: str, filter_name: str, scene: str = "") -> dict[str, Any]:
    """A trace and its words as data for the stage. Float64 throughout: what is shown is what was computed.

    `scene` names what is shown: while it stays the same, the stage keeps its step.
    """
    window = trace.window
    arrays = {name: packed(getattr(trace, name)) for name in _ARRAYS}
    arrays["starts"] = packed(trace.starts.astype("int32"))
    inputs = trace.padded.shape[1] - 2 * trace.border[1]
    return arrays | {
        "title": title,
        "caption": caption,
        "filterName": filter_name,
        "scene": scene,
        "mistakes": [{"why": why, "values": packed(values)} for why, values in convolution_mistakes(trace)],
        "border": list(trace.border),
        "shape": list(trace.shape),
        "bias": trace.bias,
        "relu": trace.relu,
        "size": {"W": inputs, "F": window.size, "P": window.border, "S": window.strides[1], "D": window.dilation},
        "leftover": int(window.leftover(inputs)),
    }


def stage(name: str, data: dict[str, Any], *, key: str, **on: Callable[[], None]) -> None:
    """Mount a stage of assets/components/<name>.js. `on` says what to call for what the stage tells, by name."""
    component(name)(key=key, data=data, **{f"on_{told}_change": call for told, call in on.items()})
