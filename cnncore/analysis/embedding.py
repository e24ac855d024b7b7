"""A whole test set before one network: all answers, and every digit on the map of the last hidden layer."""

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
    """probabilities (N, classes) float32; places (N, 2) float32 by the axes, which `axes_from` of the N digits gave."""

    probabilities: Array
    places: Array
    axes: PrincipalAxes
    axes_from: int


def embed_test_set(
    network: Network, images: Array, told: Callable[[float], object] = lambda share: None
) -> TestSetEmbedding:
    """images (N, H, W, C), as the network sees them. `told` hears which share of the way is done.

    Of a last hidden layer too wide to be kept for all digits, a fixed sample gives the axes.
    """
    with threadpool_limits(1, user_api="blas"):  # more threads wait for one another on a busy machine
        return _embed(network, images, told)


def _embed(network: Network, images: Array, told: Callable[[float], object]) -> TestSetEmbedding:
    size = network.penultimate(images[:1]).shape[1]
    some = pca_sample_size(size, len(images))
    axes = None
    if some < len(images):
        axes = principal_axes(network.penultimate(images[sample_indices(len(images), some)]))
    kept = np.empty((len(images), size if axes is None else 2), np.float32)
    probabilities = np.empty((len(images), network.classes), np.float32)
    for block in batch_slices(len(images), limits.SURVEY_IMAGES):
        hidden = network.penultimate(images[block])
        kept[block] = hidden if axes is None else project(axes, hidden)
        probabilities[block] = softmax(network.logits_from_penultimate(hidden))
        told(min(block.stop, len(images)) / len(images))
    if axes is not None:
        return TestSetEmbedding(probabilities, kept, axes, some)
    axes = principal_axes(kept)
    return TestSetEmbedding(probabilities, project(axes, kept).astype(np.float32), axes, some)


def embed_image(network: Network, axes: PrincipalAxes, image: Array) -> tuple[float, float]:
    """image (H, W, C), as the network sees it -> its place on the map."""
    x, y = project(axes, network.penultimate(image[None]))[0]
    return float(x), float(y)
