"""A run as it is watched, in bounded memory: curves, tests, and what the network sees and answers.

`Progress` takes events (cnncore.training.events) from wherever they come, a worker's pipe
or `train` itself, and keeps what a page shows of them.
"""

from typing import Generic, TypeVar

import numpy as np

from cnncore import limits
from cnncore.architecture.spec import LayerDicts, layers_from_dicts
from cnncore.data.digit_set import MONITORED_DIGITS, DigitSet
from cnncore.data.permutation import permute_pixels
from cnncore.data.rehearsal import rehearsal_size
from cnncore.data.source import DataOrigin, DataSource
from cnncore.nn.arrays import Array
from cnncore.nn.layers import Conv2D, Dense
from cnncore.nn.network import Network
from cnncore.training.events import (
    Evaluated,
    EvaluationAnswers,
    Event,
    Finished,
    LayerStats,
    Snapshot,
    Snapshots,
    StepDone,
)
from cnncore.training.metrics import predict_probabilities
from cnncore.training.settings import Settings
from cnncore.training.snapshots import SnapshotStore

POINTS = 1_000
TESTS = 400
VIEWS = 60
SHOWN_FILTERS = 8
_LEAST_SPAN = 100
_LOSS_MEMORY = 0.8  # of one reported loss to the next, for the curve
Item = TypeVar("Item")


class DecimatedSeries(Generic[Item]):
    """At most `most` of all that came, evenly spaced, the first among them; and the last."""

    def __init__(self, most: int) -> None:
        self.most, self.every, self.count = most, 1, 0
        self.kept: list[Item] = []
        self.last: Item | None = None

    def add(self, item: Item) -> None:
        if self.count % self.every == 0:
            self.kept.append(item)
            if len(self.kept) >= self.most:
                self.kept = self.kept[::2]
                self.every *= 2
        self.count += 1
        self.last = item

    def all(self) -> list[Item]:
        """What was kept, and the last."""
        whole = (self.count - 1) % self.every == 0 or self.last is None
        return list(self.kept) if whole else [*self.kept, self.last]  # type: ignore[list-item]


class RunMonitor:
    """What is known of one run so far.

    step, epoch, speed, rate   as last reported (speed in images a second)
    steps, endless             of the whole run; whether it only ends when it is stopped, or after so many
    params                     the network's latest parameters, from the last snapshot
    timeline                   snapshots to look back on
    answered, answered_all     the last test's answers: of the fixed sample, and of all digits at an epoch's end
    rates, sizes               (step, learning rate); (step, rows of cnncore.training.events.LayerStats)
    """

    def __init__(self, layers: LayerDicts, settings: Settings, digits: DigitSet) -> None:
        """`digits` are the few whose answers are watched."""
        shape = digits.images.shape[1:]
        self.network = Network(layers_from_dicts(layers, input_shape=shape), input_shape=shape, seed=settings.seed)
        self.network.names = digits.names
        self.images = permute_pixels(digits.images) if settings.scramble else digits.images
        self.labels = digits.labels
        self.step = self.steps = 0
        self.endless = settings.epochs is None
        self.epoch = self.speed = self.rate = 0.0
        self.loss = float("nan")
        self.losses: DecimatedSeries[tuple[float, ...]] = DecimatedSeries(POINTS)
        self.tests: DecimatedSeries[tuple[float, ...]] = DecimatedSeries(TESTS)
        self._full_tests: DecimatedSeries[tuple[float, ...]] = DecimatedSeries(TESTS)  # one an epoch
        self.views: DecimatedSeries[tuple[int, float, Array, Array]] = DecimatedSeries(VIEWS)
        self.timeline = SnapshotStore()
        self.answered: EvaluationAnswers | None = None
        self.answered_all: EvaluationAnswers | None = None
        self.rates: DecimatedSeries[tuple[float, float]] = DecimatedSeries(TESTS)
        self.sizes: DecimatedSeries[LayerStats] = DecimatedSeries(TESTS)
        self.params: Snapshots = {}
        self._view(Snapshot(0, {(n, name): values.copy() for n, name, values in self.network.parameters()}), 0.0)

    def see(self, event: Event, seconds: float) -> None:
        """Take in one event that came `seconds` after the start."""
        self.step = max(self.step, event.step)
        match event:
            case StepDone():
                self.steps, self.epoch = event.steps, event.epoch
                self.speed, self.rate = event.images_per_second, event.rate
                first = not np.isfinite(self.loss)
                self.loss = event.loss if first else _LOSS_MEMORY * self.loss + (1 - _LOSS_MEMORY) * event.loss
                self.losses.add((event.step, seconds, self.loss))
                self.rates.add((event.step, event.rate))
            case Evaluated():
                test = (event.step, seconds, event.epoch, event.wrong, event.digits)
                sample = self.tests.count == 0 or event.digits == self.tests.kept[0][4]
                if sample:
                    self.tests.add(test)
                else:
                    self._full_tests.add(test)
            case EvaluationAnswers():
                if self.tests.count and len(event.answers) == self.tests.kept[0][4]:
                    self.answered = event
                else:
                    self.answered_all = event
            case LayerStats():
                self.sizes.add(event)
            case Snapshot():
                self._view(event, seconds)
            case Finished():
                if self._full_tests.last is None or self._full_tests.last[0] != event.step:
                    self._full_tests.add((event.step, seconds, self.epoch, event.wrong, event.digits))

    @property
    def full_tests(self) -> list[tuple[float, ...]]:
        """Tests on all digits: step, seconds, epoch, wrong, digits."""
        return self._full_tests.all()

    @property
    def span(self) -> int:
        """How many steps an axis shows: all of them; without an end the last and some room, doubled as it fills."""
        if not self.endless:
            return self.steps
        return min(_LEAST_SPAN << max(self.step // _LEAST_SPAN, 0).bit_length(), limits.STEPS)

    def _view(self, snapshot: Snapshot, seconds: float) -> None:
        """Of a network that answers "not a number" nothing is taken: what is shown stays the last that did not."""
        self.network.set_parameters(snapshot.params)
        with np.errstate(over="ignore", invalid="ignore"):
            probabilities = predict_probabilities(self.network, self.images)
        if self.params and not np.isfinite(probabilities).all():
            self.network.set_parameters(self.params)
            return
        self.params = snapshot.params
        self.timeline.add(snapshot.step, snapshot.params)
        self.views.add((snapshot.step, seconds, first_weights(self.network), probabilities))

    def trained(self) -> Network:
        """An independent network with the latest parameters."""
        return self.network.copy(self.params)

    def picture(self, *, views: int = 1) -> dict[str, Array]:
        """What is shown, as arrays; of the views the latest `views`.

        losses (n, 3) step, seconds, loss (smoothed) · tests and full_tests (n, 5) step, seconds, epoch,
        wrong, digits · views (k, 2) step, seconds · weights (k, H, W, count) · probabilities (k, digits, classes)
        """
        seen = self.views.all()[-views:]
        return {
            "losses": np.array(self.losses.all(), np.float64).reshape(-1, 3),
            "tests": np.array(self.tests.all(), np.float64).reshape(-1, 5),
            "full_tests": np.array(self.full_tests, np.float64).reshape(-1, 5),
            "views": np.array([view[:2] for view in seen], np.float64).reshape(-1, 2),
            "weights": np.stack([view[2] for view in seen]),
            "probabilities": np.stack([view[3] for view in seen]),
        }


def first_weights(network: Network) -> Array:
    """What the first layer looks for, (H, W, count): its filters, or each dense unit's weights as a picture."""
    shape = network.input_shape  # of the maps that a dense layer reads unrolled
    for layer, output_shape in zip(network.layers, network.shapes, strict=True):
        if isinstance(layer, Conv2D):
            return layer.params["filters"][0, :, :, :SHOWN_FILTERS].copy()
        if isinstance(layer, Dense):
            return layer.params["weights"].reshape(*shape, -1)[:, :, 0, :SHOWN_FILTERS].copy()
        shape = output_shape if len(output_shape) == 3 else shape
    return np.zeros((1, 1, 1), network.dtype)


def origin_of(data: DataSource) -> DataOrigin:
    """What a run on this data remembers of it. Raises DataError."""
    if data.own is not None:
        return DataOrigin((), data.fingerprint, data.title, rehearsal_size(len(data.own)), one_per_class(data.own))
    if data.upload is None:
        return data.absent or DataOrigin(data.classes)
    learn, test = data.halves
    return DataOrigin((), data.fingerprint, data.title, len(learn), one_per_class(test))


def one_per_class(digits: DigitSet) -> DigitSet:
    """The first digit of every class, in the order of the classes; of more than ten classes ten, evenly spread."""
    _, first = np.unique(digits.labels, return_index=True)
    return digits.take(first[np.linspace(0, len(first) - 1, min(len(first), MONITORED_DIGITS)).round().astype(np.intp)])
