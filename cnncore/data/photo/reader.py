"""A photograph of digits on paper -> where each is, and what the network should see of it."""

from typing import NamedTuple

import numpy as np
from PIL import Image
from scipy import ndimage

from cnncore import limits
from cnncore.data.image_files import read_picture, to_grey
from cnncore.data.photo.binarization import Binarized, binarize
from cnncore.data.photo.segmentation import BOLD, Component, components
from cnncore.data.photo.stroke_normalization import normalize_stroke_width
from cnncore.data.photo.text_lines import text_rows
from cnncore.errors import InputError
from cnncore.nn.arrays import Array

Box = tuple[int, int, int, int]  # left, top, right, bottom, in pixels of the picture; right and bottom lie outside

_EIGHT = np.ones((3, 3), bool)
_SMALLEST_SIDE = 200  # pixels: smaller pictures are enlarged before ink is looked for
_ROOM = 2  # pixels around a digit's ink that belong to it


class DetectedDigit(NamedTuple):
    """A digit: where it is, its (28, 28, 1) uint8 image, its row (0 is the first), and whether it may be two."""

    box: Box
    image: Array
    row: int = 0
    joined: bool = False


class Photo(NamedTuple):
    """picture (H, W, 1 or 3) uint8, upright; what was found on it in reading order; its ink (H, W) uint8."""

    picture: Array
    digits: tuple[DetectedDigit, ...]
    ink: Array
    light: bool  # whether the ink is lighter than the paper
    more: int = 0  # that were found beyond the most that are read


def read_photo(data: bytes, name: str = "The picture") -> Photo:
    """A picture file's bytes -> its digits, line by line. Raises InputError, which says so where there is none."""
    photo = find_digits(data, name)
    if not photo.digits:
        raise InputError(no_digit(name))
    return photo


def no_digit(name: str = "The picture") -> str:
    """The sentence about a picture on which no digit is found."""
    return f"{name} shows no digit: write larger, or take it closer and in more light."


def find_digits(data: bytes, name: str = "The picture") -> Photo:
    """As `read_photo`, but a picture without digits is a photo without digits. Raises InputError where it is none."""
    picture = read_picture(data, name)
    values = to_grey(picture)[..., 0]
    height, width = values.shape
    scale = max(1, -(-_SMALLEST_SIDE // max(values.shape)))
    if scale > 1:
        values = np.asarray(Image.fromarray(values).resize((width * scale, height * scale)))
    inked = binarize(values)
    labels, parts = components(inked) if inked else (values, [])
    if not inked:
        return Photo(picture, (), np.zeros((height, width), np.uint8), False)
    rows = text_rows(np.array([part.box for part in parts])) if parts else []
    digits: list[DetectedDigit] = []
    for number, row in enumerate(rows):
        for part in (parts[n] for n in row.members[: max(limits.PHOTO_DIGITS - len(digits), 0)]):
            ink = _own_ink(inked, labels, part)
            box = tuple(int(n) // scale for n in part.box[:2]) + tuple(-(-int(n) // scale) for n in part.box[2:])
            digits.append(DetectedDigit(box, normalize_stroke_width(ink, tilt=row.tilt), number, part.joined))
    shown = np.rint(255 * (inked.ink / inked.level).clip(0, 1)).astype(np.uint8)
    shown = np.asarray(Image.fromarray(shown).resize((width, height))) if scale > 1 else shown
    return Photo(picture, tuple(digits), shown, inked.light, len(parts) - len(digits))


def _own_ink(inked: Binarized, labels: Array, part: Component) -> Array:
    """The ink of one digit, without its neighbours'."""
    left, top, right, bottom = part.box
    height, width = labels.shape
    place = (
        slice(max(top - _ROOM, 0), min(bottom + _ROOM, height)),
        slice(max(left - _ROOM, 0), min(right + _ROOM, width)),
    )
    mine = ndimage.binary_dilation(np.isin(labels[place], part.labels), _EIGHT, iterations=_ROOM)
    return np.where(mine, inked.ink[place], 0).clip(0, None)


def read_box(photo: Photo, box: Box) -> DetectedDigit:
    """What is in a box drawn by hand, as one digit. Raises InputError where there is no ink."""
    height, width = photo.ink.shape
    left, right = sorted(min(max(n, 0), width) for n in (box[0], box[2]))
    top, bottom = sorted(min(max(n, 0), height) for n in (box[1], box[3]))
    ink = photo.ink[top:bottom, left:right] / 255
    if min(ink.shape) < limits.PHOTO_LEAST or not (ink > BOLD).any():
        raise InputError("There is no ink in this box: draw it around a digit.")
    return DetectedDigit((left, top, right, bottom), normalize_stroke_width(np.where(ink > 0.2, ink, 0)))
