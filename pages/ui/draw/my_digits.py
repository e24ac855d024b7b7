"""My digits: drawings labelled and kept, what the network answers to them, and the way to train it on them."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from cnncore import ConvoscopeError, limits
from cnncore.data.digit_set import DIGITS
from cnncore.data.strokes import checked_strokes, draw_strokes
from cnncore.data.uploads.zip_writer import class_folders
from pages.ui.components.drawing_canvas import Drawing, clear_drawing, generation
from pages.ui.components.loader import component, packed
from pages.ui.draw.view import View
from pages.ui.frame.open_in import open_target, targets_for_image
from pages.ui.frame.page_frame import refuse
from pages.ui.session import my_digits
from pages.ui.session.current_network import SessionNetwork, current_network, pretrained
from pages.ui.shared.fine_tuning_report import answer_of, answers_of, fine_tuning_report

KEY = "draw_mine"
_ANSWERS = "draw_mine_answers"
_REFUSED, _OPENED = "draw_mine_refused", "draw_mine_opened"  # what the last event left for the page to show
_FEW = 5
state = st.session_state


def show(drawing: Drawing) -> None:
    """Beside the sheet: ten labels, the wall, and what can be done with it."""
    refused = state.pop(_REFUSED, None)
    if opened := state.pop(_OPENED, None):
        page, image = opened
        open_target(page, targets_for_image(image)[page], image)
    try:
        current = current_network()
        data = wall_data(current, drawing)
    except ConvoscopeError as error:  # no network answers
        refuse(refused or error)
        return
    component("my_digits")(key=KEY, data=data, on_told_change=_told)
    with st.container():  # always there, so that nothing below it moves
        if refused:
            refuse(refused)
    if my_digits.kept():
        _use(current)


def _told() -> None:
    """The callback of what was pressed: it runs once for each press, even where the rerun is interrupted."""
    told = (state.get(KEY) or {}).get("told")
    try:
        if isinstance(told, Mapping):
            _obey(told)
    except ConvoscopeError as error:
        state[_REFUSED] = error


def _obey(told: Mapping[str, Any]) -> None:
    """What was pressed; comes from outside. Raises InputError.

    The drawing to keep comes with the press: what the canvas last sent may be another one.
    """
    match told:
        case {"do": "keep", "label": label, "drawing": {"strokes": strokes, "generation": drawn}}:
            if drawn == generation():  # else a second press for a drawing that is kept and cleared by now
                my_digits.keep(draw_strokes(checked_strokes(strokes)), label)
                clear_drawing()
        case {"do": "relabel", "number": number, "label": label}:
            my_digits.relabel(number, label)
        case {"do": "remove", "number": number}:
            my_digits.remove(number)
        case {"do": "clear"}:
            my_digits.remove_all()
        case {"do": "undo"}:
            my_digits.undo()
        case {"do": "open", "number": number, "page": "convolution" | "inside" as page}:
            for each in my_digits.kept():
                if each.number == number:
                    state[_OPENED] = page, each.image


def wall_data(current: SessionNetwork, drawing: Drawing) -> dict[str, Any]:
    """All kept digits, with what the network answers. Raises ModelError."""
    kept = my_digits.kept()
    answers = _answers(current, kept)
    correct = [answer == str(each.label) for each, answer in zip(kept, answers, strict=True)]
    return {
        "numbers": [each.number for each in kept],
        "labels": [each.label for each in kept],
        "answers": answers,
        "images": packed(my_digits.as_set(kept).images[..., 0]),
        "correct": correct,
        "right": sum(correct),
        "says": "" if drawing.image is None else answer_of(current, drawing.image),
        "canUndo": my_digits.can_undo(),
    }


def _answers(current: SessionNetwork, kept: tuple[my_digits.Kept, ...]) -> list[str]:
    """Asked once as long as neither the network nor the digits change: a drawing is followed stroke by stroke."""
    before = state.get(_ANSWERS)
    if before is None or before[0] is not current.network or before[1] is not kept:
        before = state[_ANSWERS] = (current.network, kept, answers_of(current, kept))
    return before[2]


def _use(current: SessionNetwork) -> None:
    """Train the network on them, download them; before and after where that was done."""
    kept = my_digits.kept()
    with st.container(horizontal=True, vertical_alignment="center"):
        train = st.button("**Train the network on them**", key="draw_mine_train", disabled=not can_learn(current))
        st.download_button(
            "Download as ZIP",
            data=lambda: class_folders(my_digits.as_set(kept)),
            file_name="my-digits.zip",
            mime="application/zip",
            key="draw_mine_zip",
            on_click="ignore",
            help=f"A folder for each digit. Train reads it back, from {limits.DATA_LEAST} digits on, two of each class",
        )
    if not can_learn(current):
        st.markdown("The network that answers tells other classes apart: choose another at the end of the sidebar.")
    else:
        st.markdown(_what_it_learns(len(my_digits.halves()[0])))
    if current.learned:
        fine_tuning_report(pretrained(), current)
    if train:
        state[my_digits.TRAIN_ON_THEM] = True
        st.switch_page("pages/train.py")


def can_learn(current: SessionNetwork) -> bool:
    """Whether a network answers with the ten digits."""
    return current.network.names == DIGITS


def _what_it_learns(count: int) -> str:
    held = len(my_digits.kept()) - count
    more = f" {held} are held back, to be tested on." if held else ""
    few = " So few it learns by heart." if count < _FEW else ""
    return (
        f"It goes on from its weights, on {count} of these among {limits.BESIDE_DIGITS:,} of MNIST's, "
        f"so that it does not forget those.{more}{few}"
    )


VIEW = View("My digits", show=show, bars=False)
