"""What the buttons of the page Train do: begin a training, change its learning rate, show the network's blocks."""

from cnncore import ConvoscopeError, Settings
from pages.ui.frame.streamlit_internals import session_id
from pages.ui.jobs.job import Job
from pages.ui.jobs.registry import registry
from pages.ui.session.page_state import PageState
from pages.ui.train.data.choice import chosen_data
from pages.ui.train.settings import architecture, plain_settings, settings

state = PageState("train")


def current_job() -> Job | None:
    """The job that the link names, else the session's last one."""
    return registry().get(state.get("job")) or registry().get(state.get("session_job"))


def session_job_under_way() -> bool:
    """Whether the current job is the session's and has not ended."""
    job = current_job()
    return job is not None and job.is_active and job.owner == session_id()


def show_builder() -> None:
    """Show the network's blocks, as a callback."""
    state.show = "build"


def start_training(*, beside: str = "") -> None:
    """Begin a training with the settings of the sidebar, as a callback.

    beside  the id of the training that the dashboard shows, where this one is to run beside it; a press that comes
            after another training was shown does nothing
    """
    state.job_is_gone = False
    if beside and beside != state.get("job"):
        return
    try:
        job = registry().start(architecture(), settings(), session_id(), chosen_data(), beside=bool(beside))
    except ConvoscopeError as error:
        state.note = str(error)
        return
    state.job = state.session_job = job.id
    state.show = "live"


def start_recorded(architecture: str, recorded: Settings) -> None:
    """Train live what was recorded, as a callback."""
    state.update(plain_settings(recorded, architecture))
    start_training()


def change_rate() -> None:
    """Change the learning rate of the training under way, as a callback."""
    job = current_job()
    if job and session_job_under_way() and state.get("rate_now", True):
        job.set_rate(state.rate)
