"""One training in a process of its own: it starts a worker, speaks to it, and watches what comes.

Plain data in, events out: only pages.ui.jobs.process knows that the worker runs on this machine.
"""

import base64
import json
import subprocess
import threading
from contextlib import suppress
from time import monotonic
from typing import Any

from cnncore import InputError, limits
from cnncore.data.source import DataSource
from cnncore.nn.network import Network
from cnncore.training import checkpoint
from cnncore.training.events import Checkpoint, Diverged, Finished, Paused, StepDone, from_dict
from cnncore.training.run import Run
from cnncore.training.settings import Settings
from pages.ui import bounds
from pages.ui.jobs import store
from pages.ui.jobs.process import launch as _launch
from pages.ui.jobs.state import CRASHED, DIVERGED, FINISHED, PAUSED, REFUSED, RUNNING, STOPPED, WAITING, JobState
from pages.ui.session.current_network import SessionNetwork

LOOK_SECONDS = 0.8  # between two snapshots that a page asks for
END_SECONDS = 5.0  # a worker that was told to stop has this long
FILE_SECONDS = 5.0  # a worker that was asked for its file has this long
GOES_ON = " Continue goes on exactly there."


class Job(JobState):
    """A training from the press of a button to its end, and what is known of it afterwards.

    start  a network that it goes on from, instead of random weights

    It waits until it is told to `begin`.
    """

    def __init__(
        self,
        architecture: str,
        settings: Settings,
        owner: str,
        data: DataSource | None = None,
        start: SessionNetwork | None = None,
    ) -> None:
        """Raises ModelError for a start that is too large."""
        super().__init__(architecture, settings, owner, data)
        self.start = start
        self.process: subprocess.Popen[str] | None = None
        self._news = threading.Condition(self._lock)  # another file has come, or the end
        self._files, self._kept, self._looked = 0, 0.0, 0.0
        self._epoch_asked = False
        self._stop_at: float | None = None
        if start is not None:
            run = Run(settings)
            self.file = checkpoint.to_bytes(start.network, run=run)
            self._recall(start.network, run)

    @property
    def holds_process(self) -> bool:
        """Whether a worker of its own stands by."""
        return self.alive and self.process is not None and self.process.poll() is None

    def supply(self, data: DataSource) -> bool:
        """Its data is here again, if this is it; whether it is."""
        with self._lock:
            if not self.lacks_data or data.fingerprint != self.data.fingerprint or self.file is None:
                return False
            self._learn_from(data)
            network, run = checkpoint.load(self.file)
            assert run is not None
            self._recall(network, run)
            self.sentence = f"«{data.title}» is what it learned from." + (GOES_ON if self.can_go_on else "")
            return True

    def wait(self) -> None:
        """For its turn: to go on after a pause or an end."""
        with self._lock:
            self._enter(WAITING)
            self.by_watchdog, self._stop_at = False, None

    def begin(self) -> None:
        """Its turn has come."""
        with self._lock:
            self._enter(RUNNING)
            self.sentence, self.before = "", 0
            if self.process is not None and self.process.poll() is None:
                self._say({"command": "resume"})
                self._ask_for_epoch()
                return
            job: dict[str, Any] = {"layers": self.layers, "settings": self.settings.to_dict()}
            if self.file is not None:
                network, run = checkpoint.load(self.file)
                assert run is not None
                self._recall(network, run)
                job = {"resume": base64.b64encode(self.file).decode()}
            self._stop_at, self._first, self._kept = None, None, monotonic()
            self.process = _launch()
            self._say(job | {"data": self.data.to_dict()})
            if self.pace:
                self.set_pace(self.pace)
            self._ask_for_epoch()
            reader = threading.Thread(target=self._read, args=(self.process,), daemon=True, name="training events")
            reader.start()

    def pause(self, *, by_watchdog: bool = False) -> None:
        """Take no further step until resumed."""
        with self._lock:
            if self.state == RUNNING:
                self._enter(PAUSED)
                self.by_watchdog = by_watchdog
                for command in ("pause", "snapshot", "checkpoint"):
                    self._say({"command": command})

    def one_step(self) -> None:
        """While paused: learn from one batch."""
        with self._lock:
            if self.state == PAUSED:
                self._say({"command": "step"})

    def one_epoch(self) -> None:
        """Pause at the epoch's end; where it does not run, once it goes on."""
        with self._lock:
            self._epoch_asked = self.state != RUNNING
            if self.state == RUNNING:
                self._say({"command": "epoch"})

    def _ask_for_epoch(self) -> None:
        if self._epoch_asked:
            self.one_epoch()

    def set_rate(self, rate: float) -> None:
        """Another learning rate from the next step on. Raises InputError."""
        if rate not in limits.LEARNING_RATE:
            low, high, usual = limits.LEARNING_RATE
            raise InputError(f"A learning rate lies in {low:g} to {high:g}, not {rate!r}: try {usual:g}.")
        self._say({"command": "rate", "rate": rate})

    def set_pace(self, batches: float) -> None:
        """Slow motion, in batches a second; 0 for as many as it can."""
        with self._lock:
            self.pace = batches if batches in bounds.PACE else 0.0
            self._say({"command": "pace", "batches": self.pace})

    def look(self, seconds: float = LOOK_SECONDS) -> None:
        """Ask for a fresh view, at most every `seconds`: called by a page that shows it."""
        now = monotonic()
        if self.state == RUNNING and not self.pace and now - self._looked >= seconds:
            self._looked = now
            self._say({"command": "snapshot"})

    def stop(self, sentence: str = "") -> None:
        """End it after the step it is at, with its network as it is then; withdraw it while it waits to begin."""
        with self._lock:
            if not self.alive or self._stop_at is not None:
                return
            self.sentence = sentence
            if self.process is None or self.process.poll() is not None:
                self._enter(STOPPED)
                self.sentence = sentence or ("" if self.progress.step else "Withdrawn before it began.")
                return
            self._stop_at = monotonic()
            self._say({"command": "snapshot"})
            self._say({"command": "stop"})

    def check(self, now: float) -> None:
        """Put an end to a worker that does not stop; keep what one has learned that runs."""
        if self.alive and self._stop_at is not None and now - self._stop_at > END_SECONDS and self.process:
            self.process.kill()
        if self.state == RUNNING and now - self._kept > bounds.KEEP_SECONDS:
            self._kept = now
            self._say({"command": "checkpoint"})

    def current_file(self) -> bytes:
        """The run as a file, as it is now: waits a few seconds for its worker. Raises ModelError."""
        with self._lock:
            if self.alive and self.process is not None:
                files = self._files
                self._say({"command": "checkpoint"})
                self._news.wait_for(lambda: self._files > files or not self.alive, FILE_SECONDS)
            return self.file if self.file is not None else checkpoint.to_bytes(self.progress.trained())

    def run(self) -> tuple[Network, Run]:
        """The network and its run, as it is now; a run of no steps where no file has come. Raises ModelError."""
        network, run = checkpoint.load(self.current_file())
        return network, run or Run(self.settings)

    def _say(self, plain: dict[str, Any]) -> None:
        with self._lock, suppress(OSError, ValueError, AttributeError):  # it has ended, and the reader says how
            self.process.stdin.write(json.dumps(plain) + "\n")  # type: ignore[union-attr]
            self.process.stdin.flush()  # type: ignore[union-attr]

    def _read(self, process: "subprocess.Popen[str]") -> None:
        """The thread that takes in events until there are no more."""
        try:
            for line in process.stdout:  # type: ignore[union-attr]
                self._take(json.loads(line))
        except (ValueError, KeyError, TypeError):
            process.kill()
        code = process.wait()
        with self._lock:
            for pipe in (process.stdin, process.stdout):
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
            self._news.notify_all()

    def _take(self, plain: dict[str, Any]) -> None:
        with self._lock:
            if plain.get("event") == "Refused":
                self._enter(REFUSED)
                self.sentence = str(plain.get("message"))
                return
            event = from_dict(plain)
            self.progress.see(event, self.seconds)
            if self._first is None and isinstance(event, StepDone):
                self._first = self.seconds, self.progress.step
            match event:
                case StepDone() if self.state == PAUSED:  # a single step: show what it did
                    self._say({"command": "snapshot"})
                case Paused() if self.state == RUNNING:
                    self._enter(PAUSED)
                    self._say({"command": "snapshot"})
                    self._say({"command": "checkpoint"})
                case Finished():
                    self._enter(FINISHED)
                case Diverged():
                    self._enter(DIVERGED)
                    self.sentence = f"Diverged at step {event.step}. {event.advice}"
                case Checkpoint():
                    self.file = event.data or self.file
                    self._files += 1
                    self._news.notify_all()
        if isinstance(event, Checkpoint) and event.data:
            store.write(self.id, event.data)
