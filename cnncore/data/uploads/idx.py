"""IDX files, as MNIST's own are (LeCun): images and labels, gzipped or not, in any order; one pair or two."""

import gzip
import io
import zlib
from collections.abc import Sequence
from typing import IO, NamedTuple, cast

import numpy as np

from cnncore import limits
from cnncore.data.uploads.dataset_builder import DatasetBuilder, class_number
from cnncore.data.uploads.image_batches import Shape, add_images, image_layout
from cnncore.errors import DataError
from cnncore.nn.arrays import Array

_GZIP, _BYTES = b"\x1f\x8b", 8
_PAIR = "choose both files of the pair, images (idx3) and labels (idx1)"
_TESTS = ("t10k", "test")


class _Part(NamedTuple):
    name: str
    stream: IO[bytes]
    shape: Shape


def recognises(data: bytes) -> bool:
    """Whether this is an IDX file, or a gzipped anything."""
    return data.startswith((_GZIP, b"\0\0"))


def read(files: Sequence[tuple[str, bytes]], builder: DatasetBuilder) -> None:
    """(name, bytes) of a pair, or of two: MNIST's training and test files. Raises DataError."""
    builder.format = "IDX pair" if len(files) < 4 else "IDX files"
    try:
        pairs = _pairs([_part(name, data) for name, data in files])
        for images, labels in pairs:
            test = len(pairs) > 1 and _is_test(images.name)
            share = images.shape[0] / sum(each.shape[0] for each, _ in pairs)
            _read(images, labels, int(limits.DATA_IMAGES * share), test, builder)
    except (OSError, EOFError, zlib.error):
        raise DataError("The IDX file's gzip is damaged or cut short: download it again.") from None


def _pairs(parts: list[_Part]) -> list[tuple[_Part, _Part]]:
    """Images with their labels, which are as many; of two pairs of one size, those whose names go together."""
    images = [part for part in parts if len(part.shape) > 1]
    labels = [part for part in parts if len(part.shape) == 1]
    if not images or not labels:
        held = "images without labels" if images else "labels without images"
        megabytes = limits.DATA_UPLOAD_BYTES >> 20
        raise DataError(f"That is {held}: {_PAIR}. If one was refused for its size, up to {megabytes} MB are read.")
    if len(images) != len(labels):
        raise DataError(f"There are {len(images)} files of images but {len(labels)} of labels: {_PAIR}.")
    pairs = []
    for part in images:
        fitting = [label for label in labels if label.shape[0] == part.shape[0]]
        if not fitting:
            raise DataError(f"There are {part.shape[0]:,} images but {labels[0].shape[0]:,} labels: {_PAIR}.")
        alike = [label for label in fitting if _is_test(label.name) == _is_test(part.name)]
        chosen = (alike or fitting)[0]
        labels.remove(chosen)
        pairs.append((part, chosen))
    return pairs


def _is_test(name: str) -> bool:
    return any(word in name.lower() for word in _TESTS)


def _read(images: _Part, labels: _Part, most: int, test: bool, builder: DatasetBuilder) -> None:
    (count,) = labels.shape
    layout = image_layout(images.shape)
    names = _names(np.frombuffer(_exactly(labels.stream, count), np.uint8))
    _ended(labels.stream)
    builder.found += count
    size = int(np.prod(images.shape[1:]))

    def block(start: int, stop: int) -> Array:
        data = _exactly(images.stream, (stop - start) * size)
        return np.frombuffer(data, np.uint8).reshape(stop - start, *images.shape[1:])

    add_images(block, layout, names, builder, most=most, test=test)
    _ended(images.stream)


def _part(name: str, data: bytes) -> _Part:
    """The stream behind the header, and the shape that the header gives."""
    stream: IO[bytes] = io.BytesIO(data)
    if data.startswith(_GZIP):
        stream = cast(IO[bytes], gzip.GzipFile(fileobj=io.BytesIO(data)))
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[3] not in (1, 3, 4):
        raise DataError(f"The file does not begin as an IDX file of images or labels does: {_PAIR}.")
    if magic[2] != _BYTES:
        raise DataError("The IDX file holds other numbers than bytes: save it as unsigned bytes (0x08).")
    header = stream.read(4 * magic[3])
    if len(header) < 4 * magic[3]:
        raise DataError("The IDX file ends within its header: download it again.")
    shape = tuple(int.from_bytes(header[n : n + 4]) for n in range(0, len(header), 4))
    size = 1
    for n in shape:
        size *= n
    if not 0 < size <= limits.DATA_BYTES:
        megabytes = limits.DATA_BYTES >> 20
        raise DataError(
            f"The IDX file says it holds {' × '.join(map(str, shape))} bytes: from 1 byte to {megabytes} MB are read."
        )
    return _Part(name, stream, shape)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise DataError("The IDX file holds less than its header says: download it again.")
    return data


def _ended(stream: IO[bytes]) -> None:
    if stream.read(1):
        raise DataError("The IDX file holds more than its header says: download it again.")


def _names(labels: Array) -> list[str]:
    names = [class_number(n) for n in range(256)]
    last = int(labels.max())
    if names[last] is None:
        raise DataError(f"The IDX labels hold {last}: class numbers lie in 0 to {int(limits.CLASSES.high) - 1}.")
    return [names[label] or "" for label in labels.tolist()]
