"""Edited networks are compared with setting the outputs of maps and units to 0 by hand."""

import numpy as np
import pytest

from cnncore import Conv2D, ConvoscopeError, Dense, Flatten, LeakyReLU, MaxPool2D, Network, ReLU, Sigmoid, Tanh, load
from cnncore.analysis.ablation import MapEdit, edited_network
from cnncore.analysis.evaluation import count_errors
from cnncore.data.mnist import FOLDER
from cnncore.training.trainer import evaluate

SEES = {"input_shape": (28, 28, 1)}


@pytest.fixture(scope="module")
def network():
    return load(FOLDER.parent / "models" / "convolutional.safetensors")[0]


def small(activation):
    """Convolution, activation, pool, dense, activation, dense; biases away from 0."""
    layers = [Conv2D(4, 3), activation(), MaxPool2D(2), Flatten(), Dense(6), activation(), Dense(10)]
    network = Network(layers, **SEES, seed=3)
    network.layers[0].params["bias"] += 0.3
    network.layers[4].params["bias"] += 2  # so that no unit is always 0
    return network


def zeroed(network, images, layer, number):
    """The logits, with one map of a layer's output set to 0."""
    values = images / np.float32(255)
    for at, each in enumerate(network.layers):
        values, _ = each.forward(values)
        if at == layer:
            values[..., number] = 0
    return values


@pytest.mark.parametrize("activation", [LeakyReLU, ReLU, Tanh, Sigmoid])
@pytest.mark.parametrize("layer, number", [(0, 2), (4, 5)])
def test_a_switched_off_map_outputs_zeros(few, activation, layer, number):
    network = small(activation)
    images = few.images[:20]
    off = edited_network(network, [MapEdit(layer, number)])
    expected = zeroed(network, images, layer + 1, number)  # after the activation
    np.testing.assert_allclose(off.logits(images), expected, rtol=1e-5, atol=1e-5)
    assert not off.activations(images)[layer + 1][1][..., number].any()
    assert np.abs(expected - network.logits(images)).max() > 1e-3


def test_a_bias_shift_is_added_to_every_cell_of_the_map_before_its_activation(network, few):
    images = few.images[:5]
    shifted = edited_network(network, [MapEdit(3, 13, 0.5), MapEdit(3, 2, -1.25)])
    before, after = network.activations(images)[3][1], shifted.activations(images)[3][1]
    expected = np.zeros(32)
    expected[[13, 2]] = 0.5, -1.25
    np.testing.assert_allclose(after - before, np.broadcast_to(expected, before.shape), atol=1e-5)


def test_off_stays_off_whatever_bias_is_added(network, few):
    changes = [MapEdit(3, 13, 2.0), MapEdit(3, 13), MapEdit(3, 13, 1.0)]
    assert not edited_network(network, changes).activations(few.images[:3])[3][1][..., 13].any()


def test_without_edits_the_logits_are_the_same_bit_by_bit(network, few):
    before = network.logits(few.images)
    changes = [MapEdit(0, 3), MapEdit(3, 13), MapEdit(12, 7, 4.0), MapEdit(10, 0)]
    assert not np.array_equal(edited_network(network, changes).logits(few.images), before)
    assert np.array_equal(edited_network(network, changes[:0]).logits(few.images), before)
    assert np.array_equal(network.logits(few.images), before)  # what was changed was a copy
    assert edited_network(network, []).names == network.names


def test_with_all_maps_off_every_digit_has_the_same_logits(network, few):
    off = edited_network(network, [MapEdit(3, number) for number in range(32)])
    logits = off.logits(few.images)
    np.testing.assert_allclose(logits, np.broadcast_to(logits[0], logits.shape), atol=1e-6)  # BLAS sums in blocks


@pytest.mark.slow
def test_errors_are_counted_batch_by_batch(network, digits):
    some = digits.subset(np.s_[:2_500])
    without = edited_network(network, [MapEdit(10, unit) for unit in range(0, 56, 2)])
    counts = list(count_errors(without, some, batch_size=1_000))
    assert [done for done, _ in counts] == [1_000, 2_000, 2_500]
    assert counts[-1][1] == evaluate(without, some)[0] > evaluate(network, some)[0]
    assert counts[0][1] == evaluate(without, some.subset(np.s_[:1_000]))[0]


@pytest.mark.parametrize("change", [MapEdit(1, 0), MapEdit(99, 0), MapEdit(-1, 0), MapEdit(0, 16), MapEdit(9, -1)])
def test_a_map_that_does_not_exist_is_refused(network, change):
    with pytest.raises(ConvoscopeError, match="Layer"):
        edited_network(network, [change])
