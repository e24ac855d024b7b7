"""A model file from outside as a training of this page: to go on with, or only to use."""

from dataclasses import replace

from cnncore import ConvoscopeError, ModelError, Network, Run, checkpoint, limits
from cnncore.digits import DIGITS
from cnncore.network_text import from_text, to_text
from pages.ui import models
from pages.ui.train.job import Job


def opened(file: bytes) -> tuple[str, Network, Run | None]:
    """Its architecture as text, its network and its run, if it holds one. Raises ModelError."""
    network, run = checkpoint.load(file)
    shape = models.test_digits().images.shape[1:]
    low, high, _ = limits.CLASSES
    if network.input_shape != shape or len(network.shapes[-1]) != 1 or network.classes not in limits.CLASSES:
        sees = " × ".join(map(str, network.input_shape))
        raise ModelError(
            f"The model reads pictures of {sees} and tells {network.classes} classes apart: "
            f"open one for digits of {' × '.join(map(str, shape))} and {low} to {high} classes."
        )
    try:
        architecture = to_text(checkpoint.layers_to_plain(network.layers))
        from_text(architecture)
    except (ConvoscopeError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"The model has a layer that this page cannot show. {error}") from None
    return architecture, network, run if network.names == DIGITS else None  # other data is not in the file


def job_of(file: bytes, owner: str, *, id_: str | None = None) -> Job:
    """An ended training, from its file. Raises ModelError where the file holds none that can go on here."""
    architecture, network, run = opened(file)
    if run is None:
        raise ModelError("This model file holds no training to go on with: it can be used, not continued.")
    settings = replace(run.settings, threads=min(run.settings.threads, int(limits.THREADS.default)))
    job = Job(architecture, settings, owner)
    job.id = id_ or job.id
    job.open(file, network, run, f"Read from a file that stands at step {run.step:,}.")
    if job.can_go_on:
        job.sentence += " Continue goes on exactly there."
    return job
