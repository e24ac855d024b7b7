"""The start page's views of pixels: how many are needed to recognise a digit, and the numbers that they are."""

from typing import Any

import numpy as np
from PIL import Image

from cnncore.errors import DataError
from cnncore.nn.arrays import Array
from cnncore.paths import ASSETS
from pages.ui.components.loader import packed
from pages.ui.session import pretrained

PHOTO = ASSETS / "photos" / "camera.png"
_PATCH = 9  # cells a side of the patch whose numbers are read


def peephole_data(digit: int) -> dict[str, Any]:
    """A test digit through a growing hole in its middle: 1 pixel, 3 × 3, 7 × 7, a quarter, all. Raises DataError."""
    picture = _digit(digit)
    row, column = _inked_middle(picture)
    frames = []
    for side in (1, 3, 7, 14, 28):
        top, left = (min(max(at - side // 2, 0), 28 - side) for at in (row, column))
        seen = np.zeros(picture.shape, bool)
        seen[top : top + side, left : left + side] = True
        words = f"{side} × {side}: {side**2} of {picture.size} pixels."
        frames.append({"picture": packed(picture), "seen": packed(seen), "words": words, "inkIsHigh": True})
    return {"title": "How many pixels until you know?", "scene": "peephole", "frames": frames}


def numbers_data(digit: int) -> dict[str, Any]:
    """A test digit's patch as shades, 0–255, 0–1, then a photo's. Raises DataError."""
    picture = _digit(digit)
    row, column = _inked_middle(picture)
    top, left = (min(max(at - _PATCH // 2, 0), 28 - _PATCH) for at in (row, column))
    patch = picture[top : top + _PATCH, left : left + _PATCH]
    frame = [top, left, _PATCH, _PATCH]
    photo = _photo()
    photo_patch = photo[top : top + _PATCH, left : left + _PATCH]
    ink = {"picture": packed(picture), "inkIsHigh": True}
    light = {"picture": packed(photo), "inkIsHigh": False}
    frames = [
        ink | {"patch": packed(patch), "words": "A picture of 28 × 28 pixels. What does each pixel hold?", "digits": 0},
        ink
        | {"patch": packed(patch), "frame": frame, "digits": 0}
        | {"words": "One number a pixel, from 0 to 255. In MNIST ink is high: 0 is no ink, 255 is full ink."},
        ink
        | {"patch": packed(patch / 255), "frame": frame, "digits": 2}
        | {"words": "Divided by 255 the numbers lie between 0 and 1: so the network reads them."},
        light
        | {"patch": packed(photo_patch), "frame": frame, "digits": 0}
        | {"words": "In a photo light is high: 0 is black, 255 is white. The same numbers mean the opposite."},
    ]
    return {"title": "A picture is numbers", "scene": "numbers", "frames": frames}


def _digit(index: int) -> Array:
    return pretrained.test_digits().images[index, ..., 0].astype(np.float64)


def _photo() -> Array:
    """The photo's middle, as coarse as a digit: (28, 28) float64, 0–255."""
    try:
        with Image.open(PHOTO, formats=["PNG"]) as image:
            return np.asarray(image.convert("L").resize((28, 28), Image.Resampling.BOX), np.float64)
    except OSError:
        raise DataError(f"The photo {PHOTO.name} is missing: put it back into assets/photos.") from None


def _inked_middle(picture: Array) -> tuple[int, int]:
    """The inked pixel nearest to the middle of the picture."""
    rows, columns = np.nonzero(picture > 128)
    nearest = np.argmin((rows - 13.5) ** 2 + (columns - 13.5) ** 2)
    return int(rows[nearest]), int(columns[nearest])
