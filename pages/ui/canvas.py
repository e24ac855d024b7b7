"""The drawing canvas and its answer: strokes come in, probabilities and feature maps go out, in one fragment."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from cnncore import ConvoscopeError, InputError, Network, softmax
from cnncore.digits.drawing import checked_strokes, draw_strokes
from cnncore.layers import Dense, Flatten, MaxPool2D, ReLU
from cnncore.limits import SURE
from cnncore.memory import Array
from pages.ui import workbench
from pages.ui.components import component, packed

_COVERED = "drawing_covered"
DRAWING = "drawing"  # the session's current drawing, which every canvas shows
_EMPTY = "Draw a digit."
SAMPLES = {"": [], "7": [[[0.27, 0.22], [0.5, 0.21], [0.74, 0.2], [0.6, 0.48], [0.5, 0.66], [0.43, 0.84]]]}


def begin_with(sample: str) -> None:
    """Show a sample, for a scene pins what it shows; a drawing that it covers comes back when the scene is left."""
    state = st.session_state
    kept = state.get(DRAWING) or {"number": 0, "strokes": []}
    if SAMPLES[sample] and kept["strokes"] != SAMPLES[sample]:
        state[_COVERED] = kept["strokes"]
        state[DRAWING] = {"number": kept["number"] + 1, "strokes": SAMPLES[sample]}
    elif not sample and state.get(_COVERED) and kept["strokes"] in SAMPLES.values():
        state[DRAWING] = {"number": kept["number"] + 1, "strokes": state.pop(_COVERED)}


class Drawing(NamedTuple):
    """What stands on the sheet. image (28, 28, 1) uint8, ink high; None where nothing that can be read is drawn.

    resting: whether the pen is up, so that what takes longer than an answer may be worked out.
    """

    strokes: Any
    image: Array | None
    resting: bool = True


def current_drawing() -> Drawing:
    """The session's drawing."""
    kept = st.session_state.get(DRAWING) or {}
    strokes = kept.get("strokes")
    try:
        image = draw_strokes(checked_strokes(strokes))
    except InputError:
        image = None
    return Drawing(strokes, image, kept.get("resting", True))


@st.fragment
def canvas(*, key: str, with_layers: bool, beside: Callable[[Drawing], None] | None = None) -> None:
    """Mount the canvas. The network answers while one draws; its layers' maps are shown on request.

    `beside` draws what else is to be said, beside the sheet and anew at every change of the drawing.
    """
    state = st.session_state.get(key) or {}
    sent = state.get("drawing") if isinstance(state, dict) or hasattr(state, "get") else None
    kept = st.session_state.setdefault(DRAWING, {"number": 0, "strokes": []})
    if isinstance(sent, dict) and isinstance(sent.get("number"), int) and sent["number"] > kept["number"]:
        kept = {"number": sent["number"], "strokes": sent.get("strokes"), "resting": sent.get("resting") is not False}
        st.session_state[DRAWING] = kept
    data = answer(kept["strokes"], with_layers) | kept | {"withLayers": with_layers, "narrow": beside is not None}
    sheet, place = st.columns([2, 5]) if beside else (st.container(), None)
    with sheet:
        component("canvas")(key=key, data=data, default={"drawing": None}, on_drawing_change=lambda: None)
    if beside and place:
        with place:
            beside(current_drawing())


def answer(strokes: Any, with_layers: bool) -> dict[str, Any]:
    """What the network says of strokes from outside; a refusal is a sentence like any other."""
    try:
        image = draw_strokes(checked_strokes(strokes))
        current = workbench.current_network()
    except InputError as error:
        return {"sentence": str(error) if strokes else _EMPTY, "answer": ""}
    except ConvoscopeError as error:
        return {"sentence": str(error), "answer": ""}
    network, image = current.network, current.sees(image)
    activations = network.activations(image[None])
    logits = activations[-1][1]
    probabilities = softmax(logits)[0]
    best = int(probabilities.argmax())
    sure = bool(probabilities[best] >= SURE)
    name = network.names[best]
    result = {
        "sentence": f"That is a {name}." if sure else f"I am unsure. A {name}, perhaps?",
        "answer": name if sure else "unsure",
        "logits": [float(value) for value in logits[0]],
        "probabilities": [float(value) for value in probabilities],
        "names": list(network.names),
    }
    return result | {"layers": layers(image, network, activations)} if with_layers else result


def layers(image: Array, network: Network, activations: Any) -> list[dict[str, Any]]:
    """The input and every layer's maps, as signed bytes scaled by the layer's largest magnitude."""
    shown = [layer_data("input", image / 255, signed=False)]
    positive = True
    for layer, maps in activations:
        if isinstance(layer, Flatten) or layer is network.layers[-1]:
            continue
        positive = isinstance(layer, ReLU) or (positive and isinstance(layer, MaxPool2D))
        maps = maps[0] if maps.ndim == 4 else maps[0][None, None]
        unit = "Dense" if isinstance(layer, Dense) else type(layer).__name__
        shown.append(layer_data(f"{unit} → {' × '.join(map(str, maps.shape))}", maps, signed=not positive))
    return shown


def layer_data(name: str, maps: Array, *, signed: bool) -> dict[str, Any]:
    """maps (H, W, C) as data for the component."""
    largest = float(np.abs(maps).max()) or 1.0
    return {"name": name, "signed": signed, "maps": packed(np.rint(maps * (127 / largest)).astype(np.int8))}
