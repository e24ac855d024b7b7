"""A ZIP of class folders of pictures, read member by member in memory.

The folder that holds a picture names its class. What the directory claims is
checked first: members, encryption, and that no two share the same bytes.
"""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import PurePosixPath

from PIL import Image

from cnncore import limits
from cnncore.data.image_files import FORMATS, read_picture, to_grey
from cnncore.data.uploads.dataset_builder import DatasetBuilder, class_name
from cnncore.errors import DataError, InputError

_SIDE = 112  # to which pictures are shrunk before the ink is sought
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack without a bound
_LOCAL_HEADER = 30
_HEADER = 4_096  # bytes of a file without an ending, in which a picture's format is recognised
_DIRECTORY_ENTRY = b"PK\x01\x02"
_PICTURES = (".png", ".jpg", ".jpeg", ".jfif", ".jpe", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".avif")
_UTF8 = 0x800  # the flag of a member whose name is UTF-8
_TRAIN, _TEST = ("train", "training", "val", "valid", "validation"), ("test", "testing")
_DAMAGED = "The ZIP is damaged or incomplete: pack it again."


@contextmanager
def opened(data: bytes) -> Iterator[zipfile.ZipFile]:
    """The archive, its directory checked. Raises DataError."""
    if data.count(_DIRECTORY_ENTRY) > limits.DATA_MEMBERS:
        raise DataError(f"The ZIP has more than {limits.DATA_MEMBERS:,} members: pack fewer pictures.")
    try:
        zipped = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError):
        raise DataError(_DAMAGED) from None
    with zipped:
        members = sorted(zipped.infolist(), key=lambda member: member.header_offset)
        for member, following in pairwise(members):
            if member.header_offset + _LOCAL_HEADER + member.compress_size > following.header_offset:
                raise DataError("Members of the ZIP overlap: pack it again.")
        if any(member.flag_bits & 1 for member in members):
            raise DataError("The ZIP is encrypted: pack it without a password.")
        yield zipped


def member_bytes(zipped: zipfile.ZipFile, member: zipfile.ZipInfo, most: int = limits.DATA_MEMBER_BYTES) -> bytes:
    """What a member holds, at most `most` bytes. Raises DataError in words that follow its name."""
    if member.compress_type not in _PLAIN:
        raise DataError("is packed in an unusual way: use plain ZIP compression")
    if member.file_size > most:
        raise DataError(f"is larger than {most >> 20} MB")
    try:
        with zipped.open(member) as file:
            data = file.read(most + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError, zlib.error):
        raise DataError("is damaged within the ZIP") from None
    if len(data) != member.file_size:
        raise DataError("is damaged within the ZIP")
    return data


def read(zipped: zipfile.ZipFile, builder: DatasetBuilder) -> None:
    """Every picture of every class folder. Raises DataError."""
    builder.format, builder.mixed_inks = "ZIP of class folders", True
    seen: set[str] = set()
    unfolded = pixels = 0
    members = zipped.infolist()
    for number, member in enumerate(members):
        path = _path(member)
        if not path.name:  # zipfile's is_dir() fails on an empty name
            builder.skip("has no name", "a member")
            continue
        if member.is_dir() or _is_hidden(path):
            continue
        where = path.as_posix()[-80:]
        if path.suffix.lower() not in _PICTURES and not _pixels(_start(zipped, member)):
            builder.skip("is no picture (PNG, JPEG, BMP, GIF, WebP, TIFF)", where)
            continue
        builder.found += 1
        if reason := _refused(member, path, seen):
            builder.skip(reason, where)
            continue
        seen.add(member.filename)
        builder.progress(number / len(members))
        folder, test = _class_folder(path, builder.reading.split)
        label = class_name(folder)
        if label is None:
            builder.skip("lies in no class folder", where)
            continue
        try:
            data = member_bytes(zipped, member)
            unfolded += len(data)
            pixels += _pixels(data)
            if unfolded > limits.DATA_BYTES or pixels > limits.DATA_PIXELS:
                raise _Full
            builder.add(to_grey(read_picture(data, "It", _SIDE))[..., 0], label, where, test=test)
        except _Full:
            raise DataError(
                "The pictures of the ZIP are too large in all: make them smaller, 100 × 100 pixels are plenty."
            ) from None
        except (DataError, InputError) as error:
            builder.skip(str(error).removeprefix("It "), where)


def _path(member: zipfile.ZipInfo) -> PurePosixPath:
    """A member's path. macOS writes names in UTF-8 without saying so, for which zipfile takes them as code page 437."""
    name = member.filename
    if not member.flag_bits & _UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return PurePosixPath(name.replace("\\", "/"))


def is_content(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a file with a name, and none of those that systems leave behind."""
    path = _path(member)
    return bool(path.name) and not member.filename.endswith("/") and not _is_hidden(path)


def is_named_as_picture(member: zipfile.ZipInfo) -> bool:
    """Whether a member's name ends as those of pictures do."""
    return _path(member).suffix.lower() in _PICTURES


def _class_folder(path: PurePosixPath, split: str) -> tuple[str, bool]:
    """The folder that names the class, and whether the picture is of a test set.

    A folder called train or test, above the class's or below it, says which, unless `split` is "classes".
    """
    folders = [part for part in path.parts[:-1] if part != "/"]
    if split == "classes":
        return (folders[-1] if folders else ""), False
    parts = [folder.lower() for folder in folders]
    classes = [folder for folder, part in zip(folders, parts, strict=True) if part not in (*_TRAIN, *_TEST)]
    below = bool(parts) and parts[-1] in (*_TRAIN, *_TEST)
    if below and not classes:  # pictures lie in train and test alone
        return "", False
    return (classes[-1] if classes else ""), any(part in _TEST for part in parts)


def _start(zipped: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The first bytes of a member, in which a picture's header lies; none where it cannot be read."""
    try:
        with zipped.open(member) as file:
            return file.read(_HEADER)
    except Exception:  # zipfile raises nearly anything on damaged members
        return b""


class _Full(Exception):
    """More than a ZIP may hold."""


def _is_hidden(path: PurePosixPath) -> bool:
    """What systems leave in archives: __MACOSX, .DS_Store, Thumbs.db."""
    left = ("__MACOSX", "Thumbs.db", "desktop.ini")
    return any((part.startswith(".") and part != "..") or part in left for part in path.parts)


def _refused(member: zipfile.ZipInfo, path: PurePosixPath, seen: set[str]) -> str:
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a link, not a file"
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return "has a path that leads out of the ZIP"
    if member.filename in seen:
        return "is there twice under the same name"
    return ""


def _pixels(data: bytes) -> int:
    """Return the number of pixels that a picture's header gives; 0 where it cannot be read: `read_picture` says why."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            return image.width * image.height
    except Exception:  # Pillow raises nearly anything on damaged files
        return 0
