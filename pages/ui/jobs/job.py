"""One training in a process of its own: start the worker, send it commands, handle its events.

Commands and events are lines of JSON; only pages.ui.jobs.process knows that the worker runs on this machine.
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
from pages.ui.jobs.process import launch_worker
from pages.ui.jobs.state import CRASHED, DIVERGED, FINISHED, PAUSED, REFUSED, RUNNING, STOPPED, WAITING, JobState
from pages.ui.session.current_network import SessionNetwork

SNAPSHOT_SECONDS = 0.8  # least time between two snapshots that a page requests
END_SECONDS = 5.0  # a worker that was asked to stop is killed after this
FILE_SECONDS = 5.0  # how long to wait for the file that a worker was asked for
CONTINUE_TEXT = " Continue goes on exactly there."


class Job(JobState):
    """A training from the press of the button to its end, and its result afterwards.

    start  the network whose weights it starts from, instead of random ones

    A new job waits until `begin` is called.
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
        self._changed = threading.Condition(self._lock)  # notified when a file arrives and when the worker ends
        self._files_received, self._last_checkpoint, self._last_snapshot = 0, 0.0, 0.0
        self._file_step: int | None = None  # the step that self.file holds
        self._no_file_step: int | None = None  # the step whose run is too large for a file
        self._file_requested: int | None = None  # the step for which a paused worker was last asked for a file
        self._epoch_requested = False
        self._stop_requested: float | None = None
        if start is not None:
            run = Run(settings)
            self.file = checkpoint.to_bytes(start.network, run=run)
            self._replay(start.network, run)

    @property
    def holds_process(self) -> bool:
        """Whether its worker process is there."""
        return self.is_active and self.process is not None and self.process.poll() is None

    def attach_data(self, data: DataSource) -> bool:
        """Give a job that lacks its data the data back; return whether `data` is what it was trained on."""
        with self._lock:
            if not self.lacks_data or data.fingerprint != self.data.fingerprint or self.file is None:
                return False
            self._set_data(data)
            network, run = checkpoint.load(self.file)
            assert run is not None
            self._replay(network, run)
            self.status_text = f"«{data.title}» is what it learned from." + (CONTINUE_TEXT if self.can_go_on else "")
            return True

    def wait(self) -> None:
        """Enter the queue: for the first time, or to continue after a pause or an end."""
        with self._lock:
            self._set_state(WAITING)
            self.paused_by_watchdog, self._stop_requested = False, None

    def begin(self) -> None:
        """Start the worker, or resume the one that is paused."""
        with self._lock:
            self._set_state(RUNNING)
            self.status_text, self.queue_position = "", 0
            if self.process is not None and self.process.poll() is None:
                self._send({"command": "resume"})
                self._send_epoch()
                return
            job: dict[str, Any] = {"layers": self.layers, "settings": self.settings.to_dict()}
            if self.file is not None:
                network, run = checkpoint.load(self.file)
                assert run is not None
                self._replay(network, run)
                job = {"resume": base64.b64encode(self.file).decode()}
            self._stop_requested, self._first_step, self._last_checkpoint = None, None, monotonic()
            self.process = launch_worker()
            self._send(job | {"data": self.data.to_dict()})
            if self.pace:
                self.set_pace(self.pace)
            self._send_epoch()
            threading.Thread(
                target=self._read_events, args=(self.process,), daemon=True, name="training events"
            ).start()

    def pause(self, *, by_watchdog: bool = False) -> None:
        """Take no further step until resumed."""
        with self._lock:
            if self.state == RUNNING:
                self._set_state(PAUSED)
                self.paused_by_watchdog = by_watchdog
                for command in ("pause", "snapshot", "checkpoint"):
                    self._send({"command": command})

    def one_step(self) -> None:
        """Train on one batch, while paused."""
        with self._lock:
            if self.state == PAUSED:
                self._send({"command": "step"})

    def one_epoch(self) -> None:
        """Pause at the end of the epoch; a job that does not run remembers it until it is resumed."""
        with self._lock:
            self._epoch_requested = self.state != RUNNING
            if self.state == RUNNING:
                self._send({"command": "epoch"})

    def _send_epoch(self) -> None:
        if self._epoch_requested:
            self.one_epoch()

    def set_rate(self, rate: float) -> None:
        """Change the learning rate from the next step on. Raises InputError."""
        if rate not in limits.LEARNING_RATE:
            low, high, default = limits.LEARNING_RATE
            raise InputError(f"A learning rate lies in {low:g} to {high:g}, not {rate!r}: try {default:g}.")
        self._send({"command": "rate", "rate": rate})

    def set_pace(self, batches: float) -> None:
        """Limit the speed to so many batches a second; 0 for full speed."""
        with self._lock:
            self.pace = batches if batches in bounds.PACE else 0.0
            self._send({"command": "pace", "batches": self.pace})

    def request_snapshot(self, seconds: float = SNAPSHOT_SECONDS) -> None:
        """Ask the worker for a snapshot, at most every `seconds`: called by a page that shows the job."""
        now = monotonic()
        if self.state == RUNNING and not self.pace and now - self._last_snapshot >= seconds:
            self._last_snapshot = now
            self._send({"command": "snapshot"})

    def stop(self, status_text: str = "") -> None:
        """End the training after the current step and keep its network; a job that waits to begin is withdrawn."""
        with self._lock:
            if not self.is_active or self._stop_requested is not None:
                return
            self.status_text = status_text
            if self.process is None or self.process.poll() is not None:
                self._set_state(STOPPED)
                self.status_text = status_text or ("" if self.progress.step else "Withdrawn before it began.")
                return
            self._stop_requested = monotonic()
            self._send({"command": "snapshot"})
            self._send({"command": "stop"})

    def check(self, now: float) -> None:
        """Kill a worker that does not stop in time; ask one that runs for a checkpoint every bounds.KEEP_SECONDS."""
        late = self._stop_requested is not None and now - self._stop_requested > END_SECONDS
        if self.is_active and late and self.process:
            self.process.kill()
        if self.state == RUNNING and now - self._last_checkpoint > bounds.KEEP_SECONDS:
            self._last_checkpoint = now
            self._send({"command": "checkpoint"})

    def current_file(self) -> bytes:
        """The run as a file, as it is now; waits up to FILE_SECONDS for the worker. Raises ModelError."""
        with self._lock:
            if self.is_active and self.process is not None:
                files = self._files_received
                self._send({"command": "checkpoint"})
                self._changed.wait_for(lambda: self._files_received > files or not self.is_active, FILE_SECONDS)
            return self.file if self.file is not None else checkpoint.to_bytes(self.progress.copy_network())

    def file_at_rest(self) -> bytes | None:
        """The run's file if it holds the current step, without waiting; a paused worker is asked for it otherwise."""
        with self._lock:
            step = self.progress.step
            if self.file is not None and self._file_step == step:
                return self.file
            if self.state == PAUSED and self._file_requested != step:
                self._file_requested = step
                self._send({"command": "checkpoint"})
            return None

    @property
    def file_is_coming(self) -> bool:
        """Whether it is paused, and its worker has not yet answered with the file of the current step."""
        return self.state == PAUSED and self.progress.step not in (self._file_step, self._no_file_step)

    def run(self) -> tuple[Network, Run]:
        """The network and its run, as they are now; a run of no steps before the first file. Raises ModelError."""
        network, run = checkpoint.load(self.current_file())
        return network, run or Run(self.settings)

    def _send(self, plain: dict[str, Any]) -> None:
        with (
            self._lock,
            suppress(OSError, ValueError, AttributeError),
        ):  # it has ended: _read_events reports how
            self.process.stdin.write(json.dumps(plain) + "\n")  # type: ignore[union-attr]
            self.process.stdin.flush()  # type: ignore[union-attr]

    def _read_events(self, process: "subprocess.Popen[str]") -> None:
        """Handle events until the worker closes its output; runs in a thread of its own."""
        try:
            for line in process.stdout:  # type: ignore[union-attr]
                self._handle_event(json.loads(line))
        except (ValueError, KeyError, TypeError):
            process.kill()
        code = process.wait()
        with self._lock:
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]
            if self._stop_requested is not None and self.is_active:
                self._set_state(STOPPED)
            elif self.is_active:
                self._set_state(CRASHED)
                self.status_text = self._crash_text(code)
            self._changed.notify_all()

    def _crash_text(self, code: int) -> str:
        """What happened, and what is left of the training."""
        ended = f"The training ended unexpectedly at step {self.progress.step:,} (code {code})."
        if not self._file_step:
            return f"{ended} Nothing was saved yet: press Train to begin again."
        saved = f"The network as it was at step {self._file_step:,} is saved"
        return f"{ended} {saved}: Continue goes on from there, or use it in Draw."

    def _handle_event(self, plain: dict[str, Any]) -> None:
        with self._lock:
            if plain.get("event") == "Refused":
                self._set_state(REFUSED)
                self.status_text = str(plain.get("message"))
                return
            event = from_dict(plain)
            self.progress.update(event, self.seconds)
            if self._first_step is None and isinstance(event, StepDone):
                self._first_step = self.seconds, self.progress.step
            match event:
                case StepDone() if self.state == PAUSED:  # a single step: show what it did
                    self._send({"command": "snapshot"})
                case Paused() if self.state == RUNNING:
                    self._set_state(PAUSED)
                    self._send({"command": "snapshot"})
                    self._send({"command": "checkpoint"})
                case Finished():
                    self._set_state(FINISHED)
                case Diverged():
                    self._set_state(DIVERGED)
                    self.status_text = f"Diverged at step {event.step}. {event.advice}"
                case Checkpoint():
                    if event.data:
                        self.file, self._file_step = event.data, event.step
                    else:
                        self._no_file_step = event.step
                    self._files_received += 1
                    self._changed.notify_all()
        if isinstance(event, Checkpoint) and event.data:
            store.write(self.id, event.data)
