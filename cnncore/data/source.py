"""Where training data comes from: MNIST or some of its classes, an uploaded data set, or a user's own digits.

A source can be sent to a worker process as plain data.
"""

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

OWN_TITLE = "your digits"  # these exist in a session only, never in a file
_DAMAGED = "The data set that was sent is damaged: choose its file again."
_MAX_CHARACTERS = 2 * limits.DATA_IMAGES * 785 + 10_000  # of base64; twice the size of the images covers it


@dataclass(frozen=True, eq=False)
class DataOrigin:
    """The data that a run was trained on, without its images.

    classes      the classes of MNIST, as in DataSource
    fingerprint  of an uploaded data set or of own digits (DataSource.fingerprint); empty for MNIST
    title        the name of the data set
    n_train      the number of its training images
    monitored    the few test images whose predictions are shown; None for MNIST
    """

    classes: tuple[int, ...] = ()
    fingerprint: str = ""
    title: str = "MNIST"
    n_train: int = 0
    monitored: DigitSet | None = None

    def same_data(self, other: "DataOrigin") -> bool:
        """Return whether both name the same data, whatever their titles."""
        return (self.fingerprint, sorted(self.classes)) == (other.fingerprint, sorted(other.classes))


@dataclass(frozen=True, eq=False)
class DataSource:
    """The source of training and test digits. Raises InputError for classes that MNIST does not have.

    classes      the classes of MNIST that are used, each once; empty for all ten
    upload       an uploaded data set that replaces MNIST
    title        the name of the data set
    missing      an uploaded data set that is no longer in memory: what is known of it
    user_digits  digits that the user drew, trained on among digits of MNIST (cnncore.data.rehearsal); all of MNIST's
                 test digits are the test set
    test_images  how many of the uploaded images, the last ones, are the test set; 0 to take a fifth of every class
    """

    classes: tuple[int, ...] = ()
    upload: DigitSet | None = None
    title: str = "MNIST"
    missing: DataOrigin | None = None
    user_digits: DigitSet | None = None
    test_images: int = 0

    def __post_init__(self) -> None:
        known = all(type(k) is int and 0 <= k < len(DIGITS) for k in self.classes)
        if not known or len(set(self.classes)) != len(self.classes) or len(self.classes) == 1:
            raise InputError("Of MNIST's classes 0 to 9 two or more are chosen: try 3 and 7.")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the classes, in the order of the network's outputs."""
        if self.upload is not None:
            return self.upload.names
        if self.missing is not None and self.missing.monitored is not None:
            return self.missing.monitored.names
        return tuple(DIGITS[k] for k in sorted(self.classes)) or DIGITS

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the images, labels and names of an uploaded data set or of own digits; empty for MNIST."""
        digits = self.upload or self.user_digits
        if digits is None:
            return self.missing.fingerprint if self.missing else ""
        images, labels, names = digits
        digest = sha256(json.dumps(names).encode())
        digest.update(np.ascontiguousarray(labels).tobytes())
        digest.update(np.ascontiguousarray(images).data)
        if self.test_images:
            digest.update(str(self.test_images).encode())
        return digest.hexdigest()

    @cached_property
    def train_and_test(self) -> tuple[DigitSet, DigitSet]:
        """The training set and the test set of an uploaded data set. Raises InputError for any other source."""
        self._require_data()
        if self.upload is None:
            raise InputError("Only an uploaded data set is split: MNIST comes as a training set and a test set.")
        if self.test_images:
            first = len(self.upload) - self.test_images
            return self.upload.subset(slice(first)), self.upload.subset(slice(first, None))
        return train_test_split(self.upload)

    @property
    def missing_message(self) -> str:
        """One sentence that says what is needed to continue a run whose data is missing."""
        if self.title == OWN_TITLE:
            return "It was trained on digits of a session that has ended: it can be used, not continued."
        return f"It was trained on «{self.title}»: upload that data again to go on."

    def _require_data(self) -> None:
        if self.missing is not None:
            raise InputError(self.missing_message)

    def load(self) -> tuple[DigitSet, DigitSet]:
        """Return the training set and the test set.

        Raises DataError for a missing or damaged MNIST file, InputError for an uploaded data set that is missing.
        """
        self._require_data()
        if self.upload is not None:
            return self.train_and_test
        train_set, test_set = load_mnist()
        if self.user_digits is not None:
            return rehearsal_epoch(self.user_digits, train_set), test_set
        return self.filter_classes(train_set), self.filter_classes(test_set)

    def filter_classes(self, digits: DigitSet) -> DigitSet:
        """Restrict MNIST's `digits` to `classes`; labels are renumbered 0 to len(classes) - 1."""
        if not self.classes:
            return digits
        new_label = np.full(len(DIGITS), -1, np.int16)
        new_label[sorted(self.classes)] = np.arange(len(self.classes))
        labels = new_label[digits.labels]
        mask = labels >= 0
        return DigitSet(digits.images[mask], labels[mask].astype(np.uint8), self.names)

    def to_dict(self) -> dict[str, Any]:
        """Return the source as plain data; images and labels become the base64 of a safetensors file."""
        self._require_data()
        if self.user_digits is not None:
            return {"own": _encode(self.user_digits), "title": self.title}
        if self.upload is None:
            return {"mnist": list(self.classes)}
        names = list(self.upload.names)
        return {"upload": _encode(self.upload), "names": names, "title": self.title, "test": self.test_images}

    @classmethod
    def from_dict(cls, plain: Any) -> "DataSource":
        """Build a source from the plain data of `to_dict`. Raises InputError for shapes or values that do not fit."""
        if plain is None:
            return cls()
        try:
            if "mnist" in plain:
                return cls(tuple(plain["mnist"]))
            if "own" in plain:
                user_digits = _checked_digits(_decode(plain["own"]), DIGITS, limits.Bound(1, limits.MY_DIGITS, 1))
                return cls(user_digits=user_digits, title=validate_title(plain.get("title", OWN_TITLE)))
            names = validate_class_names(plain["names"])
            title = validate_title(plain.get("title", "your data"))
            digits, tests = _checked(_decode(plain["upload"]), names), plain.get("test", 0)
            if type(tests) is not int or not 0 <= tests < len(digits):
                raise InputError(_DAMAGED)
            return cls(upload=digits, title=title, test_images=tests)
        except InputError:
            raise
        except (SafetensorError, binascii.Error, KeyError, TypeError, ValueError):
            raise InputError(_DAMAGED) from None


def validate_title(title: Any) -> str:
    """Return the title of a data set if it is short and free of markup. Raises InputError otherwise."""
    plain = isinstance(title, str) and all(c.isalnum() or c in " .-_" for c in title)
    if not plain or not 0 < len(title) <= limits.DATA_TITLE:
        raise InputError(f"The title of a data set has 1 to {limits.DATA_TITLE} letters, digits and spaces.")
    return str(title)


def plain_title(name: str) -> str:
    """A file's name as the title of its data: reduced to characters that can be shown anywhere."""
    stem = "".join(c for c in name if c.isalnum() or c in " .-_")
    return stem[: limits.DATA_TITLE].strip() or "your data"


def _encode(digits: DigitSet) -> str:
    """Return images and labels as the base64 of a safetensors file."""
    tensors = {"images": np.ascontiguousarray(digits.images), "labels": np.ascontiguousarray(digits.labels)}
    return base64.b64encode(safetensors_numpy.save(tensors)).decode()


def _decode(text: Any) -> dict[str, Array]:
    if not isinstance(text, str) or len(text) > _MAX_CHARACTERS:
        raise InputError(_DAMAGED)
    return safetensors_numpy.load(base64.b64decode(text, validate=True))


def _checked_digits(tensors: dict[str, Array], names: tuple[str, ...], counts: limits.Bound) -> DigitSet:
    images, labels = tensors["images"], tensors["labels"]
    count = len(images)
    fits = images.dtype == labels.dtype == np.uint8 and images.shape == (count, 28, 28, 1) and labels.shape == (count,)
    if not fits or count not in counts or labels.max() >= len(names):
        raise InputError(_DAMAGED)
    return DigitSet(images, labels, names)


def _checked(tensors: dict[str, Array], names: tuple[str, ...]) -> DigitSet:
    digits = _checked_digits(tensors, names, limits.Bound(limits.DATA_LEAST, limits.DATA_IMAGES, limits.DATA_LEAST))
    smallest = np.bincount(digits.labels, minlength=len(names)).min()
    if len(names) not in limits.CLASSES or smallest < limits.DATA_LEAST_OF_CLASS:
        raise InputError(_DAMAGED)
    return digits


def train_test_split(digits: DigitSet) -> tuple[DigitSet, DigitSet]:
    """Split into a training set and a test set, which gets a fifth of every class, at least one image.

    The split is always the same, and the order of the images is shuffled.
    """
    order = generator(0, Purpose.SPLIT).permutation(len(digits))
    labels = digits.labels[order]
    test = np.zeros(len(digits), bool)
    for k in range(len(digits.names)):
        indices = np.flatnonzero(labels == k)
        test[indices[: max(1, round(limits.TEST_SHARE * len(indices)))]] = True
    return digits.subset(order[~test]), digits.subset(order[test])
