"""The link of the page Train: its view, its settings, its job and the runs that it compares."""

from typing import Any

from pages.ui.frame.url_state import UrlParams
from pages.ui.jobs.model_files import restore_job
from pages.ui.jobs.registry import registry
from pages.ui.session.page_state import PageState
from pages.ui.train.runs.state import read_ids, restore_runs
from pages.ui.train.settings import VIEWS, read_settings

GONE = "The link names a training that is not here any more: press Train to begin a new one."
state = PageState("train")


def read_link(link: UrlParams) -> dict[str, Any]:
    """Every setting, from a link; the job and the runs that it names are opened where the server still has them."""
    job = link.parameters.get("job", "")
    is_known = registry().get(job) is not None or restore_job(job)
    state.job_is_gone = bool(job) and not is_known
    runs = link.parsed("runs", read_ids, "")
    restore_runs(runs)
    opened = {"show": link.option("show", VIEWS, "live"), "job": job if is_known else "", "runs": runs}
    return opened | read_settings(link)
