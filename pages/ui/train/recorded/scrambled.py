"""Four recorded runs: convolution and dense layers, pixels in order and scrambled. Which network suffers?"""

from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from cnncore import Settings
from cnncore.data.permutation import permute_pixels
from cnncore.nn.arrays import Array
from cnncore.training import recordings
from pages.ui.components.loader import component, packed
from pages.ui.frame import palette
from pages.ui.frame.page_frame import remark
from pages.ui.frame.url_state import lecture_is_given
from pages.ui.session import pretrained
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
        st.plotly_chart(curves, theme=None, key="scrambled_curves", config={"displayModeBar": False})
    for _, plain, _ in RUNS.values():
        architecture, settings, *_ = runs[plain]
        remark(f"Recorded with: {about(architecture, settings)}, {settings.epochs} epochs.")


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
    """Wrong of the fixed sample over the steps, four lines told apart by dash and weight, named at their ends."""
    colours = palette.DARK if st.context.theme.type == "dark" else palette.LIGHT
    chart = go.Figure()
    for words, *both in RUNS.values():
        for name, dash in zip(both, ("solid", "dash"), strict=True):
            steps, _, _, wrong, _ = pictures[name]["tests"].T
            chart.add_scatter(
                x=steps,
                y=wrong,
                mode="lines",
                name=f"{words}, {'in order' if dash == 'solid' else 'permute_pixels'}",
                line={"dash": dash, "width": 4 if words == "Convolutions" else 2, "color": colours["ink"]},
                hovertemplate="step %{x}: %{y} of 1,000<extra>%{fullData.name}</extra>",
            )
    axis = {"gridcolor": colours["line"], "zeroline": False}
    chart.update_layout(
        height=360,
        margin={"l": 70, "r": 10, "t": 10, "b": 50},
        font={"size": 18, "color": colours["ink"], "family": "Source Sans, sans-serif"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        xaxis=axis | {"title": "step"},
        yaxis=axis | {"title": "wrong of 1,000, a fixed sample", "type": "log", "tickvals": [10, 30, 100, 300, 1000]},
        legend={"x": 0.99, "xanchor": "right", "y": 0.99},
        hovermode="closest",
    )
    return chart
