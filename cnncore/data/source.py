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
from cnncore.data.class_names import validate_class_names
from cnncore.data.digit_set import DIGITS, DigitSet
from cnncore.data.mnist import load_mnist
from cnncore.data.rehearsal import rehearsal_epoch
from cnncore.errors import InputError
from cnncore.nn.arrays import Array
from cnncore.nn.rng import Purpose, generator

OWN_TITLE = "your digits"  # kept in a session, and in no file
_SEND_AGAIN = "The data set that was handed over is damaged: choose its file again."
_CHARACTERS = 2 * limits.DATA_IMAGES * 785 + 10_000  # base64 and a header, generously


@dataclass(frozen=True, eq=False)
class DataOrigin:
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

    def is_of(self, other: "DataOrigin") -> bool:
        """Whether both are the same data, whatever it is called."""
        return (self.fingerprint, sorted(self.classes)) == (other.fingerprint, sorted(other.classes))


@dataclass(frozen=True, eq=False)
class DataSource:
    """Where the digits come from. Raises InputError.

    classes  of MNIST, each once; empty for all ten
    upload   a whole data set from outside, instead of MNIST
    title    what the data set is called
    absent   a data set from outside that is not here: what is known of it
    own      some digits of one's own, learned among digits of MNIST (cnncore.data.rehearsal) and tested on all of MNIST
    """

    classes: tuple[int, ...] = ()
    upload: DigitSet | None = None
    title: str = "MNIST"
    absent: DataOrigin | None = None
    own: DigitSet | None = None

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
        """Of a data set from outside, or of one's own digits: SHA-256 of images, labels, names. Of MNIST none."""
        given = self.upload or self.own
        if given is None:
            return self.absent.fingerprint if self.absent else ""
        images, labels, names = given
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
        return train_test_split(self.upload)

    @property
    def lack(self) -> str:
        """Of data that is absent: what it takes to go on."""
        if self.title == OWN_TITLE:
            return "It was trained on digits of a session that has ended: it can be used, not continued."
        return f"It was trained on «{self.title}»: upload that data again to go on."

    def _is_here(self) -> None:
        if self.absent is not None:
            raise InputError(self.lack)

    def sets(self) -> tuple[DigitSet, DigitSet]:
        """To learn from, and to be tested on. Raises DataError."""
        self._is_here()
        if self.upload is not None:
            return self.halves
        train_set, test_set = load_mnist()
        if self.own is not None:
            return rehearsal_epoch(self.own, train_set), test_set
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

    def to_dict(self) -> dict[str, Any]:
        """As plain data, images and labels as base64 of a safetensors file."""
        self._is_here()
        if self.own is not None:
            return {"own": _text_of(self.own), "title": self.title}
        if self.upload is None:
            return {"mnist": list(self.classes)}
        return {"upload": _text_of(self.upload), "names": list(self.upload.names), "title": self.title}

    @classmethod
    def from_dict(cls, plain: Any) -> "DataSource":
        """From plain data, as `to_dict` gives it, every shape and number checked. Raises InputError."""
        if plain is None:
            return cls()
        try:
            if "mnist" in plain:
                return cls(tuple(plain["mnist"]))
            if "own" in plain:
                own = _checked_digits(_tensors(plain["own"]), DIGITS, limits.Bound(1, limits.MY_DIGITS, 1))
                return cls(own=own, title=validate_title(plain.get("title", OWN_TITLE)))
            names = validate_class_names(plain["names"])
            title = validate_title(plain.get("title", "your data"))
            return cls(upload=_checked(_tensors(plain["upload"]), names), title=title)
        except InputError:
            raise
        except (SafetensorError, binascii.Error, KeyError, TypeError, ValueError):
            raise InputError(_SEND_AGAIN) from None


def validate_title(title: Any) -> str:
    """What a data set is called, from outside: short, and plain wherever it is shown. Raises InputError."""
    plain = isinstance(title, str) and all(c.isalnum() or c in " .-_" for c in title)
    if not plain or not 0 < len(title) <= limits.DATA_TITLE:
        raise InputError(f"A data set is called by 1 to {limits.DATA_TITLE} letters, digits and spaces.")
    return str(title)


def _text_of(digits: DigitSet) -> str:
    """Images and labels as base64 of a safetensors file."""
    tensors = {"images": np.ascontiguousarray(digits.images), "labels": np.ascontiguousarray(digits.labels)}
    return base64.b64encode(safetensors_numpy.save(tensors)).decode()


def _tensors(text: Any) -> dict[str, Array]:
    if not isinstance(text, str) or len(text) > _CHARACTERS:
        raise InputError(_SEND_AGAIN)
    return safetensors_numpy.load(base64.b64decode(text, validate=True))


def _checked_digits(tensors: dict[str, Array], names: tuple[str, ...], counts: limits.Bound) -> DigitSet:
    images, labels = tensors["images"], tensors["labels"]
    count = len(images)
    fits = images.dtype == labels.dtype == np.uint8 and images.shape == (count, 28, 28, 1) and labels.shape == (count,)
    if not fits or count not in counts or labels.max() >= len(names):
        raise InputError(_SEND_AGAIN)
    return DigitSet(images, labels, names)


def _checked(tensors: dict[str, Array], names: tuple[str, ...]) -> DigitSet:
    digits = _checked_digits(tensors, names, limits.Bound(limits.DATA_LEAST, limits.DATA_IMAGES, limits.DATA_LEAST))
    smallest = np.bincount(digits.labels, minlength=len(names)).min()
    if len(names) not in limits.CLASSES or smallest < limits.DATA_LEAST_OF_CLASS:
        raise InputError(_SEND_AGAIN)
    return digits


def train_test_split(digits: DigitSet) -> tuple[DigitSet, DigitSet]:
    """To learn from, and a fifth of every class, at least one, to be tested on: always the same, in mixed order."""
    order = generator(0, Purpose.SPLIT).permutation(len(digits))
    labels = digits.labels[order]
    test = np.zeros(len(digits), bool)
    for k in range(len(digits.names)):
        places = np.flatnonzero(labels == k)
        test[places[: max(1, round(limits.TEST_SHARE * len(places)))]] = True
    return digits.take(order[~test]), digits.take(order[test])
