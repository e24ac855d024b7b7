"""A model file from outside as a training of this page: to go on with, or only to use."""

from dataclasses import replace

from cnncore import ConvoscopeError, ModelError, Network, Run, limits
from cnncore.architecture.spec import layers_to_dicts, with_output_units
from cnncore.architecture.text import format_network, parse_network
from cnncore.data.digit_set import DIGITS
from cnncore.training import checkpoint
from pages.ui.jobs import store
from pages.ui.jobs.job import GOES_ON, Job
from pages.ui.jobs.registry import registry, session_id
from pages.ui.session import pretrained
from pages.ui.train.data.choice import data_of

_AFTER_A_KILL = "The server has ended meanwhile. This is what was kept, step {step:,}."


def opened(file: bytes) -> tuple[str, Network, Run | None]:
    """Its architecture as text, its network and its run, if it holds one. Raises ModelError."""
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
    return architecture, network, run if known else None  # files of before do not say what they learned from


def how_to_go_on(job: Job) -> str:
    """Where it can, or what it lacks; the end of a sentence."""
    if job.lacks_data:
        return f" {job.data.lack}"
    return GOES_ON if job.can_go_on else ""


def job_of(file: bytes, owner: str, *, id_: str | None = None) -> Job:
    """An ended training, from its file. Raises ModelError where the file holds none that can go on here."""
    architecture, network, run = opened(file)
    if run is None:
        raise ModelError("This model file holds no training to go on with: it can be used, not continued.")
    settings = replace(run.settings, threads=min(run.settings.threads, int(limits.THREADS.default)))
    job = Job(architecture, settings, owner, data_of(run))
    job.id = id_ or job.id
    job.open(file, network, run, f"Read from a file that stands at step {run.step:,}.")
    job.sentence += how_to_go_on(job)
    return job


def reopened(id_: str) -> bool:
    """Open the job of a link that only the disk remembers, if there is one."""
    file = store.read(id_)
    if file is None:
        return False
    try:
        job = job_of(file, session_id(), id_=id_)
    except ConvoscopeError:
        return False
    job.sentence = _AFTER_A_KILL.format(step=job.progress.step) + how_to_go_on(job)
    registry().add(job)
    return True
