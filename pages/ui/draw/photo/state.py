"""What was read off a photo, and what a person made of it: plain values, each change a new one."""

import base64
import io
from typing import Any, NamedTuple, Self

import numpy as np
from PIL import Image

from cnncore import InputError, classify, limits
from cnncore.data.photo.reader import DetectedDigit, Photo, read_box
from cnncore.data.photo.text_lines import text_rows
from cnncore.data.strokes import SIZE
from pages.ui.components.loader import packed
from pages.ui.session.current_network import SessionNetwork
from pages.ui.shared.wording import image_word

_QUALITY = 82


class Entry(NamedTuple):
    """A digit on the photo: its number for as long as the photo is shown, and the class a person gave it."""

    number: int
    found: DetectedDigit
    name: str | None = None


class Reading(NamedTuple):
    """mark tells the file from others; url: the picture as the page shows it; first: as it was read."""

    mark: str
    photo: Photo
    url: str
    entries: tuple[Entry, ...]
    first: tuple[Entry, ...]

    def corrected(self, number: int, name: str | None) -> Self:
        """With another class for one digit; None: the network's answer again."""
        return self._replace(entries=tuple(e._replace(name=name) if e.number == number else e for e in self.entries))

    def without(self, number: int) -> Self:
        return self._replace(entries=tuple(e for e in self.entries if e.number != number))

    def with_box(self, box: list[float]) -> Self:
        """With one more, in a box given in shares of the picture. Raises InputError."""
        if len(self.entries) >= limits.PHOTO_DIGITS:
            raise InputError(f"At most {limits.PHOTO_DIGITS} digits are read off one photo: drop one first.")
        if not all(abs(n) <= 2 for n in box):  # not a number lies outside, too
            raise InputError("The box lies outside the picture: draw it around a digit.")
        height, width = self.photo.picture.shape[:2]
        left, top, right, bottom = (round(n * size) for n, size in zip(box, (width, height) * 2, strict=True))
        found = read_box(self.photo, (left, top, right, bottom))
        number = max((e.number for e in (*self.entries, *self.first)), default=0) + 1
        return self._replace(entries=_in_order([*self.entries, Entry(number, found)]))


def begin(mark: str, photo: Photo) -> Reading:
    """The reading of a photo as it was found."""
    entries = tuple(Entry(n, found) for n, found in enumerate(photo.digits, 1))
    return Reading(mark, photo, _url(photo), entries, entries)


def _in_order(entries: list[Entry]) -> tuple[Entry, ...]:
    rows = text_rows(np.array([e.found.box for e in entries]))
    placed = [(entries[n], number) for number, row in enumerate(rows) for n in row.members]
    return tuple(entry._replace(found=entry.found._replace(row=number)) for entry, number in placed)


def _url(photo: Photo) -> str:
    """The picture as the browser takes it, without a file."""
    values, out = photo.picture, io.BytesIO()
    Image.fromarray(values if values.shape[2] == 3 else values[..., 0]).save(out, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()


def noun_of(names: tuple[str, ...]) -> str:
    """What is in a box: a digit, or for a network of other classes a shape, whatever was written."""
    return "digit" if image_word(names) == "digit" else "shape"


def data_of(reading: Reading, current: SessionNetwork) -> dict[str, Any]:
    """The photo, its boxes, and the network's answers or a person's, for the component."""
    height, width = reading.photo.picture.shape[:2]
    names, digits = current.network.names, []
    seen = np.array([current.sees(e.found.image) for e in reading.entries], np.uint8).reshape(-1, SIZE, SIZE, 1)
    for entry, prediction in zip(reading.entries, classify(current.network, seen), strict=True):
        left, top, right, bottom = entry.found.box
        by_hand = entry.name if entry.name in names else None
        digits.append(
            {
                "number": entry.number,
                "box": [left / width, top / height, right / width, bottom / height],
                "row": entry.found.row,
                "joined": entry.found.joined,
                "answer": prediction.class_name,
                "share": None if prediction.label is None else prediction.probability,
                "sure": prediction.sure,
                "byHand": by_hand,
            }
        )
    return {
        "mark": reading.mark,
        "url": reading.url,
        "size": [width, height],
        "digits": digits,
        "images": packed(seen[..., 0]),
        "names": list(names),
        "noun": noun_of(names),
        "more": reading.photo.more,
    }
