"""The view of a live training: buttons and dashboard, which rerun by themselves; its runs; its files."""

import streamlit as st

from pages.ui.frame.streamlit_internals import session_id
from pages.ui.jobs import store as run_files
from pages.ui.jobs.registry import registry
from pages.ui.session.page_state import PageState
from pages.ui.session.training_data import uploaded_data
from pages.ui.train.actions import current_job, show_builder, start_training
from pages.ui.train.dashboard.export_section import export_section
from pages.ui.train.dashboard.payload import board, idle_data, job_data
from pages.ui.train.dashboard.run_controls import run_controls
from pages.ui.train.data.choice import chosen_data
from pages.ui.train.fine_tuning import outcome
from pages.ui.train.inspection.source import of_job
from pages.ui.train.inspection.view import insight, pace
from pages.ui.train.runs.comparison import compared, switch
from pages.ui.train.runs.state import keep
from pages.ui.train.settings import architecture, misfit, settings

POLL_SECONDS = 0.4
state = PageState("train")


def live() -> None:
    """Draw the view. Raises ConvoscopeError."""
    job, uploaded = current_job(), uploaded_data()
    if job and uploaded:
        job.attach_data(uploaded.data)
    drawn_state = job.state if job else None
    drawn_problem = run_files.problem()

    @st.fragment(run_every=POLL_SECONDS if job and job.is_active else None)
    def dashboard() -> None:
        has_control = registry().claim(job, session_id()) if job else False
        requested = state.get("note") or state.get("to_draw")
        changed = requested or current_job() is not job or (job and job.state != drawn_state)
        changed = changed or run_files.problem() != drawn_problem
        run_controls(job, has_control, start_training)
        if job:
            outcome(job)
            switch(job.id)
            job.request_snapshot(pace("train_insight"))
            board(job_data(job, steers=has_control), key="train_board")
            insight(of_job(job), key="train_insight")
        elif message := misfit():
            st.warning(message)
            st.button("Correct it", key="train_correct", on_click=show_builder)
        else:
            board(idle_data(architecture(), settings(), chosen_data()), key="train_board")
        if changed:  # a press or an event concerns the whole page; what is drawn above stays mounted
            st.rerun()

    with st.container():  # as in compared(): what is below keeps its place, and a name half typed
        dashboard()
    keep(job)
    compared()
    export_section(job)
