"""What a network answers, and how it errs: a wall of digits, the confusion matrix, the worst mistakes, layer sizes.

Pure functions of networks, probabilities and labels: live training and the time machine share them.
"""

from typing import NamedTuple

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.nn.layers import Conv2D
from cnncore.nn.network import Network
from cnncore.training.metrics import Predictions

WALL_DIGITS = 50


class ConfidentError(NamedTuple):
    """number is the digit's place in its set; share the probability of the wrong answer."""

    number: int
    label: int
    answer: int
    share: float


def per_class_sample(labels: Array, count: int = WALL_DIGITS) -> Array:
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


def confusion_cell(labels: Array, answers: Array, label: int, answer: int) -> Array:
    """Places of the digits that one cell of the confusion matrix counts."""
    return np.flatnonzero((np.asarray(labels) == label) & (np.asarray(answers) == answer))


def most_confident_errors(labels: Array, given: Predictions, count: int) -> list[ConfidentError]:
    """The wrong answers of which the network was surest, the surest first."""
    wrong = np.flatnonzero(given.answers != labels)
    shares = np.nan_to_num(given.shares[wrong].astype(np.float64))
    chosen = wrong[np.argsort(-shares, kind="stable")[:count]]
    return [ConfidentError(int(n), int(labels[n]), int(given.answers[n]), float(given.shares[n])) for n in chosen]


def hardest_indices(labels: Array, probabilities: Array, count: int) -> Array:
    """Places of the digits that a network finds hardest: the wrongly answered first, then the least likely right.

    labels (N,), probabilities (N, classes); of both kinds those come first whose right class got least.
    """
    labels = np.asarray(labels, np.intp)
    own = probabilities[np.arange(len(labels)), labels]
    right = (probabilities.argmax(axis=1) == labels) & np.isfinite(own)
    return np.lexsort((np.nan_to_num(own), right))[:count]


def filters_of(network: Network) -> list[tuple[int, Array]]:
    """(layer number, filters (C_in, F, F, C_out)) of every convolution."""
    return [(n, layer.params["filters"]) for n, layer in enumerate(network.layers) if isinstance(layer, Conv2D)]
