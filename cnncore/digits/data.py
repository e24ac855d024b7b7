"""What is learned from: MNIST, all or chosen classes, or a data set from outside; as plain data for a worker."""

import base64
import binascii
import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors import numpy as safetensors_numpy

from cnncore import limits
from cnncore.classes import checked_names
from cnncore.digits import DIGITS, DigitSet
from cnncore.digits.mnist import load_mnist
from cnncore.errors import InputError
from cnncore.memory import Array
from cnncore.randomness import Purpose, generator

_SEND_AGAIN = "The data set that was handed over is damaged: choose its file again."
_CHARACTERS = 2 * limits.DATA_IMAGES * 785 + 10_000  # base64 and a header, generously


@dataclass(frozen=True, eq=False)
class Origin:
    """What a run learned from, without the images.

    classes      of MNIST, as in Data
    fingerprint  of a data set from outside (Data.fingerprint); empty for MNIST
    title        what it is called
    learned      how many of its images are learned from
    watched      the few of its images whose answers are shown; None for MNIST
    """

    classes: tuple[int, ...] = ()
    fingerprint: str = ""
    title: str = "MNIST"
    learned: int = 0
    watched: DigitSet | None = None

    def is_of(self, other: "Origin") -> bool:
        """Whether both are the same data, whatever it is called."""
        return (self.fingerprint, sorted(self.classes)) == (other.fingerprint, sorted(other.classes))


@dataclass(frozen=True, eq=False)
class Data:
    """Where the digits come from. Raises InputError.

    classes  of MNIST, each once; empty for all ten
    upload   a whole data set from outside, instead of MNIST
    title    what the data set is called
    absent   a data set from outside that is not here: what is known of it
    """

    classes: tuple[int, ...] = ()
    upload: DigitSet | None = None
    title: str = "MNIST"
    absent: Origin | None = None

    def __post_init__(self) -> None:
        known = all(type(k) is int and 0 <= k < len(DIGITS) for k in self.classes)
        if not known or len(set(self.classes)) != len(self.classes) or len(self.classes) == 1:
            raise InputError("Of MNIST's classes 0 to 9 two or more are chosen: try 3 and 7.")

    @property
    def names(self) -> tuple[str, ...]:
        """Of the classes, in the order of a network's answers."""
        if self.upload is not None:
            return self.upload.names
        if self.absent is not None and self.absent.watched is not None:
            return self.absent.watched.names
        return tuple(DIGITS[k] for k in sorted(self.classes)) or DIGITS

    @cached_property
    def fingerprint(self) -> str:
        """Of a data set from outside: the SHA-256 of its images, labels and names. Of MNIST none."""
        if self.upload is None:
            return self.absent.fingerprint if self.absent else ""
        images, labels, names = self.upload
        digest = sha256(json.dumps(names).encode())
        digest.update(np.ascontiguousarray(labels).tobytes())
        digest.update(np.ascontiguousarray(images).tobytes())
        return digest.hexdigest()

    @cached_property
    def halves(self) -> tuple[DigitSet, DigitSet]:
        """Of a data set from outside: to learn from, and to be tested on."""
        self._is_here()
        if self.upload is None:
            raise InputError("Only a data set from outside is split: MNIST comes in two parts.")
        return split(self.upload)

    def _is_here(self) -> None:
        if self.absent is not None:
            raise InputError(f"It was trained on «{self.title}»: upload that data again to go on.")

    def sets(self) -> tuple[DigitSet, DigitSet]:
        """To learn from, and to be tested on. Raises DataError."""
        self._is_here()
        if self.upload is not None:
            return self.halves
        train_set, test_set = load_mnist()
        return self.chosen(train_set), self.chosen(test_set)

    def chosen(self, digits: DigitSet) -> DigitSet:
        """Of MNIST's digits those of the chosen classes, numbered anew."""
        if not self.classes:
            return digits
        number = np.full(len(DIGITS), -1, np.int16)
        number[sorted(self.classes)] = np.arange(len(self.classes))
        labels = number[digits.labels]
        kept = labels >= 0
        return DigitSet(digits.images[kept], labels[kept].astype(np.uint8), self.names)

    def to_plain(self) -> dict[str, Any]:
        """As plain data, images and labels as base64 of a safetensors file."""
        self._is_here()
        if self.upload is None:
            return {"mnist": list(self.classes)}
        images, labels, names = self.upload.images, self.upload.labels, self.upload.names
        tensors = {"images": np.ascontiguousarray(images), "labels": np.ascontiguousarray(labels)}
        text = base64.b64encode(safetensors_numpy.save(tensors)).decode()
        return {"upload": text, "names": list(names), "title": self.title}

    @classmethod
    def from_plain(cls, plain: Any) -> "Data":
        """From plain data, as `to_plain` gives it, every shape and number checked. Raises InputError."""
        if plain is None:
            return cls()
        try:
            if "mnist" in plain:
                return cls(tuple(plain["mnist"]))
            text = plain["upload"]
            if not isinstance(text, str) or len(text) > _CHARACTERS:
                raise InputError(_SEND_AGAIN)
            tensors = safetensors_numpy.load(base64.b64decode(text, validate=True))
            names = checked_names(plain["names"])
            title = checked_title(plain.get("title", "your data"))
            return cls(upload=_checked(tensors["images"], tensors["labels"], names), title=title)
        except InputError:
            raise
        except (SafetensorError, binascii.Error, KeyError, TypeError, ValueError):
            raise InputError(_SEND_AGAIN) from None


def checked_title(title: Any) -> str:
    """What a data set is called, from outside: short, and plain wherever it is shown. Raises InputError."""
    plain = isinstance(title, str) and all(c.isalnum() or c in " .-_" for c in title)
    if not plain or not 0 < len(title) <= limits.DATA_TITLE:
        raise InputError(f"A data set is called by 1 to {limits.DATA_TITLE} letters, digits and spaces.")
    return str(title)


def _checked(images: Array, labels: Array, names: tuple[str, ...]) -> DigitSet:
    count = len(images)
    fits = images.dtype == labels.dtype == np.uint8 and images.shape == (count, 28, 28, 1) and labels.shape == (count,)
    if not fits or not limits.DATA_LEAST <= count <= limits.DATA_IMAGES or len(names) not in limits.CLASSES:
        raise InputError(_SEND_AGAIN)
    if np.bincount(labels, minlength=len(names)).min() < limits.DATA_LEAST_OF_CLASS or labels.max() >= len(names):
        raise InputError(_SEND_AGAIN)
    return DigitSet(images, labels, names)


def split(digits: DigitSet) -> tuple[DigitSet, DigitSet]:
    """To learn from, and a fifth of every class, at least one, to be tested on: always the same, in mixed order."""
    order = generator(0, Purpose.SPLIT).permutation(len(digits))
    labels = digits.labels[order]
    test = np.zeros(len(digits), bool)
    for k in range(len(digits.names)):
        places = np.flatnonzero(labels == k)
        test[places[: max(1, round(limits.TEST_SHARE * len(places)))]] = True
    return digits.take(order[~test]), digits.take(order[test])
