"""The session's own labelled digits: drawings, or digits from a photo, as a small data set with undo.

They are kept for the browser that made them, with the changes to undo.
"""

import io
import json
import zipfile
import zlib
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from cnncore import InputError, limits
from cnncore.data.class_names import validate_class_names
from cnncore.data.digit_set import DIGITS, DigitSet
from cnncore.nn.arrays import Array
from pages.ui import bounds
from pages.ui.session.kept import Kept
from pages.ui.session.undo import UndoStack

SHAPE = (28, 28, 1)
TRAIN_ON_THEM = "train_on_my_digits"  # set by the page that asks Train to begin
_KEY, _NEXT_ID = "my_digits", "my_digits_next_id"
_PAST = UndoStack("my_digits_past")


class UserDigit(NamedTuple):
    """One drawing. id: unique in the session; label: the index of its class in names; image: uint8, ink high.

    names are the classes that it was labelled with: the ten digits, or those of another network. image (28, 28, 1).
    """

    id: int
    label: int
    image: Array
    names: tuple[str, ...] = DIGITS

    @property
    def name(self) -> str:
        """The name of its class."""
        return self.names[self.label]


def user_digits() -> tuple[UserDigit, ...]:
    """All of them, in the order in which they were added."""
    return st.session_state.get(_KEY, ())


def add(image: Array, label: Any, names: tuple[str, ...] = DIGITS) -> UserDigit:
    """Add a digit. Raises InputError for what is no digit, what is there already, and where there is no room."""
    label = validate_label(label, names)
    if not isinstance(image, np.ndarray) or image.shape != SHAPE or image.dtype != np.uint8 or not image.any():
        raise InputError("Only a digit of 28 × 28 with ink on it can be kept: draw one.")
    KEPT.load()
    digit = _new_digit(image, label, names)
    _replace((*user_digits(), digit))
    return digit


def _new_digit(image: Array, label: int, names: tuple[str, ...]) -> UserDigit:
    """A digit with a number of its own. Raises InputError where it is there already, and where there is no room."""
    digits = user_digits()
    if len(digits) >= limits.MY_DIGITS:
        raise InputError(f"{limits.MY_DIGITS} digits are kept, and no more have room: take some out first.")
    if any(np.array_equal(each.image, image) for each in digits):
        raise InputError("That drawing is kept already: draw another.")
    id_ = st.session_state.get(_NEXT_ID, 0)
    st.session_state[_NEXT_ID] = id_ + 1
    return UserDigit(id_, label, image.copy(), names)


def relabel(id_: Any, label: Any, names: tuple[str, ...] = DIGITS) -> None:
    """Change the label of a digit; nothing happens where it was removed. Raises InputError."""
    label = validate_label(label, names)
    KEPT.load()
    changed = tuple(each._replace(label=label, names=names) if each.id == id_ else each for each in user_digits())
    if any(one.name != other.name for one, other in zip(changed, user_digits(), strict=True)):
        _replace(changed)


def remove(id_: Any) -> None:
    """Remove a digit; nothing happens where it was removed already."""
    KEPT.load()
    left = tuple(each for each in user_digits() if each.id != id_)
    if len(left) < len(user_digits()):
        _replace(left)


def remove_all() -> None:
    """Remove every digit."""
    KEPT.load()
    if user_digits():
        _replace(())


def can_undo() -> bool:
    """Whether there is a change to undo."""
    return bool(_PAST)


def undo() -> None:
    """Undo the last change, if there is one."""
    KEPT.load()
    if _PAST:
        st.session_state[_KEY] = _PAST.pop()
        KEPT.save()


def to_digit_set(digits: tuple[UserDigit, ...]) -> DigitSet:
    """Digits as a data set, in the same order; its classes are the ten digits, and after them all others in use."""
    images = np.stack([each.image for each in digits]) if digits else np.empty((0, *SHAPE), np.uint8)
    names = tuple(dict.fromkeys((*DIGITS, *(each.name for each in digits))))
    return DigitSet(images, np.array([names.index(each.name) for each in digits], np.uint8), names)


def train_test_split() -> tuple[tuple[UserDigit, ...], tuple[UserDigit, ...]]:
    """The digits to train on, and those held back for testing: every fifth; of fewer than ten none.

    Only what is labelled with one of the ten digits: it is trained on among MNIST's.
    """
    digits, every = tuple(each for each in user_digits() if each.name in DIGITS), bounds.HELD_BACK_EVERY
    if len(digits) < bounds.HELD_BACK_FROM:
        return digits, ()
    parts: tuple[list[UserDigit], list[UserDigit]] = [], []
    for each in digits:
        parts[each.id % every == every - 1].append(each)
    return tuple(parts[0]), tuple(parts[1])


def validate_label(label: Any, names: tuple[str, ...] = DIGITS) -> int:
    """A label from outside, if it is the index of one of the classes. Raises InputError."""
    if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label < len(names):
        classes = "digits 0 to 9: choose one of the ten" if names == DIGITS else "network's classes: choose one of its"
        raise InputError(f"A label is one of the {classes} buttons.")
    return label


def _replace(digits: tuple[UserDigit, ...]) -> None:
    _PAST.push(user_digits())
    st.session_state[_KEY] = digits
    KEPT.save()


def _pack() -> bytes | None:
    """The digits, before them those to go back to: each picture once, and a row for each digit of each state.

    A row: (state, id, label, picture, classes), the last an index into the lists of class names.
    """
    states = [*_PAST.values(), user_digits()]
    if not any(states):
        return None
    numbers: dict[bytes, int] = {}
    classes: dict[tuple[str, ...], int] = {}
    rows = [
        (
            n,
            each.id,
            each.label,
            numbers.setdefault(each.image.tobytes(), len(numbers)),
            classes.setdefault(each.names, len(classes)),
        )
        for n, state in enumerate(states)
        for each in state
    ]
    file = io.BytesIO()
    np.savez_compressed(
        file,
        images=np.frombuffer(b"".join(numbers), np.uint8).reshape(-1, *SHAPE),
        rows=np.array(rows, np.int64),
        classes=np.frombuffer(json.dumps(list(classes)).encode(), np.uint8),
        states=np.array(len(states)),
        next_id=np.array(st.session_state.get(_NEXT_ID, 0)),
    )
    return file.getvalue()


def _unpack(data: bytes, is_new: bool) -> None:
    made = user_digits() if is_new else ()
    try:
        states, next_id = _states_of(data)
    except (zipfile.BadZipFile, zlib.error, InputError) as error:
        raise ValueError(str(error)) from None
    st.session_state[_KEY] = states[-1]
    st.session_state[_PAST.key] = states[:-1]
    st.session_state[_NEXT_ID] = next_id
    for each in made:
        with suppress(InputError):  # kept already, or no room
            digit = _new_digit(each.image, each.label, each.names)
            _PAST.push(user_digits())
            st.session_state[_KEY] = (*user_digits(), digit)


def _states_of(data: bytes) -> tuple[list[tuple[UserDigit, ...]], int]:
    """What `_pack` wrote: the states, the newest last, and the next id."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        images, rows, count, next_id = (file[name] for name in ("images", "rows", "states", "next_id"))
        classes = [validate_class_names(names) for names in json.loads(file["classes"].tobytes())]
    if images.shape[1:] != SHAPE or images.dtype != np.uint8:
        raise ValueError("These are no digits.")
    images = [image.copy() for image in images]
    states: list[list[UserDigit]] = [[] for _ in range(min(int(count), bounds.UNDO + 1))]
    for state, id_, label, picture, names in rows.tolist():
        states[state].append(UserDigit(id_, validate_label(label, classes[names]), images[picture], classes[names]))
    return [tuple(state) for state in states], int(next_id)


def _reset() -> None:
    for key in (_KEY, _PAST.key):  # but not the next id, which means one digit in the whole session
        st.session_state.pop(key, None)


KEPT = Kept("my digits", version=1, pack=_pack, unpack=_unpack, reset=_reset)
