"""The buttons of a training and their keys: train, pause, one batch, one epoch, slow motion, again, stop.

The browser may send a press twice: the timer of a fragment sends all widget states, a press that waits to be sent
among them. So each callback names what it asks for, and a second call of it changes nothing; a button that then
offers the opposite has a key of its own, because a press calls the callback that its key has by then.
"""

from collections.abc import Callable
from math import inf

import streamlit as st

from cnncore import ConvoscopeError
from pages.ui import bounds
from pages.ui.jobs import job as jobs
from pages.ui.jobs.job import Job
from pages.ui.jobs.registry import registry
from pages.ui.session import current_network
from pages.ui.session.histories import copy_snapshots
from pages.ui.session.page_state import PageState
from pages.ui.train.dashboard.payload import file_stem, name_of

_PACES = (1, 2, 5, 10)
_BESIDE = "With the settings of the sidebar; the runs are compared below"
state = PageState("train")


def run_controls(job: Job | None, has_control: bool, train: Callable[..., None]) -> None:
    """One row of buttons: what can be done now."""
    is_active = bool(job and job.is_active)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("**Train**", key="train_press", shortcut="t", on_click=train, disabled=is_active and has_control)
        if job and is_active:
            if has_control and len(registry().under_way(job.owner)) < bounds.SESSION_TRAININGS:
                beside = {"beside": job.id}
                st.button("Train another beside it", key="train_beside", on_click=train, kwargs=beside, help=_BESIDE)
            _active_controls(job, has_control)
        elif job and job.can_go_on:
            st.button(
                "Continue", key="train_continue", shortcut="k", on_click=go_on, args=(job,), disabled=not has_control
            )
        if job and job.progress.step and job.state not in (jobs.WAITING, jobs.REFUSED):
            again = "The same network, settings and initial weights, from the start"
            off = job.lacks_data
            st.button(
                "Again", key="train_again", shortcut="a", on_click=start_again, args=(job,), help=again, disabled=off
            )
        if job and job.state not in (jobs.RUNNING, jobs.WAITING, jobs.DIVERGED) and job.progress.step:
            st.button("Use in Draw", key="train_use", on_click=use_in_draw, args=(job,))
            download(job)


def _active_controls(job: Job, has_control: bool) -> None:
    waiting, paused = job.state == jobs.WAITING, job.state == jobs.PAUSED
    if not waiting:
        label, key, press = ("Resume", "train_resume", go_on) if paused else ("Pause", "train_pause", pause)
        st.button(label, key=key, shortcut="k", on_click=press, args=(job,), disabled=not has_control)
        state.may_step = not state.get("stepped")
        state.stepped = False
        no_step = not (paused and has_control)
        st.button("One batch", key="train_step", shortcut="b", on_click=one_batch, args=(job,), disabled=no_step)
        last = job.progress.epoch >= (job.settings.epochs or inf) - 1
        off = not has_control or last
        epoch = int(job.progress.epoch)
        key = f"train_epoch_{epoch}"
        st.button("One epoch", key=key, shortcut="e", on_click=one_epoch, args=(job, epoch), disabled=off)
        label, key, press = "Slow motion", "train_slow", slow_motion
        if job.pace:
            label, key, press = "Full speed", "train_fast", full_speed
        st.button(label, key=key, shortcut="m", on_click=press, args=(job,), disabled=not has_control)
        if job.pace:
            state.pace = int(job.pace)
            st.segmented_control(
                "Batches a second",
                _PACES,
                key=state.key("pace"),
                on_change=set_pace,
                args=(job,),
                disabled=not has_control,
                format_func=lambda n: f"{n} a second",
                label_visibility="collapsed",
            )
    st.button(
        "Withdraw" if waiting else "Stop", key="train_stop", shortcut="x", on_click=job.stop, disabled=not has_control
    )


def download(job: Job, *, key: str = "train_download") -> None:
    """The run as one file: weights, architecture, settings, optimiser state, step and history.

    The file itself is offered: its address stays the same, while that of a function changes with every rerun, and
    this part of the page is rerun several times a second, so that a click could come too late. Until a paused
    worker has sent it, the button waits.
    """
    st.download_button(
        "Download",
        data=job.file_at_rest() or (b"" if job.file_is_coming else job.current_file),
        disabled=job.file_is_coming,
        file_name=f"{file_stem(job.architecture)}-{job.progress.step}.safetensors",
        mime="application/octet-stream",
        key=key,
        on_click="ignore",
        help="Weights, architecture, settings, seed, optimiser state, step and history: opened here, it goes on",
    )


def pause(job: Job) -> None:
    """Pause, as a callback; a press that comes late changes nothing."""
    job.pause()


def go_on(job: Job) -> None:
    """Continue after a pause or an early end, as a callback."""
    try:
        registry().resume(job)
    except ConvoscopeError as error:
        state.note = str(error)


def one_batch(job: Job) -> None:
    """Learn from one batch, as a callback: once until the buttons are drawn without a press."""
    state.stepped = True
    if state.get("may_step"):
        state.may_step = False
        job.one_step()


def one_epoch(job: Job, epoch: int) -> None:
    """Run to the end of the epoch that the press was for (0 is the first), then pause, as a callback."""
    if int(job.progress.epoch) == epoch:
        job.one_epoch()
        go_on(job)


def start_again(job: Job) -> None:
    """Start again from the same initial weights, as a callback; a press that comes late does nothing."""
    if state.get("job") != job.id:
        return
    try:
        other = registry().restart(job)
    except ConvoscopeError as error:
        state.note = str(error)
        return
    state.job = state.session_job = other.id


def slow_motion(job: Job) -> None:
    """Learn from a few batches a second, as a callback."""
    if not job.pace:
        job.set_pace(bounds.PACE.default)


def full_speed(job: Job) -> None:
    """Learn from as many batches a second as it can, as a callback."""
    job.set_pace(0)


def set_pace(job: Job) -> None:
    """Set the batches a second, as a callback; at full speed a choice that comes late is ignored."""
    if job.pace:
        job.set_pace(state.get("pace") or bounds.PACE.default)


def use_in_draw(job: Job) -> None:
    """The trained network becomes the session's own, as a callback; the page then changes to Draw."""
    made = current_of(job)
    state.to_draw = current_network.set_current(**made._asdict())


def current_of(job: Job) -> current_network.SessionNetwork:
    """The network of the newest snapshot, with what is known of it."""
    name, trained_on = f"{name_of(job.architecture)}, {job.progress.step:,} steps", frozenset[bytes]()
    if job.start is not None and job.data.user_digits is not None:
        trained_on = job.start.learned | {image.tobytes() for image in job.data.user_digits.images}
        name = f"{(job.start.name or 'pretrained').partition(' + ')[0]} + {len(trained_on)} of your digits"
    origin = job.data.missing
    from_outside = job.data.upload is not None or (origin is not None and origin.monitored is not None)
    tests = job.test_set if from_outside else None
    scramble = job.settings.scramble
    past = copy_snapshots(job.progress.timeline)
    wrong = wrong_of_mnist(job)
    return current_network.SessionNetwork(job.network(), name, scramble, tests, wrong, trained_on, past, job.data)


def wrong_of_mnist(job: Job) -> int | None:
    """How many of MNIST's test digits it answers wrongly; None unless it was tested on all of them at its last step."""
    tests = job.progress.full_tests
    whole = len(job.test_set) > bounds.TEST_DIGIT.high and job.data.upload is None
    return int(tests[-1][3]) if whole and tests and tests[-1][0] == job.progress.step else None
