"""Train a network and watch it learn: curves, wrong answers, first filters; or watch a recorded run."""

import streamlit as st

from cnncore import ConvoscopeError
from cnncore.training import recordings
from pages.ui.frame.page_frame import notes, page_style, show_error
from pages.ui.frame.streamlit_internals import session_id
from pages.ui.frame.url_state import load_from_url, save_to_url
from pages.ui.jobs import store as run_files
from pages.ui.jobs.registry import registry
from pages.ui.session.my_digits import TRAIN_ON_THEM
from pages.ui.session.page_state import PageState
from pages.ui.train.actions import (
    change_rate,
    current_job,
    session_job_under_way,
    show_builder,
    start_recorded,
    start_training,
)
from pages.ui.train.controls import choose_view, controls, experiment_strip
from pages.ui.train.dashboard.live import live
from pages.ui.train.dashboard.payload import board, recorded_data
from pages.ui.train.data.section import data_section
from pages.ui.train.fine_tuning import fine_tune
from pages.ui.train.inspection.view import look_back
from pages.ui.train.link import GONE, read_link
from pages.ui.train.network_builder.builder import builder
from pages.ui.train.recorded.scrambled import scrambled_section
from pages.ui.train.runs.state import keep, run_ids_for_link
from pages.ui.train.settings import RARE, SETTINGS, shown_settings

state = PageState("train")


def sidebar() -> None:
    """The views, and every setting."""
    with st.sidebar:
        choose_view()
        controls(show_builder, change_rate, under_way=bool(registry().under_way(session_id())))


def show_view() -> None:
    """Draw the chosen view. Raises ConvoscopeError."""
    if state.show in ("live", "build"):
        experiment_strip()
    match state.show:
        case "build":
            builder(start_training, busy=session_job_under_way())
        case "data":
            data_section(start_training)
        case "live":
            live()
        case "recorded":
            run = recordings.read("default")
            st.button("Train this live", key="train_live", on_click=start_recorded, args=run[:2])
            board(recorded_data("default"), key="train_recorded")
        case "pretrained":
            look_back()
        case _:
            scrambled_section(start_recorded)


page_style()
if state.pop("to_draw", False):
    st.switch_page("pages/draw.py")
note = load_from_url(state, read_link)
if st.session_state.pop(TRAIN_ON_THEM, False):
    fine_tune()
sidebar()
if not state.job and registry().get(state.get("session_job")):
    state.job = state.session_job
keep(current_job())
state.runs = run_ids_for_link()
shown = ["show", *shown_settings(), *(["job"] if state.job else [])]
save_to_url(state, ["show", *SETTINGS, *RARE, "job"], shown)
notes(note, GONE if state.pop("job_is_gone", False) else None, state.pop("note", None), run_files.problem())
try:
    show_view()
except ConvoscopeError as error:
    show_error(error)
