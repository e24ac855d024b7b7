"""What a ZIP holds: folders of pictures, arrays, IDX files, a table, or one more ZIP; recognised by its content."""

import zipfile
from collections.abc import Callable

from cnncore import limits
from cnncore.data.uploads import csv_table, idx, npy, npz, zip_folders
from cnncore.data.uploads.dataset_builder import DatasetBuilder
from cnncore.errors import DataError

_TABLES = (".csv", ".tsv", ".txt")
_NESTED = 1  # a ZIP in a ZIP is read, one in that is not


def read(data: bytes, builder: DatasetBuilder, depth: int = 0) -> None:
    """Raises DataError."""
    with zip_folders.opened(data) as zipped:
        members = [member for member in zipped.infolist() if zip_folders.is_content(member)]
        if npz.recognises(zipped) and npz.holds_images_alone(zipped):
            npy.read([(member.filename, whole(zipped, member)) for member in members], builder)
        elif npz.recognises(zipped):
            npz.read(zipped, builder)
        elif not any(zip_folders.is_named_as_picture(member) for member in members) and _read_other(
            zipped, members, builder, depth
        ):
            return
        else:
            zip_folders.read(zipped, builder)


def _read_other(zipped: zipfile.ZipFile, members: list[zipfile.ZipInfo], builder: DatasetBuilder, depth: int) -> bool:
    """Read a ZIP without pictures. Returns whether there was anything to read."""
    parts = [member for member in members if _starts(zipped, member, idx.recognises)]
    if len(parts) > 1 and len(parts) <= limits.DATA_FILES:
        idx.read([(member.filename, whole(zipped, member)) for member in parts], builder)
        return True
    tables = [member for member in members if member.filename.lower().endswith(_TABLES)]
    if tables:
        _read_tables(zipped, tables, builder)
        return True
    nested = [member for member in members if _starts(zipped, member, lambda start: start.startswith(b"PK\x03\x04"))]
    if len(nested) == 1 and depth < _NESTED:
        read(whole(zipped, nested[0]), builder, depth + 1)
        return True
    return False


def _read_tables(zipped: zipfile.ZipFile, tables: list[zipfile.ZipInfo], builder: DatasetBuilder) -> None:
    """The largest table, and beside it the one that its name calls a test set, if that has labels as well."""
    largest = max(tables, key=lambda member: member.file_size)
    csv_table.read(whole(zipped, largest), builder)
    for member in tables:
        if "test" in member.filename.lower() and member is not largest:
            data = whole(zipped, member)
            if csv_table.has_labels(data):
                csv_table.read(data, builder, test=True)


def whole(zipped: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """A member's bytes, at most limits.DATA_UPLOAD_BYTES. Raises DataError."""
    try:
        return zip_folders.member_bytes(zipped, member, limits.DATA_UPLOAD_BYTES)
    except DataError as error:
        raise DataError(f"{member.filename[-40:]!r} in the ZIP {error}: pack it again.") from None


def _starts(zipped: zipfile.ZipFile, member: zipfile.ZipInfo, is_it: Callable[[bytes], bool]) -> bool:
    """Whether a member's first bytes are of a kind."""
    try:
        with zipped.open(member) as file:
            return is_it(file.read(4))
    except Exception:  # zipfile raises nearly anything on damaged members; reading it says why
        return False
