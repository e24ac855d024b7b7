"""Four recorded runs: convolution and dense layers, pixels in order and scrambled. Which network suffers?"""

from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from cnncore import Settings, recording
from cnncore.memory import Array
from pages.ui import palette
from pages.ui.training import about

# network: (what it is, its run in order, its run scrambled)
RUNS = {
    "twice": ("Convolutions", "convolution", "convolution-scrambled"),
    "dense": ("Dense layers", "dense", "dense-scrambled"),
}
_REVEALED = "scrambled_revealed"
_QUESTION = (
    "All 784 pixels change places, in the same way for every digit, before training and before testing. "
    "<b>Recorded</b>: wrong of 10,000 test digits after two epochs."
)
_ANSWER = (
    "A dense layer knows of no neighbours, so it loses nothing. A filter looks at neighbours, "
    "and these have nothing to do with one another any more."
)
_STYLE = """
<style>
.scrambled-words { font-size: 1.35rem; margin: 0; }
.scrambled { border-collapse: collapse; margin: 0.4rem 0; }
.scrambled th, .scrambled td { padding: 0.3rem 1.4rem 0.3rem 0; text-align: left; font-size: 1.5rem; }
.scrambled th { font-weight: 400; }
.scrambled td { font-size: 2.3rem; font-weight: 700; font-family: var(--st-code-font, monospace); text-align: right; }
@media (max-width: 640px) {
  .scrambled-words { font-size: 1.1rem; }
  .scrambled th { font-size: 1.05rem; padding-right: 0.6rem; }
  .scrambled td { font-size: 1.5rem; }
}
</style>
"""


def scrambled_section(train_with: Callable[[str, Settings], None]) -> None:
    """The question, its recorded answer, the curves, and the same runs live. Raises DataError."""
    runs = {name: recording.read(name) for _, *both in RUNS.values() for name in both}
    wrong = {name: int(picture["full_tests"][-1][3]) for name, (_, _, _, picture) in runs.items()}
    revealed = bool(st.session_state.get(_REVEALED))
    st.header("Which network suffers?")
    st.html(_STYLE + _sentence(_QUESTION) + table(wrong, revealed=revealed))
    with st.container(horizontal=True):
        if not revealed:
            st.button("Reveal", key="scrambled_reveal", type="primary", on_click=_reveal)
        for words, _, name in RUNS.values():
            label = f"Train live: {words.lower()}, scrambled"
            st.button(label, key=f"live_{name}", on_click=train_with, args=runs[name][:2])
    if revealed:
        st.html(_sentence(_ANSWER))
        st.plotly_chart(figure({name: run[3] for name, run in runs.items()}), theme=None, key="scrambled_curves")
    for _, plain, _ in RUNS.values():
        architecture, settings, *_ = runs[plain]
        st.caption(f"Recorded with: {about(architecture, settings)}, {settings.epochs} epochs.")


def _sentence(words: str) -> str:
    return f"<p class='scrambled-words'>{words}</p>"


def table(wrong: dict[str, int], *, revealed: bool) -> str:
    """The four numbers, those of the scrambled runs hidden until revealed."""
    rows = "".join(
        f"<tr><th scope='row'>{words}</th><td>{wrong[plain]}</td><td>{wrong[other] if revealed else '?'}</td></tr>"
        for words, plain, other in RUNS.values()
    )
    head = "<tr><th></th><th scope='col'>pixels in order</th><th scope='col'>pixels scrambled</th></tr>"
    return f"<table class='scrambled'>{head}{rows}</table>"


def figure(pictures: dict[str, Array]) -> Any:
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
                name=f"{words}, {'in order' if dash == 'solid' else 'scrambled'}",
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


def _reveal() -> None:
    st.session_state[_REVEALED] = True
