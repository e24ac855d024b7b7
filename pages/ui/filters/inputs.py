"""The pictures that the filters page offers: two strokes, MNIST digits, three photographs, and one's own."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from cnncore import DataError, InputError, limits
from cnncore.data.image_files import read_picture, reduce, to_grey
from cnncore.nn.arrays import Array
from cnncore.paths import ASSETS
from pages.ui import bounds
from pages.ui.components.drawing_canvas import current_drawing
from pages.ui.session import pretrained

FOLDER = ASSETS / "photos"

TITLES = {
    "strokes": "Two strokes",
    "digits": "MNIST digits",
    "digit": "One test digit",
    "drawing": "The drawing",
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


def picture_of(name: str, colour: bool, digit: int = 0) -> Picture:
    """A picture that comes with the app, test digit `digit`, or the session's drawing.

    Raises DataError where a file is missing, InputError where nothing is drawn.
    """
    if name == "digit":
        return Picture(pretrained.test_digits().images[digit], True)
    if name == "drawing":
        image = current_drawing().image
        if image is None:
            raise InputError("Nothing is drawn yet: draw a digit on the page Draw, or choose another picture.")
        return Picture(image, True)
    values, ink = _stored(name)
    return Picture(values if colour else to_grey(values), ink)


def digit_at(row: int, column: int) -> int:
    """Which test digit lies at a pixel of the sheet of digits, row and column from 1."""
    side = pretrained.test_digits().images.shape[1]
    across, down = min((column - 1) // side, _SHEET - 1), min((row - 1) // side, _SHEET - 1)
    return down * _SHEET + across


def photo(data: bytes) -> Array:
    """A photograph from outside, in colour where it has any: (H, W, 1 or 3) uint8. Raises InputError."""
    return read_picture(data, side=limits.GREY_SIDE)


def own_picture(values: Array, colour: bool) -> Picture:
    """A photograph as the filters take it; in colour it is smaller, since it has three maps."""
    return Picture(reduce(values, bounds.COLOUR_SIDE) if colour else to_grey(values), False)


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
    images = pretrained.test_digits().images[: _SHEET**2, ..., 0]
    rows = images.reshape(_SHEET, _SHEET, 28, 28).swapaxes(1, 2)
    return rows.reshape(_SHEET * 28, _SHEET * 28, 1)
