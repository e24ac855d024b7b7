"""The views of a whole test set: the confusion matrix with its digits, all digits as a map, the hardest as a strip."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from cnncore import InputError
from cnncore.analysis.embedding import embed_image
from cnncore.analysis.evaluation import confusion, confusion_cell
from cnncore.analysis.pca import class_medians
from cnncore.nn.arrays import Array
from pages.ui import bounds
from pages.ui.components.drawing_canvas import canvas
from pages.ui.components.loader import component, packed
from pages.ui.inside.inputs import HARDEST
from pages.ui.inside.test_set.answers import Surveyed, Tests, survey_of
from pages.ui.session.current_network import SessionNetwork

VIEWS = {"tests": "Test set", "map": "Map of the digits"}
NO_CELL = ""
_SET, _MAP, _STRIP, _PAGE = "inside_test_set", "inside_map", "inside_strip", "inside_page"
state = st.session_state

Data = dict[str, Any]


def read_cell(text: str) -> str:
    """A cell of the matrix in a link, "4,9": row, column, counted from 0. Raises InputError."""
    parts = text.split(",")
    if text == NO_CELL or (len(parts) == 2 and all(p.isascii() and p.isdigit() and len(p) < 3 for p in parts)):
        return text
    raise InputError("A cell is two class numbers: 4,9.")


def mount_tests(data: Data, tests: Tests, change: Callable[..., None]) -> None:
    """Show `tests_data`, and do what is clicked there."""
    component("test_set")(
        key=_SET,
        data=data,
        on_cell_change=lambda: _to_cell(change),
        on_page_change=_to_page,
        on_digit_change=lambda: _told_digit(_SET, change, tests),
    )


def tests_data(current: SessionNetwork, tests: Tests) -> Data:
    """The matrix, and the digits of a cell or all wrong ones. Raises ConvoscopeError."""
    return page_data(survey_of(current, tests), state.cell, state.get(_PAGE, 0))


def page_data(seen: Surveyed, cell: str, page: int) -> Data:
    """The matrix's counts, and one page of digits, the surest answers first."""
    network, given = seen.network, seen.given
    chosen = [int(part) for part in cell.split(",")] if cell else []
    if any(k >= network.classes for k in chosen):
        chosen = []
    wrong = np.flatnonzero(seen.wrong)
    some = confusion_cell(seen.labels, given.answers, *chosen) if chosen else wrong
    some = some[np.argsort(-given.shares[some], kind="stable")]
    most = bounds.LISTED_DIGITS
    page = min(max(page, 0), max(len(some) - 1, 0) // most)
    return _digits_data(seen, some[page * most : (page + 1) * most]) | {
        "counts": confusion(seen.labels, given.answers, network.classes).tolist(),
        "wrong": len(wrong),
        "of": len(seen.labels),
        "cell": chosen,
        "total": len(some),
        "page": page,
        "most": most,
    }


def hardest_strip(current: SessionNetwork, tests: Tests, change: Callable[..., None]) -> None:
    """Those of the hardest digits that stand around the chosen one, where they are asked for."""
    if state.input != "digit" or state.get("inside_class") != HARDEST:
        return
    seen, most = survey_of(current, tests), bounds.HARDEST_SHOWN
    here = np.flatnonzero(seen.hardest == state.digit)
    first = int(here[0]) // most * most if len(here) else 0
    some = np.searchsorted(seen.numbers, seen.hardest[first : first + most])
    wrong = int(seen.wrong.sum())
    data = _digits_data(seen, some) | {
        "words": f"{first + 1}–{first + len(some)} of the hardest; {wrong:,} of {len(seen.labels):,} are wrong",
        "chosen": state.digit,
        "correct": (~seen.wrong[some]).tolist(),
    }
    component("hardest")(key=_STRIP, data=data, on_digit_change=lambda: _told_digit(_STRIP, change, tests))


def show_map(
    current: SessionNetwork, tests: Tests, image: Array | None, what: str, change: Callable[..., None]
) -> None:
    """The map, and beside it a sheet: the drawing's point moves as one draws. Raises ConvoscopeError.

    image (28, 28, 1) is the input where it is not the drawing itself; `what` it is, in a few words.
    """
    seen = survey_of(current, tests)

    def place(shown: Array | None) -> tuple[float, float] | None:
        return None if shown is None else embed_image(current.network, seen.axes, current.sees(shown))

    still = {"map": seen.key, "input": place(image), "what": what}
    left, right = st.columns([10, 3])
    with left:
        component("digit_map")(key=_MAP, data=map_data(seen), on_digit_change=lambda: _told_digit(_MAP, change, tests))

    with right:
        canvas(
            key="inside_canvas",
            with_layers=False,
            points=lambda drawing: still | {"drawing": place(drawing.image)},
        )


def map_data(seen: Surveyed) -> Data:
    """All that stands still on the map; the same for every rerun, so that it is sent once."""
    names = list(seen.network.names)
    short = all(len(name) <= 2 for name in names)
    middles = class_medians(seen.places, seen.labels, len(names))
    return {
        "key": seen.key,
        "names": names,
        "marks": names if short else [_letter(k) for k in range(len(names))],
        "places": packed(seen.places),
        "classes": packed(seen.labels.astype(np.uint8)),
        "answers": packed(seen.given.answers.astype(np.uint8)),
        "wrong": packed(seen.wrong),
        "shares": packed(seen.given.shares),
        "numbers": packed(seen.numbers.astype(np.int32)),
        "pictures": packed(seen.packed_images),
        "centres": [None if np.isnan(middle).any() else middle.tolist() for middle in middles],
        "held": seen.axes.shares.tolist(),
        "features": seen.axes.mean.size,
        "from": seen.axes_from,
    }


def _letter(k: int) -> str:
    """A, B, …, Z, a, b, …: a mark for a class whose name is long."""
    return chr(65 + k) if k < 26 else chr(97 + k - 26) if k < 52 else str(k - 52)


def _digits_data(seen: Surveyed, some: Array) -> Data:
    return {
        "names": list(seen.network.names),
        "numbers": seen.numbers[some].tolist(),
        "labels": seen.labels[some].tolist(),
        "answers": seen.given.answers[some].tolist(),
        "shares": seen.given.shares[some].tolist(),
        "pixels": packed(seen.images[some][..., 0]),
    }


def _to_cell(change: Callable[..., None]) -> None:
    match state[_SET].get("cell"):
        case [int(label), int(answer)] if 0 <= label < 100 and 0 <= answer < 100:
            change(cell=f"{label},{answer}")
        case []:
            change(cell=NO_CELL)
    state[_PAGE] = 0


def _to_page() -> None:
    page = state[_SET].get("page")
    if isinstance(page, int):
        state[_PAGE] = page


def _told_digit(key: str, change: Callable[..., None], tests: Tests) -> None:
    """A digit was clicked: it becomes the input, and its path is shown; the strip leaves the view as it is."""
    number = state[key].get("digit")
    if isinstance(number, int) and not isinstance(number, bool) and number in tests.places:
        change(digit=number, input="digit", **({} if key == _STRIP else {"view": "path"}))
