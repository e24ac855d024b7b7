"""What goes into the network: a test digit by class or by how hard it is, the drawing, or a picture of one's own."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from cnncore import InputError
from cnncore.data.strokes import checked_strokes, draw_strokes, read_digit
from cnncore.nn.arrays import Array
from pages.ui.components.drawing_canvas import DRAWING
from pages.ui.frame.open_in import LinkTargets, targets_for_digit, targets_for_drawing, targets_for_image
from pages.ui.frame.page_frame import picture_uploader, refuse
from pages.ui.inside.test_set.answers import Tests, survey_of
from pages.ui.session.current_network import SessionNetwork, session_image, set_session_image

INPUTS = {"digit": "Test digit", "drawing": "My drawing", "upload": "My picture"}
ANY, HARDEST = "any", "hardest"
_NOT_HERE = "A picture of one's own is not in the link and does not leave the machine: choose it again to see it here."
_KEPT, _SEEK = "inside_upload", "inside_seek"
state = st.session_state


def input_controls(
    current: SessionNetwork, tests: Tests, keep: Callable[[str], Any], change: Callable[..., None]
) -> None:
    """The sidebar's part. `keep` gives a widget its key and call, `change` takes new settings."""
    st.radio("Input", INPUTS, format_func=INPUTS.get, horizontal=True, **keep("input"))
    if state.input == "upload":
        _take_picture()
    if state.input != "digit":
        return
    names = tests.digits.names
    hard = [HARDEST] if len(tests.known) else []
    options = [ANY, *hard, *range(len(names))]
    if state.get("inside_class") not in options:
        state.inside_class = ANY
    words = {ANY: "any", HARDEST: "the hardest ones"} | dict(enumerate(names))
    st.selectbox("Class", options, key="inside_class", format_func=words.get, on_change=_seek)
    if state.pop(_SEEK, False):
        _to_first(current, tests, change)
    before, after = st.columns(2)
    step = {"width": "stretch", "on_click": _step}
    before.button("← Previous", key="inside_before", args=(current, tests, change, -1), **step)
    after.button("Next →", key="inside_after", args=(current, tests, change, 1), **step)
    st.number_input("Test digit", 0, len(tests.digits) - 1, **keep("digit"))


def order_of(current: SessionNetwork, tests: Tests) -> Array:
    """Places of the digits that Previous and Next walk through, in order."""
    if state.inside_class == HARDEST:
        return survey_of(current, tests).hardest
    if state.inside_class == ANY:
        return np.arange(len(tests.digits))
    return np.flatnonzero(tests.digits.labels == state.inside_class)


def neighbour(order: Array, number: int, step: int) -> int:
    """The next place of the order, or the one before; from outside, the nearest in a sorted order, else the first."""
    here = np.flatnonzero(order == number)
    if len(here):
        return int(order[(here[0] + step) % len(order)])
    if (np.diff(order) < 0).any():
        return int(order[0])
    return int(order[(np.searchsorted(order, number) - (step < 0)) % len(order)])


def _seek() -> None:
    state[_SEEK] = True


def _to_first(current: SessionNetwork, tests: Tests, change: Callable[..., None]) -> None:
    """Another class was chosen: stay where it fits already."""
    order = order_of(current, tests)
    if state.inside_class == HARDEST:
        change(digit=int(order[0]))
    elif len(order) and state.digit not in order:
        change(digit=neighbour(order, state.digit, 1))


def _step(current: SessionNetwork, tests: Tests, change: Callable[..., None], step: int) -> None:
    order = order_of(current, tests)
    if len(order):
        change(digit=neighbour(order, state.digit, step))


def _take_picture() -> None:
    """Read a file once; it is kept as an array, for this session alone. The last good one stays."""
    file = picture_uploader("A picture of one digit", key="inside_file")
    kept = state.setdefault(_KEPT, {})
    if file is None:
        return
    if kept.get("file") != file.file_id:
        kept |= {"file": file.file_id, "refusal": None}
        try:
            set_session_image(read_digit(file.getvalue()))
        except InputError as error:
            kept["refusal"] = error
    if kept["refusal"]:
        refuse(kept["refusal"])


def image_of(tests: Tests) -> tuple[Array, str]:
    """The chosen input (28, 28, 1) uint8 and what it is. Raises ConvoscopeError."""
    if state.input == "drawing":
        strokes = state.get(DRAWING, {}).get("strokes")
        if not strokes:
            raise InputError("Nothing is drawn yet: draw a digit on the page Draw, or choose a test digit.")
        return draw_strokes(checked_strokes(strokes)), "my drawing"
    image = session_image()
    if state.input == "upload" and image is not None:
        return image, "my picture"
    if state.input == "upload" and not state.get(_KEPT, {}).get("refusal"):
        st.info(_NOT_HERE)
    number = 0 if state.input == "upload" else state.digit
    return tests.digits.images[number], tests.words(number)


def ways_of_input(tests: Tests) -> tuple[LinkTargets, str]:
    """Where else the chosen input can be opened, and what it is called; other pages know MNIST's digits by number."""
    if state.input == "drawing":
        return targets_for_drawing(), "the drawing"
    image = session_image()
    if state.input == "upload":
        return ({} if image is None else targets_for_image(image)), "the picture"
    if tests.own:
        return targets_for_image(tests.digits.images[state.digit]), "the image"
    return targets_for_digit(state.digit), "the digit"
