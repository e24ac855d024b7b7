"""The input of the network as an array, the order in which the test digits are walked through, and its links."""

import numpy as np
import streamlit as st

from cnncore import InputError
from cnncore.data.strokes import checked_strokes, draw_strokes
from cnncore.nn.arrays import Array
from pages.ui.components.drawing_canvas import DRAWING
from pages.ui.frame.open_in import LinkTargets, targets_for_digit, targets_for_drawing, targets_for_image
from pages.ui.inside.test_set.answers import evaluated_set
from pages.ui.session.current_network import SessionNetwork, session_image
from pages.ui.session.evaluation_set import EvaluationSet
from pages.ui.session.page_state import PageState

INPUTS = {"digit": "Test digit", "drawing": "My drawing", "upload": "My picture"}
ANY, HARDEST = "any", "hardest"
_NOT_HERE = "A picture of one's own is not in the link and does not leave the machine: choose it again to see it here."
state = PageState("inside")


def image_of(tests: EvaluationSet) -> tuple[Array, str]:
    """The chosen input (28, 28, 1) uint8 and its description. Raises ConvoscopeError."""
    if state.input == "drawing":
        strokes = st.session_state.get(DRAWING, {}).get("strokes")
        if not strokes:
            raise InputError(f"Nothing is drawn yet: draw something on the page Draw, or choose a test {tests.noun}.")
        return draw_strokes(checked_strokes(strokes)), "my drawing"
    image = session_image()
    if state.input == "upload" and image is not None:
        return image, "my picture"
    if state.input == "upload" and not state.get("upload", {}).get("refusal"):
        st.info(_NOT_HERE)
    index = 0 if state.input == "upload" else state.digit
    return tests.digits.images[index], tests.description(index)


def order_of(current: SessionNetwork, tests: EvaluationSet) -> Array:
    """Indices of the digits that Previous and Next walk through, in order. Raises InputError."""
    if state.chosen_class == HARDEST:
        return evaluated_set(current, tests).hardest
    if state.chosen_class == ANY:
        return np.arange(len(tests.digits))
    return np.flatnonzero(tests.digits.labels == state.chosen_class)


def neighbour(order: Array, index: int, step: int) -> int:
    """The next index of the order, or the one before; from outside, the nearest in a sorted order, else the first."""
    here = np.flatnonzero(order == index)
    if len(here):
        return int(order[(here[0] + step) % len(order)])
    if (np.diff(order) < 0).any():
        return int(order[0])
    return int(order[(np.searchsorted(order, index) - (step < 0)) % len(order)])


def input_targets(tests: EvaluationSet) -> tuple[LinkTargets, str]:
    """Links of the chosen input on other pages, which know MNIST's digits by index, and what the input is called."""
    if state.input == "drawing":
        return targets_for_drawing(), "the drawing"
    image = session_image()
    if state.input == "upload":
        return ({} if image is None else targets_for_image(image)), "the picture"
    if tests.is_own:
        return targets_for_image(tests.digits.images[state.digit]), "the image"
    return targets_for_digit(state.digit), "the digit"
