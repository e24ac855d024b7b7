"""Images that activate a map: compared with test digits, random images and a search by brute force."""

import numpy as np
import pytest

from cnncore import AvgPool2D, Conv2D, Dense, Flatten, InputError, Network, ReLU, ShapeError, Tanh, limits, load
from cnncore.analysis.feature_visualization import maximize_activation, top_activating_images
from cnncore.data.mnist import FOLDER


@pytest.fixture(scope="module")
def network():
    return load(FOLDER.parent / "models" / "convolutional.safetensors")[0]


def values_of(network, layer, images):
    """(N, …, maps) what a layer gives before its activation, in the declared order."""
    values = images / 255 if images.dtype == np.uint8 else images
    for each in network.layers[: layer + 1]:
        values, _ = each.forward(values.astype(np.float32))
    return values


@pytest.mark.slow
@pytest.mark.parametrize("layer, number", [(0, 8), (0, 3), (3, 1), (6, 20), (10, 13), (12, 0)])
def test_the_optimized_input_activates_more_than_digits_and_noise(network, digits, layer, number):
    pattern = maximize_activation(network, layer, number)
    given = values_of(network, layer, pattern.image[None])[0]
    middle = tuple(side // 2 for side in given.shape[:-1])
    reached = given[(*middle, number)]
    assert reached == pytest.approx(pattern.activations[-1], abs=1e-3)
    assert len(pattern.activations) == limits.PATTERN_STEPS + 1
    assert reached > pattern.activations[0] + 0.1
    by_digits = values_of(network, layer, digits.images[:600])[..., number]
    assert reached > by_digits.max() - 0.01  # digits come near the optimum of a filter of the first layer
    noise = np.random.default_rng(0).random((500, 28, 28, 1))
    first, last, left, right = pattern.field
    seen = np.zeros((28, 28, 1))
    seen[first : last + 1, left : right + 1] = 1
    noise *= seen
    noise *= np.linalg.norm(pattern.image) / np.sqrt((noise**2).sum(axis=(1, 2, 3), keepdims=True))
    by_noise = values_of(network, layer, np.clip(noise, 0, 1))[(slice(None), *middle, number)]
    assert reached > by_noise.max()
    assert not (pattern.image * (1 - seen)).any()  # nothing is drawn outside the receptive field
    assert pattern.image.min() >= 0 and pattern.image.max() <= 1
    assert np.linalg.norm(pattern.image) <= limits.PATTERN_NORM + 1e-9


@pytest.mark.slow
def test_the_optimum_of_one_filter_is_known(network):
    """White where the weight is below zero, full ink where it is above: no image in 0–1 activates it more."""
    for number in range(16):
        filter_ = network.layers[0].params["filters"][0, ..., number]
        pattern = maximize_activation(network, 0, number)
        patch = pattern.image[13:16, 13:16, 0]
        np.testing.assert_allclose(patch[filter_ > 0.05], 1, atol=0.15)
        np.testing.assert_allclose(patch[filter_ < -0.05], 0, atol=0.15)


def test_the_same_seed_gives_the_same_pattern(network):
    one, same, other = (maximize_activation(network, 3, 5, steps=20, seed=seed) for seed in (4, 4, 5))
    assert np.array_equal(one.image, same.image) and not np.array_equal(one.image, other.image)


def test_a_map_without_a_gradient_still_ends():
    network = Network([Conv2D(2, 3), ReLU(), Conv2D(1, 3), Flatten(), Dense(10)], input_shape=(28, 28, 1))
    network.layers[0].params["bias"][:] = -100
    pattern = maximize_activation(network, 2, 0, steps=5)
    assert np.isfinite(pattern.image).all() and np.ptp(pattern.activations) == 0


def brute_force(network, layer, images, count):
    values = values_of(network, layer, images)
    flat = values.reshape(len(values), -1, values.shape[-1])
    for number in range(flat.shape[-1]):
        largest = flat[..., number].max(axis=1)
        yield number, np.argsort(-largest, kind="stable")[:count], largest, values[..., number]


@pytest.mark.parametrize("layer", [0, 3, 6, 10, 12])
def test_the_top_activating_images_are_those_of_a_search_by_brute_force(network, digits, layer):
    images = digits.images[:600]
    progress = []
    found = top_activating_images(network, layer, images, 7, progress.append)
    assert progress[-1] == 600 and progress == sorted(set(progress))
    for number, best, largest, maps in brute_force(network, layer, images, 7):
        np.testing.assert_allclose(found.values[number], largest[best], rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(largest[found.indices[number]], largest[best], rtol=1e-4, atol=1e-4)
        for at, row, column, value in zip(*(each[number] for each in (found[0], *found[2:], found[1])), strict=True):
            cell = maps[at, row, column] if maps.ndim == 3 else maps[at]
            assert cell == pytest.approx(value, abs=1e-4)


def test_fewer_images_than_asked_for_and_other_layers(few):
    layers = [Conv2D(3, 5, stride=2), Tanh(), AvgPool2D(2), Flatten(), Dense(10)]
    network = Network(layers, input_shape=(28, 28, 1), seed=1)
    assert top_activating_images(network, 0, few.images[:4]).indices.shape == (3, 4)
    best = next(best for number, best, *_ in brute_force(network, 4, few.images, 10) if number == 6)
    assert top_activating_images(network, 4, few.images).indices[6].tolist() == best.tolist()


@pytest.mark.parametrize(
    "find", [lambda n, layer: maximize_activation(n, layer, 0), lambda n, x: top_activating_images(n, x, [])]
)
@pytest.mark.parametrize("layer", [-1, 1, 9, 13])
def test_a_layer_without_filters_is_refused(network, find, layer):
    with pytest.raises(ShapeError):
        find(network, layer)


def test_a_map_that_does_not_exist_is_refused(network):
    with pytest.raises(InputError):
        maximize_activation(network, 0, 16)
