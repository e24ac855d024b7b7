"""What the network sees: every stage between the sheet and the 28×28 numbers, each of which can be switched off."""

from itertools import combinations
from typing import Any

import numpy as np
import streamlit as st

from cnncore import ConvoscopeError, Prediction, classify
from cnncore.data.strokes import (
    BOX_CELLS,
    SIZE,
    PreprocessingStages,
    PreprocessingSteps,
    centre_of_mass,
    checked_strokes,
    preprocessing_stages,
)
from cnncore.nn.arrays import Array
from pages.ui.components.drawing_canvas import Drawing
from pages.ui.components.loader import packed
from pages.ui.components.stage import stage
from pages.ui.draw.view import View
from pages.ui.frame.url_state import UrlParams
from pages.ui.session import current_network
from pages.ui.session.page_state import PageState
from pages.ui.shared.class_bars import classes_shown
from pages.ui.shared.wording import invitation

# What can be switched off, in the order in which it happens, and what it is called.
SWITCHES = {"box": "scale to 20 × 20", "pen": "MNIST's pen", "centre": "centre of mass"}
WITHOUT = ["-".join(names) for count in range(4) for names in combinations(SWITCHES, count)]
PATCH = 4  # a side of the numbers that are shown of the image
KEY = "draw_sees"
state = PageState("draw")


def read_without(link: UrlParams) -> str:
    """What is switched off, as a link names it: "", "centre", "box-pen", …"""
    return link.option("without", WITHOUT, "")


def show(drawing: Drawing) -> None:
    """Draw the stages and both answers, of all stages and of those that are on."""
    if state.pop("stage_switched", False):
        st.rerun()  # the whole page, whose link names the switches
    stage("preprocessing", sees_data(drawing, state.without), key=KEY, switch=_switch)


def _switch() -> None:
    name = st.session_state[KEY].get("switch")
    off = set(state.without.split("-")) - {""}
    if isinstance(name, str) and name in SWITCHES:
        state.without = "-".join(each for each in SWITCHES if each in off ^ {name})
        state.stage_switched = True


def sees_data(drawing: Drawing, without: str) -> dict[str, Any]:
    """Every stage of a drawing, what the network answers with all of them, and without some."""
    off = without.split("-") if without else []
    data = {
        "sentence": "",
        "switches": [{"name": name, "said": said, "on": name not in off} for name, said in SWITCHES.items()],
    }
    if drawing.image is None:
        return data | {"sentence": f"{_invitation()}: its way to the network shows here."}
    try:
        strokes = checked_strokes(drawing.strokes)
        rules = PreprocessingSteps(**{name: name not in off for name in SWITCHES})
        seen = preprocessing_stages(strokes, rules, drawing.pen)
        images = [drawing.image, seen.image] if off else [seen.image]
        current = current_network.current_network()
        predictions = classify(current.network, np.stack([current.sees(image) for image in images]))
    except ConvoscopeError as error:
        return data | {"sentence": str(error)}
    data |= _pictures(seen, drawing.resting)
    for prediction in predictions:
        if prediction.label is None:
            return data | {"sentence": prediction.sentence}
    return data | {
        "all": _answer(predictions[0]),
        "now": _answer(predictions[-1]),
        "off": [SWITCHES[name] for name in off],
        "shown": classes_shown(*predictions),
    }


def _invitation() -> str:
    try:
        return invitation(current_network.current_network().network.names)
    except ConvoscopeError:
        return invitation(())


def _pictures(seen: PreprocessingStages, resting: bool) -> dict[str, Any]:
    margin = (SIZE - BOX_CELLS) / 2 - 0.5
    data = {
        "pictures": packed(np.stack([seen.sheet, seen.sheet, seen.box, seen.pen, seen.centre])),
        "corners": seen.corners,
        "box": (margin, margin, SIZE - margin, SIZE - margin),
        "mass": [centre_of_mass(seen.pen), centre_of_mass(seen.centre)],
        "patch": PATCH,
    }
    return data | {"busiest": _busiest(seen.centre)} if resting else data


def _busiest(image: Array) -> tuple[int, int]:
    """Row and column, from 0, where the patch with most contrast begins."""
    patches = np.lib.stride_tricks.sliding_window_view(image, (PATCH, PATCH))
    row, column = np.unravel_index(patches.std(axis=(2, 3)).argmax(), patches.shape[:2])
    return int(row), int(column)


def _answer(prediction: Prediction) -> dict[str, Any]:
    return {
        "probabilities": prediction.probabilities.tolist(),
        "names": list(prediction.class_names),
        "label": prediction.label,
        "sure": prediction.sure,
    }


VIEW = View("What the network sees", {"without": read_without}, show=show, bars=False)
