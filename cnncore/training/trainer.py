"""Training as a generator of events: the next step is computed when the next event is requested.

The caller pauses training by not advancing the generator. The result depends on the seed and the settings
alone: a batch is split into chunks by its size only, each chunk draws its own random numbers, BLAS runs one
thread, and gradients are summed in chunk order, so that one thread or two, page or command line, give
bit-identical weights.
"""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from cnncore import limits
from cnncore.data.digit_set import DigitSet, fixed_sample
from cnncore.data.permutation import permute_pixels
from cnncore.errors import InputError
from cnncore.nn.arrays import Array, Workspace
from cnncore.nn.layers import Dropout
from cnncore.nn.loss import softmax, softmax_cross_entropy
from cnncore.nn.network import Grads, Network
from cnncore.nn.rng import Purpose, generator
from cnncore.training.events import (
    Diverged,
    Evaluated,
    EvaluationAnswers,
    Event,
    Finished,
    LayerStats,
    Snapshot,
    Snapshots,
    StepDone,
)
from cnncore.training.metrics import Predictions, layer_rms, top_predictions
from cnncore.training.run import Run, snapshot_steps
from cnncore.training.settings import Settings

_SPEED_EMA = 0.9  # weight of the previous value in the moving average of images per second


def train(
    network: Network,
    train_set: DigitSet,
    test_set: DigitSet,
    settings: Settings,
    *,
    resume: Run | None = None,
) -> Generator[Event, float | None, None]:
    """Train `network` in place. Yields StepDone, Evaluated, Snapshot, Diverged and Finished.

    StepDone is the last event of its step: a caller that stops there misses nothing of the step. Before it come
    LayerStats, Snapshot, Evaluated and EvaluationAnswers, where the step has them.
    `send(rate)` changes the learning rate (before decay) from the next step on. `resume` is the run to
    continue, which is updated after each step: pass a new Run(settings) to be able to save it later.
    Raises InputError for an empty set or a learning rate out of bounds.
    """
    run = resume if resume is not None else Run(settings)
    session = _Session(network, train_set, test_set, settings, run)
    try:
        for event in session.events():
            rate = yield event
            if rate is not None:
                if not np.isfinite(rate) or rate not in limits.LEARNING_RATE:
                    raise InputError(f"A learning rate lies in 0.00001 to 10, not {rate!r}: try 0.05.")
                run.learning_rate = float(rate)
    finally:
        session.close()


def evaluate(network: Network, digits: DigitSet) -> tuple[int, float]:
    """Return the number of wrong predictions on `digits`, and the mean loss."""
    loss, predictions = _test(network, digits)
    return int((predictions.labels != digits.labels).sum()), loss


def _test(network: Network, digits: DigitSet) -> tuple[float, Predictions]:
    """Return the mean loss, and the predictions."""
    logits = network.logits(digits.images)
    loss, _ = softmax_cross_entropy(logits, digits.labels)
    return loss, top_predictions(softmax(logits))


class _Session:
    """The state of one run of the generator: threads, workspaces, optimizer and pending events."""

    def __init__(self, network: Network, train_set: DigitSet, test_set: DigitSet, settings: Settings, run: Run) -> None:
        if not len(train_set) or not len(test_set):
            raise InputError("Training needs at least one digit to learn from and one to be tested on.")
        if settings.scramble:
            test_set = DigitSet(permute_pixels(test_set.images), test_set.labels, test_set.names)
        n_train = min(settings.digits or len(train_set), len(train_set))
        self.network, self.settings, self.run = network, settings, run
        self.train_set, self.test_set, self.sample = train_set.subset(slice(n_train)), test_set, fixed_sample(test_set)
        self.steps_per_epoch, self.steps = settings.steps_per_epoch(n_train), settings.steps(n_train)
        self.optimizer = settings.make_optimizer()
        self.optimizer.state = run.optimizer_state = run.optimizer_state or self.optimizer.state
        self.schedule = settings.make_schedule(self.steps)
        self.snapshots = snapshot_steps(self.steps)
        self.pool = ThreadPoolExecutor(settings.threads) if settings.threads > 1 else None
        self.workspaces = [Workspace() for _ in range(settings.threads)]
        self.blas = ThreadpoolController().select(user_api="blas")
        self.uses_dropout = any(isinstance(layer, Dropout) for layer in network.layers)
        self.speed = 0.0
        self.pending_answers: EvaluationAnswers | None = None
        self.pending_stats: LayerStats | None = None
        self._epoch_order: tuple[int, Array] = (-1, np.empty(0, np.intp))

    def close(self) -> None:
        if self.pool:
            self.pool.shutdown()

    def events(self) -> Iterator[Event]:
        if self.run.step == 0 and not self.run.history.evaluations:
            yield from self._evaluate(self.sample)
        yield from self._scheduled_events()
        while self.run.step < self.steps:
            event = self._step()
            if isinstance(event, Diverged):
                yield event
                return
            if self.pending_stats:
                yield self.pending_stats
                self.pending_stats = None
            yield from self._scheduled_events()
            yield event
        last = self._final_evaluation()
        yield Finished(self.run.step, last.wrong, last.digits, self.run.seconds)

    def _scheduled_events(self) -> Iterator[Event]:
        """Snapshot and evaluation events scheduled for the current step, skipping those a resumed run already holds."""
        step, history = self.run.step, self.run.history
        if step in self.snapshots and step not in history.snapshots:
            yield self._snapshot()
        if history.evaluations and history.evaluations[-1].step >= step:
            return
        if step % self.steps_per_epoch == 0:
            yield from self._evaluate(self.test_set)
        elif step % self.settings.evaluate_every == 0:
            yield from self._evaluate(self.sample)

    def _step(self) -> StepDone | Diverged:
        start, run = perf_counter(), self.run
        batch = self._batch(run.step)
        with self.blas.limit(limits=1), np.errstate(over="ignore", invalid="ignore"):
            loss, grads = self._gradients(batch)
            rate = self.schedule(run.learning_rate, run.step, self.steps)
            if np.isfinite(loss):
                record = self._records_stats(run.step + 1)
                before = self._snapshot_params() if record else {}
                for layer, name, values in self.network.parameters():
                    self.optimizer.update((layer, name), values, grads[layer][name], rate, run.step)
                if record:
                    self.pending_stats = LayerStats(run.step + 1, layer_rms(before, self._snapshot_params(), grads))
        if not np.isfinite(loss):
            return Diverged(run.step, f"The loss left all bounds: try a learning rate of {run.learning_rate / 10:.2g}.")
        run.step += 1
        run.history.add_loss(loss)
        seconds = perf_counter() - start
        run.seconds += seconds
        speed = len(batch) / seconds
        self.speed = _SPEED_EMA * self.speed + (1 - _SPEED_EMA) * speed if self.speed else speed
        return StepDone(run.step, self.steps, run.step / self.steps_per_epoch, loss, rate, self.speed)

    def _batch(self, step: int) -> Array:
        """Return the indices (B,) of this step's batch. Each epoch is a new permutation, seeded by (seed, epoch)."""
        epoch, batch = divmod(step, self.steps_per_epoch)
        if self._epoch_order[0] != epoch:
            order = generator(self.settings.seed, Purpose.SHUFFLE, epoch).permutation(len(self.train_set))
            self._epoch_order = epoch, order
        size = self.settings.batch_size
        return self._epoch_order[1][batch * size : (batch + 1) * size]

    def _gradients(self, batch: Array) -> tuple[float, Grads]:
        """Return the batch's mean loss and its gradients, computed by chunks and summed in chunk order."""
        chunks = np.array_split(batch, -(-len(batch) // limits.CHUNK_IMAGES))
        results: list[Any] = [None] * len(chunks)

        def work(thread: int) -> None:
            for index in range(thread, len(chunks), len(self.workspaces)):
                results[index] = self._chunk_gradients(chunks[index], index, self.workspaces[thread])

        if self.pool:
            list(self.pool.map(work, range(min(len(self.workspaces), len(chunks)))))
        else:
            work(0)
        loss, total = results[0]
        loss *= len(chunks[0]) / len(batch)
        for layer in total.values():
            for grad in layer.values():
                grad *= len(chunks[0]) / len(batch)
        for chunk, (chunk_loss, grads) in zip(chunks[1:], results[1:], strict=True):
            weight = len(chunk) / len(batch)
            loss += weight * chunk_loss
            for index, layer in grads.items():
                for name, grad in layer.items():
                    total[index][name] += weight * grad
        return float(loss), total

    def _chunk_gradients(self, chunk: Array, index: int, workspace: Workspace) -> tuple[float, Grads]:
        seed, step = self.settings.seed, self.run.step
        images, labels = self.train_set.images[chunk], self.train_set.labels[chunk]
        if self.settings.augmentation:
            images = self.settings.augmentation.apply(images, generator(seed, Purpose.AUGMENT, step, index))
        if self.settings.scramble:
            images = permute_pixels(images)
        rng = generator(seed, Purpose.DROPOUT, step, index) if self.uses_dropout else None
        logits, caches = self.network.forward(images, training=True, rng=rng, workspace=workspace)
        loss, logits_grad = softmax_cross_entropy(logits, labels)
        return loss, self.network.backward(logits_grad, caches)

    def _final_evaluation(self) -> Evaluated:
        """Return the test on all test digits after the last step, which is made now if the run has none."""
        for event in reversed(self.run.history.evaluations):
            if event.step == self.run.step and event.digits == len(self.test_set):
                return event
        return self._evaluation(self.test_set)

    def _evaluation(self, digits: DigitSet) -> Evaluated:
        with self.blas.limit(limits=1):
            parts = np.array_split(np.arange(len(digits)), len(self.workspaces))
            subsets = [digits.subset(part) for part in parts if len(part)]
            run = self.pool.map if self.pool else map
            results = list(run(lambda subset: _test(self.network, subset), subsets))
        labels = np.concatenate([predictions.labels for _, predictions in results])
        confidences = np.concatenate([predictions.confidences for _, predictions in results])
        self.pending_answers = EvaluationAnswers(self.run.step, labels, confidences)
        wrong = int((labels != digits.labels).sum())
        loss = sum(loss * len(subset) for (loss, _), subset in zip(results, subsets, strict=True)) / len(digits)
        event = Evaluated(self.run.step, self.run.step / self.steps_per_epoch, wrong, len(digits), float(loss))
        self.run.history.add_evaluation(event)
        return event

    def _evaluate(self, digits: DigitSet) -> Iterator[Event]:
        yield self._evaluation(digits)
        assert self.pending_answers is not None
        yield self.pending_answers

    def _records_stats(self, step: int) -> bool:
        every = self.settings.evaluate_every
        return step in self.snapshots or step % every == 0 or step % self.steps_per_epoch == 0

    def _snapshot_params(self) -> Snapshots:
        return {(layer, name): values.copy() for layer, name, values in self.network.parameters()}

    def _snapshot(self) -> Snapshot:
        params = self._snapshot_params()
        with np.errstate(over="ignore"):
            self.run.history.snapshots[self.run.step] = {k: v.astype(np.float16) for k, v in params.items()}
        return Snapshot(self.run.step, params)
