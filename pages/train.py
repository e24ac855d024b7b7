"""Train a network and watch it learn: curves, wrong answers, first filters; or watch a recorded run."""

from typing import Any

import streamlit as st

from cnncore import ConvoscopeError, Settings
from cnncore.training import recordings
from pages.ui.frame.page_frame import notes, page_style, refuse
from pages.ui.frame.url_state import UrlParams, load_from_url, save_to_url
from pages.ui.jobs.job import Job
from pages.ui.jobs.model_files import reopened
from pages.ui.jobs.registry import registry, session_id
from pages.ui.session.my_digits import TRAIN_ON_THEM
from pages.ui.train.controls import controls, experiment_strip
from pages.ui.train.dashboard.export_section import taking_home
from pages.ui.train.dashboard.payload import board, idle_data, job_data, recorded_data
from pages.ui.train.dashboard.run_controls import OWN, buttons
from pages.ui.train.data.choice import chosen_data, own
from pages.ui.train.data.section import data_section
from pages.ui.train.fine_tuning import fine_tune, outcome
from pages.ui.train.inspection.source import of_job
from pages.ui.train.inspection.view import insight, look_back, pace
from pages.ui.train.network_builder.builder import builder
from pages.ui.train.recorded.scrambled import scrambled_section
from pages.ui.train.runs.comparison import compared, switch
from pages.ui.train.runs.state import found_again, ids_shown, keep, read_ids
from pages.ui.train.settings import (
    RARE,
    SETTINGS,
    architecture,
    plain_settings,
    read_settings,
    settings,
    shown_settings,
    trouble,
)

SHOWN = {
    "live": "Live",
    "build": "The network's blocks",
    "data": "The data",
    "recorded": "A recorded run",
    "pretrained": "The pretrained network's past",
    "scrambled": "Scrambled pixels, recorded",
}
POLL_SECONDS = 0.4
GONE = "The link names a training that is not here any more: press Train to begin a new one."
state = st.session_state


def read_link(link: UrlParams) -> dict[str, Any]:
    """Every setting, from a link; and the job that it names, if any."""
    job = link.parameters.get("job", "")
    known = registry().get(job) is not None or reopened(job)
    state.train_gone = bool(job) and not known
    runs = link.text("runs", read_ids, "")
    found_again(runs)
    read = {"show": link.choice("show", SHOWN, "live"), "job": job if known else "", "runs": runs}
    return read | read_settings(link)


def sidebar() -> None:
    """What is shown, and every setting."""
    with st.sidebar:
        st.radio("Show", list(SHOWN), key="show", format_func=SHOWN.get)
        controls(build, change_rate, under_way=bool(registry().under_way(session_id())))


def build() -> None:
    """The button: to the network's blocks, as a callback."""
    state.show = "build"


def current_job() -> Job | None:
    """The job of the link, else the session's own."""
    return registry().get(state.get("job")) or registry().get(state.get(OWN))


def train(*, beside: str = "") -> None:
    """The button: begin, as a callback; `beside` the training that the board shows. A press that comes late is none."""
    state.train_gone = False
    if beside and beside != state.get("job"):
        return
    try:
        job = registry().start(architecture(), settings(), session_id(), chosen_data(), beside=bool(beside))
    except ConvoscopeError as error:
        state.train_note = str(error)
        return
    state.job = state[OWN] = job.id
    state.show = "live"


def train_with(architecture: str, chosen: Settings) -> None:
    """Train live what was recorded, as a callback."""
    state.update(plain_settings(chosen, architecture))
    train()


def change_rate() -> None:
    """The learning rate of a training under way."""
    job = current_job()
    if job and job.alive and job.owner == session_id() and state.get("train_rate_now", True):
        job.set_rate(state.rate)


def live() -> None:
    """Buttons and board, rerun by themselves while something moves."""
    job, mine = current_job(), own()
    if job and mine:
        job.supply(mine.data)
    drawn = job.state if job else None

    @st.fragment(run_every=POLL_SECONDS if job and job.alive else None)
    def moving() -> None:
        steers = registry().attach(job, session_id()) if job else False
        asked = state.get("train_note") or state.get("train_to_draw")
        changed = asked or current_job() is not job or (job and job.state != drawn)
        buttons(job, steers, train)
        if job:
            outcome(job)
            switch(job.id)
            job.look(pace("train_insight"))
            board(job_data(job, steers=steers), key="train_board")
            insight(of_job(job), key="train_insight")
        elif wrong := trouble():
            st.warning(wrong)
            st.button("Mend it", key="train_mend", on_click=build)
        else:
            board(idle_data(architecture(), settings(), chosen_data()), key="train_board")
        if changed:  # a press or an event changed what the whole page says; what is drawn before stays mounted
            st.rerun()

    with st.container():  # as in compared(): what stands below keeps its place, and a name half typed
        moving()
    keep(job)
    compared()
    taking_home(job)


page_style()
if state.pop("train_to_draw", False):
    st.switch_page("pages/draw.py")
note = load_from_url("train", read_link)
if state.pop(TRAIN_ON_THEM, False):
    fine_tune()
sidebar()
if not state.job and state.get(OWN) and registry().get(state[OWN]):
    state.job = state[OWN]
keep(current_job())
state.runs = ids_shown()
shown = ["show", *shown_settings(), *(["job"] if state.job else [])]
save_to_url("train", ["show", *SETTINGS, *RARE, "job"], shown)
notes(note, GONE if state.pop("train_gone", False) else None, state.pop("train_note", None))
try:
    if state.show in ("live", "build"):
        experiment_strip()
    if state.show == "build":
        mine = current_job()
        builder(train, busy=bool(mine and mine.alive and mine.owner == session_id()))
    elif state.show == "data":
        data_section(train)
    elif state.show == "live":
        live()
    elif state.show == "recorded":
        recorded = recordings.read("default")
        st.button("Train this live", key="train_live", on_click=train_with, args=recorded[:2])
        board(recorded_data("default"), key="train_recorded")
    elif state.show == "pretrained":
        look_back()
    else:
        scrambled_section(train_with)
except ConvoscopeError as error:
    refuse(error)
