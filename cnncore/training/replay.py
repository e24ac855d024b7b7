"""A run that was saved, told again as the events that it consisted of, so that its curves can be drawn."""

from collections.abc import Iterator

import numpy as np

from cnncore.nn.network import Network
from cnncore.training.events import Evaluated, Event, Snapshot, StepDone
from cnncore.training.progress import POINTS
from cnncore.training.run import Run


def replay_events(run: Run, network: Network, *, train_digits: int) -> Iterator[tuple[Event, float]]:
    """(event, seconds) in the order of the steps: losses (about POINTS at most), tests, snapshots, the network now.

    `train_digits` is how many there are where the settings say all. Seconds are shared evenly among the steps.
    """
    settings, history = run.settings, run.history
    an_epoch, steps = settings.steps_an_epoch(train_digits), settings.steps(train_digits)
    decay = settings.make_decay(steps)
    speed = run.step * settings.batch_size / run.seconds if run.seconds else 0.0
    first = run.step - len(history.losses)  # of a very long run the oldest losses are gone
    every = -(-len(history.losses) // POINTS) or 1
    told: list[tuple[int, int, Event]] = []
    for n, loss in enumerate(history.losses):
        step = first + n + 1
        if n % every == 0 or step == run.step:
            rate = decay(run.learning_rate, step - 1, steps)
            told.append((step, 0, StepDone(step, steps, step / an_epoch, loss, rate, speed)))
    told += [(event.step, 1, event) for event in history.evaluations if _counts(event)]
    for step, params in history.snapshots.items():
        whole = {key: values.astype(network.dtype) for key, values in params.items()}
        told.append((step, 2, Snapshot(step, whole)))
    now = {(number, name): values.copy() for number, name, values in network.parameters()}
    told.append((run.step, 3, Snapshot(run.step, now)))
    for step, _, event in sorted(told, key=lambda entry: entry[:2]):
        yield event, run.seconds * step / max(run.step, 1)


def _counts(event: Evaluated) -> bool:
    return bool(np.isfinite(event.loss))
