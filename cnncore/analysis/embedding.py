"""A test set as a network sees it: all predictions, and the last hidden layer projected to two dimensions."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from cnncore import limits
from cnncore.analysis.pca import PrincipalAxes, pca_sample_size, principal_axes, project
from cnncore.data.digit_set import sample_indices
from cnncore.nn.arrays import Array, batch_slices
from cnncore.nn.loss import softmax
from cnncore.nn.network import Network


class TestSetEmbedding(NamedTuple):
    """Predictions of a network for a test set, and its digits as points.

    probabilities  (N, classes) float32
    coordinates    (N, 2) float32 of the last hidden layer's values along the axes
    axes           the first two principal axes of these values
    n_fitted       number of digits that the axes were computed from
    """

    probabilities: Array
    coordinates: Array
    axes: PrincipalAxes
    n_fitted: int


def embed_test_set(
    network: Network, images: Array, on_progress: Callable[[float], object] = lambda fraction: None
) -> TestSetEmbedding:
    """Predict images (N, H, W, C) and project the last hidden layer's values to two principal axes.

    on_progress is called with the completed fraction, 0 to 1. If the layer is too wide for all values to be held in
    memory, the axes are computed from a fixed sample.
    """
    with threadpool_limits(1, user_api="blas"):  # several threads would wait for one another on a busy machine
        return _embed(network, images, on_progress)


def _embed(network: Network, images: Array, on_progress: Callable[[float], object]) -> TestSetEmbedding:
    size = network.penultimate(images[:1]).shape[1]
    n_fitted = pca_sample_size(size, len(images))
    axes = None
    if n_fitted < len(images):
        axes = principal_axes(network.penultimate(images[sample_indices(len(images), n_fitted)]))
    values = np.empty((len(images), size if axes is None else 2), np.float32)  # hidden values, or coordinates already
    probabilities = np.empty((len(images), network.classes), np.float32)
    for batch in batch_slices(len(images), limits.SURVEY_IMAGES):
        hidden = network.penultimate(images[batch])
        values[batch] = hidden if axes is None else project(axes, hidden)
        probabilities[batch] = softmax(network.logits_from_penultimate(hidden))
        on_progress(min(batch.stop, len(images)) / len(images))
    if axes is not None:
        return TestSetEmbedding(probabilities, values, axes, n_fitted)
    axes = principal_axes(values)
    return TestSetEmbedding(probabilities, project(axes, values).astype(np.float32), axes, n_fitted)


def embed_image(network: Network, axes: PrincipalAxes, image: Array) -> tuple[float, float]:
    """Return the coordinates of one image (H, W, C) along the two axes."""
    x, y = project(axes, network.penultimate(image[None]))[0]
    return float(x), float(y)
