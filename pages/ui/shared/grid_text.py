"""Grids of numbers as text: "1,2;3,4" in links, rows by ";" and numbers by ","; typed text is brought to that form."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from cnncore import InputError
from cnncore.limits import Bound
from cnncore.nn.arrays import Array
from pages.ui import bounds
from pages.ui.frame.url_state import UrlParams, format_value

_ROW_END = re.compile(r"[;\n]|\]\s*,?\s*\[")
_AROUND = " \t\r[](),"
_SEPARATOR = re.compile(r"\s*,\s*|\s+")
_BLANK_BETWEEN = re.compile(r"[\d.]\s+[-+.\d]")
_DECIMAL_COMMA = re.compile(r"\d,\d")
_SEPARATING_COMMA = re.compile(r",\s|\s,")
_TYPED_NUMBER = re.compile(r"[-+]?(\d{1,6}\.?\d{0,20}|\.\d{1,20})(e[-+]?\d{1,2})?", re.ASCII | re.IGNORECASE)


def format_grid(values: Any) -> str:
    """(H, W) or (L,) -> "1,2;3,4", to four decimals."""
    return ";".join(",".join(f"{v:.4f}".rstrip("0").rstrip(".") for v in row) for row in np.atleast_2d(values))


def parse_grid(text: str) -> Array:
    """The numbers of a `format_grid` again: (H, W) float64, a signal as (1, L)."""
    return np.array([[float(cell) for cell in line.split(",")] for line in text.split(";")])


def plain_text(text: Any) -> str:
    """What was typed or pasted, in the form that a link has: "[1, −2]", "1 -2" and NumPy's "[1. -2.]" are "1,-2".

    Commas are decimal where blanks separate the numbers: "0,5 1,5" is "0.5,1.5".
    """
    lines = _ROW_END.split(str(text).replace("−", "-").strip().rstrip(";,"))
    return ";".join(",".join(map(_plain_number, _numbers(line.strip(_AROUND)))) for line in lines)


def _numbers(line: str) -> list[str]:
    """The numbers of one row, as they were typed."""
    with_blanks = bool(_BLANK_BETWEEN.search(line))
    if with_blanks and _DECIMAL_COMMA.search(line) and not _SEPARATING_COMMA.search(line):
        line = line.replace(",", ".")
    return _SEPARATOR.split(line)


def _plain_number(text: str) -> str:
    """A number without an exponent, a plus sign or a bare point; anything else as it is, for the reader to refuse."""
    return format_value(float(text)) if _TYPED_NUMBER.fullmatch(text) else text


def typed_grid(label: str, text: Any, rows: Bound, columns: Bound) -> Array:
    """A typed signal (L,) or picture (H, W), float64. Raises InputError."""
    link = UrlParams({"text": plain_text(text)})
    values = link.grid("text", rows, columns, bounds.CELL_VALUE, "0")
    if link.refused:
        low, high = (f"{value:g}".replace("-", "−") for value in bounds.CELL_VALUE[:2])
        tall = f", at most {rows.high:g} rows by semicolons" if rows.high > 1 else ""
        raise InputError(
            f"The {label} takes {columns.low:g} to {columns.high:g} numbers from {low} to {high} with commas "
            f"between{tall}: try {'1,2,3' if columns.high < 8 else '1,2,3,4,5'}."
        )
    grid = parse_grid(values)
    return grid[0] if len(grid) == 1 else grid


def fitted(text: str, shape: tuple[int, ...], fill: float) -> Array:
    """The numbers of a grid's text in another shape: cut where there are too many, filled with `fill` where too few."""
    out = np.full(shape, float(fill))
    grid = parse_grid(text)
    values = grid[0] if len(shape) == 1 else grid
    if values.ndim != len(shape):
        return out
    common = tuple(slice(0, min(a, b)) for a, b in zip(values.shape, shape, strict=True))
    out[common] = values[common]
    return out


def edited(values: Array, sent: Mapping[str, Any]) -> str:
    """A grid's text after an edit that a stage sent: {index, value}. Raises InputError."""
    index, value = sent.get("index"), sent.get("value")
    if not isinstance(index, int) or not 0 <= index < values.size:
        raise InputError("That cell does not exist: click one of the grid's.")
    if not isinstance(value, int | float) or value not in bounds.CELL_VALUE:
        low, high = (f"{bound:g}".replace("-", "−") for bound in bounds.CELL_VALUE[:2])
        raise InputError(f"A cell takes numbers from {low} to {high}: try 1.")
    changed = values.astype(np.float64, copy=True)
    changed.flat[index] = value
    return format_grid(changed)
