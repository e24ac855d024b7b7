"""Build one data set from the images of a reader: normalise them as a whole, bring them to 28×28, name the classes.

What cannot be used is counted by its reason, with the first place where it occurred.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from unicodedata import normalize

import numpy as np

from cnncore import limits
from cnncore.data.digit_set import DigitSet
from cnncore.data.strokes import SIZE
from cnncore.data.uploads.normalisation import (
    AUTO,
    VALUES,
    compact,
    find_ink,
    find_turn,
    find_values,
    ground_votes,
    scaled,
)
from cnncore.data.uploads.placement import centred, fitted
from cnncore.data.uploads.report import Finding, Report, Skipped, Upload
from cnncore.errors import DataError
from cnncore.nn.arrays import Array

_HOPELESS = 2_000  # left out at least
_SEEN = 8  # an image whose values, of 0 to 255, differ by less shows nothing
_STACKED = 256  # single images of one size that become one block


@dataclass(frozen=True)
class Reading:
    """How to read a data set: the keywords of `read_upload`, each "auto" unless it is known."""

    ink: str = AUTO
    placing: str = AUTO
    values: str = AUTO
    turn: str = AUTO
    split: str = AUTO


class DatasetBuilder:
    """The images read so far, with the values that their file gives them. `found` counts all that it holds.

    mixed_inks  whether its images may be dark on light and light on dark, each decided by itself
    progress is called with the share that has been read, 0 to 1
    """

    def __init__(self, reading: Reading, progress: Callable[[float], object] = lambda share: None) -> None:
        self.reading, self.progress = reading, progress
        self.format, self.found, self.mixed_inks = "", 0, False
        self._blocks: list[Array] = []  # each (n, H, W)
        self._single: list[Array] = []  # (H, W) of one size and type, not in a block yet
        self._labels: list[str] = []
        self._where: list[str] = []
        self._tests: list[bool] = []
        self._bytes = 0
        self._skipped: dict[str, tuple[int, str]] = {}

    def __len__(self) -> int:
        return len(self._labels)

    def skip(self, reason: str, where: str, count: int = 1) -> None:
        """Count `count` skipped images by reason."""
        before, first = self._skipped.get(reason, (0, where))
        self._skipped[reason] = before + count, first

    def too_many_skipped(self) -> bool:
        """Return whether so many images were skipped that the rest is not worth reading."""
        left = sum(count for count, _ in self._skipped.values())
        return left > _HOPELESS and left > len(self._labels)

    def rejection_error(self) -> DataError:
        """Return the error for data that is mostly unusable."""
        worst = self.skipped()[0]
        return DataError(f"Most of the data cannot be used: {worst.reason} ({worst.first[:60]}).")

    def add(self, image: Array, label: str, where: str, *, test: bool = False) -> None:
        """One grey image (H, W), from the file's test set if `test`."""
        if self._single and (
            len(self._single) >= _STACKED
            or (self._single[0].shape, self._single[0].dtype) != (image.shape, image.dtype)
        ):
            self._stack_single()
        self._single.append(image)
        self._append_labels([label], [where], test)
        self._count_bytes(image.nbytes)

    def add_block(self, images: Array, labels: Sequence[str], where: Sequence[str], *, test: bool = False) -> None:
        """Grey images (n, H, W) of any numbers."""
        self._stack_single()
        block = compact(images)
        self._blocks.append(block)
        self._append_labels(labels, where, test)
        self._count_bytes(block.nbytes)

    def _append_labels(self, labels: Sequence[str], where: Sequence[str], test: bool) -> None:
        self._labels += labels
        self._where += where
        self._tests += [test] * len(labels)

    def _stack_single(self) -> None:
        if self._single:
            self._blocks.append(compact(np.stack(self._single)))
            self._single = []

    def _count_bytes(self, size: int) -> None:
        self._bytes += size
        if self._bytes > limits.DATA_RAW_BYTES:
            raise DataError("The images are too large in all: make them smaller, 28 × 28 whole numbers are plenty.")

    def finish(self) -> Upload:
        """The data set. Raises DataError where it is too small or has too few or too many classes."""
        self._stack_single()
        used = np.array(self._kept_by_class(), bool)
        values, used = self._find_values(used)
        votes, level = self._vote_on_ground(values.chosen, used)
        if not used.any():
            self._check({})
        ink, inverted = find_ink(votes[used], level, self.reading.ink, mixed_inks=self.mixed_inks)
        which = np.flatnonzero(used)
        if len(which) > limits.DATA_IMAGES:
            kept = balanced([self._labels[n] for n in which.tolist()], limits.DATA_IMAGES)
            self.skip(f"only {limits.DATA_IMAGES:,} images are kept, as many of each class", "", int((~kept).sum()))
            which, inverted = which[kept], inverted[kept]
        names = self._class_names([self._labels[n] for n in which.tolist()])
        number_of = {name: number for number, name in enumerate(names)}
        kept = np.array([self._labels[n] in number_of for n in which.tolist()], bool)
        which, inverted = which[kept], inverted[kept]
        order = self._train_then_test(which)
        images = self._place(values.chosen, which, inverted)[order]
        texts = [self._labels[n] for n in which[order].tolist()]
        turn = find_turn(images, texts, self.reading.turn)
        if turn.chosen == "transposed":
            images = np.ascontiguousarray(images.transpose(0, 2, 1))
        labels = np.array([number_of[text] for text in texts], np.uint8)
        split, test_images = self._find_split(np.array(self._tests)[which[order]], labels, len(names))
        findings = (values, ink, turn, *([split] if split else []))
        balance = tuple(np.bincount(labels, minlength=len(names)).tolist())
        report = Report(self.format, self.found, self.skipped(), balance, int(inverted.sum()), findings, test_images)
        return Upload(DigitSet(images[..., None], labels, tuple(names)), report)

    def _kept_by_class(self) -> list[bool]:
        """Which images belong to a class that is large enough."""
        counts = _counts(self._labels)
        self._skip_small_classes(counts)
        self._check(counts)
        return [counts[label] >= limits.DATA_LEAST_OF_CLASS for label in self._labels]

    def _find_values(self, used: Array) -> tuple[Finding, Array]:
        """The value range, and which images lie within it."""
        lows = np.concatenate([block.min(axis=(1, 2)).astype(np.float64) for block in self._blocks])
        highs = np.concatenate([block.max(axis=(1, 2)).astype(np.float64) for block in self._blocks])
        numbers = np.isfinite(lows) & np.isfinite(highs)
        self._skip_images(used & ~numbers, "a pixel is no number")
        used = used & numbers
        if not used.any():
            raise self.rejection_error()
        whole = all(block.dtype.kind == "u" for block in self._blocks)
        values = find_values(lows[used], highs[used], whole, self.reading.values)
        if self.reading.values == AUTO:
            low, high = VALUES[values.chosen]
            outside = (lows < low) | (highs > high)
            self._skip_images(used & outside, f"a pixel lies outside {low} to {high:,}")
            used = used & ~outside
        return values, used

    def _vote_on_ground(self, values: str, used: Array) -> tuple[Array, float]:
        """What the border of each image tells of its ground, and the mean of all pixels; those that are blank go."""
        votes, levels, at = np.zeros(len(used), np.int8), [], 0
        for block in self._blocks:
            images = scaled(np.nan_to_num(block), values) if block.dtype.kind == "f" else scaled(block, values)
            votes[at : at + len(block)] = ground_votes(images)
            spread = images.max(axis=(1, 2)).astype(int) - images.min(axis=(1, 2))
            blank = np.zeros(len(used), bool)
            blank[at : at + len(block)] = spread < _SEEN
            self._skip_images(used & blank, "shows nothing: all its pixels are alike")
            used &= ~blank
            levels.append(images.mean())
            at += len(block)
        return votes, float(np.mean(levels))

    def _skip_images(self, which: Array, reason: str) -> None:
        numbers = np.flatnonzero(which)
        if len(numbers):
            self.skip(reason, self._where[numbers[0]], len(numbers))

    def _place(self, values: str, which: Array, inverted: Array) -> Array:
        """The images as (n, 28, 28) uint8, ink high. Each block is given up once it is placed."""
        out = np.empty((len(which), SIZE, SIZE), np.uint8)
        at = done = 0
        self._blocks.reverse()
        while self._blocks:
            block = self._blocks.pop()
            stop = int(np.searchsorted(which, at + len(block)))
            here = which[done:stop] - at
            images = scaled(block[here], values)
            images = np.where(inverted[done:stop, None, None], 255 - images, images)
            fits = block.shape[1:] == (SIZE, SIZE)
            if fits and self.reading.placing != "centred":
                out[done:stop] = images
            else:
                place = fitted if self.reading.placing == "as is" else centred
                for number, image in enumerate(images):
                    out[done + number] = place(image)
            at, done = at + len(block), stop
        return out

    def _train_then_test(self, which: Array) -> Array:
        """The order in which the images of the file's own test set come last."""
        return np.argsort(np.array(self._tests, bool)[which], kind="stable")

    def _find_split(self, tests: Array, labels: Array, classes: int) -> tuple[Finding | None, int]:
        """Whether the file's own test set is used, and its size."""
        if not tests.any() or tests.all():
            return None, 0
        complete = len(np.unique(labels[~tests])) == classes
        count = int(tests.sum())
        if self.reading.split == "ignored" or not complete:
            why = "" if complete else ", since a class has no image to learn from"
            text = f"The file's own test set of {count:,} images is not used as such{why}."
            return Finding("split", "ignored", ("given",) if complete else (), text), 0
        text = f"The file's own test set of {count:,} images is used."
        return Finding("split", "given", ("ignored",), text), count

    def skipped(self) -> tuple[Skipped, ...]:
        """What was left out, the most frequent reason first."""
        every = [Skipped(reason, count, first) for reason, (count, first) in self._skipped.items()]
        return tuple(sorted(every, key=lambda skipped: -skipped.count))

    def _class_names(self, labels: list[str]) -> list[str]:
        """The classes in their order, numbers first."""
        every = _counts(labels)
        self._skip_small_classes(every)
        counts = {name: count for name, count in every.items() if count >= limits.DATA_LEAST_OF_CLASS}
        self._check(counts)
        return sorted(counts, key=lambda name: (not name.isdecimal(), int(name) if name.isdecimal() else 0, name))

    def _skip_small_classes(self, counts: dict[str, int]) -> None:
        for name, count in counts.items():
            if count < limits.DATA_LEAST_OF_CLASS:
                self.skip("its class has only one image, and one to learn from and one to test on are needed", name)

    def _check(self, counts: dict[str, int]) -> None:
        low, high, _ = limits.CLASSES
        names = [name for name, count in counts.items() if count >= limits.DATA_LEAST_OF_CLASS]
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


def _counts(labels: Sequence[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for label in labels:
        counts[label] = counts.get(label, 0) + 1
    return counts


def class_number(value: float) -> str | None:
    """A numeric label as a class's name; None where it is no whole number of 0 to 61."""
    return str(int(value)) if 0 <= value < limits.CLASSES.high and value == int(value) else None


def class_name(text: str) -> str | None:
    """A class's name as it can be shown, composed (NFC); None where nothing is left of it."""
    name = "".join(character for character in normalize("NFC", text.strip()) if character.isprintable())
    return name[: limits.CLASS_NAME] or None


def balanced(labels: Sequence[str | None], most: int) -> Array:
    """Which of more than `most` images are kept, as many of each class and spread over all: (N,) bool."""
    if len(labels) <= most:
        return np.ones(len(labels), bool)
    classes: dict[str | None, list[int]] = {}
    for number, label in enumerate(labels):
        classes.setdefault(label, []).append(number)
    kept, room = np.zeros(len(labels), bool), most
    for left, numbers in enumerate(sorted(classes.values(), key=len)):  # what a small class leaves goes to the others
        count = min(len(numbers), room // (len(classes) - left))
        kept[np.array(numbers)[np.linspace(0, len(numbers) - 1, count).round().astype(np.intp)]] = True
        room -= count
    return kept
