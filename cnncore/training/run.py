"""The record of a training run: enough to continue it exactly and to show its course."""

from dataclasses import dataclass, field

import numpy as np

from cnncore import limits
from cnncore.data.source import DataOrigin
from cnncore.nn.arrays import Array
from cnncore.nn.optimizers import Key
from cnncore.training.events import Evaluated, Snapshots
from cnncore.training.settings import Settings

SNAPSHOTS = 40
_OPEN_ENDED_SNAPSHOTS = 76  # as dense in early steps as those of a run of default length


@dataclass
class History:
    """The losses of all steps, the tests, and the snapshots (float16) by step.

    Memory is bounded: a very long run keeps the last limits.LOSSES losses and every second of its older tests.
    """

    losses: list[float] = field(default_factory=list)
    evaluations: list[Evaluated] = field(default_factory=list)
    snapshots: dict[int, Snapshots] = field(default_factory=dict)

    def add_loss(self, loss: float) -> None:
        """Append the loss of one more step."""
        self.losses.append(loss)
        if len(self.losses) >= 2 * limits.LOSSES:
            del self.losses[: -limits.LOSSES]

    def add_evaluation(self, event: Evaluated) -> None:
        """Append one more test."""
        self.evaluations.append(event)
        if len(self.evaluations) > limits.EVALUATIONS:
            del self.evaluations[1 : limits.EVALUATIONS // 2 : 2]


@dataclass
class Run:
    """One training run, updated by `train` after each step.

    step            the number of steps done
    learning_rate   before decay, with the changes made during the run
    optimizer_state velocities or moments by (layer index, parameter name)
    seconds         time spent computing
    origin          the training data, if it is known
    """

    settings: Settings
    step: int = 0
    learning_rate: float = 0.0
    optimizer_state: dict[str, dict[Key, Array]] = field(default_factory=dict)
    history: History = field(default_factory=History)
    seconds: float = 0.0
    origin: DataOrigin | None = None

    def __post_init__(self) -> None:
        self.learning_rate = self.learning_rate or self.settings.learning_rate


def snapshot_steps(steps: int) -> set[int]:
    """Return about 40 steps of 0 to `steps` at which snapshots are taken: the first, the last, and a geometric series.

    Runs of limits.STEPS steps, such as those without an end, have about 76.
    """
    count = SNAPSHOTS if steps < limits.STEPS else _OPEN_ENDED_SNAPSHOTS
    return {0, *np.geomspace(1, max(steps, 1), count).round().astype(int).tolist()}
