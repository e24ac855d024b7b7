"""The errors of a network: their number, the confusion matrix, and the digits that are predicted worst.

All are functions of labels and predictions, so that they apply to live training and to past snapshots alike.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from cnncore import limits
from cnncore.data.digit_set import DigitSet
from cnncore.nn.arrays import Array, batch_slices
from cnncore.nn.layers import Conv2D
from cnncore.nn.network import Network
from cnncore.training.metrics import Predictions, predict_probabilities

WALL_DIGITS = 50


class ConfidentError(NamedTuple):
    """A wrong prediction: the digit's index in its set, its label, the predicted class and that class's probability."""

    digit_index: int
    label: int
    prediction: int
    probability: float


def per_class_sample(labels: Array, count: int = WALL_DIGITS) -> Array:
    """Return the indices of `count` digits: the first of each class in class order, then the second of each, etc."""
    labels = np.asarray(labels)
    rank = np.empty(len(labels), np.intp)
    for label in np.unique(labels):
        of_class = np.flatnonzero(labels == label)
        rank[of_class] = np.arange(len(of_class))
    return np.lexsort((labels, rank))[:count]


def count_errors(
    network: Network,
    digits: DigitSet,
    *,
    transform: Callable[[Array, int], Array] = lambda images, first: images,
    batch_size: int = limits.COUNTED_AT_ONCE,
) -> Iterator[tuple[int, int]]:
    """Yield (digits predicted so far, errors among them) after each batch, so that a caller can show progress.

    `transform(images, first)` returns the images (N, H, W, C) to predict in place of those from index `first` on.
    """
    errors = 0
    for batch in batch_slices(len(digits), batch_size):
        images = transform(digits.images[batch], batch.start)
        predictions = predict_probabilities(network, images).argmax(axis=1)
        errors += int(np.count_nonzero(predictions != digits.labels[batch]))
        yield min(batch.stop, len(digits)), errors


def confusion(labels: Array, predictions: Array, classes: int) -> Array:
    """Return counts (classes, classes) of digits; the row is the label, the column the prediction."""
    pairs = np.asarray(labels, np.intp) * classes + np.asarray(predictions, np.intp)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def confusion_cell(labels: Array, predictions: Array, label: int, prediction: int) -> Array:
    """Return the indices of the digits that one cell of the confusion matrix counts."""
    return np.flatnonzero((np.asarray(labels) == label) & (np.asarray(predictions) == prediction))


def most_confident_errors(labels: Array, given: Predictions, count: int) -> list[ConfidentError]:
    """Return the `count` wrong predictions with the highest probabilities, the highest first.

    A probability that is not a number ranks last.
    """
    wrong = np.flatnonzero(given.labels != labels)
    probabilities = np.nan_to_num(given.confidences[wrong].astype(np.float64))
    chosen = wrong[np.argsort(-probabilities, kind="stable")[:count]]
    return [ConfidentError(int(n), int(labels[n]), int(given.labels[n]), float(given.confidences[n])) for n in chosen]


def hardest_indices(labels: Array, probabilities: Array, count: int) -> Array:
    """Return the indices of the `count` digits that are hardest for a network.

    labels (N,), probabilities (N, classes). Wrong predictions come first, then correct ones, both in increasing order
    of the probability of the label.
    """
    labels = np.asarray(labels, np.intp)
    of_label = probabilities[np.arange(len(labels)), labels]
    correct = (probabilities.argmax(axis=1) == labels) & np.isfinite(of_label)
    return np.lexsort((np.nan_to_num(of_label), correct))[:count]


def filters_of(network: Network) -> list[tuple[int, Array]]:
    """Return (layer index, filters (C_in, F, F, C_out)) of every convolution."""
    return [(n, layer.params["filters"]) for n, layer in enumerate(network.layers) if isinstance(layer, Conv2D)]
