"""An IDX pair, as MNIST's own files are (LeCun): images and labels, gzipped or not, in either order."""

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


class _Part(NamedTuple):
    stream: IO[bytes]
    shape: Shape


def recognises(data: bytes) -> bool:
    """Whether this is an IDX file, or a gzipped anything."""
    return data.startswith((_GZIP, b"\0\0"))


def read(files: Sequence[bytes], builder: DatasetBuilder) -> None:
    """Raises DataError."""
    builder.format = "IDX pair"
    try:
        _read(files, builder)
    except (OSError, EOFError, zlib.error):
        raise DataError("The IDX file's gzip is damaged or cut short: download it again.") from None


def _read(files: Sequence[bytes], builder: DatasetBuilder) -> None:
    parts = [_part(data) for data in files]
    images = [part for part in parts if len(part.shape) > 1]
    labels = [part for part in parts if len(part.shape) == 1]
    if len(images) != 1 or len(labels) != 1:
        held = "images without labels" if images else "labels without images"
        raise DataError(f"That is {held}: {_PAIR}.")
    (count,) = labels[0].shape
    if images[0].shape[0] != count:
        raise DataError(f"There are {images[0].shape[0]:,} images but {count:,} labels: {_PAIR}.")
    layout = image_layout(images[0].shape)
    names = _names(np.frombuffer(_exactly(labels[0].stream, count), np.uint8))
    _ended(labels[0].stream)
    builder.found = count
    size = int(np.prod(images[0].shape[1:]))

    def block(start: int, stop: int) -> Array:
        data = _exactly(images[0].stream, (stop - start) * size)
        return np.frombuffer(data, np.uint8).reshape(stop - start, *images[0].shape[1:])

    add_images(block, layout, names, builder)
    _ended(images[0].stream)


def _part(data: bytes) -> _Part:
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
    return _Part(stream, shape)


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
