"""Data sets from outside: the bytes of some files in, labelled 28×28 images and a report out.

A ZIP, an IDX pair, an NPZ, NPY files or a CSV, recognised by its content
and not by its name. Nothing is extracted to disk, no pickle is opened, and
whatever a file claims of itself is checked before memory is taken for it.
"""

from collections.abc import Callable, Sequence

from cnncore import limits
from cnncore.data.uploads import archive, csv_table, idx, npy
from cnncore.data.uploads.dataset_builder import DatasetBuilder, Reading
from cnncore.data.uploads.normalisation import AUTO, INKS, TURNS, VALUES, range_in_words
from cnncore.data.uploads.report import Finding, Report, Upload
from cnncore.errors import ConvoscopeError, DataError

__all__ = ["CHOICES", "Finding", "Report", "Upload", "range_in_words", "read_upload"]

# The keywords of read_upload, and what each can be besides "auto".
CHOICES = {
    "ink": INKS,
    "placing": ("centred", "as is"),
    "values": tuple(VALUES),
    "turn": TURNS,
    "split": ("given", "ignored", "classes"),
}
_OFFER = "try a ZIP of class folders, an IDX pair, an NPZ or a CSV"


def read_upload(
    files: Sequence[tuple[str, bytes]],
    *,
    ink: str = AUTO,
    placing: str = AUTO,
    values: str = AUTO,
    turn: str = AUTO,
    split: str = AUTO,
    progress: Callable[[float], object] = lambda share: None,
) -> Upload:
    """(name, bytes) of one file, of IDX pairs, or of NPY files, one a class -> digits and a report.

    Each keyword is "auto" unless it is known; the report's findings say what was decided:

    ink       "dark" or "light" on its ground; "auto" decides by the borders of all images
    placing   "centred" in MNIST's box, "as is" (only brought to 28×28), or "auto": centred unless 28×28 already
    values    the range of the pixels, as "0-16"; "auto" is the smallest of VALUES that holds them
    turn      "as is" or "transposed"; "auto" compares digits with MNIST's, both ways
    split     "given": a test set of the file's own is used, also with "auto"; "ignored": it is not; "classes": folders
              called train and test are classes
    progress  is called with the share that has been read, 0 to 1

    Raises DataError, InputError.
    """
    reading = Reading(ink=ink, placing=placing, values=values, turn=turn, split=split)
    for setting, choices in CHOICES.items():
        if getattr(reading, setting) not in (AUTO, *choices):
            raise DataError(f"{setting} is one of {', '.join(choices)}: try auto.")
    if not 1 <= len(files) <= limits.CLASSES.high:
        raise DataError(f"One file is read, the two of an IDX pair, or NPY files, one a class: {_OFFER}.")
    for name, data in files:
        if not data:
            raise DataError(f"The file {name[:80]!r} is empty: {_OFFER}.")
        if len(data) > limits.DATA_UPLOAD_BYTES:
            megabytes = limits.DATA_UPLOAD_BYTES >> 20
            raise DataError(f"The file {name[:80]!r} is larger than {megabytes} MB: send fewer images.")
    builder = DatasetBuilder(reading, progress)
    try:
        _read(files, builder)
        return builder.finish()
    except ConvoscopeError:
        raise
    except Exception:  # libraries raise nearly anything on damaged bytes and names
        raise DataError(f"The data file is damaged: {_OFFER}.") from None


def _read(files: Sequence[tuple[str, bytes]], builder: DatasetBuilder) -> None:
    contents = [data for _, data in files]
    if all(idx.recognises(data) for data in contents) and len(files) <= limits.DATA_FILES:
        idx.read(files, builder)
    elif all(npy.recognises(data) for data in contents):
        npy.read(files, builder)
    elif len(files) > 1:
        raise DataError(
            "Several files are read only as an IDX pair, images and labels, or as NPY files, one a class: choose one "
            "ZIP, NPZ or CSV."
        )
    elif contents[0].startswith(b"PK"):
        archive.read(contents[0], builder)
    elif csv_table.recognises(contents[0]):
        csv_table.read(contents[0], builder)
    else:
        raise DataError(f"{files[0][0][:80]!r} is none of the formats that are read: {_OFFER}.")
