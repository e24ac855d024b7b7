"""Training as a generator of events: whoever iterates decides when the next step happens.

Not advancing is pausing. The result depends on the seed and the settings alone:
a batch is split into chunks by its size only, each chunk draws its own random
numbers, BLAS runs one thread, and gradients are summed in chunk order, so one
thread or two, page or command line, give the same weights bit by bit.
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

_SPEED_EMA = 0.9  # of one step to the next, for the images a second that are reported


def train(
    network: Network,
    train_set: DigitSet,
    test_set: DigitSet,
    settings: Settings,
    *,
    resume: Run | None = None,
) -> Generator[Event, float | None, None]:
    """Train `network` in place, yielding StepDone, Evaluated, Snapshot, Diverged, Finished
    and, for a closer look, EvaluationAnswers after each Evaluated, and LayerStats where a step is tested or kept.

    `send(rate)` changes the learning rate (before decay) from the next step on.
    `resume` is the run to continue, kept up to date as it goes: pass a fresh
    Run(settings) to be able to save it later. Raises InputError for sets that do not fit.
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
    """How many of `digits` are answered wrongly, and the mean loss."""
    loss, given = _test(network, digits)
    return int((given.answers != digits.labels).sum()), loss


def _test(network: Network, digits: DigitSet) -> tuple[float, Predictions]:
    """The mean loss, and the answers."""
    logits = network.logits(digits.images)
    loss, _ = softmax_cross_entropy(logits, digits.labels)
    return loss, top_predictions(softmax(logits))


class _Session:
    """One run of the generator: its threads, workspaces and where it stands."""

    def __init__(self, network: Network, train_set: DigitSet, test_set: DigitSet, settings: Settings, run: Run) -> None:
        if not len(train_set) or not len(test_set):
            raise InputError("Training needs at least one digit to learn from and one to be tested on.")
        if settings.scramble:
            test_set = DigitSet(permute_pixels(test_set.images), test_set.labels, test_set.names)
        used = min(settings.digits or len(train_set), len(train_set))
        self.network, self.settings, self.run = network, settings, run
        self.train_set, self.test_set, self.sample = train_set.take(slice(used)), test_set, fixed_sample(test_set)
        self.steps_an_epoch, self.steps = settings.steps_an_epoch(used), settings.steps(used)
        self.optimizer = settings.make_optimizer()
        self.optimizer.state = run.optimizer_state = run.optimizer_state or self.optimizer.state
        self.decay = settings.make_decay(self.steps)
        self.snapshots = snapshot_steps(self.steps)
        self.pool = ThreadPoolExecutor(settings.threads) if settings.threads > 1 else None
        self.workspaces = [Workspace() for _ in range(settings.threads)]
        self.blas = ThreadpoolController().select(user_api="blas")
        self.draws = any(isinstance(layer, Dropout) for layer in network.layers)
        self.speed = 0.0
        self.answered: EvaluationAnswers | None = None
        self.measured: LayerStats | None = None
        self._epoch_order: tuple[int, Array] = (-1, np.empty(0, np.intp))

    def close(self) -> None:
        if self.pool:
            self.pool.shutdown()

    def events(self) -> Iterator[Event]:
        if self.run.step == 0 and not self.run.history.evaluations:
            yield from self._tests(self.sample)
        yield from self._due()
        while self.run.step < self.steps:
            done = self._step()
            yield done
            if isinstance(done, Diverged):
                return
            if self.measured:
                yield self.measured
                self.measured = None
            yield from self._due()
        last = self._tested()
        yield Finished(self.run.step, last.wrong, last.digits, self.run.seconds)

    def _due(self) -> Iterator[Event]:
        """What belongs to the step that is done, unless the run brought it along."""
        step, history = self.run.step, self.run.history
        if step in self.snapshots and step not in history.snapshots:
            yield self._snapshot()
        if history.evaluations and history.evaluations[-1].step >= step:
            return
        if step % self.steps_an_epoch == 0:
            yield from self._tests(self.test_set)
        elif step % self.settings.evaluate_every == 0:
            yield from self._tests(self.sample)

    def _step(self) -> StepDone | Diverged:
        begun, run = perf_counter(), self.run
        batch = self._batch(run.step)
        with self.blas.limit(limits=1), np.errstate(over="ignore", invalid="ignore"):
            loss, grads = self._gradients(batch)
            rate = self.decay(run.learning_rate, run.step, self.steps)
            if np.isfinite(loss):
                watched = self._is_watched(run.step + 1)
                before = self._copies() if watched else {}
                for number, name, values in self.network.parameters():
                    self.optimizer.update((number, name), values, grads[number][name], rate, run.step)
                if watched:
                    self.measured = LayerStats(run.step + 1, layer_rms(before, self._copies(), grads))
        if not np.isfinite(loss):
            return Diverged(run.step, f"The loss left all bounds: try a learning rate of {run.learning_rate / 10:.2g}.")
        run.step += 1
        run.history.add_loss(loss)
        seconds = perf_counter() - begun
        run.seconds += seconds
        now = len(batch) / seconds
        self.speed = _SPEED_EMA * self.speed + (1 - _SPEED_EMA) * now if self.speed else now
        return StepDone(run.step, self.steps, run.step / self.steps_an_epoch, loss, rate, self.speed)

    def _batch(self, step: int) -> Array:
        """Which digits the step learns from: every digit once an epoch, in an order of its own."""
        epoch, within = divmod(step, self.steps_an_epoch)
        if self._epoch_order[0] != epoch:
            order = generator(self.settings.seed, Purpose.SHUFFLE, epoch).permutation(len(self.train_set))
            self._epoch_order = epoch, order
        size = self.settings.batch_size
        return self._epoch_order[1][within * size : (within + 1) * size]

    def _gradients(self, batch: Array) -> tuple[float, Grads]:
        """The batch's mean loss and its gradients, chunk by chunk, summed in chunk order."""
        chunks = np.array_split(batch, -(-len(batch) // limits.CHUNK_IMAGES))
        results: list[Any] = [None] * len(chunks)

        def work(thread: int) -> None:
            for number in range(thread, len(chunks), len(self.workspaces)):
                results[number] = self._chunk_gradients(chunks[number], number, self.workspaces[thread])

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
            share = len(chunk) / len(batch)
            loss += share * chunk_loss
            for number, layer in grads.items():
                for name, grad in layer.items():
                    total[number][name] += share * grad
        return float(loss), total

    def _chunk_gradients(self, chunk: Array, number: int, workspace: Workspace) -> tuple[float, Grads]:
        seed, step = self.settings.seed, self.run.step
        images, labels = self.train_set.images[chunk], self.train_set.labels[chunk]
        if self.settings.augmentation:
            images = self.settings.augmentation.apply(images, generator(seed, Purpose.AUGMENT, step, number))
        if self.settings.scramble:
            images = permute_pixels(images)
        rng = generator(seed, Purpose.DROPOUT, step, number) if self.draws else None
        logits, caches = self.network.forward(images, training=True, rng=rng, workspace=workspace)
        loss, logits_grad = softmax_cross_entropy(logits, labels)
        return loss, self.network.backward(logits_grad, caches)

    def _tested(self) -> Evaluated:
        """The last test on all test digits, made now where the run has none at this step."""
        for event in reversed(self.run.history.evaluations):
            if event.step == self.run.step and event.digits == len(self.test_set):
                return event
        return self._evaluated(self.test_set)

    def _evaluated(self, digits: DigitSet) -> Evaluated:
        with self.blas.limit(limits=1):
            parts = np.array_split(np.arange(len(digits)), len(self.workspaces))
            test = [digits.take(part) for part in parts if len(part)]
            run = self.pool.map if self.pool else map
            results = list(run(lambda part: _test(self.network, part), test))
        answers = np.concatenate([given.answers for _, given in results])
        self.answered = EvaluationAnswers(
            self.run.step, answers, np.concatenate([given.shares for _, given in results])
        )
        wrong = int((answers != digits.labels).sum())
        loss = sum(loss * len(part) for (loss, _), part in zip(results, test, strict=True)) / len(digits)
        event = Evaluated(self.run.step, self.run.step / self.steps_an_epoch, wrong, len(digits), float(loss))
        self.run.history.add_evaluation(event)
        return event

    def _tests(self, digits: DigitSet) -> Iterator[Event]:
        yield self._evaluated(digits)
        assert self.answered is not None
        yield self.answered

    def _is_watched(self, step: int) -> bool:
        every = self.settings.evaluate_every
        return step in self.snapshots or step % every == 0 or step % self.steps_an_epoch == 0

    def _copies(self) -> Snapshots:
        return {(number, name): values.copy() for number, name, values in self.network.parameters()}

    def _snapshot(self) -> Snapshot:
        params = self._copies()
        with np.errstate(over="ignore"):
            self.run.history.snapshots[self.run.step] = {k: v.astype(np.float16) for k, v in params.items()}
        return Snapshot(self.run.step, params)
