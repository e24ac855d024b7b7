"""The trainings of this server: the one thing that sessions share, and a watchdog that never lets one run unseen.

A training goes on while its session looks at other pages. It pauses at once when
the session is gone, goes on when the session or its reloaded page comes back,
and ends when the session has expired.
"""

import threading
import time
from collections.abc import Callable
from time import monotonic

import streamlit as st
from streamlit import config, runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnncore import ConvoscopeError, limits
from cnncore.digits.data import Data
from cnncore.settings import Settings
from pages.ui.train.job import RUNNING, Job

_WATCH_SECONDS = 0.25
_LEFT_THE_PAGE = "The training ended, since its page had been closed. What it had learned is kept."


class Busy(ConvoscopeError):
    """No further training can start now."""


class Registry:
    """Jobs by id; at most limits.TRAININGS of them run. One whose page is gone waits, and keeps nobody else waiting."""

    def __init__(self, is_active: Callable[[str], bool], patience: float) -> None:
        """`is_active` tells whether a session is connected; one that is not expires after `patience` seconds."""
        self.is_active, self.patience = is_active, patience
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(self, architecture: str, settings: Settings, session: str, data: Data | None = None) -> Job:
        """A new training that `session` steers. Raises Busy."""
        with self._lock:
            held = [job for job in self._jobs.values() if job.alive and job.gone_since is None]
            if len(held) >= limits.TRAININGS:
                raise Busy(_busy(held[0], session))
            job = Job(architecture, settings, session, data)
            self._jobs[job.id] = job
            ended = [job for job in self._jobs.values() if not job.alive]
            for old in ended[: max(0, len(ended) - limits.ENDED_TRAININGS)]:
                del self._jobs[old.id]
            return job

    def get(self, id_: str | None) -> Job | None:
        """The job of that id, if there is one."""
        return self._jobs.get(id_ or "")

    def attach(self, job: Job, session: str) -> bool:
        """Take the wheel if nobody holds it, and go on if only that was missing. Whether `session` steers."""
        with self._lock:
            if job.owner != session and not self.is_active(job.owner):
                job.owner = session
            if job.owner != session:
                return False
            job.gone_since = None
            if job.by_watchdog and len(self._others_run(job)) < limits.TRAININGS:
                job.resume()
            return True

    def resume(self, job: Job) -> None:
        """Go on, as its user asks. Raises Busy."""
        with self._lock:
            others = self._others_run(job)
            if len(others) >= limits.TRAININGS:
                raise Busy(_busy(others[0], job.owner))
            job.resume()

    def _others_run(self, job: Job) -> list[Job]:
        """Whoever has begun while this one's page was gone."""
        return [other for other in self._jobs.values() if other is not job and other.state == RUNNING]

    def check(self, now: float) -> None:
        """One look at every job: pause, go on, end."""
        for job in [job for job in list(self._jobs.values()) if job.alive]:
            job.check(now)
            if self.is_active(job.owner):
                self.attach(job, job.owner)
            elif job.gone_since is None:
                job.gone_since = now
                if job.state == RUNNING:
                    job.pause(by_watchdog=True)
            elif now - job.gone_since > self.patience:
                job.stop(_LEFT_THE_PAGE)

    def watch(self) -> None:
        """Look at them for ever; runs in a thread of its own."""
        while True:
            time.sleep(_WATCH_SECONDS)
            self.check(monotonic())


@st.cache_resource(show_spinner=False)
def registry() -> Registry:
    """This server's registry. A cached resource outlives reruns and edited modules."""
    jobs = Registry(_is_active, float(config.get_option("server.disconnectedSessionTTL")))
    threading.Thread(target=jobs.watch, daemon=True, name="training watchdog").start()
    return jobs


def session_id() -> str:
    """This session, as the server knows it."""
    context = get_script_run_ctx()
    return context.session_id if context else ""


def _is_active(session: str) -> bool:
    """Whether the session is connected. Without a server, as in tests of a page, there is nobody to miss."""
    try:
        return not runtime.exists() or bool(runtime.get_instance().is_active_session(session))
    except RuntimeError:  # the server ended between the two
        return True


def _busy(job: Job, session: str) -> str:
    if job.owner == session:
        return "Your training is still under way: stop it first, then train again."
    left = job.seconds_left
    when = f", about {left:.0f} s more" if left is not None and job.state == RUNNING else ""
    return f"Another training is under way here{when}: wait until it ends, or watch a recorded run meanwhile."
