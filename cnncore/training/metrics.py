"""What is measured while a network learns: its predictions on test images and the size of each layer's change."""

from typing import NamedTuple

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.nn.blas import one_blas_thread
from cnncore.nn.network import Grads, Network
from cnncore.training.events import Snapshots


class Predictions(NamedTuple):
    """answers (N,) class numbers; shares (N,) their probabilities, not a number where the network is none any more."""

    answers: Array
    shares: Array


class LayerRms(NamedTuple):
    """Root mean squares over all parameters of one layer: weights, the step's gradient, the step's change."""

    layer: int
    weights: float
    gradient: float
    update: float


def top_predictions(probabilities: Array) -> Predictions:
    """probabilities (N, classes) -> the largest of each."""
    best = probabilities.argmax(axis=1)
    return Predictions(best, np.take_along_axis(probabilities, best[:, None], axis=1)[:, 0])


def predict_probabilities(network: Network, images: Array) -> Array:
    """images (N, H, W, C) -> (N, classes), not a number where the weights are none any more."""
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):
        return network.predict(images)


def predict_labels(network: Network, images: Array) -> Predictions:
    """images (N, H, W, C) -> answers."""
    return top_predictions(predict_probabilities(network, images))


def layer_rms(before: Snapshots, after: Snapshots, grads: Grads) -> tuple[LayerRms, ...]:
    """One step's sizes, for every layer that has parameters, in order."""
    found = []
    for layer, named in sorted(grads.items()):
        size = sum(grad.size for grad in named.values())
        squares = (
            sum(_square(after[layer, name]) for name in named),
            sum(_square(grad) for grad in named.values()),
            sum(_square(after[layer, name] - before[layer, name]) for name in named),
        )
        found.append(LayerRms(layer, *(float(np.sqrt(square / size)) for square in squares)))
    return tuple(found)


def _square(values: Array) -> float:
    flat = values.reshape(-1).astype(np.float64)
    return float(flat @ flat)
