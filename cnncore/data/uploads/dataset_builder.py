"""Build one data set from the images of a reader: detect which side is ink, resize to 28×28, name the classes.

What cannot be used is counted by its reason, with the first place where it occurred.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PIL import Image

from cnncore import limits
from cnncore.data.digit_set import DigitSet
from cnncore.data.strokes import SIZE, fit_to_mnist_box
from cnncore.errors import DataError
from cnncore.nn.arrays import Array

INKS = ("auto", "dark", "light")
PLACEMENTS = ("auto", "centred", "as is")
_EVEN, _DARK, _LIGHT = 40, 64, 192  # a border that tells by itself: its deviation, its mean
_HOPELESS = 2_000  # left out at least
_SEEN = 8  # an image whose values differ by less shows nothing


@dataclass(frozen=True)
class Skipped:
    """What was left out: why, how often, and where first."""

    reason: str
    count: int
    first: str


class Report(NamedTuple):
    """How a data set came to be. balance: images of each class, in the order of the classes."""

    format: str
    found: int
    skipped: tuple[Skipped, ...]
    balance: tuple[int, ...]
    inverted: int  # images that were dark on light

    @property
    def notes(self) -> tuple[str, ...]:
        """The report as sentences."""
        notes = [f"{self.format}: {self.found:,} images found, {sum(self.balance):,} used."]
        if self.inverted:
            notes.append(f"{self.inverted:,} were dark on light: turned, so that ink is high as in MNIST.")
        for skipped in self.skipped:
            first = f" (first: {skipped.first})" if skipped.first else ""
            notes.append(f"Skipped {skipped.count:,}: {skipped.reason.rstrip('.')}{first}.")
        return tuple(notes)


class Upload(NamedTuple):
    """A labelled data set, and a report of how it was read."""

    digits: DigitSet
    report: Report

    @property
    def images(self) -> Array:
        """The images, (N, 28, 28, 1) uint8, ink high."""
        return self.digits.images

    @property
    def labels(self) -> Array:
        """The class index of each image, (N,) uint8."""
        return self.digits.labels

    @property
    def class_names(self) -> tuple[str, ...]:
        """The name of each class, in the order of the class indices."""
        return self.digits.names

    @property
    def notes(self) -> tuple[str, ...]:
        """What was read, inverted and skipped, as sentences."""
        return self.report.notes


class DatasetBuilder:
    """The images read so far. `found` counts all that a file holds, used or not."""

    def __init__(self, ink: str, placing: str) -> None:
        self.ink, self.placing = ink, placing
        self.format, self.found = "", 0
        self._images: list[Array] = []  # (28, 28) uint8, ink high; as light ink where that is not known yet
        self._labels: list[str] = []
        self._unclear: dict[int, Array] = {}  # number -> the same image taken as dark ink
        self._dark = self._light = 0
        self._skipped: dict[str, tuple[int, str]] = {}

    def skip(self, reason: str, where: str, count: int = 1) -> None:
        """Count `count` skipped images by reason."""
        before, first = self._skipped.get(reason, (0, where))
        self._skipped[reason] = before + count, first

    def too_many_skipped(self) -> bool:
        """Return whether so many images were skipped that the rest is not worth reading."""
        left = sum(count for count, _ in self._skipped.values())
        return left > _HOPELESS and left > len(self._images)

    def rejection_error(self) -> DataError:
        """Return the error for data that is mostly unusable."""
        worst = self.skipped()[0]
        return DataError(f"Most of the data cannot be used: {worst.reason} ({worst.first[:60]}).")

    def add(self, image: Array, label: str, where: str) -> None:
        """One grey image (H, W) uint8."""
        if len(self._images) >= limits.DATA_IMAGES:
            self.skip(f"only {limits.DATA_IMAGES:,} images are kept", where)
            return
        if int(image.max()) - int(image.min()) < _SEEN:
            self.skip("shows nothing: all its pixels are alike", where)
            return
        dark = {"dark": True, "light": False}.get(self.ink, _is_dark(image))
        if dark is None:
            self._unclear[len(self._images)] = self._placed(255 - image)
        self._dark += dark is True
        self._light += dark is False
        self._images.append(self._placed(255 - image if dark else image))
        self._labels.append(label)

    def _placed(self, ink: Array) -> Array:
        """(H, W) -> (28, 28)."""
        fits = ink.shape == (SIZE, SIZE)
        if self.placing == "centred" or (self.placing == "auto" and not fits):
            return fit_to_mnist_box(ink)[..., 0]
        return ink.copy() if fits else _fitted(ink)

    def finish(self) -> Upload:
        """The data set. Raises DataError where it is too small or has too few or too many classes."""
        mostly_dark = self._dark > self._light
        for number, other in self._unclear.items() if mostly_dark else ():
            self._images[number] = other
        counts: dict[str, int] = {}
        for label in self._labels:
            counts[label] = counts.get(label, 0) + 1
        names = sorted(name for name, count in counts.items() if count >= limits.DATA_LEAST_OF_CLASS)
        for name, count in counts.items():
            if count < limits.DATA_LEAST_OF_CLASS:
                self.skip("its class has only one image, and one to learn from and one to test on are needed", name)
        self._check(counts, names)
        names.sort(key=lambda name: (not name.isdecimal(), int(name) if name.isdecimal() else 0, name))
        number_of = {name: number for number, name in enumerate(names)}
        used = [n for n, label in enumerate(self._labels) if label in number_of]
        images = np.stack([self._images[n] for n in used])[..., None]
        labels = np.array([number_of[self._labels[n]] for n in used], np.uint8)
        balance = tuple(np.bincount(labels, minlength=len(names)).tolist())
        inverted = self._dark + len(self._unclear) * mostly_dark
        return Upload(
            DigitSet(images, labels, tuple(names)), Report(self.format, self.found, self.skipped(), balance, inverted)
        )

    def skipped(self) -> tuple[Skipped, ...]:
        """What was left out, the most frequent reason first."""
        every = [Skipped(reason, count, first) for reason, (count, first) in self._skipped.items()]
        return tuple(sorted(every, key=lambda skipped: -skipped.count))

    def _check(self, counts: dict[str, int], names: list[str]) -> None:
        low, high, _ = limits.CLASSES
        reasons = self.skipped()
        why = f" Most was left out because: {reasons[0].reason} ({reasons[0].first[:60]})." if reasons else ""
        if len(counts) > high:
            raise DataError(f"The data has {len(counts):,} classes: use {low} to {high}.")
        if len(names) < low:
            what = f"only one class, {names[0]!r}" if names else "no image that can be used"
            raise DataError(f"The data has {what}: give {low} to {high} classes of some images each.{why}")
        total = sum(counts[name] for name in names)
        if total < limits.DATA_LEAST:
            raise DataError(f"The data has only {total} images: give at least {limits.DATA_LEAST}.{why}")


def _is_dark(image: Array) -> bool | None:
    """Whether an image's ground is light, by its border; None where that does not tell."""
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    mean = border.mean()
    if border.std() > _EVEN or _DARK <= mean <= _LIGHT:
        return None
    return bool(mean > _LIGHT)


def _fitted(ink: Array) -> Array:
    """Ink (H, W) -> (28, 28), its sides' ratio kept, in the middle of its own ground."""
    scale = SIZE / max(ink.shape)
    size = (max(round(ink.shape[1] * scale), 1), max(round(ink.shape[0] * scale), 1))
    how = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    small = np.asarray(Image.fromarray(ink).resize(size, how))
    out = np.full((SIZE, SIZE), ink.min(), np.uint8)
    top, left = (SIZE - small.shape[0]) // 2, (SIZE - small.shape[1]) // 2
    out[top : top + small.shape[0], left : left + small.shape[1]] = small
    return out


def class_number(value: float) -> str | None:
    """A numeric label as a class's name; None where it is no whole number of 0 to 61."""
    return str(int(value)) if 0 <= value < limits.CLASSES.high and value == int(value) else None


def class_name(text: str) -> str | None:
    """A class's name as it can be shown; None where nothing is left of it."""
    name = "".join(character for character in text.strip() if character.isprintable())
    return name[: limits.CLASS_NAME] or None


def even_indices(count: int) -> Array:
    """Which of `count` images are kept, spread over all of them: (count,) bool."""
    kept = np.zeros(count, bool)
    kept[np.linspace(0, count - 1, min(count, limits.DATA_IMAGES)).round().astype(np.intp)] = True
    return kept
