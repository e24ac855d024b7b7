"""The view "My digits": labelled drawings, the network's answers to them, and training it on them."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from cnncore import ConvoscopeError, limits
from cnncore.analysis.prediction import with_article
from cnncore.data.digit_set import DIGITS
from cnncore.data.strokes import checked_strokes, draw_strokes
from cnncore.data.uploads.zip_writer import class_folders
from pages.ui.components.drawing_canvas import Drawing, clear_drawing, generation
from pages.ui.components.loader import component, packed
from pages.ui.draw.view import View
from pages.ui.frame.kept_note import kept_note
from pages.ui.frame.open_in import open_target, targets_for_image
from pages.ui.frame.page_frame import show_error
from pages.ui.session import my_digits
from pages.ui.session.current_network import SessionNetwork, current_network, pretrained
from pages.ui.session.page_state import PageState
from pages.ui.shared.fine_tuning_report import answer_of, answers_of, fine_tuning_report
from pages.ui.shared.wording import image_word

KEY = "draw_mine"
_FEW = 5  # digits, below which training learns them by heart
state = PageState("draw")


def show(drawing: Drawing) -> None:
    """Beside the sheet: a label for each class, the wall, and what can be done with it."""
    error_of_event = state.pop("my_digits_error", None)
    if page_and_image := state.pop("open_my_digit", None):
        page, image = page_and_image
        open_target(page, targets_for_image(image)[page], image)
    try:
        current = current_network()
        data = wall_data(current, drawing)
    except ConvoscopeError as error:  # no network answers
        show_error(error_of_event or error)
        return
    component("my_digits")(key=KEY, data=data, on_action_change=_handle_event)
    with st.container():  # always there, so that nothing below it moves
        if error_of_event:
            show_error(error_of_event)
    if my_digits.user_digits():
        _training_section(current)
    kept_note(f"Your {image_word(current.network.names)}s", my_digits.KEPT)


def _handle_event() -> None:
    """The callback of every press: it runs once for each, even where the rerun is interrupted."""
    event = (st.session_state.get(KEY) or {}).get("action")
    try:
        if isinstance(event, Mapping):
            _apply_event(event)
    except ConvoscopeError as error:
        state.my_digits_error = error


def _apply_event(event: Mapping[str, Any]) -> None:
    """Apply a press, which comes from outside. Raises InputError.

    The drawing to add comes with the press: what the canvas last sent may be another one.
    """
    match event:
        case {"do": "keep", "label": label, "drawing": {"strokes": strokes, "generation": drawn}}:
            if drawn == generation():  # else a second press for a drawing that was added and cleared already
                my_digits.add(draw_strokes(checked_strokes(strokes)), label, current_network().network.names)
                clear_drawing()
        case {"do": "relabel", "number": id_, "label": label}:
            my_digits.relabel(id_, label, current_network().network.names)
        case {"do": "remove", "number": id_}:
            my_digits.remove(id_)
        case {"do": "clear"}:
            my_digits.remove_all()
        case {"do": "undo"}:
            my_digits.undo()
        case {"do": "open", "number": id_, "page": "convolution" | "inside" as page}:
            for each in my_digits.user_digits():
                if each.id == id_:
                    state.open_my_digit = page, each.image


def wall_data(current: SessionNetwork, drawing: Drawing) -> dict[str, Any]:
    """All digits, with what the network answers. Raises ModelError."""
    digits, names = my_digits.user_digits(), current.network.names
    answers = _answers(current, digits)
    known = [each.name in names for each in digits]
    correct = [answer == each.name for each, answer in zip(digits, answers, strict=True)]
    return {
        "noun": image_word((*names, *(each.name for each in digits))),
        "classes": [{"name": name, "phrase": with_article(name)} for name in names],
        "numbers": [each.id for each in digits],
        "labels": [{"name": each.name, "phrase": with_article(each.name)} for each in digits],
        "known": known,
        "asked": sum(known),
        "answers": answers,
        "images": packed(my_digits.to_digit_set(digits).images[..., 0]),
        "correct": correct,
        "right": sum(correct),
        "says": "" if drawing.image is None else answer_of(current, drawing.image),
        "canUndo": my_digits.can_undo(),
    }


def _answers(current: SessionNetwork, digits: tuple[my_digits.UserDigit, ...]) -> list[str]:
    """Computed once for each network and tuple of digits, since this runs at every stroke of a drawing."""
    cached = state.get("my_digits_answers")
    if cached is None or cached[0] is not current.network or cached[1] is not digits:
        cached = state.my_digits_answers = (current.network, digits, answers_of(current, digits))
    return cached[2]


def _as_zip(digits: tuple[my_digits.UserDigit, ...]) -> bytes:
    """Made once for each tuple of digits. Bytes keep their address over reruns, so a click in between finds them."""
    cached = state.get("my_digits_zip")
    if cached is None or cached[0] is not digits:
        cached = state.my_digits_zip = (digits, class_folders(my_digits.to_digit_set(digits)))
    return cached[1]


def _training_section(current: SessionNetwork) -> None:
    """Train the network on them, download them; before and after where that was done."""
    digits = my_digits.user_digits()
    with st.container(horizontal=True, vertical_alignment="center"):
        train = st.button("**Train the network on them**", key="draw_mine_train", disabled=not _trainable(current))
        st.download_button(
            "Download as ZIP",
            data=_as_zip(digits),
            file_name="my-digits.zip",
            mime="application/zip",
            key="draw_mine_zip",
            on_click="ignore",
            help=f"A folder for each class. Train reads it back, from {limits.DATA_LEAST} digits on, two of each class",
        )
    if not can_learn(current):
        st.markdown(
            "The network that answers tells other classes apart than the ten digits. To train one on these, download "
            "them and choose the ZIP on Train, under **Choose the data**; or choose another network in the sidebar."
        )
    else:
        st.markdown(_describe_training())
    if current.learned:
        fine_tuning_report(pretrained(), current)
    if train:
        st.session_state[my_digits.TRAIN_ON_THEM] = True
        st.switch_page("pages/train.py")


def can_learn(current: SessionNetwork) -> bool:
    """Whether a network answers with the ten digits."""
    return current.network.names == DIGITS


def _trainable(current: SessionNetwork) -> bool:
    return can_learn(current) and bool(my_digits.train_test_split()[0])


def _describe_training() -> str:
    count, held = (len(half) for half in my_digits.train_test_split())
    if not count:
        return "None of them is labelled with a digit, so this network does not learn from them."
    more = f" {held} are held back, to be tested on." if held else ""
    few = " So few it learns by heart." if count < _FEW else ""
    return (
        f"It goes on from its weights, on {count} of these among {limits.BESIDE_DIGITS:,} of MNIST's and "
        f"{limits.BESIDE_PEN_DIGITS:,} of other people's pens, so that it does not forget those.{more}{few}"
    )


VIEW = View("My digits", show=show, bars=False)
