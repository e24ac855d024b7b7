"""Data out, and back: a run as a file, as curves, as a notebook, as a PyTorch module; a file as a run again."""

from collections.abc import Callable

import streamlit as st

from cnncore import ConvoscopeError, Network, Run, limits
from cnncore.export.curves import curves_csv, watched_csv
from cnncore.export.notebook import run_notebook
from cnncore.export.pytorch import torch_module
from pages.ui.jobs.job import Job
from pages.ui.jobs.model_files import job_of, opened
from pages.ui.jobs.registry import registry, session_id
from pages.ui.session import current_network
from pages.ui.train.dashboard.payload import file_stem, name_of
from pages.ui.train.dashboard.run_controls import NOTE, OWN
from pages.ui.train.settings import follow

_ONLY_USED = "It holds a network and no training: it answers now on Draw, the start page and Inside."
_UPLOADS = "train_uploads"  # how many files have been read: the next uploader is a fresh one
state = st.session_state


def taking_home(job: Job | None) -> None:
    """The section below the board."""
    with st.expander("Take it home, open a file"):
        if job and job.progress.step:
            with st.container(horizontal=True):
                _offer("Curves as CSV", job, "csv", "text/csv", lambda network, run: _csv(job, network, run))
                _offer("Notebook", job, "ipynb", "application/x-ipynb+json", _notebook(job))
                _offer("PyTorch module", job, "py", "text/x-python", _module(job))
        key = f"train_upload_{state.get(_UPLOADS, 0)}"
        st.file_uploader(  # of any type, as in picture_uploader
            "Open a model file of this app: it stands where it stopped, and goes on exactly there",
            key=key,
            max_upload_size=limits.MODEL_BYTES >> 20,
            on_change=_open,
            args=(key,),
        )


def open_file(file: bytes, name: str) -> None:
    """A model file from outside becomes the page's training, or the session's network where it holds no training."""
    architecture, network, run = opened(file)
    if run is None:
        current_network.set_current(network, name)
        state[NOTE] = f"{name_of(architecture).capitalize()}, read from a file. {_ONLY_USED}"
        return
    job = job_of(file, session_id())
    registry().add(job)
    follow(job.settings, job.architecture, job.data)
    state.job = state[OWN] = job.id
    state.show = "live"


def _open(key: str) -> None:
    """The uploader has a file, as a callback; the last good picture stays where it is refused."""
    upload = state.get(key)
    if upload is None:
        return
    state[_UPLOADS] = state.get(_UPLOADS, 0) + 1
    try:
        open_file(upload.getvalue(), "your file")
    except ConvoscopeError as error:
        state[NOTE] = str(error)


def _offer(label: str, job: Job, ending: str, kind: str, make: Callable[[Network, Run], str | bytes]) -> None:
    st.download_button(
        label,
        data=lambda: make(*_network_and_run(job)),
        file_name=f"{file_stem(job.architecture)}-{job.progress.step}.{ending}",
        mime=kind,
        key=f"train_{ending}",
        on_click="ignore",
    )


def _network_and_run(job: Job) -> tuple[Network, Run]:
    """Of a run too large for a file the network alone."""
    try:
        return job.run()
    except ConvoscopeError:
        return job.network(), Run(job.settings)


def _module(job: Job) -> Callable[[Network, Run], str]:
    pixels = ", for digits with their pixels scrambled" if job.settings.scramble else ""
    return lambda network, _: torch_module(network, title=f"A network trained with Convoscope{pixels}")


def _csv(job: Job, network: Network, run: Run) -> str:
    """Of a run too large for a file what was watched of it."""
    return curves_csv(run, network, train_digits=job.train_digits) if run.step else watched_csv(job.progress)


def _notebook(job: Job) -> Callable[[Network, Run], bytes]:
    return lambda network, run: run_notebook(network, run, title=f"Training: {name_of(job.architecture)}")
