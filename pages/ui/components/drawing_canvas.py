"""The drawing canvas and its answer: strokes come in, probabilities and feature maps go out, in one fragment."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from cnncore import ConvoscopeError, InputError, Network, Prediction, limits
from cnncore.data.strokes import SHEET_PEN, checked_strokes, draw_strokes
from cnncore.nn.arrays import Array
from cnncore.nn.blas import one_blas_thread
from cnncore.nn.layers import Flatten
from pages.ui import bounds
from pages.ui.components.loader import component, packed
from pages.ui.session import current_network
from pages.ui.shared import sample_strokes
from pages.ui.shared.class_bars import classes_shown, first_classes
from pages.ui.shared.layer_labels import signed_layers
from pages.ui.shared.wording import image_word, invitation

_REPLACED_DRAWING = "drawing_covered"
DRAWING = "drawing"  # the session's current drawing, which every canvas shows
SAMPLES: dict[str, Any] = {"": []} | {name: strokes for name, (_, strokes) in sample_strokes.NAMED.items()}
WIDTHS = (0.045, SHEET_PEN, 0.12)  # of the pen, as shares of the sheet's side
_NEW = {"generation": 0, "number": 0, "strokes": [], "pen": SHEET_PEN, "resting": True, "refusal": ""}


def load_sample(sample: str) -> None:
    """Show a sample, for a scene pins what it shows; a drawing that it covers comes back when the scene is left."""
    state = st.session_state
    strokes = _kept()["strokes"]
    if SAMPLES[sample] and strokes != SAMPLES[sample]:
        state[_REPLACED_DRAWING] = strokes
        _replace(SAMPLES[sample])
    elif not sample and state.get(_REPLACED_DRAWING) and strokes in SAMPLES.values():
        _replace(state.pop(_REPLACED_DRAWING))


class Drawing(NamedTuple):
    """What is drawn on the sheet. image (28, 28, 1) uint8, ink high; None where nothing that can be read is drawn.

    strokes: as they came, lists of [x, y]; resting: whether the pen is up, so that what takes longer than an answer
    may be worked out; pen: its width on the sheet, as a share of the sheet's side.
    """

    strokes: Any
    image: Array | None
    resting: bool = True
    pen: float = SHEET_PEN


def current_drawing() -> Drawing:
    """The session's drawing."""
    return parse_drawing(_kept())


def parse_drawing(kept: dict[str, Any]) -> Drawing:
    """A drawing as the session keeps it."""
    try:
        image = draw_strokes(checked_strokes(kept["strokes"]))
    except InputError:
        image = None
    return Drawing(kept["strokes"], image, kept["resting"], kept["pen"])


def clear_drawing() -> None:
    """An empty sheet on every canvas."""
    _replace([], _kept()["pen"])


def generation() -> int:
    """How often the server has replaced the drawing; a canvas sends it with every drawing."""
    return _kept()["generation"]


def _kept() -> dict[str, Any]:
    return _NEW | (st.session_state.get(DRAWING) or {})


def _replace(strokes: Any, pen: float = SHEET_PEN) -> None:
    """Put other strokes on every canvas; what one sends of the generation before is ignored from now on."""
    kept = _kept()
    after = {"generation": kept["generation"] + 1, "number": kept["number"] + 1}
    st.session_state[DRAWING] = _NEW | after | {"strokes": strokes, "pen": pen}


@st.fragment
def canvas(
    *,
    key: str,
    with_layers: bool,
    beside: Callable[[Drawing], None] | None = None,
    bars: bool = True,
    with_samples: bool = False,
    points: Callable[[Drawing], dict[str, Any]] | None = None,
) -> None:
    """Mount the canvas. The network answers while one draws; its layers' maps are shown on request.

    `beside` draws what else is to be said, beside the sheet and anew at every change of the drawing; without `bars`
    it says all of the answer. `with_samples` shows digits to start from. `points` gives what a map in
    another place of the page is told at every change.
    """
    _receive(key)
    kept = _kept()
    drawing = parse_drawing(kept)
    refusal = kept["refusal"]
    answer = _said(refusal) if refusal else classify_strokes(kept["strokes"], with_layers, drawing.image)
    sheet_state = {name: kept[name] for name in ("generation", "number", "strokes", "pen")}
    data = answer | sheet_state | {"withLayers": with_layers, "bars": bars, "noun": image_word(answer["names"])}
    data["narrow"] = beside is not None or points is not None
    if points:
        data["points"] = points(drawing)
    if kept["resting"]:
        most = {"strokes": limits.STROKES, "points": limits.POINTS}
        data["tools"] = {"most": most, "widths": WIDTHS, "samples": _samples() if with_samples else []}
    sheet, place = st.columns([2, 5]) if beside else (st.container(), None)
    with sheet:
        component("canvas")(key=key, data=data, default={"drawing": None}, on_drawing_change=partial(_receive, key))
    if beside and place:
        with place:
            beside(drawing)


def _receive(key: str) -> None:
    """Take what a canvas sent; as its callback, before any part of the page that uses the drawing runs."""
    state = st.session_state.get(key) or {}
    sent = state.get("drawing") if hasattr(state, "get") else None
    st.session_state[DRAWING] = validate_update(sent, _kept())


def validate_update(sent: Any, kept: dict[str, Any]) -> dict[str, Any]:
    """What the canvas sent, checked; what is old, or no drawing, leaves the last good one.

    Strokes that are refused leave those before, with the reason as `refusal`. Their number is echoed all the same,
    so that the canvas knows which drawing was answered.
    """
    number = sent.get("number") if isinstance(sent, dict) else None
    if type(number) is not int or not kept["number"] < number <= bounds.DRAWING_NUMBER:
        return kept
    if sent.get("generation", 0) != kept["generation"]:
        return kept
    pen, resting = sent.get("pen", SHEET_PEN), sent.get("resting") is not False
    if isinstance(pen, bool) or pen not in limits.PEN_WIDTH:
        pen = SHEET_PEN
    try:
        checked_strokes(sent.get("strokes"))
    except InputError as error:
        return kept | {"number": number, "resting": resting, "refusal": str(error)}
    drawn = {"number": number, "strokes": sent["strokes"], "pen": float(pen), "resting": resting}
    return kept | drawn | {"refusal": ""}


def classify_strokes(strokes: Any, with_layers: bool, image: Array | None = None) -> dict[str, Any]:
    """What the network says of strokes from outside; a refusal is a sentence like any other.

    image: what they look like, where that is known already.
    """
    try:
        image = draw_strokes(checked_strokes(strokes)) if image is None else image
        current = current_network.current_network()
    except InputError as error:
        return _said(str(error) if strokes else f"{invitation(_names())}.")
    except ConvoscopeError as error:
        return _said(str(error))
    network, image = current.network, current.sees(image)
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):
        activations = network.activations(image[None])
    logits = activations[-1][1][0]
    prediction = Prediction.from_logits(logits, network.names, network.sure_threshold)
    if prediction.label is None:
        return _said(prediction.sentence)
    result = {
        "sentence": prediction.sentence,
        "answer": prediction.class_name if prediction.sure else "unsure",
        "label": prediction.label,
        "logits": logits.tolist(),
        "probabilities": prediction.probabilities.tolist(),
        "names": list(network.names),
        "shown": classes_shown(prediction),
    }
    return result | {"layers": layers(image, network, activations)} if with_layers else result


def _said(sentence: str) -> dict[str, Any]:
    """A sentence without an answer; the bars are empty."""
    names = _names()
    return {"sentence": sentence, "answer": "", "names": list(names), "shown": first_classes(names)}


def _names() -> tuple[str, ...]:
    """The classes of the network that answers; none where there is no network."""
    try:
        return current_network.current_network().network.names
    except ConvoscopeError:
        return ()


def _samples() -> list[dict[str, Any]]:
    """Digits to start from, of the classes that the network tells apart."""
    names = _names()
    return [
        {"name": said, "strokes": strokes}
        for name, (said, strokes) in sample_strokes.NAMED.items()
        if sample_strokes.DIGIT_OF.get(name, name) in names
    ]


def layers(image: Array, network: Network, activations: Any) -> list[dict[str, Any]]:
    """The input and every layer's maps, as signed bytes scaled by the layer's largest magnitude."""
    shown = [layer_data("input", image / 255, signed=False)]
    for (layer, maps), signed in zip(activations, signed_layers(network), strict=True):
        if isinstance(layer, Flatten) or layer is network.layers[-1]:
            continue
        maps = maps[0] if maps.ndim == 4 else maps[0][None, None]
        size = " × ".join(map(str, maps.shape))
        shown.append(layer_data(f"{type(layer).__name__} → {size}", maps, signed=signed))
    return shown


def layer_data(name: str, maps: Array, *, signed: bool) -> dict[str, Any]:
    """maps (H, W, C) as data for the component."""
    largest = float(np.abs(maps).max()) or 1.0
    return {"name": name, "signed": signed, "maps": packed(np.rint(maps * (127 / largest)).astype(np.int8))}
