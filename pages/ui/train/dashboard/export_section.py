"""Export of a run: curves as CSV, a notebook, a PyTorch module; and opening a model file."""

from collections.abc import Callable

import streamlit as st

from cnncore import ConvoscopeError, Network, Run, limits
from cnncore.export.curves import curves_csv, watched_csv
from cnncore.export.notebook import run_notebook
from cnncore.export.pytorch import torch_module
from pages.ui.frame.streamlit_internals import session_id
from pages.ui.jobs.job import Job
from pages.ui.jobs.model_files import job_from_file, read_model_file
from pages.ui.jobs.registry import registry
from pages.ui.session import current_network
from pages.ui.session.page_state import PageState
from pages.ui.shared.wording import image_word
from pages.ui.train.dashboard.payload import file_stem, name_of
from pages.ui.train.settings import apply_settings

_ONLY_USED = "It holds a network and no training: it answers now on Draw, the start page and Inside."
state = PageState("train")


def export_section(job: Job | None) -> None:
    """Draw the section below the dashboard."""
    with st.expander("Take it home, open a file"):
        if job and job.progress.step:
            with st.container(horizontal=True):
                _download("Curves as CSV", job, "csv", "text/csv", lambda network, run: _csv(job, network, run))
                _download("Notebook", job, "ipynb", "application/x-ipynb+json", _notebook(job))
                _download("PyTorch module", job, "py", "text/x-python", _module(job))
        key = f"train_upload_{state.get('n_uploads', 0)}"  # another key for another uploader, once a file was read
        st.file_uploader(  # of any type, as in picture_uploader
            "Open a model file of this app: training continues exactly where it stopped",
            key=key,
            max_upload_size=limits.MODEL_BYTES >> 20,
            on_change=_open,
            args=(key,),
        )


def open_file(file: bytes, name: str) -> None:
    """Show a model file as the page's training; where it holds no training, make it the session's network.

    Raises ModelError.
    """
    architecture, network, run = read_model_file(file)
    if run is None:
        current_network.set_current(network, name)
        state.note = f"{name_of(architecture).capitalize()}, read from a file. {_ONLY_USED}"
        return
    job = job_from_file(file, session_id())
    registry().add(job)
    apply_settings(job.settings, job.architecture, job.data)
    state.job = state.session_job = job.id
    state.show = "live"


def _open(key: str) -> None:
    """Open the uploaded file, as a callback; where it is refused, what was shown stays."""
    upload = st.session_state.get(key)
    if upload is None:
        return
    state.n_uploads = state.get("n_uploads", 0) + 1
    try:
        open_file(upload.getvalue(), "your file")
    except ConvoscopeError as error:
        state.note = str(error)


def _download(label: str, job: Job, ending: str, kind: str, make: Callable[[Network, Run], str | bytes]) -> None:
    st.download_button(
        label,
        data=lambda: make(*_network_and_run(job)),
        file_name=f"{file_stem(job.architecture)}-{job.progress.step}.{ending}",
        mime=kind,
        key=f"train_{ending}",
        on_click="ignore",
    )


def _network_and_run(job: Job) -> tuple[Network, Run]:
    """The network and its run; of a run that is too large for a file, the network with an empty run."""
    try:
        return job.run()
    except ConvoscopeError:
        return job.network(), Run(job.settings)


def _module(job: Job) -> Callable[[Network, Run], str]:
    pixels = f", for {image_word(job.data.names)}s with their pixels scrambled" if job.settings.scramble else ""
    return lambda network, _: torch_module(network, title=f"A network trained with Convoscope{pixels}")


def _csv(job: Job, network: Network, run: Run) -> str:
    """The run's curves; of a run that is too large for a file, those that its monitor recorded."""
    return curves_csv(run, network, train_digits=job.n_train) if run.step else watched_csv(job.progress)


def _notebook(job: Job) -> Callable[[Network, Run], bytes]:
    return lambda network, run: run_notebook(network, run, title=f"Training: {name_of(job.architecture)}")
