"""An NPZ, or what else NumPy saves: images and labels under their common names; never a pickle."""

import ast
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple

import numpy as np

from cnncore import limits
from cnncore.data.uploads.dataset_builder import DatasetBuilder, class_name, class_number
from cnncore.data.uploads.image_batches import ImageLayout, Shape, add_images, image_layout, images_per_batch
from cnncore.errors import DataError
from cnncore.nn.arrays import Array

# Images and labels by the names that others use; all pairs that are there are read together.
PAIRS = (
    ("x", "y"),
    ("x_train", "y_train"),
    ("x_test", "y_test"),
    ("train_images", "train_labels"),
    ("val_images", "val_labels"),
    ("test_images", "test_labels"),
    ("images", "labels"),
    ("data", "target"),
    ("data", "labels"),
    ("images", "target"),
    ("x", "labels"),
    ("arr_0", "arr_1"),
)
_TESTS = ("x_test", "test_images")
_ENDING = ".npy"
_HEADER = 10_000  # characters, as NumPy allows
_NAMES = "name the images x and the labels y"


class Header(NamedTuple):
    """What a .npy member says of itself."""

    shape: Shape
    dtype: np.dtype
    fortran: bool

    @property
    def size(self) -> int:
        """Bytes."""
        size = self.dtype.itemsize
        for n in self.shape:
            size *= n
        return size


def recognises(zipped: zipfile.ZipFile) -> bool:
    """Whether a ZIP holds arrays."""
    return any(member.filename.lower().endswith(_ENDING) and "/" not in member.filename for member in zipped.infolist())


def holds_images_alone(zipped: zipfile.ZipFile) -> bool:
    """Whether every one of several members is an array of more than one axis, so that none can hold labels."""
    members = zipped.infolist()
    for member in members:
        try:
            with zipped.open(member) as stream:
                if len(_header(stream, member).shape) < 2:
                    return False
        except Exception:  # whoever reads it says why
            return False
    names = {member.filename.lower().removesuffix(_ENDING) for member in members}
    return len(members) > 1 and not any(set(pair) <= names for pair in PAIRS)


def read(zipped: zipfile.ZipFile, builder: DatasetBuilder) -> None:
    """Raises DataError."""
    builder.format = "NPZ"
    members: dict[str, zipfile.ZipInfo] = {}
    for member in zipped.infolist():
        name = member.filename.lower().removesuffix(_ENDING)
        if name in members:
            raise DataError(f"The NPZ holds {name[:40]!r} twice: save it again.")
        members[name] = member
    pairs = [pair for pair in PAIRS if pair[0] in members and pair[1] in members]
    pairs = [pair for pair in pairs if not any(set(pair) & set(other) for other in pairs[: pairs.index(pair)])]
    if not pairs:
        there = ", ".join(sorted(name[:20] for name in members)[:8])
        raise DataError(f"The NPZ holds {there}, and no images with their labels: {_NAMES}.")
    used = {member.filename: member for pair in pairs for member in (members[pair[0]], members[pair[1]])}
    if sum(member.file_size for member in used.values()) > limits.DATA_BYTES:
        raise DataError(
            f"The NPZ unfolds to more than {limits.DATA_BYTES >> 20} MB: save fewer images, as uint8 of 28 × 28."
        )
    for images, labels in pairs:
        _read_pair(zipped, members[images], members[labels], images in _TESTS, builder)


def _read_pair(
    zipped: zipfile.ZipFile, images: zipfile.ZipInfo, labels: zipfile.ZipInfo, test: bool, builder: DatasetBuilder
) -> None:
    try:
        with zipped.open(images) as stream:
            header = _header(stream, images)
        layout = image_layout(header.shape)
        if header.dtype.kind not in "buif":
            raise DataError(f"The images in the NPZ are of type {header.dtype}: save them as uint8.")
        with zipped.open(labels) as stream:
            names = _names(_labels(stream, labels, layout.count))
        builder.found += layout.count
        if header.fortran and header.size > limits.DATA_WHOLE_BYTES:
            raise DataError("The images in the NPZ lie in Fortran order: save np.ascontiguousarray of them.")
        blocks = _blocks(zipped, images, layout)
        add_images(lambda start, stop: checked(next(blocks)), layout, names, builder, test=test)
        next(blocks, None)  # its end is where the checksum is compared
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error):
        raise DataError("The NPZ is damaged or incomplete: save it again.") from None


def _header(stream: IO[bytes], member: zipfile.ZipInfo) -> Header:
    """Read and checked. Raises DataError."""
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DataError("The NPZ is packed in an unusual way: save it by np.savez_compressed.")
    return array_header(stream, member.filename, member.file_size)


def array_header(stream: IO[bytes], name: str, held: int) -> Header:
    """What the array of a file, which holds `held` bytes in all, says of itself. Raises DataError."""
    start = stream.read(8)
    if start[:6] != b"\x93NUMPY" or len(start) < 8 or start[6] not in (1, 2, 3):
        raise DataError(f"{name[:40]!r} in the NPZ is no array: save it by np.savez_compressed.")
    length = int.from_bytes(stream.read(2 if start[6] == 1 else 4), "little")
    if length > _HEADER:
        raise DataError("An array's header in the NPZ is damaged: save it again.")
    text = stream.read(length)
    try:
        said = ast.literal_eval(text.decode("utf-8" if start[6] == 3 else "latin-1").strip())
        shape, code, fortran = said["shape"], said["descr"], said["fortran_order"]
        dtype = np.dtype(code) if isinstance(code, str) and len(code) < 20 and "," not in code else np.dtype(object)
    except Exception:  # anything at all may stand there
        raise DataError("An array's header in the NPZ is damaged: save it again.") from None
    if dtype.hasobject or dtype.itemsize == 0 or dtype.kind not in "buifUS":
        raise DataError("The NPZ holds objects (a pickle), which may be programs: save plain numbers.")
    whole = isinstance(shape, tuple) and all(type(n) is int and n >= 0 for n in shape)
    if not whole or not 1 <= len(shape) <= 4 or 0 in shape:
        raise DataError(f"An array in the NPZ has the shape {str(shape)[:40]}: each side is at least 1.")
    header = Header(shape, dtype, fortran is True and len(shape) > 1)
    if header.size > limits.DATA_BYTES or header.size > held:
        raise DataError(f"An array in the NPZ says it holds {str(shape)[:60]}, more than the file has: save it again.")
    return header


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise DataError("An array in the NPZ is cut short: save it again.")
    return data


def _values(stream: IO[bytes], header: Header) -> Array:
    flat = np.frombuffer(_exactly(stream, header.size), header.dtype)
    return flat.reshape(header.shape, order="F" if header.fortran else "C")


def _labels(stream: IO[bytes], member: zipfile.ZipInfo, count: int) -> Array:
    header = _header(stream, member)
    if header.shape[0] != count:
        raise DataError(f"The NPZ holds {count:,} images but {header.shape[0]:,} labels: save as many.")
    if header.size > limits.DATA_WHOLE_BYTES:
        raise DataError("The labels in the NPZ are too large: save one class number for each image.")
    return _values(stream, header)


def _blocks(zipped: zipfile.ZipFile, member: zipfile.ZipInfo, layout: ImageLayout) -> Iterator[Array]:
    """The images in the blocks that add_images asks for."""
    with zipped.open(member) as stream:
        header = _header(stream, member)
        whole = _values(stream, header) if header.fortran else None
        step, each = images_per_batch(layout), header.size // layout.count
        for start in range(0, layout.count, step):
            n = min(step, layout.count - start)
            if whole is not None:
                yield np.ascontiguousarray(whole[start : start + n])
            else:
                yield np.frombuffer(_exactly(stream, n * each), header.dtype).reshape(n, *header.shape[1:])
        if stream.read(1):  # its end is where the checksum is compared
            raise DataError("An array in the NPZ holds more than its header says: save it again.")


def checked(images: Array) -> Array:
    """The same images. Raises DataError where a value is no number."""
    if images.dtype.kind == "f" and not np.isfinite(images).all():
        raise DataError("The images in the NPZ hold values that are no numbers (NaN or infinity): leave them out.")
    return images


def _names(labels: Array) -> list[str | None]:
    """Labels as class names: numbers, texts, or one-hot rows. Raises DataError."""
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim == 2 and labels.dtype.kind in "buif" and 2 <= labels.shape[1] <= limits.CLASSES.high:
        if not ((labels == 1).sum(axis=1) == 1).all() or not ((labels != 0).sum(axis=1) == 1).all():
            raise DataError("The labels in the NPZ are rows without a single 1: save class numbers.")
        labels = labels.argmax(axis=1)
    if labels.ndim != 1:
        raise DataError(f"The labels in the NPZ have the shape {labels.shape}: save one class number for each image.")
    if labels.dtype.kind in "US":
        texts = labels.tolist()
        return [class_name(t.decode("utf-8", "replace") if isinstance(t, bytes) else t) for t in texts]
    if not np.isfinite(labels.astype(np.float64)).all():
        raise DataError("The labels in the NPZ hold values that are no numbers: save class numbers.")
    distinct = np.unique(labels)
    names = {value: class_number(value) for value in distinct[:1000].tolist()}
    wrong = next((value for value, name in names.items() if name is None), None)
    if wrong is not None or len(distinct) > 1000:
        high = int(limits.CLASSES.high) - 1
        raise DataError(f"The labels in the NPZ hold {wrong}: class numbers are whole, 0 to {high}.")
    return [names[value] for value in labels.tolist()]
