"""Why the drawing is answered so: four panels beside the sheet, each with what it does not show."""

import time
from typing import Any

import streamlit as st

from cnncore import ConvoscopeError
from pages.ui import bounds
from pages.ui.components.drawing_canvas import Drawing
from pages.ui.components.loader import component
from pages.ui.draw.view import View
from pages.ui.draw.why.nearest_digits import hidden_of, nearest_data
from pages.ui.draw.why.payload import classes_of, explanation
from pages.ui.frame.page_frame import show_error, small_text
from pages.ui.session.current_network import SessionNetwork, current_network
from pages.ui.session.page_state import PageState
from pages.ui.session.training_images import training_images
from pages.ui.shared.wording import image_word, invitation

DROPS = {"logit": "Logit", "probability": "Probability"}
NEAR = {"pixels": "Pixels: they look alike", "network": "Last hidden layer: the network takes them for alike"}
_ANSWER = ""  # the class that is explained unless another is chosen
_EXPLAINED = "explained"
_EVERY, _AT_A_TIME = 0.5, 0.3  # seconds: the pen must not wait for the training digits
_WAIT = "What the network makes of the training {}s, worked out once for each network"
state = PageState("draw")


def _names() -> tuple[str, ...]:
    try:
        return current_network().network.names
    except ConvoscopeError:
        return ()


def _noun() -> str:
    """What the training images are called."""
    try:
        return image_word(training_images(current_network()).digits.names)
    except ConvoscopeError:
        return "image"


def _controls() -> None:
    st.selectbox(
        "Explain the class", (_ANSWER, *_names()), key=state.key("class"), format_func=lambda name: name or "the answer"
    )
    st.radio(
        "What a blank patch takes away",
        list(DROPS),
        key=state.key("drop"),
        format_func=DROPS.__getitem__,
        horizontal=True,
    )
    st.slider("Patch, in cells", int(bounds.PATCH.low), int(bounds.PATCH.high), key=state.key("patch"))
    st.radio(f"Nearest {_noun()}s by", list(NEAR), key=state.key("near"), format_func=NEAR.__getitem__)


def _show(drawing: Drawing) -> None:
    """Explain what is drawn once the pen rests; until then the last explanation stays."""
    if not drawing.strokes:
        state.pop(_EXPLAINED, None)
    resting = drawing.resting and drawing.image is not None
    if resting:
        try:
            state[_EXPLAINED] = _explained(drawing.image, current_network())
        except ConvoscopeError as error:
            show_error(error)
            resting = False
    if _EXPLAINED not in state:
        small_text(f"{invitation(_names())} and lift the pen: the reasons for the answer are shown here.")
        return
    _, data = state[_EXPLAINED]
    component("explanation")(key="draw_why", data=data | {"drop": state.drop, "before": not resting, "noun": _noun()})
    if resting and data["nearest"] is None:
        _wait(current_network())


def _explained(image: Any, current: SessionNetwork) -> tuple[Any, dict[str, Any]]:
    """The key of what was explained, and the panels' data; nothing is computed twice."""
    key = (current.network, current.scramble, image.tobytes(), state["class"], state.patch)
    data: dict[str, Any]
    before, data = state.get(_EXPLAINED) or (None, {})
    if before != key:
        data = explanation(image, current, state["class"], state.patch)
    if before != key or data["near"] != state.near or data["nearest"] is None:
        target = classes_of(image, current, state["class"])[2]
        nearest = nearest_data(image, current, state.near, current.network.names[target])
        data = data | {"near": state.near, "nearest": nearest}
    return key, data


@st.fragment(run_every=_EVERY)
def _wait(current: SessionNetwork) -> None:
    """Process some more training digits, with a progress bar; between the parts a drawing can go on."""
    hidden, end = hidden_of(current), time.monotonic() + _AT_A_TIME
    while (share := hidden.compute_some()) < 1 and time.monotonic() < end:
        pass
    st.progress(share, _WAIT.format(_noun()))
    if share == 1:
        st.rerun()


VIEW = View(
    "Why",
    {
        "class": lambda link: link.option("class", (_ANSWER, *_names()), _ANSWER),
        "drop": lambda link: link.option("drop", DROPS, "logit"),
        "patch": lambda link: link.integer("patch", bounds.PATCH, int(bounds.PATCH.default)),
        "near": lambda link: link.option("near", NEAR, "pixels"),
    },
    _controls,
    _show,
)
