"""The network that answers goes on learning, on the session's own digits among MNIST's; before and after."""

import streamlit as st

from cnncore import ConvoscopeError, InputError, Settings
from cnncore.architecture.spec import layers_to_dicts
from cnncore.architecture.text import format_network
from cnncore.data.augmentation import Augmentation
from cnncore.data.digit_set import DIGITS
from cnncore.data.rehearsal import rehearsal_size
from cnncore.data.source import OWN_TITLE, DataSource
from pages.ui.jobs.job import Job
from pages.ui.jobs.registry import registry, session_id
from pages.ui.session import my_digits
from pages.ui.session.current_network import current_network
from pages.ui.shared.fine_tuning_report import fine_tuning_report
from pages.ui.train.dashboard.run_controls import NOTE, OWN, current_of

_GENTLY = {"epochs": 4, "batch_size": 64, "learning_rate": 0.01}
_DISTORTED = Augmentation(rotate=10, shear=0.15, scale=0.1, shift=1, bend=0.7, thicken=0.4)
state = st.session_state


def fine_tune() -> None:
    """Begin, as a callback: from the weights of the network that answers."""
    try:
        current, data = current_network(), own_data()
        if current.network.names != DIGITS:
            raise InputError("The network that answers tells other classes apart: go back to the pretrained one first.")
        architecture = format_network(layers_to_dicts(current.network.layers))
        chosen = settings(len(data.own or ()), scramble=current.scramble)
        job = registry().start(architecture, chosen, session_id(), data, start=current)
    except ConvoscopeError as error:
        state[NOTE] = str(error)
        return
    state.job = state[OWN] = job.id
    state.show = "live"


def settings(own: int, *, scramble: bool = False) -> Settings:
    """Few epochs at a small rate, every digit distorted anew each time."""
    return Settings(**_GENTLY, digits=rehearsal_size(own), augmentation=_DISTORTED, scramble=scramble)


def own_data() -> DataSource:
    """Those of the session's digits that are learned from. Raises InputError where there are none."""
    learned, _ = my_digits.halves()
    if not learned:
        raise InputError("No digits of your own are kept yet: draw some on Draw, under My digits.")
    return DataSource(own=my_digits.as_set(learned), title=OWN_TITLE)


def outcome(job: Job) -> None:
    """Of a network that went on with one's own digits: before and after, once it has ended."""
    if job.start is not None and not job.alive and job.progress.step:
        fine_tuning_report(job.start, current_of(job))
