"""Training in a process of its own: `python -m cnncore.workers`, plain data in, events out.

Each line in and out is one JSON object. The first line in is the job:
{"layers": […], "settings": {…}, "data": {…}}, data (cnncore.digits.data)
being left out for all of MNIST; later ones are commands: {"command": "pause" |
"resume" | "step" | "snapshot" | "stop"} and {"command": "rate", "rate": 0.01}.
Lines out are events (cnncore.events); a refused job is {"event": "Refused",
"message": …}. The process ends at end-of-file on its input, so it never outlives
the server that started it, and it runs at low priority, so pages come first.
"""

import json
import os
import queue
import sys
import threading
from time import perf_counter
from typing import IO, Any

from cnncore.architecture import layers_from_plain
from cnncore.digits.data import Data
from cnncore.errors import ConvoscopeError, ShapeError
from cnncore.events import Event, Snapshot, StepDone, to_plain
from cnncore.network import Network
from cnncore.settings import Settings
from cnncore.training import train

# What the environment of a worker must say before NumPy is loaded there.
ENVIRONMENT = {
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
        _say({"event": "Refused", "message": str(error)})


def _listen(stream: IO[str], commands: "queue.SimpleQueue[dict[str, Any]]") -> None:
    for line in stream:
        commands.put(json.loads(line))
    os._exit(0)  # the server is gone, and nothing here is worth keeping


def _say(plain: dict[str, Any]) -> None:
    print(json.dumps(plain), flush=True)


def _run(job: dict[str, Any], commands: "queue.SimpleQueue[dict[str, Any]]") -> None:
    settings = Settings.from_plain(job["settings"])
    shape = (28, 28, 1)
    network = Network(layers_from_plain(job["layers"], input_shape=shape), input_shape=shape, seed=settings.seed)
    train_set, test_set = Data.from_plain(job.get("data")).sets()
    if network.classes != len(train_set.names):
        raise ShapeError(f"The network answers with {network.classes} classes, the data has {len(train_set.names)}.")
    events = train(network, train_set, test_set, settings)
    control = _Control(commands, network)
    reported = 0.0
    event: Event | None = next(events)
    while event is not None:
        now = perf_counter()
        due = now - reported >= _SECONDS_BETWEEN_STEPS or control.one_step
        if due or not isinstance(event, StepDone) or event.step == event.steps:
            _say(to_plain(event))
            reported = now
        rate = control.obey(event)
        if control.stopped:
            return
        try:
            event = events.send(rate)
        except StopIteration:
            event = None


class _Control:
    """What the other side asked for: pause, resume, one step, a snapshot, another rate, stop."""

    def __init__(self, commands: "queue.SimpleQueue[dict[str, Any]]", network: Network) -> None:
        self.commands, self.network = commands, network
        self.paused = self.stopped = self.one_step = False

    def obey(self, event: Event) -> float | None:
        """Carry out what has come in, waiting while paused. Returns a new learning rate, if one was set."""
        rate = None
        if self.one_step and isinstance(event, StepDone):
            self.one_step, self.paused = False, True
        while not self.stopped and (self.paused or not self.commands.empty()):
            command = self.commands.get()
            match command.get("command"):
                case "pause":
                    self.paused = True
                case "resume":
                    self.paused = False
                case "step":
                    self.one_step, self.paused = True, False
                case "snapshot":
                    params = {(number, name): values for number, name, values in self.network.parameters()}
                    _say(to_plain(Snapshot(event.step, params)))
                case "rate":
                    rate = float(command["rate"])
                case "stop":
                    self.stopped = True
        return rate


if __name__ == "__main__":
    main()
