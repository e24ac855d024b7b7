"""The views of a whole test set: the confusion matrix with its digits, all digits as a map, the hardest as a strip."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from cnncore.analysis.embedding import embed_image
from cnncore.analysis.evaluation import confusion, confusion_cell
from cnncore.analysis.pca import class_medians
from cnncore.nn.arrays import Array
from pages.ui import bounds
from pages.ui.components.drawing_canvas import canvas
from pages.ui.components.loader import component, packed
from pages.ui.inside.inputs import HARDEST
from pages.ui.inside.test_set.answers import EvaluatedSet, evaluated_set
from pages.ui.session.current_network import SessionNetwork
from pages.ui.session.evaluation_set import EvaluationSet
from pages.ui.session.page_state import PageState

SET, MAP, STRIP = "inside_test_set", "inside_map", "inside_strip"
Change = Callable[..., None]  # takes new settings by name
state = PageState("inside")

Data = dict[str, Any]


def mount_tests(data: Data, tests: EvaluationSet, change: Change) -> None:
    """Show `tests_data`, and do what is clicked there."""
    component("test_set")(
        key=SET,
        data=data,
        on_cell_change=lambda: _choose_cell(change),
        on_page_change=_turn_page,
        on_digit_change=lambda: _choose_digit(SET, change, tests),
    )


def tests_data(current: SessionNetwork, tests: EvaluationSet) -> Data:
    """The matrix, and the digits of a cell or all wrong ones. Raises ConvoscopeError."""
    data = page_data(evaluated_set(current, tests), state.cell, state.get("page", 0))
    return data | {"noun": tests.noun}


def page_data(answered: EvaluatedSet, cell: str, page: int) -> Data:
    """The matrix's counts, and one page of digits, the surest answers first."""
    network, given = answered.network, answered.given
    chosen = [int(part) for part in cell.split(",")] if cell else []
    if any(k >= network.classes for k in chosen):
        chosen = []
    wrong = np.flatnonzero(answered.wrong)
    some = confusion_cell(answered.labels, given.labels, *chosen) if chosen else wrong
    some = some[np.argsort(-given.confidences[some], kind="stable")]
    most = bounds.LISTED_DIGITS
    page = min(max(page, 0), max(len(some) - 1, 0) // most)
    return _digits_data(answered, some[page * most : (page + 1) * most]) | {
        "counts": confusion(answered.labels, given.labels, network.classes).tolist(),
        "wrong": len(wrong),
        "of": len(answered.labels),
        "cell": chosen,
        "total": len(some),
        "page": page,
        "most": most,
    }


def hardest_strip(current: SessionNetwork, tests: EvaluationSet, change: Change) -> None:
    """The hardest digits around the chosen one, where the class of the hardest is chosen."""
    if state.input != "digit" or state.get("chosen_class") != HARDEST:
        return
    answered, most = evaluated_set(current, tests), bounds.HARDEST_SHOWN
    here = np.flatnonzero(answered.hardest == state.digit)
    first = int(here[0]) // most * most if len(here) else 0
    some = np.searchsorted(answered.indices, answered.hardest[first : first + most])
    wrong = int(answered.wrong.sum())
    data = _digits_data(answered, some) | {
        "words": f"{first + 1}–{first + len(some)} of the hardest; {wrong:,} of {len(answered.labels):,} are wrong",
        "chosen": state.digit,
        "correct": (~answered.wrong[some]).tolist(),
        "noun": tests.noun,
    }
    component("hardest")(key=STRIP, data=data, on_digit_change=lambda: _choose_digit(STRIP, change, tests))


def show_map(
    current: SessionNetwork, tests: EvaluationSet, image: Array | None, description: str, change: Change
) -> None:
    """The map, and beside it a sheet: the drawing's point moves as one draws. Raises ConvoscopeError.

    image (28, 28, 1) is the input where it is not the drawing itself; `description` says what it is.
    """
    answered = evaluated_set(current, tests)

    def coordinates(image: Array | None) -> tuple[float, float] | None:
        return None if image is None else embed_image(current.network, answered.axes, current.sees(image))

    unchanged = {"map": answered.key, "input": coordinates(image), "what": description}
    left, right = st.columns([10, 3])
    with left:
        component("digit_map")(
            key=MAP,
            data=map_data(answered) | {"noun": tests.noun},
            on_digit_change=lambda: _choose_digit(MAP, change, tests),
        )

    with right:
        canvas(
            key="inside_canvas",
            with_layers=False,
            points=lambda drawing: unchanged | {"drawing": coordinates(drawing.image)},
        )


def map_data(answered: EvaluatedSet) -> Data:
    """What does not change on the map; the same for every rerun, so that it is sent once."""
    names = list(answered.network.names)
    short = all(len(name) <= 2 for name in names)
    medians = class_medians(answered.coordinates, answered.labels, len(names))
    return {
        "key": answered.key,
        "names": names,
        "marks": names if short else [_letter(k) for k in range(len(names))],
        "places": packed(answered.coordinates),
        "classes": packed(answered.labels.astype(np.uint8)),
        "answers": packed(answered.given.labels.astype(np.uint8)),
        "wrong": packed(answered.wrong),
        "shares": packed(answered.given.confidences),
        "numbers": packed(answered.indices.astype(np.int32)),
        "pictures": packed(answered.packed_images),
        "centres": [None if np.isnan(median).any() else median.tolist() for median in medians],
        "held": answered.axes.explained_variance_ratio.tolist(),
        "features": answered.axes.mean.size,
        "from": answered.n_fitted,
    }


def _letter(k: int) -> str:
    """A, B, …, Z, a, b, …: a mark for a class whose name is long."""
    return chr(65 + k) if k < 26 else chr(97 + k - 26) if k < 52 else str(k - 52)


def _digits_data(answered: EvaluatedSet, indices: Array) -> Data:
    return {
        "names": list(answered.network.names),
        "numbers": answered.indices[indices].tolist(),
        "labels": answered.labels[indices].tolist(),
        "answers": answered.given.labels[indices].tolist(),
        "shares": answered.given.confidences[indices].tolist(),
        "pixels": packed(answered.images[indices][..., 0]),
    }


def _choose_cell(change: Change) -> None:
    match st.session_state[SET].get("cell"):
        case [int(label), int(answer)] if 0 <= label < 100 and 0 <= answer < 100:
            change(cell=f"{label},{answer}")
        case []:
            change(cell="")
    state.page = 0


def _turn_page() -> None:
    page = st.session_state[SET].get("page")
    if isinstance(page, int):
        state.page = page


def _choose_digit(key: str, change: Change, tests: EvaluationSet) -> None:
    """A digit was clicked: it becomes the input, and its path is shown; the strip leaves the view as it is."""
    index = st.session_state[key].get("digit")
    if isinstance(index, int) and not isinstance(index, bool) and index in tests.indices:
        change(digit=index, input="digit", **({} if key == STRIP else {"view": "path"}))
