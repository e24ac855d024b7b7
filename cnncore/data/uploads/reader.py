"""Data sets from outside: the bytes of one or two files in, labelled 28×28 images and a report out.

A ZIP of class folders, an IDX pair, an NPZ or a CSV, told apart by what is in
the file and not by its name. Nothing is extracted to disk, no pickle is opened,
and whatever a file claims of itself is checked before memory is taken for it.
"""

from collections.abc import Sequence

from cnncore import limits
from cnncore.data.uploads import csv_table, idx, npz, zip_folders
from cnncore.data.uploads.dataset_builder import INKS, PLACEMENTS, DatasetBuilder, Report, Upload
from cnncore.errors import ConvoscopeError, DataError

__all__ = ["INKS", "PLACEMENTS", "Report", "Upload", "read_upload"]

_OFFER = "try a ZIP of class folders, an IDX pair, an NPZ or a CSV"


def read_upload(files: Sequence[tuple[str, bytes]], *, ink: str = "auto", placing: str = "auto") -> Upload:
    """(name, bytes) of one file, or of an IDX pair -> digits and a report. Raises DataError, InputError.

    ink      "dark" or "light" on its ground; "auto" decides by the pictures' borders
    placing  "centred" in MNIST's box, "as is" (only brought to 28×28), or "auto": centred unless 28×28 already
    """
    if ink not in INKS or placing not in PLACEMENTS:
        raise DataError(f"Ink is one of {', '.join(INKS)}, placing one of {', '.join(PLACEMENTS)}: try auto.")
    if not 1 <= len(files) <= limits.DATA_FILES:
        raise DataError(f"One file is read, or the two of an IDX pair: {_OFFER}.")
    for name, data in files:
        if not data:
            raise DataError(f"The file {name[:80]!r} is empty: {_OFFER}.")
        if len(data) > limits.UPLOAD_BYTES:
            raise DataError(f"The file {name[:80]!r} is larger than {limits.UPLOAD_BYTES >> 20} MB: send fewer images.")
    builder = DatasetBuilder(ink, placing)
    try:
        _read(files, builder)
        return builder.finish()
    except ConvoscopeError:
        raise
    except Exception:  # libraries raise nearly anything on damaged bytes and names
        raise DataError(f"The data file is damaged: {_OFFER}.") from None


def _read(files: Sequence[tuple[str, bytes]], builder: DatasetBuilder) -> None:
    contents = [data for _, data in files]
    if all(idx.recognises(data) for data in contents):
        idx.read(contents, builder)
    elif len(files) > 1:
        raise DataError("Several files are read only as an IDX pair, images and labels: choose one ZIP, NPZ or CSV.")
    elif contents[0].startswith(b"PK"):
        with zip_folders.opened(contents[0]) as zipped:
            if npz.recognises(zipped):
                npz.read(zipped, builder)
            else:
                zip_folders.read(zipped, builder)
    elif csv_table.recognises(contents[0]):
        csv_table.read(contents[0], builder)
    else:
        raise DataError(f"{files[0][0][:80]!r} is none of the formats that are read: {_OFFER}.")
