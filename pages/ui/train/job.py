"""One training in a process of its own: it starts `python -m cnncore.workers`, speaks to it, and watches what comes.

Plain data in, events out: only `_launch` knows that the worker runs on this machine.
"""

import json
import os
import secrets
import subprocess
import sys
import threading
from contextlib import suppress
from time import monotonic
from typing import Any

from cnncore import InputError, limits
from cnncore.classes import answering
from cnncore.digits.data import Data
from cnncore.events import Diverged, Finished, StepDone, from_plain
from cnncore.memory import Array
from cnncore.network import Network
from cnncore.network_text import from_text
from cnncore.progress import Progress, one_of_each
from cnncore.settings import Settings
from cnncore.workers import ENVIRONMENT
from pages.ui.assets import ROOT
from pages.ui.train.data import test_set

LOOK_SECONDS = 0.8  # between two snapshots that a page asks for
END_SECONDS = 5.0  # a worker that was told to stop has this long
RUNNING, PAUSED, FINISHED, STOPPED = "running", "paused", "finished", "stopped"
DIVERGED, CRASHED, REFUSED = "diverged", "crashed", "refused"


class Job:
    """A training from the press of a button to its end, and what is known of it afterwards.

    architecture  a preset's name, or a network as text (cnncore.network_text), written for ten classes
    data          what it learns from; test_set what it is tested on
    id        unguessable: whoever holds it may watch
    state     running, paused, finished, stopped, diverged, crashed or refused
    sentence  what there is to say about an end that was not planned
    owner     the session that steers it
    """

    def __init__(self, architecture: str, settings: Settings, owner: str, data: Data | None = None) -> None:
        self.id = secrets.token_urlsafe(16)
        self.architecture, self.settings, self.owner = architecture, settings, owner
        self.state, self.sentence = RUNNING, ""
        self.data = data or Data()
        self.test_set = test_set(self.data)
        layers = answering(from_text(architecture), len(self.data.names))
        self.by_watchdog = False  # paused because its page was gone
        self.progress = Progress(layers, settings, one_of_each(self.test_set))
        self.gone_since: float | None = None
        self._lock = threading.RLock()
        self._ran, self._since = 0.0, monotonic()  # seconds before, and since when
        self._first: tuple[float, int] | None = None  # seconds and step when the steps began
        self._looked = 0.0
        self._stop_at: float | None = None
        self.process = _launch()
        self._say({"layers": layers, "settings": settings.to_plain(), "data": self.data.to_plain()})
        threading.Thread(target=self._read, daemon=True, name="training events").start()

    @property
    def alive(self) -> bool:
        """Whether its process still has work to do."""
        return self.state in (RUNNING, PAUSED)

    @property
    def seconds(self) -> float:
        """Since it was started, without pauses."""
        with self._lock:
            return self._ran + (monotonic() - self._since if self.state == RUNNING else 0.0)

    @property
    def seconds_left(self) -> float | None:
        """At the speed so far; None while there is none."""
        with self._lock:
            if self._first is None or self.progress.step <= self._first[1]:
                return None
            a_step = (self.seconds - self._first[0]) / (self.progress.step - self._first[1])
            return a_step * (self.progress.steps - self.progress.step)

    def pause(self, *, by_watchdog: bool = False) -> None:
        """Take no further step until resumed."""
        with self._lock:
            if self.state == RUNNING:
                self._enter(PAUSED)
                self.by_watchdog = by_watchdog
                self._say({"command": "pause"})
                self._say({"command": "snapshot"})

    def resume(self) -> None:
        """Go on."""
        with self._lock:
            if self.state == PAUSED:
                self.by_watchdog = False
                self._enter(RUNNING)
                self._say({"command": "resume"})

    def one_step(self) -> None:
        """While paused: learn from one batch."""
        with self._lock:
            if self.state == PAUSED:
                self._say({"command": "step"})

    def set_rate(self, rate: float) -> None:
        """Another learning rate from the next step on. Raises InputError."""
        if rate not in limits.LEARNING_RATE:
            low, high, usual = limits.LEARNING_RATE
            raise InputError(f"A learning rate lies in {low:g} to {high:g}, not {rate!r}: try {usual:g}.")
        self._say({"command": "rate", "rate": rate})

    def look(self) -> None:
        """Ask for a fresh view, at most about once a second: called by a page that shows it."""
        now = monotonic()
        if self.state == RUNNING and now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self._say({"command": "snapshot"})

    def stop(self, sentence: str = "") -> None:
        """End it after the step it is at, with its network as it is then."""
        with self._lock:
            if self.alive and self._stop_at is None:
                self.sentence = sentence
                self._stop_at = monotonic()
                self._say({"command": "snapshot"})
                self._say({"command": "stop"})

    def check(self, now: float) -> None:
        """Put an end to a worker that does not stop."""
        if self.alive and self._stop_at is not None and now - self._stop_at > END_SECONDS:
            self.process.kill()

    def picture(self, *, views: int = 1) -> dict[str, Array]:
        """cnncore.progress.Progress.picture."""
        with self._lock:
            return self.progress.picture(views=views)

    def network(self) -> Network:
        """The network as last seen, a copy of its own."""
        with self._lock:
            return self.progress.trained()

    def _enter(self, state: str) -> None:
        if self.state == RUNNING:
            self._ran += monotonic() - self._since
        self._since = monotonic()
        self.state = state

    def _say(self, plain: dict[str, Any]) -> None:
        with self._lock, suppress(OSError, ValueError):  # it has ended, and the reader says how
            self.process.stdin.write(json.dumps(plain) + "\n")  # type: ignore[union-attr]
            self.process.stdin.flush()  # type: ignore[union-attr]

    def _read(self) -> None:
        """The thread that takes in events until there are no more."""
        try:
            for line in self.process.stdout:  # type: ignore[union-attr]
                self._take(json.loads(line))
        except (ValueError, KeyError, TypeError):
            self.process.kill()
        code = self.process.wait()
        with self._lock:
            for pipe in (self.process.stdin, self.process.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]
            if self._stop_at is not None and self.alive:
                self._enter(STOPPED)
            elif self.alive:
                self._enter(CRASHED)
                self.sentence = (
                    f"The training ended unexpectedly at step {self.progress.step} (code {code}). What it had learned "
                    "is kept: use it, or press Train to begin again."
                )

    def _take(self, plain: dict[str, Any]) -> None:
        with self._lock:
            if plain.get("event") == "Refused":
                self._enter(REFUSED)
                self.sentence = str(plain.get("message"))
                return
            event = from_plain(plain)
            self.progress.see(event, self.seconds)
            if self._first is None and self.progress.step:
                self._first = self.seconds, self.progress.step
            match event:
                case StepDone() if self.state == PAUSED:  # a single step: show what it did
                    self._say({"command": "snapshot"})
                case Finished():
                    self._enter(FINISHED)
                case Diverged():
                    self._enter(DIVERGED)
                    self.sentence = f"Diverged at step {event.step}. {event.advice}"


def _launch() -> "subprocess.Popen[str]":
    """A worker on this machine, away from the terminal's Ctrl-C: it ends when its standard input does."""
    away: dict[str, Any] = {"start_new_session": True}
    if os.name == "nt":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.BELOW_NORMAL_PRIORITY_CLASS  # type: ignore[attr-defined]
        away = {"creationflags": flags}
    return subprocess.Popen(
        [sys.executable, "-m", "cnncore.workers"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env=os.environ | ENVIRONMENT,
        **away,
    )
