"""The board of a training: what a job, a recording or a network that has not begun gives the component to draw."""

from typing import Any

import numpy as np

from cnncore import Prediction, limits
from cnncore.architecture.spec import PRESETS, with_output_units
from cnncore.architecture.text import initializer_of, parse_network, summarize
from cnncore.data.digit_set import DigitSet
from cnncore.data.permutation import permute_pixels
from cnncore.data.source import DataSource
from cnncore.nn.arrays import Array
from cnncore.training import recordings
from cnncore.training.progress import RunMonitor, one_per_class
from cnncore.training.settings import Settings
from pages.ui import bounds
from pages.ui.components.loader import component, packed
from pages.ui.jobs import job as jobs
from pages.ui.jobs.job import Job
from pages.ui.session import pretrained
from pages.ui.session.training_data import MNIST, test_set
from pages.ui.shared.class_bars import classes_shown
from pages.ui.shared.wording import image_word
from pages.ui.train.data.choice import describe_data, describe_training_data

_ARRAYS = ("losses", "tests", "full_tests", "views", "weights", "probabilities")
_STUCK_STEPS, _STUCK_SHARE = 100, 0.8
NAMES = {
    "twice": "two convolutions",
    "once": "one convolution",
    "strides": "strides instead of pooling",
    "dense": "dense, no convolution",
    "wide": "wide",
    "deep": "three convolutions",
}
_STARTED = {"glorot_uniform": "", "he_normal": ", started by He", "equal": ", all weights equal at the start"}


def name_of(architecture: str) -> str:
    """A preset's name in words; other networks are a person's own."""
    return NAMES.get(architecture, "own network")


def file_stem(architecture: str) -> str:
    """A short name for a file."""
    return architecture if architecture in PRESETS else "own"


def layers_in_words(architecture: str, classes: int = 10) -> str:
    """Its layers, and where its weights start if that is not Glorot's rule."""
    if architecture in PRESETS and classes == len(MNIST.names):
        return PRESETS[architecture][0]
    plain = with_output_units(parse_network(architecture), classes)
    return summarize(plain) + _STARTED[initializer_of(plain)]


def board(data: dict[str, Any], *, key: str) -> None:
    """Mount the board, which asks for news of a training by a rerun."""
    component("dashboard")(key=key, data=data, on_late_change=lambda: None)


def idle_data(architecture: str, settings: Settings, data: DataSource = MNIST) -> dict[str, Any]:
    """Before the first press: the network with its random weights."""
    ten = one_per_class(test_set(data))
    progress = RunMonitor(with_output_units(parse_network(architecture), len(data.names)), settings, ten)
    run = f"idle {architecture} {settings.seed} {settings.scramble} {data.title} {data.names}"  # what it draws
    words = f"Press Train: one step is one batch of {image_word(data.names)}s, one epoch is all of them."
    return _data(progress.to_arrays(), architecture, settings, ten, run=run, state="idle", sentence=words, data=data)


def job_data(job: Job, *, steers: bool) -> dict[str, Any]:
    """A job as it is now."""
    progress = job.progress
    return _data(
        job.to_arrays(),
        job.architecture,
        job.settings,
        one_per_class(job.test_set),
        data=job.data,
        run=job.id[:8],
        state=job.state,
        sentence=sentence(job) + ("" if steers else " Another window steers it; here it can be watched."),
        step=progress.step,
        steps=progress.steps,
        span=progress.x_axis_steps,
        epoch=progress.epoch,
        rate=progress.rate,
        speed=progress.speed if job.state == jobs.RUNNING else 0,
        seconds=job.seconds,
        left=(job.seconds_left if job.is_active else None) or 0,
    )


def recorded_data(name: str) -> dict[str, Any]:
    """A recorded run with all its views. Raises DataError."""
    architecture, settings, steps, picture = recordings.read(name)
    ten = one_per_class(pretrained.test_digits())
    return _data(picture, architecture, settings, ten, run=name, state="recorded", steps=steps, recorded=True)


def sentence(job: Job) -> str:
    """What there is to say; empty while all goes well and a test on all digits has been made."""
    step = f"{job.progress.step:,}"
    match job.state:
        case jobs.RUNNING if not job.progress.steps:
            return "Starting …"
        case jobs.RUNNING:
            ends = ", until it is stopped" if job.progress.endless else ""
            begun = (
                ""
                if job.progress.full_tests
                else f"Learning on {describe_training_data(job.data, job.settings)}{ends}."
            )
            return stuck(job) or begun
        case jobs.WAITING:
            others = f"{job.queue_position} before you" if job.queue_position else "you are next"
            return f"Waiting: {bounds.TRAININGS} trainings run here already, {others}. It begins by itself."
        case jobs.PAUSED if job.paused_by_watchdog:
            return f"Paused at step {step} while its page was gone: it goes on as soon as there is room."
        case jobs.PAUSED:
            return f"Paused at step {step}. K or Resume goes on."
        case jobs.FINISHED if job.progress.full_tests:
            *_, wrong, digits = job.progress.full_tests[-1]
            return f"Done after {job.seconds:.0f} s: wrong {wrong:,} of {digits:,} test {image_word(job.data.names)}s."
        case jobs.STOPPED:
            return job.status_text or f"Stopped at step {step}."
    return job.status_text


def stuck(job: Job) -> str:
    """A sentence where the network has learned to give the same answer to everything."""
    tests = job.progress.tests.all()
    if not tests or tests[-1][0] < _STUCK_STEPS or tests[-1][3] < _STUCK_SHARE * tests[-1][4]:
        return ""
    at, *_, wrong, digits = tests[-1]
    rate = max((job.progress.rate or job.settings.learning_rate) / 10, limits.LEARNING_RATE.low)
    return (
        f"At step {at} it does not learn: wrong {wrong} of {digits:,}. Stop it, and try a learning rate of {rate:.2g}."
    )


def about(architecture: str, settings: Settings, data: DataSource = MNIST) -> str:
    """Architecture and settings in one line."""
    falls = "constant" if settings.epochs is None else f"decay {settings.decay}"
    parts = [
        *([] if data.upload is data.missing is None and not data.classes else [describe_data(data)]),
        layers_in_words(architecture, len(data.names)),
        f"{settings.optimizer_label}, learning rate {settings.learning_rate:g}, {falls}",
        f"batch {settings.batch_size}",
        f"seed {settings.seed}",
    ]
    things = f"{image_word(data.names)}s"
    if settings.digits:
        parts.append(f"{settings.digits:,} {things}")
    if settings.augmentation:
        parts.append(f"{things} distorted")
    if settings.scramble:
        parts.append("pixels scrambled")
    return " · ".join(parts)


def _data(
    picture: dict[str, Array],
    architecture: str,
    settings: Settings,
    ten: DigitSet,
    *,
    data: DataSource = MNIST,
    **more: Any,
) -> dict[str, Any]:
    images, labels = ten.images[..., 0], ten.labels
    if settings.scramble:
        images = permute_pixels(images)
    usual = {
        "sentence": "",
        "step": 0,
        "steps": 0,
        "epoch": 0,
        "rate": 0,
        "speed": 0,
        "seconds": 0,
        "left": 0,
        "recorded": False,
    }
    return (
        {name: packed(picture[name].astype(np.float32)) for name in _ARRAYS}
        | usual
        | _answers(picture["probabilities"], ten)
        | {
            "span": more.get("steps", 0),
            "digits": packed(images),
            "labels": labels.tolist(),
            "title": "Scrambled" if settings.scramble else "Train",
            "about": about(architecture, settings, data),
            "names": list(ten.names),
            "noun": image_word(ten.names),
            "epochs": settings.epochs,
            "endless": settings.epochs is None,
        }
        | more
    )


def _answers(probabilities: Array, ten: DigitSet) -> dict[str, Any]:
    """What every view answers, from probabilities (views, digits, classes); -1 where they are not finite."""
    predictions = [[Prediction(row, ten.names) for row in view] for view in probabilities]
    answers = np.array([[-1 if each.label is None else each.label for each in view] for view in predictions], np.int8)
    correct = answers == ten.labels
    return {
        "answers": packed(answers),
        "correct": packed(correct),
        "right": correct.sum(axis=1).tolist(),
        "shown": packed(np.array([[classes_shown(each) for each in view] for view in predictions], np.uint8)),
    }
