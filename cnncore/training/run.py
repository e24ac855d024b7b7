"""The record of a training run: enough to continue it exactly, and to look back on it."""

from dataclasses import dataclass, field

import numpy as np

from cnncore import limits
from cnncore.data.source import DataOrigin
from cnncore.nn.arrays import Array
from cnncore.nn.optimizers import Key
from cnncore.training.events import Evaluated, Snapshots
from cnncore.training.settings import Settings

SNAPSHOTS = 40
_OPEN_ENDED_SNAPSHOTS = 76  # as dense as those of the usual run


@dataclass
class History:
    """What happened so far: the loss of every step, every test, and snapshots (float16) by step.

    Bounded: of a very long run the last limits.LOSSES losses, and every second of the older tests.
    """

    losses: list[float] = field(default_factory=list)
    evaluations: list[Evaluated] = field(default_factory=list)
    snapshots: dict[int, Snapshots] = field(default_factory=dict)

    def add_loss(self, loss: float) -> None:
        """Of one more step."""
        self.losses.append(loss)
        if len(self.losses) >= 2 * limits.LOSSES:
            del self.losses[: -limits.LOSSES]

    def add_evaluation(self, event: Evaluated) -> None:
        """One more test."""
        self.evaluations.append(event)
        if len(self.evaluations) > limits.EVALUATIONS:
            del self.evaluations[1 : limits.EVALUATIONS // 2 : 2]


@dataclass
class Run:
    """One training run, brought up to date by `train` after each step.

    step            steps done
    learning_rate   before decay; changes when it is changed during the run
    optimizer_state velocities or moments by (layer number, parameter name)
    seconds         spent computing
    origin          what it learns from, where that is known
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
    """About 40 of range(steps + 1), dense early: the first and the last, and evenly spaced ratios between.

    Of a run that has the most steps of all, one without an end among them, about 76.
    """
    most = SNAPSHOTS if steps < limits.STEPS else _OPEN_ENDED_SNAPSHOTS
    return {0, *np.geomspace(1, max(steps, 1), most).round().astype(int).tolist()}
