"""Inside the network: from the answer down to a single product of a single weight, and back."""

from functools import partial

import streamlit as st

from cnncore import ConvoscopeError
from cnncore.tracing.network import trace_network
from pages.ui.components.stage import stage
from pages.ui.frame.kept_note import kept_note
from pages.ui.frame.navigation import reload_from_url
from pages.ui.frame.open_in import open_in
from pages.ui.frame.page_frame import notes, page_style, show_error, small_text
from pages.ui.frame.quiz import questions
from pages.ui.frame.url_state import load_from_url, save_to_url
from pages.ui.inside import convolution_link
from pages.ui.inside.controls import controls
from pages.ui.inside.inputs import image_of, input_targets
from pages.ui.inside.payload import compute_missing, stage_data
from pages.ui.inside.questions import questions_about
from pages.ui.inside.settings import (
    LAYER_VIEWS,
    SETTINGS,
    change_settings,
    fit_settings,
    read_link,
    shown_settings,
)
from pages.ui.inside.stage_events import mount_stage
from pages.ui.inside.test_set.reliability import reliability_view
from pages.ui.inside.test_set.views import mount_tests, show_map, tests_data
from pages.ui.inside.views import ablation
from pages.ui.inside.views.shift import shift_data
from pages.ui.session.counterpart import compared_networks
from pages.ui.session.current_network import SessionNetwork, current_network, show_network
from pages.ui.session.evaluation_set import EvaluationSet, evaluation_set, other_tests_note
from pages.ui.session.page_state import PageState

STAGE, SHIFT, TESTS = "stage", "shift", "tests"
state = PageState("inside")


def compute(current: SessionNetwork, tests: EvaluationSet) -> dict[str, str] | None:
    """Put what the view shows into state.shown; return the link of Convolution where it is to open.

    Raises ConvoscopeError.
    """
    if state.view == "tests":
        state.shown = TESTS, tests_data(current, tests)
    elif state.view == "map":
        image, description = (None, "") if state.input == "drawing" else image_of(tests)
        show_map(current, tests, image, description, partial(change_settings, current.network))
    elif state.view == "reliability":
        reliability_view(current, tests)
    elif state.view == "shift":
        image, description = image_of(tests)
        state.shown = SHIFT, shift_data(compared_networks(current), image, description, state.right, state.down)
    else:
        image, description = image_of(tests)
        edits = ablation.current_edits()
        trace = trace_network(ablation.with_edits(current.network), current.sees(image))
        link = convolution_link.requested_link(state.pop("requested_slice", None), trace, current)
        description += f" · {len(edits)} changed" if edits else ""
        state.shown = STAGE, stage_data(current, trace, image, description)
        if state.view != "off":
            ablation.show_edits(current.network)
        return link
    return None


def mount(current: SessionNetwork, tests: EvaluationSet) -> None:
    """Show what was computed last: where a setting is refused, the picture before it stays."""
    kind, data = state.shown
    if kind == SHIFT:
        stage("shift", data, key="inside_shift")
    elif kind == TESTS:
        mount_tests(data, tests, partial(change_settings, current.network))
    else:
        mount_stage(data, current.network)


page_style()
try:
    current = current_network()
    tests = evaluation_set(current)
except ConvoscopeError as error:
    show_error(error)
    st.stop()
note = load_from_url(state, partial(read_link, network=current.network)) or state.pop("note", None)
state.update(fit_settings(current.network))  # another network may have fewer layers and maps
with st.sidebar:
    open_in("inside", *input_targets(tests))
controls(current, tests)
notes(note)
convolution = None
show_network()
if other := other_tests_note(current):
    small_text(other)
try:
    convolution = compute(current, tests)
except ConvoscopeError as error:
    show_error(error)
save_to_url(state, SETTINGS, shown_settings())
if "shown" in state and state.view not in ("map", "reliability"):
    mount(current, tests)
below = st.empty()
if about := questions_about(current):
    questions("inside", about)
if convolution:
    reload_from_url()
    st.switch_page("pages/convolution.py", query_params=convolution)
with below.container():
    on_stage = state.view in LAYER_VIEWS and "shown" in state and state.shown[0] == STAGE
    if on_stage and compute_missing(current, state.shown[1]["view"]):
        state.note = note  # said again, for this run ends before it was read
        st.rerun()
    if on_stage and state.view == "off":
        kept_note("The changes to undo", ablation.KEPT)
