"""Four recorded runs: convolution and dense layers, pixels in order and scrambled. Which network suffers?"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnncore import Settings
from cnncore.data.permutation import permute_pixels
from cnncore.nn.arrays import Array
from cnncore.training import recordings
from pages.ui.components.loader import component, packed
from pages.ui.frame.page_frame import small_text
from pages.ui.frame.url_state import lecture_is_given
from pages.ui.session import pretrained
from pages.ui.shared import figures
from pages.ui.train.dashboard.payload import about

# network: (what it is, its run in order, its run scrambled)
RUNS = {
    "twice": ("Convolutions", "convolution", "convolution-scrambled"),
    "dense": ("Dense layers", "dense", "dense-scrambled"),
}
KEY = "scrambled_table"
_QUESTION = "All 784 pixels change places, in the same way for every digit, before training and before testing."
_RECORDED = "Recorded: wrong of 10,000 test digits after two epochs."
_ANSWER = (
    "A dense layer knows of no neighbours, so it loses nothing. A filter looks at neighbours, "
    "and these have nothing to do with one another any more."
)


def scrambled_section(train_with: Callable[[str, Settings], None]) -> None:
    """The question, its recorded answer, the curves, and the same runs live. Raises DataError."""
    runs = {name: recordings.read(name) for _, *both in RUNS.values() for name in both}
    state = st.session_state.get(KEY) or {}
    revealed = state.get("revealed") is True
    component("scrambled")(
        key=KEY,
        data=table_data(runs) | {"revealed": revealed},
        default={"revealed": False},
        on_revealed_change=lambda: None,
    )
    with st.container(horizontal=True):
        for words, _, name in RUNS.values():
            label = f"Train live: {words.lower()}, scrambled"
            st.button(label, key=f"live_{name}", on_click=train_with, args=runs[name][:2])
    if lecture_is_given():
        return
    if revealed:
        curves = figure({name: run[3] for name, run in runs.items()})
        figures.show(curves, key="scrambled_curves", name="Wrong of 1,000 by step, the four recorded runs")
    for _, plain, _ in RUNS.values():
        architecture, settings, *_ = runs[plain]
        small_text(f"Recorded with: {about(architecture, settings)}, {settings.epochs} epochs.")


def table_data(runs: dict[str, Any]) -> dict[str, Any]:
    """The four numbers, in words and rows, and one digit before and after."""
    wrong = {name: int(picture["full_tests"][-1][3]) for name, (_, _, _, picture) in runs.items()}
    image = pretrained.test_digits().images[:1]
    return {
        "question": _QUESTION,
        "recorded": _RECORDED,
        "answer": _ANSWER,
        "rows": [[words, str(wrong[plain]), str(wrong[other])] for words, plain, other in RUNS.values()],
        "pictures": [
            {"name": "a seven", "image": packed(image[0, ..., 0])},
            {"name": "the same seven, its pixels scrambled", "image": packed(permute_pixels(image)[0, ..., 0])},
        ],
    }


def figure(pictures: dict[str, dict[str, Array]]) -> Any:
    """Wrong of the fixed sample over the steps, a line a run."""
    lines = []
    for words, *both in RUNS.values():
        for name, order in zip(both, ("in order", "scrambled"), strict=True):
            steps, _, _, wrong, _ = pictures[name]["tests"].T
            label = f"{words}, {order}"
            hover = [
                f"{label}, step {at:,.0f}: {count / 10:.1f} % wrong" for at, count in zip(steps, wrong, strict=True)
            ]
            lines.append(figures.Line(label, steps.tolist(), wrong.tolist(), hover))
    return figures.figure("Wrong of 1,000, a fixed sample", lines, x_title="step")
