"""The runs that the session compares: their names and results, restored after a reload."""

import re
from typing import NamedTuple

import numpy as np

from cnncore import ConvoscopeError, InputError
from cnncore.data.source import DataSource
from cnncore.nn.arrays import Array
from cnncore.training.settings import Settings
from pages.ui import bounds
from pages.ui.frame.streamlit_internals import session_id
from pages.ui.frame.url_state import lecture_is_given
from pages.ui.jobs import store
from pages.ui.jobs.model_files import job_from_file
from pages.ui.jobs.registry import registry
from pages.ui.jobs.state import JobState
from pages.ui.session.page_state import PageState
from pages.ui.session.training_data import MNIST

_IDS = re.compile(rf"{store.ID.pattern}(,{store.ID.pattern}){{0,{bounds.KEPT_RUNS - 1}}}", re.ASCII)
state = PageState("train")


class ComparedRun(NamedTuple):
    """One run of the comparison.

    losses (n, 2) step, loss; tests (n, 3) step, wrong, digits: of the fixed sample, and of all at an epoch's end.
    span: the steps that its axis shows.
    """

    name: str
    architecture: str
    settings: Settings
    state: str
    step: int
    seconds: float
    losses: Array
    tests: Array
    data: DataSource = MNIST
    span: int = 0

    @property
    def is_active(self) -> bool:
        """Whether it may still change."""
        return self.state in ("waiting", "running", "paused")


def runs() -> dict[str, ComparedRun]:
    """Return the runs by the id of their training, the oldest first."""
    return state.setdefault("saved_runs", {})


def keep(job: JobState | None) -> None:
    """Add a run of this session; beyond bounds.KEPT_RUNS the oldest is left out."""
    mine = job and (job.owner == session_id() or job.id == state.get("session_job"))
    if job and mine and job.id not in runs() and job.id not in state.get("deleted_runs", ()):
        _add(job)


def _add(job: JobState) -> None:
    state.n_runs = state.get("n_runs", 0) + 1
    job.name = job.name or f"Run {state.n_runs}"
    runs()[job.id] = _summarize(job, job.name)
    while len(runs()) > bounds.KEPT_RUNS:
        del runs()[next(iter(runs()))]


def read_ids(text: str) -> str:
    """Ids of trainings as a link names them. Raises InputError."""
    if not _IDS.fullmatch(text):
        raise InputError("Runs are the ids of trainings: leave them out.")
    return text


def restore_runs(text: str) -> None:
    """Add the runs of a link, as far as this server or its disk knows them: after a reload the session does not."""
    for id_ in filter(None, text.split(",")):
        if id_ in runs() or id_ in state.get("deleted_runs", ()):
            continue
        job = registry().get(id_) or _from_disk(id_)
        if job is not None:
            _add(job)


def run_ids_for_link() -> str:
    """For the link: of several runs their ids, so that a reload finds them. A scene of the lecture keeps its own."""
    return "" if len(runs()) < 2 or lecture_is_given() else ",".join(runs())


def refresh_runs() -> bool:
    """Bring all runs up to date; return whether one has begun, paused or ended meanwhile."""
    state_changed = False
    for id_, run in runs().items():
        job = registry().get(id_)
        if job is not None and (job.is_active or (job.state, job.progress.step) != (run.state, run.step)):
            if job.is_active:
                registry().claim(job, session_id())
            runs()[id_] = _summarize(job, run.name)
            state_changed = state_changed or job.state != run.state
    return state_changed


def rename(id_: str, name: str) -> None:
    """Rename a run; an empty name changes nothing."""
    name, job = name.strip()[: bounds.RUN_NAME], registry().get(id_)
    if name and id_ in runs():
        runs()[id_] = runs()[id_]._replace(name=name)
        if job is not None and job.owner == session_id():
            job.name = name  # outlives a reload


def delete(id_: str) -> None:
    """Leave a run out of the comparison; the dashboard may still show it."""
    runs().pop(id_, None)
    state.setdefault("deleted_runs", set()).add(id_)


def _from_disk(id_: str) -> JobState | None:
    file = store.read(id_)
    try:
        return None if file is None else job_from_file(file, session_id(), id_=id_)
    except ConvoscopeError:
        return None


def _summarize(job: JobState, name: str) -> ComparedRun:
    picture = job.to_arrays()
    tests = np.concatenate([picture["tests"], picture["full_tests"]])[:, [0, 3, 4]]
    tests = tests[np.argsort(tests[:, 0], kind="stable")]
    losses = picture["losses"][:, [0, 2]]
    progress = job.progress
    return ComparedRun(
        name,
        job.architecture,
        job.settings,
        job.state,
        progress.step,
        job.seconds,
        losses,
        tests,
        job.data,
        progress.x_axis_steps,
    )
