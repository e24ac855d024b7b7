"""Digits on a photo: a file or the webcam's picture, each digit found, answered, and corrected by hand."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from cnncore import ConvoscopeError, DataError, InputError
from cnncore.data.photo.reader import find_digits, no_digit, read_photo
from cnncore.paths import ASSETS
from pages.ui.components.drawing_canvas import Drawing
from pages.ui.components.loader import component
from pages.ui.draw.photo.state import Reading, begin, data_of, noun_of
from pages.ui.draw.view import View
from pages.ui.frame.open_in import open_in, targets_for_image
from pages.ui.frame.page_frame import picture_uploader, show_error, small_text
from pages.ui.frame.url_state import UrlParams
from pages.ui.session import my_digits
from pages.ui.session.current_network import current_network
from pages.ui.session.page_state import PageState

SOURCES = {"sample": "Sample", "upload": "A file …", "webcam": "The webcam …"}
SAMPLE = ASSETS / "photos" / "paper.jpg"
STAGE = "draw_photo"
_OWN = (
    "Write a few {}s on paper, larger than usual and apart from one another, and photograph them from above. "
    "The picture does not leave the machine and is not kept."
)
state = PageState("draw")


def _source(link: UrlParams) -> str:
    """A link never opens the camera by itself."""
    source = link.option("photo", SOURCES, "sample")
    return "upload" if source == "webcam" else source


def _controls() -> None:
    st.radio("Photo", list(SOURCES), key=state.key("photo"), format_func=SOURCES.__getitem__)


def _names() -> tuple[str, ...]:
    try:
        return current_network().network.names
    except ConvoscopeError:
        return ()


@st.cache_resource
def _sample() -> Reading:
    """Read only: all users share it. Raises DataError."""
    try:
        return begin("sample", read_photo(SAMPLE.read_bytes()))
    except OSError:
        raise DataError("The sample photo is missing: put paper.jpg back into assets/photos.") from None


def _show(_: Drawing) -> None:
    _photo()


@st.fragment
def _photo() -> None:
    """The photo with what was read off it. A file that is no picture leaves the last photo, and says so."""
    readings = state.setdefault("readings", {})
    try:
        if state.photo == "sample":
            readings.setdefault("sample", _sample())
        else:
            _take(readings)
    except ConvoscopeError as error:
        show_error(error)
        if state.photo in readings:
            small_text("Below is still the photo before it, with what was read off it.")
    reading = readings.get(state.photo)
    if reading is None:
        st.markdown(_OWN.format("digit" if noun_of(_names()) == "digit" else "character"))
        return
    if note := state.pop("photo_error", None):
        show_error(note)
    if not reading.photo.digits and not reading.entries:
        show_error(InputError(f"{no_digit()} Or draw a box around one."))
    try:
        data = data_of(reading, current_network())
    except ConvoscopeError as error:
        show_error(error)
        return
    component("photo")(key=STAGE, data=data, on_action_change=_apply_event)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Keep these with their labels", key="photo_keep", on_click=_save_digits, disabled=not to_keep(data))
        if reading.entries != reading.first:
            st.button("As it was read at first", key="photo_again", on_click=_again)
        for place, entry in enumerate(reading.entries, 1):
            if entry.number == state.get("chosen_digit"):
                open_in("photo", targets_for_image(entry.found.image), f"{data['noun']} {place}", entry.found.image)
    if text := state.pop("photo_saved", None):
        st.markdown(text)
    small_text(
        f"A network answers every box with one of its classes: what is no {data['noun']} gets an answer too. Drop it."
    )


def _take(readings: dict[str, Reading]) -> None:
    """Read what was chosen or taken, once. Raises InputError, at every run anew, for what is no picture.

    A picture without a digit is shown, so that a box can be drawn on it.
    """
    if state.photo == "upload":
        file = picture_uploader(f"A photo with {noun_of(_names())}s", key="photo_file")
    else:
        file = st.camera_input(f"{noun_of(_names()).capitalize()}s on paper", key="photo_camera")
    last = readings.get(state.photo)
    if file is None or (last and last.mark == file.file_id):
        return
    if state.get("photo_refused", ("", None))[0] == file.file_id:
        raise state.photo_refused[1]
    try:
        photo = find_digits(file.getvalue())
    except InputError as error:
        state.photo_refused = file.file_id, error
        raise
    readings[state.photo] = begin(file.file_id, photo)


def _apply_event() -> None:
    """A digit corrected or dropped, a box drawn; on the photo that was seen, or not at all."""
    reading, event = state.readings.get(state.photo), st.session_state[STAGE].get("action")
    if reading is None or not isinstance(event, Mapping) or event.get("mark") != reading.mark:
        return
    try:
        match event:
            case {"choose": int(number)}:
                state.chosen_digit = number
            case {"correct": int(number), "name": str(name)}:
                names = current_network().network.names
                reading = reading.corrected(number, name if name in names else None)
            case {"drop": int(number)}:
                reading = reading.without(number)
            case {"box": [int() | float(), int() | float(), int() | float(), int() | float()] as box}:
                reading = reading.with_box(box)
    except ConvoscopeError as error:
        state.photo_error = error
    state.readings[state.photo] = reading


def to_keep(data: dict[str, Any]) -> list[tuple[int, int]]:
    """Places and labels of what can be kept: what a hand or a sure network named."""
    named = [
        (n, digit["byHand"] or (digit["answer"] if digit["sure"] else "")) for n, digit in enumerate(data["digits"])
    ]
    return [(n, data["names"].index(name)) for n, name in named if name in data["names"]]


def _save_digits() -> None:
    """Put them among the session's own digits, each once."""
    reading: Reading | None = state.readings.get(state.photo)
    if reading is None:  # pressed just as another photo was chosen
        return
    known, count = {each.image.tobytes() for each in my_digits.user_digits()}, 0
    try:
        current = current_network()
        for place, label in to_keep(data_of(reading, current)):
            image = reading.entries[place].found.image
            if image.tobytes() not in known:
                my_digits.add(image, label, current.network.names)
                count += 1
    except ConvoscopeError as error:
        state.photo_error = error
    state.photo_saved = f"{count} more kept under **My digits**; unsure ones only where you corrected them."


def _again() -> None:
    reading: Reading | None = state.readings.get(state.photo)
    if reading is not None:
        state.readings[state.photo] = reading._replace(entries=reading.first)


VIEW = View("Photo", {"photo": _source}, _controls, _show, sheet=False)
