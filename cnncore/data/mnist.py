"""MNIST, all 70,000 digits, from the four canonical files in assets/mnist/.

LeCun, Cortes & Burges, "The MNIST database of handwritten digits", 1998. Ink is
high: background 0, full ink 255. Every file is checked against its SHA-256.
"""

import gzip
import hashlib
import zlib
from pathlib import Path

import numpy as np

from cnncore.data.digit_set import DigitSet
from cnncore.errors import DataError
from cnncore.nn.arrays import Array
from cnncore.paths import ASSETS

FOLDER = ASSETS / "mnist"

# name: SHA-256 of the uncompressed file, bytes of its header, shape of what follows
FILES = {
    "train-images-idx3-ubyte": (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        16,
        (60_000, 28, 28, 1),
    ),
    "train-labels-idx1-ubyte": ("65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", 8, (60_000,)),
    "t10k-images-idx3-ubyte": (
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        16,
        (10_000, 28, 28, 1),
    ),
    "t10k-labels-idx1-ubyte": ("ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", 8, (10_000,)),
}


def load_mnist(folder: Path = FOLDER) -> tuple[DigitSet, DigitSet]:
    """The 60,000 training and the 10,000 test digits. Raises DataError for a missing or damaged file."""
    return load_mnist_training(folder), load_mnist_test(folder)


def load_mnist_training(folder: Path = FOLDER) -> DigitSet:
    """The 60,000 training digits. Raises DataError."""
    return DigitSet(_read(folder, "train-images-idx3-ubyte"), _read(folder, "train-labels-idx1-ubyte"))


def load_mnist_test(folder: Path = FOLDER) -> DigitSet:
    """The 10,000 test digits. Raises DataError."""
    return DigitSet(_read(folder, "t10k-images-idx3-ubyte"), _read(folder, "t10k-labels-idx1-ubyte"))


def training_balance(folder: Path = FOLDER) -> tuple[int, ...]:
    """How many training digits each class has. Raises DataError."""
    return tuple(np.bincount(_read(folder, "train-labels-idx1-ubyte"), minlength=10).tolist())


def _read(folder: Path, name: str) -> Array:
    expected, header, shape = FILES[name]
    path = folder / f"{name}.gz"
    size = header + int(np.prod(shape))
    try:
        with gzip.open(path) as file:
            data = file.read(size + 1)  # never more than belongs there, whatever the file claims
    except FileNotFoundError:
        raise DataError(f"The MNIST file {path.name} is missing: put it back into {_shown(folder)}.") from None
    except (OSError, EOFError, zlib.error):
        raise DataError(f"The MNIST file {path.name} is damaged: replace it by a fresh copy.") from None
    if hashlib.sha256(data).hexdigest() != expected:
        raise DataError(f"The MNIST file {path.name} is not the original: replace it by a fresh copy.")
    return np.frombuffer(data, np.uint8, offset=header).reshape(shape)


def _shown(folder: Path) -> str:
    return "/".join(folder.parts[-2:])
