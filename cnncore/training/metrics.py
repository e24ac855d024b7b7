"""Measurements during training: predictions on test images, and RMS statistics of each layer."""

from typing import NamedTuple

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.nn.blas import one_blas_thread
from cnncore.nn.network import Grads, Network
from cnncore.training.events import Snapshots


class Predictions(NamedTuple):
    """labels (N,): the predicted class indices; confidences (N,): their probabilities, NaN after divergence."""

    labels: Array
    confidences: Array


class LayerRms(NamedTuple):
    """Root mean squares over all parameters of one layer: of the parameters, their gradient and their update."""

    layer: int
    weights: float
    gradient: float
    update: float


def top_predictions(probabilities: Array) -> Predictions:
    """Return the most probable class of each row of probabilities (N, classes)."""
    best = probabilities.argmax(axis=1)
    return Predictions(best, np.take_along_axis(probabilities, best[:, None], axis=1)[:, 0])


def predict_probabilities(network: Network, images: Array) -> Array:
    """Return the probabilities (N, classes) of images (N, H, W, C); NaN after divergence."""
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):
        return network.predict(images)


def predict_labels(network: Network, images: Array) -> Predictions:
    """Return the predicted labels of images (N, H, W, C) and their probabilities."""
    return top_predictions(predict_probabilities(network, images))


def layer_rms(before: Snapshots, after: Snapshots, grads: Grads) -> tuple[LayerRms, ...]:
    """Return the statistics of one step for every layer that has parameters, in the order of the layers."""
    result = []
    for layer, params in sorted(grads.items()):
        size = sum(grad.size for grad in params.values())
        squares = (
            sum(_sum_of_squares(after[layer, name]) for name in params),
            sum(_sum_of_squares(grad) for grad in params.values()),
            sum(_sum_of_squares(after[layer, name] - before[layer, name]) for name in params),
        )
        result.append(LayerRms(layer, *(float(np.sqrt(square / size)) for square in squares)))
    return tuple(result)


def _sum_of_squares(values: Array) -> float:
    flat = values.reshape(-1).astype(np.float64)
    return float(flat @ flat)
