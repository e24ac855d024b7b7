"""Rebuild a saved run's event stream (losses, tests, snapshots), so that the page can draw its curves."""

from collections.abc import Iterator

import numpy as np

from cnncore.nn.network import Network
from cnncore.training.events import Event, Snapshot, StepDone
from cnncore.training.progress import POINTS
from cnncore.training.run import Run


def replay_events(run: Run, network: Network, *, train_digits: int) -> Iterator[tuple[Event, float]]:
    """Yield (event, seconds) in the order of the steps: about POINTS losses, tests, snapshots, the network now.

    `train_digits` is the size of the training set. The run's seconds are divided evenly among its steps.
    """
    settings, history = run.settings, run.history
    steps_per_epoch, steps = settings.steps_per_epoch(train_digits), settings.steps(train_digits)
    schedule = settings.make_schedule(steps)
    speed = run.step * settings.batch_size / run.seconds if run.seconds else 0.0
    first = run.step - len(history.losses)  # a very long run has dropped its oldest losses
    every = -(-len(history.losses) // POINTS) or 1
    entries: list[tuple[int, int, Event]] = []
    for n, loss in enumerate(history.losses):
        step = first + n + 1
        if n % every == 0 or step == run.step:
            rate = schedule(run.learning_rate, step - 1, steps)
            entries.append((step, 2, StepDone(step, steps, step / steps_per_epoch, loss, rate, speed)))
    entries += [(event.step, 0, event) for event in history.evaluations if np.isfinite(event.loss)]
    for step, params in history.snapshots.items():
        params_now = {key: values.astype(network.dtype) for key, values in params.items()}
        entries.append((step, 1, Snapshot(step, params_now)))
    now = {(layer, name): values.copy() for layer, name, values in network.parameters()}
    entries.append((run.step, 3, Snapshot(run.step, now)))
    for step, _, event in sorted(entries, key=lambda entry: entry[:2]):
        yield event, run.seconds * step / max(run.step, 1)
