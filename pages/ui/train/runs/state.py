"""The session's runs: which it compares, what they are called, and how they stand; found again after a reload."""

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


class KeptRun(NamedTuple):
    """What is compared.

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


def runs() -> dict[str, KeptRun]:
    """By the id of their training, the oldest first."""
    return state.setdefault("saved_runs", {})


def keep(job: JobState | None) -> None:
    """A run of this session; beyond bounds.KEPT_RUNS the oldest is forgotten."""
    mine = job and (job.owner == session_id() or job.id == state.get("session_job"))
    if job and mine and job.id not in runs() and job.id not in state.get("deleted_runs", ()):
        _add(job)


def _add(job: JobState) -> None:
    state.n_runs = state.get("n_runs", 0) + 1
    job.name = job.name or f"Run {state.n_runs}"
    runs()[job.id] = _of(job, job.name)
    while len(runs()) > bounds.KEPT_RUNS:
        del runs()[next(iter(runs()))]


def read_ids(text: str) -> str:
    """Ids of trainings as a link names them. Raises InputError."""
    if not _IDS.fullmatch(text):
        raise InputError("Runs are the ids of trainings: leave them out.")
    return text


def found_again(text: str) -> None:
    """Add the runs of a link, as far as this server or its disk knows them: after a reload the session does not."""
    for id_ in filter(None, text.split(",")):
        if id_ in runs() or id_ in state.get("deleted_runs", ()):
            continue
        job = registry().get(id_) or _from_disk(id_)
        if job is not None:
            _add(job)


def ids_shown() -> str:
    """For the link: of several runs their ids, so that a reload finds them. A scene of the lecture keeps its own."""
    return "" if len(runs()) < 2 or lecture_is_given() else ",".join(runs())


def look_again() -> bool:
    """Bring all runs up to date; whether one has begun, paused or ended meanwhile."""
    turned = False
    for id_, run in runs().items():
        job = registry().get(id_)
        if job is not None and (job.is_active or (job.state, job.progress.step) != (run.state, run.step)):
            if job.is_active:
                registry().claim(job, session_id())
            runs()[id_] = _of(job, run.name)
            turned = turned or job.state != run.state
    return turned


def rename(id_: str, name: str) -> None:
    """Call a run so; an empty name changes nothing."""
    name, job = name.strip()[: bounds.RUN_NAME], registry().get(id_)
    if name and id_ in runs():
        runs()[id_] = runs()[id_]._replace(name=name)
        if job is not None and job.owner == session_id():
            job.name = name  # outlives a reload


def delete(id_: str) -> None:
    """Compare it no longer; the board may still show it."""
    runs().pop(id_, None)
    state.setdefault("deleted_runs", set()).add(id_)


def _from_disk(id_: str) -> JobState | None:
    file = store.read(id_)
    try:
        return None if file is None else job_from_file(file, session_id(), id_=id_)
    except ConvoscopeError:
        return None


def _of(job: JobState, name: str) -> KeptRun:
    picture = job.to_arrays()
    tests = np.concatenate([picture["tests"], picture["full_tests"]])[:, [0, 3, 4]]
    tests = tests[np.argsort(tests[:, 0], kind="stable")]
    losses = picture["losses"][:, [0, 2]]
    progress = job.progress
    return KeptRun(
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
