"""The state of a run for display, in bounded memory: curves, tests, first-layer weights and sample predictions.

`RunMonitor` receives events (cnncore.training.events) from a worker's pipe or from `train` itself.
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
_MIN_AXIS_STEPS = 100
_LOSS_SMOOTHING = 0.8  # weight of the previous value in the exponential moving average of the loss
Item = TypeVar("Item")


class DecimatedSeries(Generic[Item]):
    """At most `max_count` evenly spaced items of a growing series, with the first one; and the last one."""

    def __init__(self, max_count: int) -> None:
        self.max_count, self.every, self.count = max_count, 1, 0
        self.items: list[Item] = []
        self.last: Item | None = None

    def add(self, item: Item) -> None:
        """Append an item; drop every second one when there are too many."""
        if self.count % self.every == 0:
            self.items.append(item)
            if len(self.items) >= self.max_count:
                self.items = self.items[::2]
                self.every *= 2
        self.count += 1
        self.last = item

    def all(self) -> list[Item]:
        """Return the items and, if it is not among them, the last one."""
        complete = (self.count - 1) % self.every == 0 or self.last is None
        return list(self.items) if complete else [*self.items, self.last]  # type: ignore[list-item]


class RunMonitor:
    """The state of one run so far, updated event by event.

    step, epoch, speed, rate   the last reported values (speed in images per second)
    steps, endless             the steps of the whole run; whether the run only ends when it is stopped
    params                     the parameters of the last snapshot
    timeline                   earlier snapshots
    views                      (step, seconds, first-layer weights, probabilities of the monitored digits)
    sample_answers             predictions of the last test on the fixed sample
    full_answers               predictions of the last test on all digits, at the end of an epoch
    rates, sizes               (step, learning rate); cnncore.training.events.LayerStats
    """

    def __init__(self, layers: LayerDicts, settings: Settings, digits: DigitSet) -> None:
        """`digits` are the few test digits whose predictions are shown."""
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
        self.sample_answers: EvaluationAnswers | None = None
        self.full_answers: EvaluationAnswers | None = None
        self.rates: DecimatedSeries[tuple[float, float]] = DecimatedSeries(TESTS)
        self.sizes: DecimatedSeries[LayerStats] = DecimatedSeries(TESTS)
        self.params: Snapshots = {}
        self._view(Snapshot(0, {(n, name): values.copy() for n, name, values in self.network.parameters()}), 0.0)

    def update(self, event: Event, seconds: float) -> None:
        """Update the state by one event, reported `seconds` after the start."""
        self.step = max(self.step, event.step)
        match event:
            case StepDone():
                self.steps, self.epoch = event.steps, event.epoch
                self.speed, self.rate = event.images_per_second, event.rate
                first = not np.isfinite(self.loss)
                self.loss = event.loss if first else _LOSS_SMOOTHING * self.loss + (1 - _LOSS_SMOOTHING) * event.loss
                self.losses.add((event.step, seconds, self.loss))
                self.rates.add((event.step, event.rate))
            case Evaluated():
                test = (event.step, seconds, event.epoch, event.wrong, event.digits)
                sample = self.tests.count == 0 or event.digits == self.tests.items[0][4]
                if sample:
                    self.tests.add(test)
                else:
                    self._full_tests.add(test)
            case EvaluationAnswers():
                if self.tests.count and len(event.labels) == self.tests.items[0][4]:
                    self.sample_answers = event
                else:
                    self.full_answers = event
            case LayerStats():
                self.sizes.add(event)
            case Snapshot():
                self._view(event, seconds)
            case Finished():
                if self._full_tests.last is None or self._full_tests.last[0] != event.step:
                    self._full_tests.add((event.step, seconds, self.epoch, event.wrong, event.digits))

    @property
    def full_tests(self) -> list[tuple[float, ...]]:
        """The tests on all digits: (step, seconds, epoch, wrong, digits)."""
        return self._full_tests.all()

    @property
    def x_axis_steps(self) -> int:
        """The steps on a curve's axis: all of the run; of an endless run a bound that doubles when it is reached."""
        if not self.endless:
            return self.steps
        return min(_MIN_AXIS_STEPS << max(self.step // _MIN_AXIS_STEPS, 0).bit_length(), limits.STEPS)

    def _view(self, snapshot: Snapshot, seconds: float) -> None:
        """Store a snapshot and what the network computes with it; a snapshot whose output is NaN is skipped."""
        self.network.set_parameters(snapshot.params)
        with np.errstate(over="ignore", invalid="ignore"):
            probabilities = predict_probabilities(self.network, self.images)
        if self.params and not np.isfinite(probabilities).all():
            self.network.set_parameters(self.params)
            return
        self.params = snapshot.params
        self.timeline.add(snapshot.step, snapshot.params)
        self.views.add((snapshot.step, seconds, first_weights(self.network), probabilities))

    def copy_network(self) -> Network:
        """An independent network with the latest parameters."""
        return self.network.copy(self.params)

    def to_arrays(self, *, views: int = 1) -> dict[str, Array]:
        """Return everything that is shown as arrays, with the latest `views` views.

        losses (n, 3) step, seconds, loss (smoothed) · tests and full_tests (n, 5) step, seconds, epoch,
        wrong, digits · views (k, 2) step, seconds · weights (k, H, W, count) · probabilities (k, digits, classes)
        """
        latest = self.views.all()[-views:]
        return {
            "losses": np.array(self.losses.all(), np.float64).reshape(-1, 3),
            "tests": np.array(self.tests.all(), np.float64).reshape(-1, 5),
            "full_tests": np.array(self.full_tests, np.float64).reshape(-1, 5),
            "views": np.array([view[:2] for view in latest], np.float64).reshape(-1, 2),
            "weights": np.stack([view[2] for view in latest]),
            "probabilities": np.stack([view[3] for view in latest]),
        }


def first_weights(network: Network) -> Array:
    """Return the weights of the first layer as images (H, W, count): its filters, or each dense unit's weights."""
    shape = network.input_shape  # of the maps before they are flattened
    for layer, output_shape in zip(network.layers, network.shapes, strict=True):
        if isinstance(layer, Conv2D):
            return layer.params["filters"][0, :, :, :SHOWN_FILTERS].copy()
        if isinstance(layer, Dense):
            return layer.params["weights"].reshape(*shape, -1)[:, :, 0, :SHOWN_FILTERS].copy()
        shape = output_shape if len(output_shape) == 3 else shape
    return np.zeros((1, 1, 1), network.dtype)


def origin_of(data: DataSource) -> DataOrigin:
    """Return the origin that a run on this data records. Raises DataError for a damaged MNIST file."""
    if data.user_digits is not None:
        return DataOrigin(
            (), data.fingerprint, data.title, rehearsal_size(len(data.user_digits)), one_per_class(data.user_digits)
        )
    if data.upload is None:
        return data.missing or DataOrigin(data.classes)
    train_set, test_set = data.train_and_test
    return DataOrigin((), data.fingerprint, data.title, len(train_set), one_per_class(test_set))


def one_per_class(digits: DigitSet) -> DigitSet:
    """Return the first digit of each class in class order; of more than ten classes ten, evenly spaced."""
    _, first = np.unique(digits.labels, return_index=True)
    return digits.subset(
        first[np.linspace(0, len(first) - 1, min(len(first), MONITORED_DIGITS)).round().astype(np.intp)]
    )
