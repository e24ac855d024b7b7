"""The trainings of this server: the one state that sessions share, with a queue and a watchdog.

A training continues while its session shows other pages. The watchdog pauses it when the session is disconnected,
resumes it when the session or its reloaded page is back, and ends it when the session has expired.
"""

import logging
import threading
import time
from collections.abc import Callable
from time import monotonic

import streamlit as st

from cnncore import ConvoscopeError
from cnncore.data.source import DataSource
from cnncore.training.settings import Settings
from pages.ui import bounds
from pages.ui.frame import streamlit_internals
from pages.ui.jobs.job import PAUSED, RUNNING, WAITING, Job
from pages.ui.session.current_network import SessionNetwork

_LOG = logging.getLogger(__name__)
_WATCH_SECONDS = 0.25
_LEFT_THE_PAGE = "The training ended, since its page had been closed. What it had learned is kept."


class Busy(ConvoscopeError):
    """No further training can start now."""


class Registry:
    """Jobs by id; at most bounds.TRAININGS of them run, others wait in a queue, first come, first served.

    A paused job is not in the queue. One whose session is disconnected keeps its place and is passed over.
    """

    def __init__(self, is_connected: Callable[[str], bool], patience: float) -> None:
        """`is_connected` says whether a session is connected; one that is not expires after `patience` seconds."""
        self.is_connected, self.patience = is_connected, patience
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
        """Start a training that `session` controls, or queue it.

        beside  whether it may run beside another training of the session
        start   the network whose weights it starts from

        Raises Busy; ModelError for a `start` that is too large.
        """
        with self._lock:
            if not beside and self.under_way(session):
                raise Busy("Your training is still under way: stop it first, or train another beside it.")
            self._refuse_too_many(session)
            job = Job(architecture, settings, session, data, start)
            self._add(job)
            self._enqueue(job)
            return job

    def restart(self, job: Job) -> Job:
        """Stop a job and start it again from the same initial weights."""
        with self._lock:
            job.stop()
            other = Job(job.architecture, job.settings, job.owner, job.data, job.start)
            other.pace = job.pace
            self._add(other)
            self._enqueue(other)
            return other

    def add(self, job: Job) -> None:
        """Add a job that was opened from a file."""
        with self._lock:
            self._add(job)

    def get(self, id_: str | None) -> Job | None:
        """The job of that id, if there is one."""
        return self._jobs.get(id_ or "")

    def claim(self, job: Job, session: str) -> bool:
        """Make `session` the controller of `job` if it has none; resume a job that the watchdog paused.

        Return whether `session` controls the job. A session that has watched while another was in control waits
        bounds.STEERING_GRACE seconds: the other's page may only be reloading.
        """
        with self._lock:
            if job.owner != session and self.is_connected(job.owner):
                job.watchers.add(session)
                return False
            if job.owner != session and session in job.watchers:
                gone = 0.0 if job.gone_since is None else monotonic() - job.gone_since
                if gone < bounds.STEERING_GRACE:
                    return False
            job.owner = session
            job.gone_since = None
            if job.state == PAUSED and job.paused_by_watchdog and len(self._queue) < bounds.WAITING_TRAININGS:
                self._enqueue(job)
            return True

    def resume(self, job: Job) -> None:
        """Continue after a pause or an early end, at once or in turn. Raises Busy."""
        with self._lock:
            if job.can_go_on:
                self._refuse_too_many(job.owner)
            if job.can_go_on or job.state == PAUSED:
                self._enqueue(job)

    def check(self, now: float) -> None:
        """Pause, resume or end each job by the state of its session, then start the next ones in the queue.

        Of one that has ended only the absence of its session is noted, so that another can take control of it.
        """
        for job in list(self._jobs.values()):
            try:
                self._watch_job(job, now)
            except Exception:  # an error in one job must not keep the watchdog from the others
                _LOG.exception("The watchdog failed on a training.")
        with self._lock:
            self._schedule()

    def _watch_job(self, job: Job, now: float) -> None:
        if job.is_active:
            job.check(now)
        if self.is_connected(job.owner):
            self.claim(job, job.owner)
        elif job.gone_since is None:
            job.gone_since = now
            if job.state == RUNNING:
                job.pause(by_watchdog=True)
        elif job.is_active and now - job.gone_since > self.patience:
            job.stop(_LEFT_THE_PAGE)

    def _enqueue(self, job: Job) -> None:
        """Put a job into the queue and start it if there is room. Raises Busy where the queue is full."""
        if len(self._queue) >= bounds.WAITING_TRAININGS:
            raise Busy(
                f"{len(self._queue)} trainings wait here already: try again in a minute, or watch a recorded run."
            )
        job.wait()
        self._queue.append(job)
        self._schedule()

    def _schedule(self) -> None:
        """Start the next jobs while there is room, and set the others' queue_position."""
        self._queue = [job for job in self._queue if job.state == WAITING]
        running = sum(job.state == RUNNING for job in self._jobs.values())
        held = sum(job.holds_process for job in self._jobs.values())
        busy = {job.owner for job in self._jobs.values() if job.state == RUNNING}
        position = 0
        for job in sorted(self._queue, key=lambda job: job.owner in busy):  # first jobs before second ones
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
                job.queue_position = position
                position += 1

    def under_way(self, session: str) -> list[Job]:
        """The session's trainings that have not ended."""
        return [
            job for job in list(self._jobs.values()) if job.is_active and job.owner == session and not job.gone_since
        ]

    def _refuse_too_many(self, session: str) -> None:
        if len(self.under_way(session)) >= bounds.SESSION_TRAININGS:
            raise Busy(f"{bounds.SESSION_TRAININGS} trainings of yours are under way: stop one, then train again.")

    def _add(self, job: Job) -> None:
        self._jobs[job.id] = job
        ended = [other for other in self._jobs.values() if not other.is_active and other is not job]
        for old in ended[: max(0, len(ended) - bounds.ENDED_TRAININGS)]:
            del self._jobs[old.id]

    def watch(self) -> None:
        """Run the watchdog for ever, in a thread of its own."""
        while True:
            time.sleep(_WATCH_SECONDS)
            self.check(monotonic())


@st.cache_resource(show_spinner=False)
def registry() -> Registry:
    """This server's registry. A cached resource outlives reruns and edited modules."""
    patience = float(st.get_option("server.disconnectedSessionTTL"))
    jobs = Registry(streamlit_internals.is_connected, patience)
    threading.Thread(target=jobs.watch, daemon=True, name="training watchdog").start()
    return jobs
