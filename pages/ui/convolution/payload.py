"""The window view: one traced scene as data, handed over once; the component draws and plays it."""

from typing import Any

import numpy as np

from cnncore.teaching.distractors.convolution import convolution_distractors
from cnncore.teaching.options import Distractor
from pages.ui import bounds
from pages.ui.components.loader import packed
from pages.ui.convolution.scene import Scene
from pages.ui.convolution.size_texts import caption, counter, formula
from pages.ui.shared.options import options_data

_ARRAYS = ("padded", "filter", "products", "sums", "biased", "outputs")


def stage_data(scene: Scene, /, **more: Any) -> dict[str, Any]:
    """A scene as data for the stage. Float64 throughout: what is shown is what was computed.

    `more` is what is not computed: the title, the filter's name, how it is shown.
    `scene` among it names what is shown: while it stays the same, the stage keeps its step.
    """
    trace = scene.trace
    arrays = {name: packed(getattr(trace, name)) for name in _ARRAYS}
    weights = np.arange(trace.filter.size)
    return arrays | {
        "touched": packed(trace.covered),
        "starts": packed(trace.starts.astype(np.int32)),
        "origin": packed(scene.origin.astype(np.int32)),
        "weights": packed((weights[::-1] if scene.transposed else weights).astype(np.int32)),
        "options": options_data(trace.outputs, _distractors(scene)),
        "caption": caption(scene),
        "formula": formula(scene),
        "counter": counter(scene),
        "code": numpy_line(scene),
        "sides": list(scene.sides),
        "border": list(trace.border),
        "shape": list(trace.shape),
        "signal": scene.signal,
        "transposed": scene.transposed,
        "bias": trace.bias,
        "relu": trace.relu,
        "dilation": trace.window.dilation,
        "bound": [bounds.CELL_VALUE.low, bounds.CELL_VALUE.high],
        **more,
    }


def _distractors(scene: Scene) -> list[Distractor]:
    flipped = "the filter was not turned" if scene.transposed else "the filter was flipped"
    renamed = {"the filter was flipped": flipped}
    return [Distractor(renamed.get(why, why), values) for why, values in convolution_distractors(scene.trace)]


def numpy_line(scene: Scene) -> dict[str, str]:
    """The line of NumPy behind one output cell, `{rows}` and `{columns}` being its slices, and its shapes.

    `padded`, `filter_` and `bias` are the trace's own.
    """
    patch = "padded[{columns}]" if scene.signal else "padded[{rows}, {columns}]"
    line = f"({patch} * filter_).sum() + bias"
    if scene.trace.relu:
        line = f"max({line}, 0)"
    size = scene.trace.window.size
    shape = f"({size},)" if scene.signal else f"({size}, {size})"
    return {"line": line, "shapes": f"# {shape} * {shape} -> 1 number"}
