"""The trainings of this server: the one thing that sessions share, and a watchdog that never lets one run unseen.

A training goes on while its session looks at other pages. It pauses at once when
the session is gone, goes on when the session or its reloaded page comes back,
and ends when the session has expired.
"""

import logging
import threading
import time
from collections.abc import Callable
from time import monotonic

import streamlit as st
from streamlit import config, runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnncore import ConvoscopeError
from cnncore.data.source import DataSource
from cnncore.training.settings import Settings
from pages.ui import bounds
from pages.ui.jobs.job import PAUSED, RUNNING, WAITING, Job
from pages.ui.session.current_network import SessionNetwork

_LOG = logging.getLogger(__name__)
_WATCH_SECONDS = 0.25
_LEFT_THE_PAGE = "The training ended, since its page had been closed. What it had learned is kept."


class Busy(ConvoscopeError):
    """No further training can start now."""


class Registry:
    """Jobs by id; at most limits.TRAININGS of them run, others wait for their turn in the order in which they asked.

    One that is paused takes no turn; one whose page is gone waits, and keeps nobody else waiting.
    """

    def __init__(self, is_active: Callable[[str], bool], patience: float) -> None:
        """`is_active` tells whether a session is connected; one that is not expires after `patience` seconds."""
        self.is_active, self.patience = is_active, patience
        self._jobs: dict[str, Job] = {}
        self._queue: list[Job] = []
        self._lock = threading.RLock()

    def start(
        self,
        architecture: str,
        settings: Settings,
        session: str,
        data: DataSource | None = None,
        *,
        beside: bool = False,
        start: SessionNetwork | None = None,
    ) -> Job:
        """A new training that `session` steers, meant `beside` another or not; it may have to wait.

        Raises Busy; ModelError for a `start` that is too large.
        """
        with self._lock:
            if not beside and self.under_way(session):
                raise Busy("Your training is still under way: stop it first, or train another beside it.")
            self._refuse_too_many(session)
            job = Job(architecture, settings, session, data, start)
            self._add(job)
            self._ask(job)
            return job

    def again(self, job: Job) -> Job:
        """The same from the same initial weights, in place of one that is under way."""
        with self._lock:
            job.stop()
            other = Job(job.architecture, job.settings, job.owner, job.data, job.start)
            other.pace = job.pace
            self._add(other)
            self._ask(other)
            return other

    def add(self, job: Job) -> None:
        """One that has been opened from a file."""
        with self._lock:
            self._add(job)

    def get(self, id_: str | None) -> Job | None:
        """The job of that id, if there is one."""
        return self._jobs.get(id_ or "")

    def attach(self, job: Job, session: str) -> bool:
        """Take the wheel if nobody holds it, and go on if only that was missing. Whether `session` steers.

        Whoever has watched while another steered waits a while first: the other's page may only be reloading.
        """
        with self._lock:
            if job.owner != session and self.is_active(job.owner):
                job.watchers.add(session)
                return False
            if job.owner != session and session in job.watchers:
                gone = 0.0 if job.gone_since is None else monotonic() - job.gone_since
                if gone < bounds.STEERING_GRACE:
                    return False
            job.owner = session
            job.gone_since = None
            if job.by_watchdog and len(self._queue) < bounds.WAITING_TRAININGS:
                self._ask(job)
            return True

    def resume(self, job: Job) -> None:
        """Go on, as its user asks, after a pause or an end: at once or in its turn. Raises Busy."""
        with self._lock:
            if job.can_go_on:
                self._refuse_too_many(job.owner)
            if job.can_go_on or job.state == PAUSED:
                self._ask(job)

    def check(self, now: float) -> None:
        """One look at every job: pause, go on, end; and whose turn it is."""
        for job in [job for job in list(self._jobs.values()) if job.alive]:
            try:
                self._look_at(job, now)
            except Exception:  # one that cannot be looked at must not leave the others unseen
                _LOG.exception("A training could not be looked at.")
        with self._lock:
            self._advance()

    def _look_at(self, job: Job, now: float) -> None:
        job.check(now)
        if self.is_active(job.owner):
            self.attach(job, job.owner)
        elif job.gone_since is None:
            job.gone_since = now
            if job.state == RUNNING:
                job.pause(by_watchdog=True)
        elif now - job.gone_since > self.patience:
            job.stop(_LEFT_THE_PAGE)

    def _ask(self, job: Job) -> None:
        """For a turn."""
        if len(self._queue) >= bounds.WAITING_TRAININGS:
            raise Busy(
                f"{len(self._queue)} trainings wait here already: try again in a minute, or watch a recorded run."
            )
        job.wait()
        self._queue.append(job)
        self._advance()

    def _advance(self) -> None:
        """Whoever is next begins while there is room; the others learn how many are before them."""
        self._queue = [job for job in self._queue if job.state == WAITING]
        running = sum(job.state == RUNNING for job in self._jobs.values())
        held = sum(job.holds_process for job in self._jobs.values())
        busy = {job.owner for job in self._jobs.values() if job.state == RUNNING}
        before = 0
        for job in sorted(self._queue, key=lambda job: job.owner in busy):  # a second one lets others' first pass
            if job.gone_since is not None:
                continue
            if running < bounds.TRAININGS and (job.holds_process or held < bounds.HELD_TRAININGS):
                held += not job.holds_process
                running += 1
                try:
                    job.begin()
                except OSError:
                    job.stop("The training could not be started: the server has no room for another process now.")
            else:
                job.before = before
                before += 1

    def under_way(self, session: str) -> list[Job]:
        """The trainings that it steers and that have not ended."""
        return [job for job in list(self._jobs.values()) if job.alive and job.owner == session and not job.gone_since]

    def _refuse_too_many(self, session: str) -> None:
        if len(self.under_way(session)) >= bounds.SESSION_TRAININGS:
            raise Busy(f"{bounds.SESSION_TRAININGS} trainings of yours are under way: stop one, then train again.")

    def _add(self, job: Job) -> None:
        self._jobs[job.id] = job
        ended = [other for other in self._jobs.values() if not other.alive and other is not job]
        for old in ended[: max(0, len(ended) - bounds.ENDED_TRAININGS)]:
            del self._jobs[old.id]

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
