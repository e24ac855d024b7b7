"""What a filter or a neuron looks for: a picture that excites it, and the digits that do so most."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from cnncore import limits
from cnncore.errors import InputError, ShapeError
from cnncore.nn.arrays import Array, Workspace, batch_slices
from cnncore.nn.blas import one_blas_thread
from cnncore.nn.layers import Conv2D, Dense
from cnncore.nn.network import Network
from cnncore.nn.rng import Purpose, generator
from cnncore.tracing.network import receptive_field

_STEP = 0.6  # length of the first step, of a picture whose norm is about 9; the last is nearly 0
_START = 0.2  # darkest pixel of the noise at the start
_STARTS, _TRIED = 16, 40  # noises that begin, and after how many steps only the best of them goes on
_BLURRED = 0.6  # share of the steps that look at a blurred gradient
_BLUR = 0.15  # share that a pixel of it takes from each of its four neighbours
_FIELD = 8  # cells a side of the smallest picture that is blurred: a smaller one has no noise to lose


class OptimizedInput(NamedTuple):
    """A picture that was made to excite one map.

    image        (H, W, C) in 0–1, blank where the map's middle cell cannot see it
    activations  (steps + 1,) of that cell or unit: before each step, and after the last
    field        first and last row, first and last column that the cell sees, counted from 0, both ends included
    """

    image: Array
    activations: Array
    field: tuple[int, int, int, int]


class TopActivations(NamedTuple):
    """The images that excite each map of a layer most, the strongest first; all arrays (maps, count).

    numbers  places of the images
    values   the map's largest value, before its activation
    rows, columns  where in the map it stands; 0 for a dense unit
    """

    numbers: Array
    values: Array
    rows: Array
    columns: Array


def maximize_activation(
    network: Network, layer: int, number: int, *, steps: int = limits.PATTERN_STEPS, seed: int = 0
) -> OptimizedInput:
    """A picture that excites map `number` of a convolution, or that unit of a dense layer; both counted from 0.

    Gradient ascent on the image, from noise: what is raised is the map's middle cell, or the unit, before its
    activation. Pixels stay in 0–1 and the picture's norm within limits.PATTERN_NORM, about that of a digit, so that
    no sheer amount of ink can excite. The first steps blur the gradient: without it, single pixels win. The same
    seed gives the same picture, one of many; of a few starts the best goes on. Raises ShapeError, InputError.
    """
    _check(network, layer, number)
    twin, rng = network.copy(dtype=np.float64), generator(seed, Purpose.PATTERN, layer, number)
    shape = network.shapes[layer]
    middle = tuple(side // 2 for side in shape[:-1])
    height, width, _ = network.input_shape
    field = receptive_field(network, layer, *middle) if middle else (0, height - 1, 0, width - 1)
    seen = np.zeros(network.input_shape)
    seen[field[0] : field[1] + 1, field[2] : field[3] + 1] = 1
    smooth = _BLURRED * steps if min(field[1] - field[0], field[3] - field[2]) + 1 >= _FIELD else 0
    images = _START * rng.random((_STARTS, *seen.shape)) * seen
    activations = np.empty((steps + 1, _STARTS))
    with one_blas_thread():
        for step in range(steps + 1):
            activations[step], grads = _ascent(twin, layer, (slice(None), *middle, number), images)
            if step == min(_TRIED, steps):  # from here on the best one goes alone
                best = [int(activations[step].argmax())]
                images, grads, activations = images[best], grads[best], activations[:, best]
            grads = seen * _blurred(grads) if step < smooth else grads
            asleep = ~grads.any(axis=(1, 2, 3))
            if asleep.any():  # any other picture may wake it
                grads[asleep] = seen * rng.standard_normal(grads[asleep].shape)
            if step < steps:
                images = _bounded(images + _STEP * (1 - step / (steps + 1)) * grads / _norms(grads))
    return OptimizedInput(images[0], activations[:, 0], field)


def top_activating_images(
    network: Network,
    layer: int,
    images: Array,
    count: int = limits.EXCITING,
    tell: Callable[[int], None] | None = None,
) -> TopActivations:
    """Of images (N, H, W, C) those that excite each map of a layer most, by the largest value before its activation.

    Block by block, keeping the best so far; `tell` hears how many have been asked. Equal ones stand in their order.
    Raises ShapeError for a layer without maps of its own.
    """
    _check(network, layer, 0)
    workspace = Workspace()
    best: list[Array] = []  # values, images and places, each (maps, up to count)
    for some in batch_slices(len(images), limits.CHUNK_IMAGES):
        with one_blas_thread():
            maps, _ = network.forward_to(images[some], layer, workspace=workspace)
        flat = maps.reshape(len(maps), -1, maps.shape[-1])  # (n, cells, maps)
        places = flat.argmax(axis=1).T
        values = np.take_along_axis(flat, places.T[:, None], axis=1)[:, 0].T
        new = [values, np.broadcast_to(np.arange(some.start, some.start + len(maps)), values.shape), places]
        best = [np.concatenate(pair, axis=1) for pair in zip(best, new, strict=True)] if best else new
        order = np.argsort(-best[0], axis=1, kind="stable")[:, :count]
        best = [np.take_along_axis(each, order, axis=1) for each in best]
        if tell:
            tell(some.start + len(maps))
    values, numbers, places = best
    columns = maps.shape[2] if maps.ndim == 4 else 1
    return TopActivations(numbers, values, places // columns, places % columns)


def _ascent(network: Network, layer: int, place: tuple[Any, ...], images: Array) -> tuple[Array, Array]:
    """The values (N,) at one place of a layer, and their gradients on the images (N, H, W, C)."""
    values, caches = network.forward_to(images, layer)
    grad = np.zeros_like(values)
    grad[place] = 1
    return values[place], network.input_gradient(grad, caches)


def _blurred(grads: Array) -> Array:
    framed = np.pad(grads, ((0, 0), (1, 1), (1, 1), (0, 0)))
    around = framed[:, :-2, 1:-1] + framed[:, 2:, 1:-1] + framed[:, 1:-1, :-2] + framed[:, 1:-1, 2:]
    return (1 - 4 * _BLUR) * grads + _BLUR * around


def _bounded(images: Array) -> Array:
    """Pixels in 0–1, each picture's norm within its bound."""
    images = np.clip(images, 0, 1)
    return images * np.minimum(1, limits.PATTERN_NORM / np.maximum(_norms(images), 1e-12))


def _norms(images: Array) -> Array:
    return np.sqrt((images**2).sum(axis=(1, 2, 3), keepdims=True))


def _check(network: Network, layer: int, number: int) -> None:
    found = network.layers[layer] if 0 <= layer < len(network.layers) else None
    if not isinstance(found, Conv2D | Dense):
        raise ShapeError(f"Layer {layer + 1} has no filters of its own: choose a convolution or a dense layer.")
    if not 0 <= number < len(found.params["bias"]):
        raise InputError(f"Layer {layer + 1} has {len(found.params['bias'])} maps or units, not {number + 1}.")
