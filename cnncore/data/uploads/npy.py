"""NPY files of images, one a class, as Quick, Draw! offers them: `full_numpy_bitmap_cat.npy` holds the cats."""

import io
from collections.abc import Sequence
from pathlib import PurePosixPath

import numpy as np

from cnncore import limits
from cnncore.data.uploads.dataset_builder import DatasetBuilder, class_name
from cnncore.data.uploads.image_batches import add_images, image_layout
from cnncore.data.uploads.npz import array_header, checked
from cnncore.errors import DataError
from cnncore.nn.arrays import Array

_MAGIC = b"\x93NUMPY"
_PREFIX = "full_numpy_bitmap_"


def recognises(data: bytes) -> bool:
    """Whether this is a single array."""
    return data.startswith(_MAGIC)


def read(files: Sequence[tuple[str, bytes]], builder: DatasetBuilder) -> None:
    """(name, bytes) of each class. Raises DataError."""
    builder.format = "NPY files"
    if len(files) < limits.CLASSES.low:
        raise DataError("An NPY file holds the images of one class: choose the files of two classes or more.")
    for name, data in files:
        _read(name, data, limits.DATA_IMAGES // len(files), builder)


def _read(name: str, data: bytes, most: int, builder: DatasetBuilder) -> None:
    label = class_name(PurePosixPath(name.replace("\\", "/")).stem.removeprefix(_PREFIX))
    stream = io.BytesIO(data)
    header = array_header(stream, name, len(data))
    layout = image_layout(header.shape)
    if header.dtype.kind not in "buif" or header.fortran:
        raise DataError(f"The images in {name[-40:]!r} are not read: save them as uint8, in C order.")
    values = np.frombuffer(
        data, header.dtype, layout.count * (header.size // layout.count // header.dtype.itemsize), stream.tell()
    )
    images = values.reshape(header.shape)

    def batch(start: int, stop: int) -> Array:
        return checked(images[start:stop])

    builder.found += layout.count
    add_images(batch, layout, [label] * layout.count, builder, most=most)
