"""Model files from outside as jobs: checked, and opened as trainings that can continue."""

from dataclasses import replace

from cnncore import ConvoscopeError, ModelError, Network, Run, limits
from cnncore.architecture.spec import layers_to_dicts, with_output_units
from cnncore.architecture.text import format_network, parse_network
from cnncore.data.digit_set import DIGITS
from cnncore.training import checkpoint
from pages.ui.frame.streamlit_internals import session_id
from pages.ui.jobs import store
from pages.ui.jobs.job import CONTINUE_TEXT, Job
from pages.ui.jobs.registry import registry
from pages.ui.session import pretrained
from pages.ui.session.training_data import data_of_run

_RESTORED_TEXT = "The server has ended meanwhile. This is what was kept, step {step:,}."


def read_model_file(file: bytes) -> tuple[str, Network, Run | None]:
    """The architecture as text, the network and its run, if the file holds one. Raises ModelError."""
    network, run = checkpoint.load(file)
    shape = pretrained.test_digits().images.shape[1:]
    low, high, _ = limits.CLASSES
    if network.input_shape != shape or len(network.shapes[-1]) != 1 or network.classes not in limits.CLASSES:
        sees = " × ".join(map(str, network.input_shape))
        raise ModelError(
            f"The model reads pictures of {sees} and tells {network.classes} classes apart: "
            f"open one for digits of {' × '.join(map(str, shape))} and {low} to {high} classes."
        )
    try:
        plain = with_output_units(layers_to_dicts(network.layers), int(limits.CLASSES.default), before=network.classes)
        architecture = format_network(plain)
        parse_network(architecture)
    except (ConvoscopeError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"The model has a layer that this page cannot show. {error}") from None
    known = run is not None and (run.origin is not None or network.names == DIGITS)
    return architecture, network, run if known else None  # old files do not say what their run was trained on


def continue_text(job: Job) -> str:
    """Whether a job can continue or what it lacks, as the end of a sentence."""
    if job.lacks_data:
        return f" {job.data.missing_message}"
    return CONTINUE_TEXT if job.can_go_on else ""


def job_from_file(file: bytes, owner: str, *, id_: str | None = None) -> Job:
    """An ended job from a model file. Raises ModelError where the file holds no training."""
    architecture, network, run = read_model_file(file)
    if run is None:
        raise ModelError("This model file holds no training to go on with: it can be used, not continued.")
    settings = replace(run.settings, threads=min(run.settings.threads, int(limits.THREADS.default)))
    job = Job(architecture, settings, owner, data_of_run(run))
    job.id = id_ or job.id
    job.open(file, network, run, f"Read from a file saved at step {run.step:,}.")
    job.status_text += continue_text(job)
    return job


def restore_job(id_: str) -> bool:
    """Open the job that a link names from the store on disk; return whether it is there."""
    file = store.read(id_)
    if file is None:
        return False
    try:
        job = job_from_file(file, session_id(), id_=id_)
    except ConvoscopeError:
        return False
    job.status_text = _RESTORED_TEXT.format(step=job.progress.step) + continue_text(job)
    registry().add(job)
    return True
