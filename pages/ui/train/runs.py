"""The session's runs, laid over each other: named, compared in curves and in a table, opened again, deleted."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from cnncore import limits
from cnncore.digits.data import Data
from cnncore.memory import Array
from cnncore.settings import Settings
from pages.ui import palette
from pages.ui.train.board import layers_in_words
from pages.ui.train.data import MNIST, described_data, train_digits
from pages.ui.train.job import Job
from pages.ui.train.jobs import registry
from pages.ui.train.steering import OWN

_RUNS = "train_runs"  # the session's: job id -> KeptRun, the oldest first
_COUNT, _DELETED = "train_runs_count", "train_runs_deleted"
_CURVES = {"wrong": "Wrong of 1,000", "loss": "Loss of the training"}
# One line each, told apart without colour: thick ink, then thin, each in four dashes.
_FEW = 12  # points that are marked one by one
_DASHES = ("solid", "dash", "dot", "dashdot")
_LARGE = "<style>.st-key-train_runs_table :is(td, th, p) { font-size: 1.2rem; }</style>"
state = st.session_state


class KeptRun(NamedTuple):
    """What is compared.

    losses (n, 2) step, loss; tests (n, 3) step, wrong, digits: of the fixed sample, and of all at an epoch's end.
    """

    name: str
    architecture: str
    settings: Settings
    state: str
    step: int
    seconds: float
    losses: Array
    tests: Array
    data: Data = MNIST


def keep(job: Job) -> None:
    """A run of this session; beyond limits.KEPT_RUNS the oldest is forgotten."""
    runs = _runs()
    if job.id not in runs and job.id not in state.get(_DELETED, ()):
        state[_COUNT] = state.get(_COUNT, 0) + 1
        runs[job.id] = _of(job, f"Run {state[_COUNT]}")
        while len(runs) > limits.KEPT_RUNS:
            del runs[next(iter(runs))]


def compared() -> None:
    """The section: its runs as they are now."""
    runs = _runs()
    for id_, run in runs.items():
        job = registry().get(id_)
        if job is not None and (job.alive or (job.state, job.progress.step) != (run.state, run.step)):
            runs[id_] = _of(job, run.name)
    if not runs:
        return
    with st.expander(f"Runs: {len(runs)}", expanded=len(runs) > 1):
        if len(runs) > 1:
            st.radio("Curves", list(_CURVES), key="train_runs_curves", format_func=_CURVES.get, horizontal=True)
            what = state.train_runs_curves
            st.plotly_chart(figure(list(runs.values()), what), theme=None, key="train_runs_figure")
        st.html(_LARGE)
        with st.container(key="train_runs_table"):
            st.table(table(list(runs.values())))
        for id_, run in runs.items():
            with st.container(horizontal=True, vertical_alignment="bottom"):
                key = f"train_name_{id_}"
                st.text_input(
                    "Name",
                    run.name,
                    key=key,
                    max_chars=limits.RUN_NAME,
                    on_change=_rename,
                    args=(id_, key),
                    label_visibility="collapsed",
                )
                st.button(
                    "Open", key=f"train_open_{id_}", on_click=_open, args=(id_,), disabled=registry().get(id_) is None
                )
                alive = run.state in ("waiting", "running", "paused")
                st.button("Delete", key=f"train_delete_{id_}", on_click=_delete, args=(id_,), disabled=alive)


def table(runs: Sequence[KeptRun]) -> dict[str, list[str]]:
    """Settings and results by column, a row a run; settings that are the same for all are left out."""
    columns: dict[str, list[str]] = {"Run": [_plain(run.name) for run in runs]}
    columns["Network"] = [layers_in_words(run.architecture, len(run.data.names)) for run in runs]
    plain = [_in_words(run.settings, run.data) for run in runs]
    for name in plain[0]:
        values = [entry[name] for entry in plain]
        if len(set(values)) > 1:
            columns[name] = values
    columns["Steps"] = [f"{run.step:,}" for run in runs]
    columns["Wrong at last"] = [
        f"{run.tests[-1, 1]:,.0f} of {run.tests[-1, 2]:,.0f}" if len(run.tests) else "–" for run in runs
    ]
    columns["Loss"] = [f"{run.losses[-1, 1]:.3f}" if len(run.losses) else "–" for run in runs]
    columns["Seconds"] = [f"{run.seconds:,.0f}" for run in runs]
    columns["State"] = [run.state for run in runs]
    return columns


def figure(runs: Sequence[KeptRun], what: str) -> Any:
    """One line a run over the steps, told apart by dash and weight, on a logarithmic axis."""
    colours = palette.DARK if st.context.theme.type == "dark" else palette.LIGHT
    chart = go.Figure()
    for number, run in enumerate(runs):
        steps, values = run.losses.T if what == "loss" else (run.tests[:, 0], 1000 * run.tests[:, 1] / run.tests[:, 2])
        told = "loss %{y:.3g}" if what == "loss" else "wrong %{y:.3g} of 1,000"
        chart.add_scatter(
            x=steps,
            y=np.maximum(values, 1e-3),  # the axis is logarithmic
            mode="lines" if len(steps) > _FEW else "lines+markers",
            marker={"size": 10},
            name=run.name.replace("<", "‹").replace(">", "›"),  # Plotly reads tags
            line={
                "dash": _DASHES[number % 4],
                "width": 4 if number < 4 else 2,
                "color": colours["ink" if number < 4 else "muted"],
            },
            hovertemplate=f"step %{{x}}: {told}<extra>%{{fullData.name}}</extra>",
        )
    axis = {"gridcolor": colours["line"], "zeroline": False}
    ticks = [0.01, 0.03, 0.1, 0.3, 1, 3] if what == "loss" else [3, 10, 30, 100, 300, 1000]
    chart.update_layout(
        height=400,
        margin={"l": 70, "r": 10, "t": 10, "b": 50},
        font={"size": 20, "color": colours["ink"], "family": "Source Sans, sans-serif"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        xaxis=axis | {"title": "step"},
        yaxis=axis | {"title": _CURVES[what].lower(), "type": "log", "tickvals": ticks},
        legend={"x": 0.99, "xanchor": "right", "y": 0.99, "bgcolor": colours["background"]},
        hovermode="closest",
        showlegend=True,
    )
    return chart


def _runs() -> dict[str, KeptRun]:
    return state.setdefault(_RUNS, {})


def _of(job: Job, name: str) -> KeptRun:
    picture = job.picture()
    tests = np.concatenate([picture["tests"], picture["full_tests"]])[:, [0, 3, 4]]
    tests = tests[np.argsort(tests[:, 0], kind="stable")]
    losses = picture["losses"][:, [0, 2]]
    return KeptRun(
        name, job.architecture, job.settings, job.state, job.progress.step, job.seconds, losses, tests, job.data
    )


def _in_words(settings: Settings, data: Data) -> dict[str, str]:
    everything = train_digits(data)
    return {
        "Optimiser": "Adam" if settings.optimizer == "adam" else f"momentum {settings.momentum:g}",
        "Learning rate": f"{settings.learning_rate:g}",
        "Decay": settings.decay,
        "Batch": f"{settings.batch_size:,}",
        "Epochs": f"{settings.epochs:,}",
        "Data": _plain(described_data(data)),
        "Digits": f"{min(settings.digits or everything, everything):,}",
        "Seed": f"{settings.seed}",
        "Distorted": "yes" if settings.augmentation else "no",
        "Pixels": "scrambled" if settings.scramble else "in order",
    }


def _plain(name: str) -> str:
    """A name in a table, whose text is read as Markdown."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-.!|<>~$:" else c for c in name)


def _rename(id_: str, key: str) -> None:
    name = str(state.get(key, "")).strip()[: limits.RUN_NAME]
    if name and id_ in _runs():
        _runs()[id_] = _runs()[id_]._replace(name=name)


def _open(id_: str) -> None:
    state.job = state[OWN] = id_


def _delete(id_: str) -> None:
    _runs().pop(id_, None)
    state.setdefault(_DELETED, set()).add(id_)  # the board may still show it
