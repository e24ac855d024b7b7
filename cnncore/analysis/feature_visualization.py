"""Feature visualization: an image that maximizes the activation of a map or unit, and the digits that activate it most.

Erhan et al. 2009, "Visualizing higher-layer features of a deep network".
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from cnncore import limits
from cnncore.analysis.layer_maps import require_map
from cnncore.nn.arrays import Array, Workspace, batch_slices
from cnncore.nn.blas import one_blas_thread
from cnncore.nn.network import Network
from cnncore.nn.receptive_field import receptive_field
from cnncore.nn.rng import Purpose, generator

_STEP = 0.6  # norm of the first step, for an image whose norm is about 9; the steps decrease to nearly 0
_NOISE_MAX = 0.2  # largest pixel of the initial noise
_N_STARTS = 16  # initial noise images
_WARMUP_STEPS = 40  # steps after which only the best of them is continued
_BLURRED_FRACTION = 0.6  # fraction of the steps that use a blurred gradient
_BLUR = 0.15  # weight of each of the four neighbours in the blur
_MIN_BLURRED_SIDE = 8  # cells per side of the smallest receptive field for which the gradient is blurred


class OptimizedInput(NamedTuple):
    """An image that maximizes the activation of one map's middle cell, or of one unit.

    image        (H, W, C) in 0–1, 0 outside the receptive field
    activations  (steps + 1,) of that cell or unit: before each step, and after the last
    field        first and last row, first and last column of the receptive field, counted from 0, both included
    """

    image: Array
    activations: Array
    field: tuple[int, int, int, int]


class TopActivations(NamedTuple):
    """The images that activate each map of a layer most, the strongest first; all arrays (maps, count).

    indices        indices of the images
    values         the map's largest value, before the activation function
    rows, columns  position of this value in the map; 0 for a dense unit
    """

    indices: Array
    values: Array
    rows: Array
    columns: Array


def maximize_activation(
    network: Network, layer: int, index: int, *, steps: int = limits.PATTERN_STEPS, seed: int = 0
) -> OptimizedInput:
    """Maximize the activation of map or unit `index` of `layer`, both counted from 0, by gradient ascent on the image.

    The objective is the map's middle cell, or the unit, before the activation function. The ascent begins at several
    noise images and continues with the best. Pixels are kept in 0–1 and the image's norm within limits.PATTERN_NORM,
    about that of a digit, so that the amount of ink alone cannot raise the activation. The first steps use a blurred
    gradient, which suppresses isolated pixels. The same seed gives the same image.
    Raises ShapeError for a layer without weights, and InputError for a map that does not exist.
    """
    require_map(network, layer, index)
    network, rng = network.copy(dtype=np.float64), generator(seed, Purpose.PATTERN, layer, index)
    shape = network.shapes[layer]
    middle = tuple(side // 2 for side in shape[:-1])
    height, width, _ = network.input_shape
    field = receptive_field(network, layer, *middle) if middle else (0, height - 1, 0, width - 1)
    mask = np.zeros(network.input_shape)
    mask[field[0] : field[1] + 1, field[2] : field[3] + 1] = 1
    side = min(field[1] - field[0], field[3] - field[2]) + 1
    blurred_steps = _BLURRED_FRACTION * steps if side >= _MIN_BLURRED_SIDE else 0
    images = _NOISE_MAX * rng.random((_N_STARTS, *mask.shape)) * mask
    activations = np.empty((steps + 1, _N_STARTS))
    with one_blas_thread():
        for step in range(steps + 1):
            activations[step], grads = _activation_gradient(network, layer, (slice(None), *middle, index), images)
            if step == min(_WARMUP_STEPS, steps):  # only the best start is continued
                best = [int(activations[step].argmax())]
                images, grads, activations = images[best], grads[best], activations[:, best]
            grads = mask * _blurred(grads) if step < blurred_steps else grads
            zero_gradient = ~grads.any(axis=(1, 2, 3))
            if zero_gradient.any():  # dead ReLUs: replace it by noise to leave the plateau
                grads[zero_gradient] = mask * rng.standard_normal(grads[zero_gradient].shape)
            if step < steps:
                images = _bounded(images + _STEP * (1 - step / (steps + 1)) * grads / _norms(grads))
    return OptimizedInput(images[0], activations[:, 0], field)


def top_activating_images(
    network: Network,
    layer: int,
    images: Array,
    count: int = limits.EXCITING,
    on_progress: Callable[[int], None] | None = None,
) -> TopActivations:
    """Return the `count` of images (N, H, W, C) that activate each map of a layer most.

    They are ordered by the map's largest value before the activation function; equal values keep the order of the
    images. `on_progress` is called with the number of images done. Raises ShapeError for a layer without weights.
    """
    require_map(network, layer, 0)
    workspace = Workspace()
    best: list[Array] = []  # values, image indices and cell indices, each (maps, up to count)
    for batch in batch_slices(len(images), limits.CHUNK_IMAGES):
        with one_blas_thread():
            maps, _ = network.forward_to(images[batch], layer, workspace=workspace)
        flat = maps.reshape(len(maps), -1, maps.shape[-1])  # (n, cells, maps)
        cells = flat.argmax(axis=1).T
        values = np.take_along_axis(flat, cells.T[:, None], axis=1)[:, 0].T
        new = [values, np.broadcast_to(np.arange(batch.start, batch.start + len(maps)), values.shape), cells]
        best = [np.concatenate(pair, axis=1) for pair in zip(best, new, strict=True)] if best else new
        order = np.argsort(-best[0], axis=1, kind="stable")[:, :count]
        best = [np.take_along_axis(each, order, axis=1) for each in best]
        if on_progress:
            on_progress(batch.start + len(maps))
    values, indices, cells = best
    columns = maps.shape[2] if maps.ndim == 4 else 1
    return TopActivations(indices, values, cells // columns, cells % columns)


def _activation_gradient(network: Network, layer: int, position: tuple[Any, ...], images: Array) -> tuple[Array, Array]:
    """Return the values (N,) at one position of a layer's output, and their gradients (N, H, W, C) on the images."""
    values, caches = network.forward_to(images, layer)
    grad = np.zeros_like(values)
    grad[position] = 1
    return values[position], network.input_gradient(grad, caches)


def _blurred(grads: Array) -> Array:
    """Return gradients (N, H, W, C) of which each pixel is averaged with its four neighbours."""
    padded = np.pad(grads, ((0, 0), (1, 1), (1, 1), (0, 0)))
    neighbours = padded[:, :-2, 1:-1] + padded[:, 2:, 1:-1] + padded[:, 1:-1, :-2] + padded[:, 1:-1, 2:]
    return (1 - 4 * _BLUR) * grads + _BLUR * neighbours


def _bounded(images: Array) -> Array:
    """Return images (N, H, W, C) with pixels clipped to 0–1 and norms limited to limits.PATTERN_NORM."""
    images = np.clip(images, 0, 1)
    return images * np.minimum(1, limits.PATTERN_NORM / np.maximum(_norms(images), 1e-12))


def _norms(images: Array) -> Array:
    """Return the norm of each image, (N, 1, 1, 1)."""
    return np.sqrt((images**2).sum(axis=(1, 2, 3), keepdims=True))
