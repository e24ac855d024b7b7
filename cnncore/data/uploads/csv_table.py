"""A CSV of one image a line, its label and its pixels; with or without a first line of names.

What spreadsheets, Kaggle and OpenML write is read: any usual separator, decimal commas, quoted fields, `sep=` lines, a
column of row numbers, and the label under one of its usual names or in the first or last column. pandas parses the
numbers, some lines at a time.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import chain, pairwise
from math import isqrt
from typing import NamedTuple

import numpy as np

from cnncore import limits
from cnncore.data.uploads.dataset_builder import DatasetBuilder, class_name, class_number
from cnncore.errors import DataError
from cnncore.nn.arrays import Array

LABELS = ("label", "labels", "class", "target", "y")
_ROW_NUMBERS = ("", "id", "index", "unnamed: 0")
_SEPARATORS = (",", ";", "\t", "|")
_SHAPE = "a first line label,pixel0,pixel1, … and 784 pixels a line"
_PARSED = 2**20  # bytes that are parsed at once
_LOOKED_AT = 100  # lines from which the label's column is found where none is named
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class _Table(NamedTuple):
    """How the lines of a table are read. label and ignored are columns; ignored holds row numbers, or is None."""

    separator: str
    decimal: str
    columns: int
    label: int
    ignored: int | None

    @property
    def side(self) -> int:
        """Pixels a side."""
        return isqrt(self.columns - 1 - (self.ignored is not None))


def recognises(data: bytes) -> bool:
    """Whether this is text of more than one line."""
    return data.startswith(_UTF16) or (b"\0" not in data[:1000] and (b"\n" in data or b"\r" in data))


def has_labels(data: bytes) -> bool:
    """Whether its first line names a column of labels."""
    line = data[: limits.DATA_LINE].split(b"\n")[0].decode("utf-8", "replace")
    return any(name.strip(' "\r').lower() in LABELS for name in re.split("[,;\t|]", line))


def read(data: bytes, builder: DatasetBuilder, *, test: bool = False) -> None:
    """Raises DataError."""
    builder.format = "CSV"
    if data.startswith(_UTF16):
        try:
            data = data.decode("utf-16").encode()
        except UnicodeDecodeError:
            raise DataError("The CSV begins as UTF-16 and is not: save it as UTF-8 or plain text.") from None
    lines = _lines(data)
    start = [next(lines, (0, b""))]
    separator = None
    if declared := re.fullmatch(rb'"?sep=(.)"?', start[0][1].strip()):
        separator, start = declared[1].decode("latin-1"), [next(lines, (0, b""))]
    for numbered in lines:
        start.append(numbered)
        if len(start) > _LOOKED_AT:
            break
    table, named = _table([line for _, line in start], separator)
    if named and len(start) < 2:
        raise DataError(f"The CSV holds no line after its first: {_SHAPE} is read.")
    batch: list[tuple[int, bytes]] = []
    size = done = 0
    for number, line in chain(start[named:], lines):
        builder.found += 1
        done += len(line) + 1
        if b'"' not in line and line.count(table.separator.encode()) != table.columns - 1:
            builder.skip(f"has not {table.columns:,} columns as the first line has", f"line {number:,}")
            if builder.too_many_skipped():
                raise builder.rejection_error()
            continue
        batch.append((number, line))
        size += len(line)
        if size > _PARSED:
            _add(batch, table, builder, test)
            builder.progress(done / len(data))
            batch, size = [], 0
    if batch:
        _add(batch, table, builder, test)


def _lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers, whatever ends them. Raises DataError for a too long one."""
    end = b"\n" if b"\n" in data else b"\r"
    at, number = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0, 0
    while at < len(data):
        stop = data.find(end, at)
        stop = len(data) if stop < 0 else stop
        number += 1
        if stop - at > limits.DATA_LINE:
            which = "The CSV's first line" if number == 1 else f"Line {number:,} of the CSV"
            raise DataError(f"{which} is too long: {_SHAPE} is read.")
        line = data[at:stop].rstrip(b"\r")
        at = stop + 1
        if line.strip():
            yield number, line


def _table(lines: list[bytes], separator: str | None) -> tuple[_Table, bool]:
    """How the lines are read, and whether the first one names the columns. Raises DataError."""
    texts = [line.decode("utf-8", "replace") for line in lines]
    separator = separator or max(_SEPARATORS, key=texts[0].count)
    if separator not in texts[0] and " " in texts[0].strip():
        separator = " "
    decimal = "," if separator != "," and re.search(r"\d,\d", texts[min(1, len(texts) - 1)]) else "."
    rows = list(csv.reader(texts, delimiter=separator))
    first = [cell.strip() for cell in rows[0]]
    named = _names_columns(first, decimal)
    body = [row for row in rows[named:] if len(row) == len(first)]
    columns = len(first)
    if named:
        names = [name.lower() for name in first]
        found = [number for number, name in enumerate(names) if name in LABELS]
        if len(found) != 1:
            what = "no column" if not found else f"{len(found)} columns"
            raise DataError(f"The CSV's first line names {what} `label`: {_SHAPE} is read.")
        label = found[0]
        numbered = next((n for n, name in enumerate(names) if name in _ROW_NUMBERS and n != label), None)
        ignored = numbered if numbered is not None and not _is_square(columns - 1) else None
    else:
        ignored = 0 if not _is_square(columns - 1) and _counts_up([row[0] for row in body]) else None
        label = _label_column(body, 0 if ignored is None else 1, columns)
    pixels = columns - 1 - (ignored is not None)
    low, high, _ = limits.DATA_SIDE
    if not _is_square(pixels) or not low <= isqrt(pixels) <= high:
        raise DataError(f"The CSV has {pixels:,} columns of pixels: 784 (28 × 28) or another square are read.")
    return _Table(separator, decimal, columns, label, ignored), named


def _names_columns(cells: list[str], decimal: str) -> bool:
    """Whether a first line holds names and not an image."""
    names = [cell for cell in cells if _number(cell, decimal) is None]
    if any(name.lower() in LABELS for name in names):
        return True
    return len(names) > 1 or (len(names) == 1 and cells[0] == "")  # one text alone is a label


def _number(cell: str, decimal: str) -> float | None:
    try:
        return float(cell.replace(decimal, ".")) if cell else None
    except ValueError:
        return None


def _is_square(count: int) -> bool:
    return count > 0 and isqrt(count) ** 2 == count


def _counts_up(cells: list[str]) -> bool:
    """Whether a column holds row numbers."""
    values = [int(cell) for cell in cells if cell.strip().isdecimal() and len(cell) < 9]
    return len(values) == len(cells) > 1 and all(b - a == 1 for a, b in pairwise(values))


def _label_column(rows: list[list[str]], first: int, columns: int) -> int:
    """The label's column where none is named: the first, unless that is alike everywhere and the last is not."""
    ends = [{row[column].strip() for row in rows} for column in (first, columns - 1)]
    return columns - 1 if len(ends[0]) < 2 <= len(ends[1]) <= limits.CLASSES.high else first


def _add(batch: list[tuple[int, bytes]], table: _Table, builder: DatasetBuilder, test: bool) -> None:
    """Parse some lines and add their images. Raises DataError where most cannot be used."""
    labels, pixels = _parsed([line for _, line in batch], table)
    names = [_label(text) for text in labels]
    good: Array = np.all(np.isfinite(pixels), axis=1)
    used = []
    for row, (number, _) in enumerate(batch):
        if names[row] is None:
            high = int(limits.CLASSES.high) - 1
            builder.skip(f"its label is neither a name nor a whole number of 0 to {high}", f"line {number:,}")
        elif not good[row]:
            builder.skip("a pixel is no number", f"line {number:,}")
        else:
            used.append(row)
    if used:
        images = pixels[used].reshape(len(used), table.side, table.side)
        where = [f"line {batch[row][0]:,}" for row in used]
        builder.add_block(images, [str(names[row]) for row in used], where, test=test)
    if builder.too_many_skipped():
        raise builder.rejection_error()


def _parsed(lines: list[bytes], table: _Table) -> tuple[list[str], Array]:
    """The labels, and the pixels (n, side²) float64, NaN where there is no number."""
    import pandas as pd  # takes longer to load than all else here

    frame = pd.read_csv(
        io.BytesIO(b"\n".join(lines)),
        sep=table.separator,
        decimal=table.decimal,
        header=None,
        names=list(range(table.columns)),
        dtype={table.label: str},
        index_col=False,
        keep_default_na=False,
        skipinitialspace=True,
        skip_blank_lines=False,
        low_memory=False,
        encoding_errors="replace",
        on_bad_lines="skip",
    )
    labels = [str(text) for text in frame[table.label]]
    left_out = [column for column in (table.label, table.ignored) if column is not None]
    pixels = frame.drop(columns=left_out)
    for column in [name for name, kind in pixels.dtypes.items() if kind.kind not in "iufb"]:
        pixels[column] = pd.to_numeric(pixels[column], errors="coerce")
    return labels, pixels.to_numpy(np.float64)


def _label(text: str) -> str | None:
    try:
        return class_number(float(text))
    except (ValueError, OverflowError):
        return class_name(text)
