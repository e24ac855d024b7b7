"""What the time machine looks into: a training of this server, a network that has not begun, or the pretrained one."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import streamlit as st

from cnncore import Network
from cnncore.analysis.evaluation import per_class_sample
from cnncore.data.digit_set import DigitSet, sample_indices
from cnncore.data.permutation import permute_pixels
from cnncore.nn.arrays import Array
from cnncore.training.events import EvaluationAnswers
from cnncore.training.metrics import Predictions, predict_labels
from cnncore.training.progress import RunMonitor
from cnncore.training.snapshots import SnapshotStore
from pages.ui import bounds
from pages.ui.jobs.job import RUNNING, Job
from pages.ui.session import histories, pretrained

_KEPT = "train_answers"  # the session's, by run, step and set: what was asked once is not computed again


class Source(NamedTuple):
    """A run to look into.

    run          names it
    network      of its architecture; its parameters do not count
    timeline     its snapshots
    test_set     what it is tested on, pixels as they are seen
    scramble     whether it sees them scrambled
    running      whether it moves just now
    live         what its worker reports of itself: answers, sizes, rates; None for one that is looked back on
    """

    run: str
    network: Network
    timeline: SnapshotStore
    test_set: DigitSet
    scramble: bool
    running: bool
    live: RunMonitor | None

    @property
    def sample(self) -> Array:
        """Where the fixed sample lies in the test set."""
        return sample_indices(len(self.test_set))

    @property
    def wall(self) -> Array:
        """Where the digits of the wall lie in the test set: part of the sample."""
        sample = self.sample
        return sample[per_class_sample(self.test_set.labels[sample])]

    def seen(self, images: Array) -> Array:
        """images (N, H, W, C) as its network sees them."""
        return permute_pixels(images) if self.scramble else images

    def network_at(self, step: int | None) -> tuple[int, Network]:
        """The network as it was at a snapshot, and the snapshot's step."""
        at, params = self.timeline.nearest(step)
        return at, self.network.copy(params)

    def answers(self, step: int | None, which: str) -> tuple[int, Predictions]:
        """Return a snapshot's step and predictions for the "wall" or the "sample"; computed once in a session."""
        at, params = self.timeline.nearest(step)
        key = self.run, at, f"{which} of {len(self.test_set)}"  # a run from a file may get its data later

        def compute() -> Predictions:
            numbers = self.wall if which == "wall" else self.sample
            return predict_labels(self.network.copy(params), self.seen(self.test_set.images[numbers]))

        return at, _remembered(key, compute)

    def reported(self, everything: bool) -> EvaluationAnswers | None:
        """The last test's answers as its worker reported them: of the sample, or of all test digits."""
        if self.live is None:
            return None
        return self.live.full_answers if everything else self.live.sample_answers


def of_job(job: Job) -> Source:
    """A training, as it goes or has gone."""
    progress = job.progress
    return Source(
        job.id[:8],
        progress.network,
        progress.timeline,
        job.test_set,
        job.settings.scramble,
        job.state == RUNNING,
        progress,
    )


def of_pretrained() -> tuple[Source, Array, int]:
    """The pretrained network, from the history that it brings; its tests (n, 3): step, wrong, digits; its steps.

    Raises ModelError.
    """
    network, timeline, tests = histories.pretrained()
    source = Source("pretrained", network, timeline, pretrained.test_digits(), False, False, None)
    return source, tests, timeline.steps[-1]


def _remembered(key: tuple[str, int, str], compute: Callable[[], Predictions]) -> Predictions:
    kept: dict[tuple[str, int, str], Predictions] = st.session_state.setdefault(_KEPT, {})
    if key not in kept:
        given = compute()
        kept[key] = Predictions(given.labels.astype(np.uint8), given.confidences.astype(np.float32))
        while len(kept) > bounds.ANSWERS_KEPT:
            del kept[next(iter(kept))]
    return kept[key]
