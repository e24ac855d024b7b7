"""Train a network and watch it learn: curves, wrong answers, first filters; or watch a recorded run."""

from typing import Any

import streamlit as st

from cnncore import ConvoscopeError, Settings, checkpoint, limits, recording
from cnncore.architecture import PRESETS
from cnncore.settings import DECAYS, OPTIMIZERS
from pages.ui import workbench
from pages.ui.chrome import page_style, refuse, remark
from pages.ui.links import Link, follow_link, write_link
from pages.ui.train import job as jobs
from pages.ui.train.board import NAMES, board, idle_data, job_data, recorded_data
from pages.ui.train.job import Job
from pages.ui.train.jobs import registry, session_id
from pages.ui.train.scrambled import scrambled_section

SHOWN = {"live": "Live", "recorded": "A recorded run", "scrambled": "Scrambled pixels, recorded"}
PIXELS = {"off": "in order", "on": "scrambled"}
POLL_SECONDS = 0.4
OWN = "training_job"  # the session's last training, for when it comes back without a link
GONE = "The link names a training that is not here any more: press Train to begin a new one."
SETTINGS = ("show", "architecture", "epochs", "batch", "optimiser", "rate", "momentum", "decay", "digits", "seed")
SETTINGS += ("scramble",)
state = st.session_state


def read_link(link: Link) -> dict[str, Any]:
    """Every setting, from a link; and the job that it names, if any."""
    usual = Settings()
    job = link.parameters.get("job", "")
    known = registry().get(job) is not None
    state.train_gone = bool(job) and not known
    return {
        "show": link.choice("show", SHOWN, "live"),
        "architecture": link.choice("architecture", PRESETS, "twice"),
        "epochs": link.whole("epochs", limits.EPOCHS, usual.epochs),
        "batch": link.whole("batch", limits.BATCH_SIZE, usual.batch_size),
        "optimiser": link.choice("optimiser", OPTIMIZERS, usual.optimizer),
        "rate": link.real("rate", limits.LEARNING_RATE, usual.learning_rate),
        "momentum": link.real("momentum", limits.MOMENTUM, usual.momentum),
        "decay": link.choice("decay", DECAYS, usual.decay),
        "digits": link.whole("digits", limits.TRAIN_DIGITS, int(limits.TRAIN_DIGITS.high)),
        "seed": link.whole("seed", limits.SEED_OFFERED, 0),
        "scramble": link.choice("scramble", ("off", "on"), "off"),
        "job": job if known else "",
    }


def controls() -> None:
    """The sidebar; every value lives in the session state under its link's name."""
    with st.sidebar:
        st.radio("Show", list(SHOWN), key="show", format_func=SHOWN.get)
        st.selectbox("Architecture", list(PRESETS), key="architecture", format_func=NAMES.get)
        remark(PRESETS[state.architecture][0])
        whole("Epochs", "epochs", limits.EPOCHS)
        st.number_input(
            "Learning rate η",
            limits.LEARNING_RATE.low,
            limits.LEARNING_RATE.high,
            step=0.01,
            format="%g",
            key="rate",
            on_change=change_rate,
            help="Can be changed while it trains",
        )
        with st.expander("More settings"):
            st.radio("Optimiser", OPTIMIZERS, key="optimiser", horizontal=True)
            low, high, _ = limits.MOMENTUM
            st.number_input("Momentum", low, high, step=0.05, format="%g", key="momentum")
            st.radio("Decay of the learning rate", DECAYS, key="decay", horizontal=True)
            whole("Batch", "batch", limits.BATCH_SIZE)
            whole("Training digits", "digits", limits.TRAIN_DIGITS)
            if state.batch > state.digits:
                remark(f"A batch larger than the data: every step learns from all {state.digits:,} digits.")
            whole("Seed", "seed", limits.SEED_OFFERED)
            st.radio("Pixels", ("off", "on"), key="scramble", horizontal=True, format_func=PIXELS.get)


def whole(label: str, key: str, bound: limits.Bound) -> None:
    """A whole number within its bound."""
    st.number_input(label, int(bound.low), int(bound.high), key=key)


def settings() -> Settings:
    """Of the controls. Raises InputError."""
    everything = state.digits == limits.TRAIN_DIGITS.high
    return Settings(
        epochs=state.epochs,
        batch_size=state.batch,
        optimizer=state.optimiser,
        learning_rate=state.rate,
        momentum=state.momentum,
        decay=state.decay,
        seed=state.seed,
        digits=None if everything else state.digits,
        scramble=state.scramble == "on",
    )


def current_job() -> Job | None:
    """The job of the link, else the session's own."""
    return registry().get(state.get("job")) or registry().get(state.get(OWN))


def train() -> None:
    """The button: begin, as a callback."""
    state.train_gone = False
    try:
        job = registry().start(state.architecture, settings(), session_id())
    except ConvoscopeError as error:
        state.train_note = str(error)
        return
    state.job = state[OWN] = job.id
    state.show = "live"


def resume(job: Job) -> None:
    """The button: go on, as a callback."""
    try:
        registry().resume(job)
    except ConvoscopeError as error:
        state.train_note = str(error)


def train_with(architecture: str, chosen: Settings) -> None:
    """Train live what was recorded, as a callback."""
    state.update(
        architecture=architecture,
        epochs=chosen.epochs,
        batch=chosen.batch_size,
        optimiser=chosen.optimizer,
        rate=chosen.learning_rate,
        momentum=chosen.momentum,
        decay=chosen.decay,
        digits=chosen.digits or int(limits.TRAIN_DIGITS.high),
        seed=chosen.seed,
        scramble="on" if chosen.scramble else "off",
    )
    train()


def change_rate() -> None:
    """The learning rate of a training under way."""
    job = current_job()
    if job and job.alive and job.owner == session_id():
        job.set_rate(state.rate)


def live() -> None:
    """Buttons and board, rerun by themselves while something moves."""
    job = current_job()
    drawn = job.state if job else None

    @st.fragment(run_every=POLL_SECONDS if job and job.alive else None)
    def moving() -> None:
        steers = registry().attach(job, session_id()) if job else False
        asked = state.get("train_note") or state.get("train_to_draw")
        if asked or current_job() is not job or (job and job.state != drawn):
            st.rerun()  # a press or an event changed what the whole page says
        buttons(job, steers)
        if job:
            job.look()
        board(job_data(job, steers=steers) if job else idle_data(state.architecture, settings()), key="train_board")

    moving()


def buttons(job: Job | None, steers: bool) -> None:
    """One row: what can be done now."""
    alive = bool(job and job.alive)
    with st.container(horizontal=True):
        st.button("**Train**", key="train_press", on_click=train, disabled=alive and steers)
        if job and alive:
            paused = job.state == jobs.PAUSED
            st.button(
                "Resume" if paused else "Pause",
                key="train_pause",
                shortcut="k",
                on_click=resume if paused else job.pause,
                args=(job,) if paused else None,
                disabled=not steers,
            )
            st.button("One step", key="train_step", on_click=job.one_step, disabled=not (paused and steers))
            st.button("Stop", key="train_stop", on_click=job.stop, disabled=not steers)
        if job and job.state != jobs.RUNNING and job.progress.step and job.state != jobs.DIVERGED:
            take_home(job)


def use_in_draw(job: Job) -> None:
    """The trained network becomes the session's own, as a callback; the page then changes to Draw."""
    name = f"{NAMES[job.architecture]}, {job.progress.step:,} steps"
    workbench.use(job.network(), name, scramble=job.settings.scramble)
    state.train_to_draw = True


def take_home(job: Job) -> None:
    """What can be done with a trained network."""
    st.button("Use in Draw", key="train_use", on_click=use_in_draw, args=(job,))
    if job.settings.scramble:
        return  # a file would not say that its network reads scrambled digits only
    st.download_button(
        "Download",
        data=lambda: checkpoint.to_bytes(job.network()),
        file_name=f"{job.architecture}-{job.progress.step}.safetensors",
        mime="application/octet-stream",
        key="train_download",
        on_click="ignore",
    )


page_style()
if state.pop("train_to_draw", False):
    st.switch_page("pages/draw.py")
note = follow_link("train", read_link)
controls()
if not state.job and state.get(OWN) and registry().get(state[OWN]):
    state.job = state[OWN]
write_link("train", [*SETTINGS, "job"], [*SETTINGS, "job"] if state.job else SETTINGS)
for text in filter(None, [note, GONE if state.pop("train_gone", False) else None, state.pop("train_note", None)]):
    st.info(text)
try:
    if state.show == "live":
        live()
    elif state.show == "recorded":
        recorded = recording.read("default")
        st.button("Train this live", key="train_live", on_click=train_with, args=recorded[:2])
        board(recorded_data("default"), key="train_recorded")
    else:
        scrambled_section(train_with)
except ConvoscopeError as error:
    refuse(error)
