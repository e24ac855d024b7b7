"""Training in a separate process: `python -m cnncore.training.worker` reads plain data and writes events.

Each line in and out is one JSON object. The first line in is the job:
{"layers": […], "settings": {…}}, or {"resume": …} with a run's model file
(cnncore.training.checkpoint) in base64, which is continued; in both "data"
(cnncore.data.source) may be left out for all of MNIST. Later lines are
commands: {"command": "pause" | "resume" | "step" | "epoch" | "snapshot" |
"checkpoint" | "stop"}, {"command": "rate", "rate": 0.01} and {"command": "pace",
"batches": 2}, the batches per second of slow motion (0: as fast as possible).
Lines out are events (cnncore.training.events); a Checkpoint on request, on "stop" and
before the end; a refused job is {"event": "Refused", "message": …}. The process
ends at end-of-file on its input, so that it never outlives the server that started it,
and it runs at low priority, so that pages stay responsive.
"""

import base64
import json
import os
import queue
import sys
import threading
from time import perf_counter
from typing import IO, Any

from cnncore import limits
from cnncore.architecture.spec import layers_from_dicts
from cnncore.data.source import DataSource
from cnncore.errors import ConvoscopeError, InputError, ShapeError
from cnncore.nn.network import Network
from cnncore.training import checkpoint
from cnncore.training.events import (
    Checkpoint,
    Event,
    Finished,
    Paused,
    Snapshot,
    StepDone,
    to_dict,
)
from cnncore.training.progress import origin_of
from cnncore.training.run import Run
from cnncore.training.settings import Settings
from cnncore.training.trainer import train

# The environment variables that must be set before NumPy is loaded in the worker.
WORKER_ENV = {
    name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
}
_SECONDS_BETWEEN_STEPS = 0.05  # steps are reported at most 20 times a second
_NICENESS = 10


def main() -> None:
    """Read a job, train and report events; commands are handled between steps."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    commands: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin, commands), daemon=True).start()
    try:
        _run(commands.get(), commands)
    except ConvoscopeError as error:
        _send({"event": "Refused", "message": str(error)})


def _listen(stream: IO[str], commands: "queue.SimpleQueue[dict[str, Any]]") -> None:
    for line in stream:
        commands.put(json.loads(line))
    os._exit(0)  # stdin closed: the server died. The last checkpoint was sent already, so exit without cleanup.


def _send(plain: dict[str, Any]) -> None:
    print(json.dumps(plain), flush=True)


def _run(job: dict[str, Any], commands: "queue.SimpleQueue[dict[str, Any]]") -> None:
    network, run = _network_and_run(job)
    data = DataSource.from_dict(job.get("data"))
    train_set, test_set = data.load()
    if network.classes != len(train_set.names):
        raise ShapeError(f"The network has {network.classes} outputs, the data has {len(train_set.names)} classes.")
    network.names = train_set.names
    origin = origin_of(data)
    if run.origin is not None and not run.origin.same_data(origin):
        raise InputError(
            f"That run was trained on other data, «{run.origin.title}»: upload that data again to continue it."
        )
    run.origin = origin
    events = train(network, train_set, test_set, run.settings, resume=run)
    control = _Control(commands, network, run)
    reported = 0.0
    event: Event | None = next(events)
    while event is not None:
        if isinstance(event, Finished):
            control.send_checkpoint()
        now = perf_counter()
        due = now - reported >= _SECONDS_BETWEEN_STEPS or control.one_step or control.steps_per_second
        if due or not isinstance(event, StepDone) or event.step == event.steps:
            _send(to_dict(event))
            reported = now if isinstance(event, StepDone) else reported
        rate = control.handle_commands(event)
        if control.stopped:
            control.send_checkpoint()
            return
        try:
            event = events.send(rate)
        except StopIteration:
            event = None


def _network_and_run(job: dict[str, Any]) -> tuple[Network, Run]:
    """Return the network and the run of a job, a new one or one to continue. Raises ConvoscopeError."""
    if "resume" in job:
        network, run = checkpoint.load(base64.b64decode(job["resume"]))
        if run is None:
            raise InputError("That model holds no run to continue: train a new one.")
        return network, run
    settings, shape = Settings.from_dict(job["settings"]), (28, 28, 1)
    network = Network(layers_from_dicts(job["layers"], input_shape=shape), input_shape=shape, seed=settings.seed)
    return network, Run(settings)


class _Control:
    """The commands received: pause, resume, one step, one epoch, slow motion, snapshot, learning rate, stop."""

    def __init__(self, commands: "queue.SimpleQueue[dict[str, Any]]", network: Network, run: Run) -> None:
        self.commands, self.network, self.run = commands, network, run
        self.paused = self.stopped = self.one_step = self.one_epoch = False
        self.steps_per_second = 0.0  # 0: as many as possible
        self._stepped = 0.0

    def handle_commands(self, event: Event) -> float | None:
        """Execute the received commands; wait while paused or in slow motion. Returns the new learning rate, if any.

        Only after the last event of a step, or of what comes before the first one, so that whoever pauses has them all.
        """
        slow = isinstance(event, StepDone)
        if not slow and not (isinstance(event, Snapshot) and event.step == 0):
            return None
        rate = None
        if isinstance(event, StepDone):
            if self.one_step:
                self.one_step, self.paused = False, True
            if self.steps_per_second:
                self._snapshot()
            if self.one_epoch and event.epoch == int(event.epoch) and event.step < event.steps:
                self.one_epoch, self.paused = False, True
                _send(to_dict(Paused(event.step)))
        while not self.stopped and (command := self._next(slow)) is not None:
            match command.get("command"):
                case "pause":
                    self.paused, self.one_epoch = True, False
                case "resume":
                    self.paused = False
                case "step":
                    self.one_step, self.paused = True, False
                case "epoch":
                    self.one_epoch, self.paused = True, False
                case "pace":
                    self.steps_per_second = float(command["batches"])
                case "snapshot":
                    self._snapshot()
                case "checkpoint":
                    self.send_checkpoint()
                case "rate":
                    rate = float(command["rate"])
                    if rate in limits.LEARNING_RATE:
                        self.run.learning_rate = rate  # a checkpoint requested next must hold it
                case "stop":
                    self.stopped = True
        self._stepped = perf_counter() if slow else self._stepped
        return rate

    def send_checkpoint(self) -> None:
        """Send the current run as a model file, or a message if it is too large for one."""
        try:
            data = checkpoint.to_bytes(self.network, run=self.run)
        except ConvoscopeError as error:
            _send(to_dict(Checkpoint(self.run.step, b"", str(error))))
            return
        _send(to_dict(Checkpoint(self.run.step, data)))

    def _snapshot(self) -> None:
        params = {(layer, name): values for layer, name, values in self.network.parameters()}
        _send(to_dict(Snapshot(self.run.step, params)))

    def _next(self, slow: bool) -> dict[str, Any] | None:
        """Return the next command or None. Waits while paused, and in slow motion until the next step is due."""
        try:
            if self.paused:
                return self.commands.get()
            seconds = 0.0
            if slow and self.steps_per_second and not self.one_step:
                seconds = self._stepped + 1 / self.steps_per_second - perf_counter()
            return self.commands.get(timeout=seconds) if seconds > 0 else self.commands.get_nowait()
        except queue.Empty:
            return None


if __name__ == "__main__":
    main()
