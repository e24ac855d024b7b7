"""Training in a process of its own: `python -m cnncore.training.worker`, plain data in, events out.

Each line in and out is one JSON object. The first line in is the job:
{"layers": […], "settings": {…}}, or {"resume": …} with a run's file
(cnncore.training.checkpoint) in base64, which goes on where it stopped; in both "data"
(cnncore.data.source) may be left out for all of MNIST. Later lines are
commands: {"command": "pause" | "resume" | "step" | "epoch" | "snapshot" |
"checkpoint" | "stop"}, {"command": "rate", "rate": 0.01} and {"command": "pace",
"batches": 2}, the batches a second of slow motion (0: as fast as it can).
Lines out are events (cnncore.training.events); a Checkpoint when asked, when stopped and
before the end; a refused job is {"event": "Refused", "message": …}. The process
ends at end-of-file on its input, so it never outlives the server that started it,
and it runs at low priority, so pages come first.
"""

import base64
import json
import os
import queue
import sys
import threading
from math import inf
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
    Evaluated,
    EvaluationAnswers,
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

# What the environment of a worker must say before NumPy is loaded there.
WORKER_ENV = {
    name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
}
_SECONDS_BETWEEN_STEPS = 0.05  # steps are reported at most 20 times a second
_NICENESS = 10


def main() -> None:
    """Read a job, train, report; obey commands between steps."""
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
    os._exit(0)  # the server is gone, and nothing here is worth keeping


def _send(plain: dict[str, Any]) -> None:
    print(json.dumps(plain), flush=True)


def _run(job: dict[str, Any], commands: "queue.SimpleQueue[dict[str, Any]]") -> None:
    network, run = _network_and_run(job)
    data = DataSource.from_dict(job.get("data"))
    train_set, test_set = data.sets()
    if network.classes != len(train_set.names):
        raise ShapeError(f"The network answers with {network.classes} classes, the data has {len(train_set.names)}.")
    network.names = train_set.names
    origin = origin_of(data)
    if run.origin is not None and not run.origin.is_of(origin):
        raise InputError(f"That run learned from other data, «{run.origin.title}»: upload that again to go on.")
    run.origin = origin
    events = train(network, train_set, test_set, run.settings, resume=run)
    control = _Control(commands, network, run)
    reported = 0.0
    event: Event | None = next(events)
    while event is not None:
        if isinstance(event, Finished):
            control.hand_over()
        now = perf_counter()
        due = now - reported >= _SECONDS_BETWEEN_STEPS or control.one_step or control.pace
        if due or not isinstance(event, StepDone) or event.step == event.steps:
            _send(to_dict(event))
            reported = now if isinstance(event, StepDone) else reported
        rate = control.obey(event)
        if control.stopped:
            control.hand_over()
            return
        try:
            event = events.send(rate)
        except StopIteration:
            event = None


def _network_and_run(job: dict[str, Any]) -> tuple[Network, Run]:
    """What a job asks to be trained, from the start or from where it stopped. Raises ConvoscopeError."""
    if "resume" in job:
        network, run = checkpoint.load(base64.b64decode(job["resume"]))
        if run is None:
            raise InputError("That model holds no run to continue: train a new one.")
        return network, run
    settings, shape = Settings.from_dict(job["settings"]), (28, 28, 1)
    network = Network(layers_from_dicts(job["layers"], input_shape=shape), input_shape=shape, seed=settings.seed)
    return network, Run(settings)


class _Control:
    """What the other side asked for: pause, resume, a step, an epoch, a pace, a snapshot, another rate, stop."""

    def __init__(self, commands: "queue.SimpleQueue[dict[str, Any]]", network: Network, run: Run) -> None:
        self.commands, self.network, self.run = commands, network, run
        self.paused = self.stopped = self.one_step = self.one_epoch = False
        self.pace = 0.0  # batches a second; 0 for as many as it can
        self._stepped = self._epochs = 0.0

    def obey(self, event: Event) -> float | None:
        """Carry out what has come in, waiting while paused or slow. Returns a new learning rate, if one was set."""
        rate = None
        if isinstance(event, StepDone):
            if self.one_step:
                self.one_step, self.paused = False, True
            if self.pace:
                self._snapshot()
        elif self._epoch_is_done(event):
            self.one_epoch, self.paused = False, True
            _send(to_dict(Paused(event.step)))
        slow = isinstance(event, StepDone)
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
                    self.pace = float(command["batches"])
                case "snapshot":
                    self._snapshot()
                case "checkpoint":
                    self.hand_over()
                case "rate":
                    rate = float(command["rate"])
                    if rate in limits.LEARNING_RATE:
                        self.run.learning_rate = rate  # a checkpoint that is asked for next knows it
                case "stop":
                    self.stopped = True
        self._stepped = perf_counter() if slow else self._stepped
        return rate

    def hand_over(self) -> None:
        """The run as a file, as it is now; a message where it is too large for one."""
        try:
            data = checkpoint.to_bytes(self.network, run=self.run)
        except ConvoscopeError as error:
            _send(to_dict(Checkpoint(self.run.step, b"", str(error))))
            return
        _send(to_dict(Checkpoint(self.run.step, data)))

    def _snapshot(self) -> None:
        params = {(number, name): values for number, name, values in self.network.parameters()}
        _send(to_dict(Snapshot(self.run.step, params)))

    def _epoch_is_done(self, event: Event) -> bool:
        if isinstance(event, Evaluated):
            self._epochs = event.epoch
        whole = 0 < self._epochs < (self.run.settings.epochs or inf) and self._epochs == int(self._epochs)
        return self.one_epoch and isinstance(event, EvaluationAnswers) and whole

    def _next(self, slow: bool) -> dict[str, Any] | None:
        """The next command: waits for it while paused, until the next step is due in slow motion, else not at all."""
        try:
            if self.paused:
                return self.commands.get()
            left = self._stepped + 1 / self.pace - perf_counter() if slow and self.pace and not self.one_step else 0.0
            return self.commands.get(timeout=left) if left > 0 else self.commands.get_nowait()
        except queue.Empty:
            return None


if __name__ == "__main__":
    main()
