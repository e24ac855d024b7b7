"""The session's runs laid over each other, in curves and in a table.

While one of them is under way the component draws the curves, since Plotly blanks on live updates; once all have
ended, a figure to hover, zoom and save takes their place.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from cnncore.data.source import DataSource
from cnncore.nn.arrays import Array
from cnncore.training.settings import Settings
from pages.ui import bounds
from pages.ui.components.loader import component, packed
from pages.ui.frame.streamlit_internals import session_id
from pages.ui.jobs import store
from pages.ui.jobs.model_files import restore_job
from pages.ui.jobs.registry import registry
from pages.ui.session.page_state import PageState
from pages.ui.session.training_data import n_train
from pages.ui.shared import figures
from pages.ui.train.dashboard.payload import layers_in_words
from pages.ui.train.data.choice import describe_data
from pages.ui.train.runs.state import ComparedRun, delete, refresh_runs, rename, runs

LOOK_SECONDS = 1.2
_CURVES = {"wrong": "Wrong of 1,000", "loss": "Loss of the training"}
_POINTS = 200  # of one curve
_HEIGHT = 365  # pixels: what the component's names and curves take, so that the table stays where it is
state = PageState("train")


def switch(shown: str) -> None:
    """Which of several trainings under way the board shows, where there are several."""
    mine = {job.id: job.name or "Run" for job in registry().under_way(session_id())}
    if len(mine) < 2:
        return
    key = f"train_shown_{shown}"  # another widget for another run: a rerun under way sends the old choice once more
    st.segmented_control(
        "On the board",
        list(mine),
        default=shown if shown in mine else None,
        key=key,
        format_func=mine.__getitem__,
        on_change=_switch,
        args=(shown,),
        label_visibility="collapsed",
    )


def compared() -> None:
    """The section: its runs as they are now."""
    refresh_runs()
    if not runs():
        return
    count = len(runs())
    with st.expander(f"Runs: {count}", expanded=count > 1):
        with st.container():  # a fragment's own one may go and come where reruns meet, and what follows would move
            _side_by_side()
        for id_, run in runs().items():
            with st.container(horizontal=True, vertical_alignment="bottom"):
                key = f"train_name_{id_}"
                st.text_input(
                    "Name",
                    run.name,
                    key=key,
                    max_chars=bounds.RUN_NAME,
                    on_change=_rename,
                    args=(id_, key),
                    label_visibility="collapsed",
                )
                gone = registry().get(id_) is None and not store.has(id_)
                st.button("Open", key=f"train_open_{id_}", on_click=_open, args=(id_,), disabled=gone)
                st.button("Delete", key=f"train_delete_{id_}", on_click=delete, args=(id_,), disabled=run.is_active)


def _side_by_side() -> None:
    """Curves and table, looked at again by themselves while a run is under way."""

    @st.fragment(run_every=LOOK_SECONDS if any(run.is_active for run in runs().values()) else None)
    def moving() -> None:
        turned = refresh_runs()
        if len(runs()) > 1:
            st.radio("Curves", list(_CURVES), key="train_runs_curves", format_func=_CURVES.get, horizontal=True)
        mine, what = list(runs().values()), st.session_state.get("train_runs_curves", "wrong")
        live = any(run.is_active for run in mine)
        with st.container():  # the table keeps its place
            if len(mine) > 1 and not live:
                figures.show(figure(mine, what), key="train_runs_figure", name=f"{_CURVES[what]} by step, all runs")
        data = curves(mine if live else [], what) | {"table": table(mine)}
        component("comparison")(key="train_comparison", data=data)
        if turned:
            st.rerun()

    moving()


def curves(compared: Sequence[ComparedRun], what: str) -> dict[str, Any]:
    """One line a run over the steps, for the component: `what` is a key of _CURVES."""
    lines = [{"name": run.name, "state": run.state, "points": packed(_points(run, what))} for run in compared]
    return {"what": what, "span": max((run.span for run in compared), default=0), "lines": lines}


def figure(compared: Sequence[ComparedRun], what: str) -> Any:
    """The same for runs that have ended, as a Plotly figure."""
    lines = []
    for run in compared:
        steps, values = _points(run, what).T.tolist()
        hover = [
            f"{run.name}, step {step:,.0f}: {_value(value, what)}" for step, value in zip(steps, values, strict=True)
        ]
        least = 1e-3 if what == "loss" else 0.1  # no digit wrong is no number on a logarithmic axis
        lines.append(figures.Line(run.name, steps, np.fmax(values, least).tolist(), hover))
    return figures.figure(_CURVES[what], lines, x_title="step", height=_HEIGHT)


def _value(value: float, what: str) -> str:
    return f"loss {value:.3f}" if what == "loss" else f"{value / 10:.3g} % wrong"


def _points(run: ComparedRun, what: str) -> Array:
    """(n, 2) float32: step, value."""
    if what == "loss":
        return _thinned(*run.losses.T)
    return _thinned(run.tests[:, 0], 1000 * run.tests[:, 1] / run.tests[:, 2])


def _thinned(steps: Array, values: Array) -> Array:
    """(n, 2) float32, at most _POINTS of them, the last always among them."""
    points = np.stack([steps, values], axis=1).astype(np.float32)
    every = -(-len(points) // _POINTS) or 1
    return points[::-1][::every][::-1]


def table(compared: Sequence[ComparedRun]) -> dict[str, list[str]]:
    """Settings and results by column, a row a run; settings that are the same for all are left out."""
    columns: dict[str, list[str]] = {"Run": [run.name for run in compared]}
    columns["Network"] = [layers_in_words(run.architecture, len(run.data.names)) for run in compared]
    plain = [_in_words(run.settings, run.data) for run in compared]
    for name in plain[0]:
        values = [entry[name] for entry in plain]
        if len(set(values)) > 1:
            columns[name] = values
    columns["Steps"] = [f"{run.step:,}" for run in compared]
    columns["Wrong at last"] = [
        f"{run.tests[-1, 1]:,.0f} of {run.tests[-1, 2]:,.0f}" if len(run.tests) else "–" for run in compared
    ]
    columns["Loss"] = [f"{run.losses[-1, 1]:.3f}" if len(run.losses) else "–" for run in compared]
    columns["Seconds"] = [f"{run.seconds:,.0f}" for run in compared]
    columns["State"] = [run.state for run in compared]
    return columns


def _in_words(settings: Settings, data: DataSource) -> dict[str, str]:
    everything = n_train(data)
    return {
        "Optimiser": settings.optimizer_label,
        "Learning rate": f"{settings.learning_rate:g}",
        "Decay": settings.decay,
        "Batch": f"{settings.batch_size:,}",
        "Epochs": f"{settings.epochs:,}" if settings.epochs else "until stopped",
        "Data": describe_data(data),
        "Digits": f"{min(settings.digits or everything, everything):,}",
        "Seed": f"{settings.seed}",
        "Distorted": "yes" if settings.augmentation else "no",
        "Pixels": "scrambled" if settings.scramble else "in order",
    }


def _rename(id_: str, key: str) -> None:
    rename(id_, str(st.session_state.get(key, "")))


def _switch(shown: str) -> None:
    """Show the chosen run; the choice of a widget that is gone, while another run was shown, changes nothing."""
    chosen = st.session_state.get(f"train_shown_{shown}")
    if chosen and shown == state.job:
        _open(chosen)


def _open(id_: str) -> None:
    """Show it on the board, as a callback."""
    if registry().get(id_) is not None or restore_job(id_):
        state.job = state.session_job = id_
