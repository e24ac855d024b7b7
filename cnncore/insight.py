"""What a network answers, and how it errs: a wall of digits, the confusion matrix, the worst mistakes, layer sizes.

Pure functions of networks, probabilities and labels: live training and the time machine share them.
"""

from functools import cache
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import ThreadpoolController

from cnncore.architecture import layers_from_plain, layers_to_plain
from cnncore.events import Snapshots
from cnncore.layers import Conv2D
from cnncore.memory import Array
from cnncore.network import Grads, Network

WALL_DIGITS = 50


@cache
def _blas() -> Any:
    return ThreadpoolController().select(user_api="blas")


class _OneBlasThread:
    """Threads may overlap in it: the first to come sets the limit, the last to go restores what was."""

    def __init__(self) -> None:
        self._lock, self._inside, self._limit = Lock(), 0, None  # type: Lock, int, Any

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._limit = _blas().limit(limits=1)
            self._inside += 1

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._limit.restore_original_limits()


_ONE = _OneBlasThread()


def one_blas_thread() -> _OneBlasThread:
    """A context with one BLAS thread: for few images at a time more of them cost three times the CPU."""
    return _ONE


class Answers(NamedTuple):
    """answers (N,) class numbers; shares (N,) their probabilities, not a number where the network is none any more."""

    answers: Array
    shares: Array


class Mistake(NamedTuple):
    """number is the digit's place in its set; share the probability of the wrong answer."""

    number: int
    label: int
    answer: int
    share: float


class LayerSize(NamedTuple):
    """Root mean squares over all parameters of one layer: weights, the step's gradient, the step's change."""

    layer: int
    weights: float
    gradient: float
    update: float


def network_at(network: Network, params: Snapshots) -> Network:
    """A network of its own, like `network`, with the parameters of a snapshot."""
    layers = layers_from_plain(layers_to_plain(network.layers), input_shape=network.input_shape)
    copy = Network(layers, input_shape=network.input_shape, seed=network.seed, dtype=network.dtype)
    for number, name, values in copy.parameters():
        values[...] = params[number, name]
    return copy


def answers_of(probabilities: Array) -> Answers:
    """probabilities (N, classes) -> the largest of each."""
    best = probabilities.argmax(axis=1)
    return Answers(best, np.take_along_axis(probabilities, best[:, None], axis=1)[:, 0])


def probabilities_of(network: Network, images: Array) -> Array:
    """images (N, H, W, C) -> (N, classes), not a number where the weights are none any more."""
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):
        return network.predict(images)


def ask(network: Network, images: Array) -> Answers:
    """images (N, H, W, C) -> answers."""
    return answers_of(probabilities_of(network, images))


def wall_numbers(labels: Array, count: int = WALL_DIGITS) -> Array:
    """Places of `count` fixed digits: the first of every class in the classes' order, then the second of each, …"""
    labels = np.asarray(labels)
    rank = np.empty(len(labels), np.intp)
    for label in np.unique(labels):
        of_class = np.flatnonzero(labels == label)
        rank[of_class] = np.arange(len(of_class))
    return np.lexsort((labels, rank))[:count]


def confusion(labels: Array, answers: Array, classes: int) -> Array:
    """(classes, classes) counts: row is what the digit is, column what was answered."""
    pairs = np.asarray(labels, np.intp) * classes + np.asarray(answers, np.intp)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def cell_numbers(labels: Array, answers: Array, label: int, answer: int) -> Array:
    """Places of the digits that one cell of the confusion matrix counts."""
    return np.flatnonzero((np.asarray(labels) == label) & (np.asarray(answers) == answer))


def worst_mistakes(labels: Array, given: Answers, count: int) -> list[Mistake]:
    """The wrong answers of which the network was surest, the surest first."""
    wrong = np.flatnonzero(given.answers != labels)
    shares = np.nan_to_num(given.shares[wrong].astype(np.float64))
    chosen = wrong[np.argsort(-shares, kind="stable")[:count]]
    return [Mistake(int(n), int(labels[n]), int(given.answers[n]), float(given.shares[n])) for n in chosen]


def hardest(labels: Array, probabilities: Array, count: int) -> Array:
    """Places of the digits that a network finds hardest: the wrongly answered first, then the least likely right.

    labels (N,), probabilities (N, classes); of both kinds those come first whose right class got least.
    """
    labels = np.asarray(labels, np.intp)
    own = probabilities[np.arange(len(labels)), labels]
    right = (probabilities.argmax(axis=1) == labels) & np.isfinite(own)
    return np.lexsort((np.nan_to_num(own), right))[:count]


def layer_sizes(before: Snapshots, after: Snapshots, grads: Grads) -> tuple[LayerSize, ...]:
    """One step's sizes, for every layer that has parameters, in order."""
    found = []
    for layer, named in sorted(grads.items()):
        size = sum(grad.size for grad in named.values())
        squares = (
            sum(_square(after[layer, name]) for name in named),
            sum(_square(grad) for grad in named.values()),
            sum(_square(after[layer, name] - before[layer, name]) for name in named),
        )
        found.append(LayerSize(layer, *(float(np.sqrt(square / size)) for square in squares)))
    return tuple(found)


def filters_of(network: Network) -> list[tuple[int, Array]]:
    """(layer number, filters (C_in, F, F, C_out)) of every convolution."""
    return [(n, layer.params["filters"]) for n, layer in enumerate(network.layers) if isinstance(layer, Conv2D)]


def _square(values: Array) -> float:
    flat = values.reshape(-1).astype(np.float64)
    return float(flat @ flat)
