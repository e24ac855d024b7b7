"""The pictures that the filters page offers: two strokes, MNIST digits, three photographs, and one's own."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from cnncore import DataError, limits
from cnncore.memory import Array
from cnncore.pictures import grey, read_picture, shrunk
from pages.ui import models
from pages.ui.assets import ASSETS

FOLDER = ASSETS / "photos"

TITLES = {
    "strokes": "Two strokes",
    "digits": "MNIST digits",
    "camera": "Photographer",
    "cat": "Cat (colour)",
    "bricks": "Bricks",
    "upload": "My photo …",
    "webcam": "Webcam …",
}
OWN = ("upload", "webcam")
FIRST = "strokes"
_SHEET = 6  # digits a side


class Picture(NamedTuple):
    """values (H, W, 1 or 3) uint8; ink: whether high is ink, as in MNIST, or light, as in a photograph."""

    values: Array
    ink: bool


def picture_of(name: str, colour: bool) -> Picture:
    """A picture that comes with the app. Raises DataError where a file is missing."""
    values, ink = _stored(name)
    return Picture(values if colour else grey(values), ink)


def photo(data: bytes) -> Array:
    """A photograph from outside, in colour where it has any: (H, W, 1 or 3) uint8. Raises InputError."""
    return read_picture(data, side=limits.GREY_SIDE)


def own_picture(values: Array, colour: bool) -> Picture:
    """A photograph as the filters take it; in colour it is smaller, since it has three maps."""
    return Picture(shrunk(values, limits.COLOUR_SIDE) if colour else grey(values), False)


@st.cache_resource
def _stored(name: str) -> tuple[Array, bool]:
    """Read only: all users share it."""
    if name == "strokes":
        return two_strokes(), True
    if name == "digits":
        return digit_sheet(), True
    try:
        return read_picture((FOLDER / f"{name}.png").read_bytes(), f"{name}.png"), False
    except OSError:
        raise DataError(f"The picture {name}.png is missing: put it back into assets/photos.") from None


def two_strokes() -> Array:
    """One stroke / and one stroke \\, a cell wide: (16, 24, 1), the ink 255."""
    picture = np.zeros((16, 24, 1), np.uint8)
    for k in range(8):
        picture[11 - k, 2 + k] = 255
        picture[4 + k, 14 + k] = 255
    return picture


def digit_sheet() -> Array:
    """The first 36 test digits as one picture, (168, 168, 1). Raises DataError where MNIST is missing."""
    images = models.test_digits().images[: _SHEET**2, ..., 0]
    rows = images.reshape(_SHEET, _SHEET, 28, 28).swapaxes(1, 2)
    return rows.reshape(_SHEET * 28, _SHEET * 28, 1)
