"""Snapshots of a run to look back on, in bounded memory: dense early, sparser later, however long the run."""

from bisect import bisect_right

import numpy as np

from cnncore import limits
from cnncore.training.events import Snapshots

Kept = tuple[tuple[int, Snapshots], ...]


class SnapshotStore:
    """At most `most` snapshots as float16, and at most `size` bytes of them, though always the first and the last.

    `kept` is replaced as a whole, so that another thread may read while one adds.
    """

    def __init__(self, most: int = limits.TIMELINE_SNAPSHOTS, size: int = limits.TIMELINE_BYTES) -> None:
        self.most, self.size = most, size
        self.kept: Kept = ()

    @property
    def steps(self) -> list[int]:
        """The steps that are kept, in order."""
        return [step for step, _ in self.kept]

    def add(self, step: int, params: Snapshots) -> None:
        """Keep the parameters after `step` steps; of the same step, the newer ones. None that float16 cannot hold."""
        with np.errstate(over="ignore"):
            small = {key: values.astype(np.float16) for key, values in params.items()}
        if self.kept and not all(np.isfinite(values).all() for values in small.values()):
            return
        kept = [each for each in self.kept if each[0] < step] + [(step, small)]
        weight = sum(values.nbytes for values in small.values()) or 1
        while len(kept) > max(2, min(self.most, self.size // weight)):
            del kept[_most_crowded([at for at, _ in kept])]
        self.kept = tuple(kept)

    def at(self, step: int | None) -> tuple[int, Snapshots]:
        """The last snapshot at or before `step`, or the first; None asks for the newest."""
        kept = self.kept
        index = len(kept) - 1 if step is None else bisect_right([at for at, _ in kept], step) - 1
        return kept[max(index, 0)]


def _most_crowded(steps: list[int]) -> int:
    """The one, neither first nor last, whose neighbours' steps have the smallest ratio."""
    return min(range(1, len(steps) - 1), key=lambda k: (steps[k + 1] + 1) / (steps[k - 1] + 1))
