"""Networks: order of computation, shapes, predictions, and the gradient through all layers."""

import numpy as np
import pytest
from geometries import spaced

from cnncore import (
    AvgPool2D,
    Conv2D,
    Dense,
    Flatten,
    InputError,
    MaxPool2D,
    Network,
    ReLU,
    ShapeError,
    Workspace,
    softmax_cross_entropy,
)
from cnncore.architecture.spec import PRESETS, layers_from_dicts, layers_to_dicts, preset


def small(dtype=np.float64):
    layers = [Conv2D(2, 3), ReLU(), MaxPool2D(2), Conv2D(3, 3), AvgPool2D(2), Flatten(), Dense(3)]
    return Network(layers, input_shape=(8, 8, 1), seed=3, dtype=dtype)


def test_shapes_parameters_and_seed():
    network = small()
    assert network.shapes == [(8, 8, 2), (8, 8, 2), (4, 4, 2), (4, 4, 3), (2, 2, 3), (12,), (3,)]
    assert network.parameter_count == (9 * 2 + 2) + (2 * 9 * 3 + 3) + (12 * 3 + 3)
    same = zip(network.parameters(), small().parameters(), strict=True)
    assert all((a[2] == b[2]).all() for a, b in same)


def test_activations_are_in_declared_order_and_end_in_the_logits():
    network, images = small(), spaced(np.random.default_rng(0), (5, 8, 8, 1))
    activations = network.activations(images)
    assert [layer for layer, _ in activations] == network.layers
    assert [maps.shape[1:] for _, maps in activations] == network.shapes
    np.testing.assert_array_equal(activations[-1][1], network.forward(images)[0])
    np.testing.assert_array_equal(activations[1][1], np.maximum(activations[0][1], 0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_way_up_to_any_layer_ends_in_that_layers_activations(dtype):
    network, images = small(dtype), spaced(np.random.default_rng(0), (5, 8, 8, 1))
    for index, (_, expected) in enumerate(network.activations(images)):
        for workspace in (None, Workspace()):
            output, caches = network.forward_to(images, index, workspace=workspace)
            np.testing.assert_allclose(output, expected, rtol=1e-6)
            assert set(caches) == set(range(index + 1))
    np.testing.assert_array_equal(network.forward_to(images, -1)[0], images.astype(dtype))


def test_the_gradient_from_a_layer_to_the_images():
    network, images = small(), spaced(np.random.default_rng(0), (2, 8, 8, 1))
    for index in range(len(network.layers)):
        output, caches = network.forward_to(images, index)
        weights = np.random.default_rng(index).normal(size=output.shape)
        grad = network.input_gradient(weights, caches)
        direction = np.random.default_rng(9).normal(size=images.shape)
        after, before = (network.forward_to(images + step * direction, index)[0] for step in (1e-6, -1e-6))
        numeric = float(((after - before) * weights).sum()) / 2e-6
        assert float((grad * direction).sum()) == pytest.approx(numeric, rel=1e-5)


def test_penultimate_is_what_the_last_layer_with_weights_reads():
    layers = [Conv2D(2, 3), ReLU(), Flatten(), Dense(4), ReLU(), Dense(3), ReLU()]
    network, images = Network(layers, input_shape=(6, 6, 1)), np.random.default_rng(0).random((70, 6, 6, 1))
    hidden = network.penultimate(images)
    np.testing.assert_allclose(hidden, network.activations(images)[4][1], atol=1e-6)
    np.testing.assert_allclose(network.logits_from_penultimate(hidden), network.logits(images), atol=1e-6)
    alone = Network([Conv2D(1, 1, padding="none"), Flatten()], input_shape=(2, 3, 1))
    assert alone.penultimate(images[:1, :2, :3]).shape == (1, 6)
    np.testing.assert_allclose(
        alone.logits_from_penultimate(alone.penultimate(images[:, :2, :3])), alone.logits(images[:, :2, :3])
    )


def test_a_copy_is_independent_and_takes_other_parameters_and_dtypes():
    network = small(np.float32)
    network.names = ("a", "b", "c")
    copy, double = network.copy(), network.copy(dtype=np.float64)
    assert copy.names == double.names == network.names
    assert (copy.dtype, double.dtype, copy.seed) == (np.float32, np.float64, 3)
    assert layers_to_dicts(copy.layers) == layers_to_dicts(network.layers)
    for own, other, wide in zip(network.parameters(), copy.parameters(), double.parameters(), strict=True):
        np.testing.assert_array_equal(own[2], other[2])
        np.testing.assert_array_equal(own[2], wide[2])
        assert not np.shares_memory(own[2], other[2]) and wide[2].dtype == np.float64
    ones = {(index, name): np.ones(values.shape, np.float16) for index, name, values in network.parameters()}
    assert all((values == 1).all() and values.dtype == np.float32 for _, _, values in network.copy(ones).parameters())
    assert not any((values == 1).all() for _, name, values in network.parameters() if name != "bias")


def test_predictions_are_probabilities_whatever_the_number_of_images():
    network, images = small(np.float32), np.random.default_rng(0).random((150, 8, 8, 1))
    probabilities = network.predict(images)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    singly = np.concatenate([network.predict(image[None]) for image in images])
    np.testing.assert_allclose(probabilities, singly, atol=1e-6)
    assert network.predict(images[:0]).shape == (0, 3)


def test_bytes_are_scaled_to_one():
    network, images = small(), np.arange(64, dtype=np.uint8).reshape(1, 8, 8, 1)
    np.testing.assert_allclose(network.predict(images), network.predict(images / 255))


def test_gradients_of_the_whole_network():
    network, rng = small(), np.random.default_rng(1)
    images, labels = spaced(rng, (4, 8, 8, 1)), np.array([0, 2, 1, 1])
    logits, caches = network.forward(images)
    grads = network.backward(softmax_cross_entropy(logits, labels)[1], caches)
    for number, name, values in network.parameters():
        for at in list(np.ndindex(values.shape))[:6]:
            before, losses = values[at], []
            for step in (1e-5, -1e-5):
                values[at] = before + step
                losses.append(softmax_cross_entropy(network.forward(images)[0], labels)[0])
            values[at] = before
            numeric = (losses[0] - losses[1]) / 2e-5
            assert grads[number][name][at] == pytest.approx(numeric, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize(
    "pool, output, shares",
    [(AvgPool2D, [1.0, 2.0], [[0.25, 0, 0.25, 0], [0, 0, 0.25, 0]]), (MaxPool2D, [3, 8], [[0, 0, 1, 0], [0, 0, 1, 0]])],
)
def test_relu_stands_before_pooling_where_it_is_declared_there(pool, output, shares):
    """The mean of (1, 0, 3, 0) is 1; pooled first, it would be ReLU of the mean of (1, -2, 3, -4), which is 0."""
    network = Network([ReLU(), pool(2), Flatten()], input_shape=(2, 4, 1), dtype=np.float64)
    image = np.array([[1.0, -2, -5, -1], [3, -4, 8, -9]]).reshape(1, 2, 4, 1)
    logits, caches = network.forward(image)
    assert logits.tolist() == [output]
    assert network.logits(image).tolist() == [output]
    grad = network.input_gradient(np.ones((1, 2)), caches)
    windows = [grad[0, :, :2, 0].ravel().tolist(), grad[0, :, 2:, 0].ravel().tolist()]
    assert windows == shares


def test_what_does_not_fit_names_the_layer():
    with pytest.raises(ShapeError, match=r"Layer 2, MaxPool2D\(size=9.*does not fit.*larger than the image of 8"):
        Network([Conv2D(2, 3), MaxPool2D(9)], input_shape=(8, 8, 1))
    with pytest.raises(ShapeError, match=r"Expected images \(N, 8, 8, 1\)"):
        small().predict(np.ones((1, 9, 9, 1)))
    with pytest.raises(InputError, match="1 to 32 layers"):
        Network([], input_shape=(8, 8, 1))


@pytest.mark.parametrize("name", PRESETS)
def test_presets_build_and_survive_plain_data(name):
    network = Network(preset(name), input_shape=(28, 28, 1))
    assert network.predict(np.zeros((1, 28, 28, 1))).shape == (1, 10)
    plain = layers_to_dicts(network.layers)
    again = layers_from_dicts(plain, input_shape=(28, 28, 1))
    assert layers_to_dicts(again) == plain


@pytest.mark.parametrize(
    "plain, message",
    [
        ([{"layer": "os.system"}], "Unknown layer"),
        ([{"layer": "Conv2D", "filters": 10**9, "size": 3}], "number of filters"),
        ([{"layer": "Conv2D", "filters": 8, "size": 3, "colour": 1}], "does not know"),
        ([{"layer": "Flatten"}, *[{"layer": "Dense", "units": 1024}] * 8], "more than 5,000,000 parameters"),
        ([{"layer": "Dense", "units": 10}], "put Flatten"),
        ([], "1 to 32 of them"),
        ([{"layer": "ReLU"}] * 33, "1 to 32 of them"),
    ],
)
def test_plain_data_is_checked_before_anything_is_built(plain, message):
    with pytest.raises((InputError, ShapeError), match=message):
        layers_from_dicts(plain, input_shape=(28, 28, 1))
