"""A CSV as on Kaggle: a first line of names, one of them `label`, then a line of pixels for each image."""

import codecs
from math import isqrt

import numpy as np

from cnncore import limits
from cnncore.data.uploads.dataset_builder import DatasetBuilder, class_name, class_number
from cnncore.errors import DataError
from cnncore.nn.arrays import Array

_LABEL = "label"
_SHAPE = "a first line label,pixel0,pixel1, … and 784 pixels a line"


def recognises(data: bytes) -> bool:
    """Whether this is text."""
    start = data[:1000]
    return start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or (b"\0" not in start and b"\n" in data)


def read(data: bytes, builder: DatasetBuilder) -> None:
    """Raises DataError."""
    builder.format = "CSV"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DataError("The CSV is written in UTF-16: save it as UTF-8 or plain text.")
    end = data.find(b"\n")
    if end > limits.DATA_LINE or end < 0:
        raise DataError(f"The CSV's first line is too long: {_SHAPE} is read.")
    separator, column, columns = _first_line(data[:end])
    side = isqrt(columns - 1)
    low, high, _ = limits.DATA_SIDE
    if side * side != columns - 1 or not low <= side <= high:
        raise DataError(f"The CSV has {columns - 1:,} columns of pixels: 784 (28 × 28) or another square are read.")
    at, line = end + 1, 1
    while at < len(data):
        stop = data.find(b"\n", at)
        stop = len(data) if stop < 0 else stop
        line += 1
        if stop - at > limits.DATA_LINE:
            raise DataError(f"Line {line:,} of the CSV is too long: {_SHAPE} is read.")
        row = data[at:stop].rstrip(b"\r")
        at = stop + 1
        if row.strip():
            builder.found += 1
            _add_row(row, separator, column, columns, side, f"line {line:,}", builder)
            if builder.too_many_skipped():
                raise builder.rejection_error()
    if not builder.found:
        raise DataError(f"The CSV holds no line after its first: {_SHAPE} is read.")


def _first_line(line: bytes) -> tuple[bytes, int, int]:
    """The separator, the label's column, and how many columns there are."""
    text = line.removeprefix(codecs.BOM_UTF8)
    separator = max((b",", b";", b"\t"), key=text.count)
    names = [name.strip().strip(b'"').lower() for name in text.split(separator)]
    count = names.count(_LABEL.encode())
    if count != 1:
        what = "no column" if not count else f"{count} columns"
        raise DataError(f"The CSV's first line names {what} `{_LABEL}`: {_SHAPE} is read.")
    return separator, names.index(_LABEL.encode()), len(names)


def _add_row(
    row: bytes, separator: bytes, column: int, columns: int, side: int, where: str, builder: DatasetBuilder
) -> None:
    if row.count(separator) != columns - 1:
        builder.skip(f"has not {columns:,} columns as the first line has", where)
        return
    values = _plain_numbers(row, separator, columns)
    if values is not None:
        label, pixels = class_number(float(values[column])), np.delete(values, column)
    else:
        cells = row.split(separator)
        label = _label(cells.pop(column))
        try:
            pixels = np.array(list(map(float, cells)))
        except ValueError:
            builder.skip("a pixel is no number", where)
            return
    if label is None:
        builder.skip(f"its label is neither a name nor a whole number of 0 to {int(limits.CLASSES.high) - 1}", where)
    elif not (pixels.min() >= 0 and pixels.max() <= 255):
        builder.skip("a pixel lies outside 0 to 255", where)
    else:
        builder.add(np.rint(pixels).astype(np.uint8).reshape(side, side), label, where)


def _plain_numbers(row: bytes, separator: bytes, columns: int) -> Array | None:
    """A line of whole numbers and nothing else, quickly; None for any other."""
    if row.translate(None, b"0123456789" + separator) or 2 * separator in row:
        return None
    if row.startswith(separator) or row.endswith(separator):
        return None
    values = np.fromstring(row, np.float64, sep=separator.decode())
    return values if len(values) == columns else None


def _label(cell: bytes) -> str | None:
    text = cell.strip().strip(b'"').decode("utf-8", "replace")
    try:
        return class_number(float(text))
    except (ValueError, OverflowError):
        return class_name(text)
