"""The session's own labelled digits: drawings or cut-outs that were kept, as a small data set.

Plain session state: a tuple of digits, and the tuples that were before it, for undo.
"""

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from cnncore import InputError, limits
from cnncore.data.digit_set import DIGITS, DigitSet
from cnncore.nn.arrays import Array
from pages.ui import bounds

SHAPE = (28, 28, 1)
TRAIN_ON_THEM = "train_on_my_digits"  # set by the page that asks Train to begin
_KEY, _PAST, _NEXT = "my_digits", "my_digits_past", "my_digits_next"


class Kept(NamedTuple):
    """One digit. number is its own for the whole session; image (28, 28, 1) uint8, ink high; label 0 to 9."""

    number: int
    label: int
    image: Array


def kept() -> tuple[Kept, ...]:
    """All of them, in the order in which they were kept."""
    return st.session_state.get(_KEY, ())


def keep(image: Array, label: Any) -> Kept:
    """One more. Raises InputError for what is no digit, for what is kept already, and where there is no room."""
    label = checked_label(label)
    if not isinstance(image, np.ndarray) or image.shape != SHAPE or image.dtype != np.uint8 or not image.any():
        raise InputError("Only a digit of 28 × 28 with ink on it can be kept: draw one.")
    now = kept()
    if len(now) >= limits.MY_DIGITS:
        raise InputError(f"{limits.MY_DIGITS} digits are kept, and no more have room: take some out first.")
    if any(np.array_equal(each.image, image) for each in now):
        raise InputError("That drawing is kept already: draw another.")
    number = st.session_state.get(_NEXT, 0)
    st.session_state[_NEXT] = number + 1
    mine = Kept(number, label, image.copy())
    _become((*now, mine))
    return mine


def relabel(number: Any, label: Any) -> None:
    """Another label for one; nothing happens where it is not kept any more. Raises InputError."""
    label = checked_label(label)
    changed = tuple(each._replace(label=label) if each.number == number else each for each in kept())
    if any(one.label != other.label for one, other in zip(changed, kept(), strict=True)):
        _become(changed)


def remove(number: Any) -> None:
    """Take one out; nothing happens where it is not kept any more."""
    left = tuple(each for each in kept() if each.number != number)
    if len(left) < len(kept()):
        _become(left)


def remove_all() -> None:
    """Take all out."""
    if kept():
        _become(())


def can_undo() -> bool:
    """Whether there is a change to take back."""
    return bool(st.session_state.get(_PAST))


def undo() -> None:
    """Take the last change back."""
    if can_undo():
        st.session_state[_KEY] = st.session_state[_PAST].pop()


def as_set(digits: tuple[Kept, ...]) -> DigitSet:
    """As a data set, in the same order."""
    images = np.stack([each.image for each in digits]) if digits else np.empty((0, *SHAPE), np.uint8)
    return DigitSet(images, np.array([each.label for each in digits], np.uint8))


def halves() -> tuple[tuple[Kept, ...], tuple[Kept, ...]]:
    """To learn from, and every fifth held back to be tested on; of fewer than ten none."""
    now, every = kept(), bounds.HELD_BACK_EVERY
    if len(now) < bounds.HELD_BACK_FROM:
        return now, ()
    parts: tuple[list[Kept], list[Kept]] = [], []
    for each in now:
        parts[each.number % every == every - 1].append(each)
    return tuple(parts[0]), tuple(parts[1])


def checked_label(label: Any) -> int:
    """A label from outside: one of the ten digits. Raises InputError."""
    if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label < len(DIGITS):
        raise InputError("A label is one of the digits 0 to 9: choose one of the ten buttons.")
    return label


def _become(digits: tuple[Kept, ...]) -> None:
    past = st.session_state.setdefault(_PAST, [])
    past.append(kept())
    del past[: -bounds.UNDO]
    st.session_state[_KEY] = digits
