"""Fine-tuning: the current network is trained further, on the session's own digits among MNIST's."""

from dataclasses import replace

from cnncore import ConvoscopeError, InputError, Settings
from cnncore.architecture.spec import layers_to_dicts
from cnncore.architecture.text import format_network
from cnncore.data.augmentation import Augmentation
from cnncore.data.digit_set import DIGITS
from cnncore.data.rehearsal import rehearsal_size
from cnncore.data.source import OWN_TITLE, DataSource
from pages.ui.frame.streamlit_internals import session_id
from pages.ui.jobs.job import Job
from pages.ui.jobs.registry import registry
from pages.ui.session import my_digits
from pages.ui.session.current_network import current_network
from pages.ui.session.page_state import PageState
from pages.ui.shared.fine_tuning_report import fine_tuning_report
from pages.ui.train.dashboard.run_controls import current_of

_SETTINGS = Settings(
    epochs=4,
    batch_size=64,
    learning_rate=0.01,
    augmentation=Augmentation(rotate=10, shear=0.15, scale=0.1, shift=1, bend=0.7, thicken=0.4),
)
state = PageState("train")


def fine_tune() -> None:
    """Begin a training from the weights of the current network, as a callback."""
    try:
        current, data = current_network(), own_data()
        if current.network.names != DIGITS:
            raise InputError("The network that answers tells other classes apart: go back to the pretrained one first.")
        architecture = format_network(layers_to_dicts(current.network.layers))
        chosen = fine_tuning_settings(len(data.user_digits or ()), scramble=current.scramble)
        job = registry().start(architecture, chosen, session_id(), data, start=current)
    except ConvoscopeError as error:
        state.note = str(error)
        return
    state.job = state.session_job = job.id
    state.show = "live"


def fine_tuning_settings(own: int, *, scramble: bool = False) -> Settings:
    """Few epochs at a small learning rate, for `own` digits of the session; each is distorted anew every time."""
    return replace(_SETTINGS, digits=rehearsal_size(own), scramble=scramble)


def own_data() -> DataSource:
    """The session's digits that are trained on. Raises InputError where there are none."""
    training, _ = my_digits.train_test_split()
    if not training:
        raise InputError("No digits of your own are kept yet: draw some on Draw, under My digits.")
    return DataSource(user_digits=my_digits.to_digit_set(training), title=OWN_TITLE)


def outcome(job: Job) -> None:
    """The network before and after a fine-tuning that has ended."""
    if job.start is not None and not job.is_active and job.progress.step:
        fine_tuning_report(job.start, current_of(job))
