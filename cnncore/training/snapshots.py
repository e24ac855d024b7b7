"""Snapshots of a run in bounded memory: dense in early steps, sparser later, however long the run."""

from bisect import bisect_right

import numpy as np

from cnncore import limits
from cnncore.training.events import Snapshots

Items = tuple[tuple[int, Snapshots], ...]


class SnapshotStore:
    """At most `max_count` snapshots as float16, in at most `max_bytes`; always the first and the last.

    `items` holds (step, parameters) in order. It is replaced as a whole, so that another thread may read during `add`.
    """

    def __init__(self, max_count: int = limits.TIMELINE_SNAPSHOTS, max_bytes: int = limits.TIMELINE_BYTES) -> None:
        self.max_count, self.max_bytes = max_count, max_bytes
        self.items: Items = ()

    @property
    def steps(self) -> list[int]:
        """The steps of the snapshots, in order."""
        return [step for step, _ in self.items]

    def add(self, step: int, params: Snapshots) -> None:
        """Store the parameters after `step` steps, in place of later ones and of those of the same step.

        Parameters that overflow float16 are skipped.
        """
        with np.errstate(over="ignore"):
            small = {key: values.astype(np.float16) for key, values in params.items()}
        if self.items and not all(np.isfinite(values).all() for values in small.values()):
            return
        items = [item for item in self.items if item[0] < step] + [(step, small)]
        bytes_each = sum(values.nbytes for values in small.values()) or 1
        while len(items) > max(2, min(self.max_count, self.max_bytes // bytes_each)):
            del items[_most_crowded([at for at, _ in items])]
        self.items = tuple(items)

    def nearest(self, step: int | None) -> tuple[int, Snapshots]:
        """Return the last snapshot at or before `step`, or else the first; None asks for the newest."""
        items = self.items
        index = len(items) - 1 if step is None else bisect_right([at for at, _ in items], step) - 1
        return items[max(index, 0)]


def _most_crowded(steps: list[int]) -> int:
    """Return the index, neither first nor last, whose neighbours' steps have the smallest ratio."""
    return min(range(1, len(steps) - 1), key=lambda k: (steps[k + 1] + 1) / (steps[k - 1] + 1))
