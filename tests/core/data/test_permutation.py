"""Pixels change places, always the same way; a dense network does not mind."""

import numpy as np
import pytest

from cnncore import Augmentation, Dense, Flatten, InputError, Network, ReLU, Settings, StepDone, train
from cnncore.data.permutation import permute_pixels, pixel_permutation


def dense():
    return Network([Flatten(), Dense(20), ReLU(), Dense(10)], input_shape=(28, 28, 1), seed=3)


def test_the_order_is_fixed_and_loses_nothing(few):
    order = pixel_permutation()
    np.testing.assert_array_equal(np.sort(order), np.arange(784))
    np.testing.assert_array_equal(order, pixel_permutation())
    assert order[:4].tolist() == [507, 341, 100, 76]  # part of every scrambled run
    mixed = permute_pixels(few.images)
    assert mixed.shape == few.images.shape and mixed.dtype == np.uint8
    np.testing.assert_array_equal(mixed.reshape(300, 784), few.images.reshape(300, 784)[:, order])
    assert (np.abs(order - np.arange(784)) > 28).mean() > 0.8  # neighbours are gone


def test_permuted_rows_of_the_first_dense_layer_give_the_same_logits(few):
    plain, other = dense(), dense()
    other.layers[1].params["weights"][...] = plain.layers[1].params["weights"][pixel_permutation()]
    np.testing.assert_allclose(other.logits(permute_pixels(few.images)), plain.logits(few.images), rtol=1e-4, atol=1e-5)


def test_training_scrambles_what_is_learned_and_what_is_asked(few):
    """Scrambled by `train` or before it: the same weights, the same tests."""
    ready = type(few)(permute_pixels(few.images), few.labels)
    usual = {"epochs": 1, "batch_size": 100, "threads": 1}
    inside, outside = dense(), dense()
    one = list(train(inside, few, few, Settings(**usual, scramble=True)))
    two = list(train(outside, ready, ready, Settings(**usual)))
    assert one[-1].wrong == two[-1].wrong
    for (*_, a), (*_, b) in zip(inside.parameters(), outside.parameters(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_digits_are_augmented_before_they_are_scrambled(few):
    """A shift moves neighbours, so it has to come while there are neighbours."""
    settings = Settings(epochs=1, batch_size=300, threads=1, augmentation=Augmentation(shift=3.0), scramble=True)
    network = dense()
    seen = []
    forward = network.forward
    network.forward = lambda images, **more: (seen.append(images), forward(images, **more))[1]
    events = train(network, few, few, settings)
    next(event for event in events if isinstance(event, StepDone))
    back = np.empty_like(seen[-1].reshape(-1, 784))
    back[:, pixel_permutation()] = seen[-1].reshape(-1, 784)
    images = back.reshape(-1, 28, 28)
    assert images[:, :3].mean() < 0.25 * images[:, 12:15].mean()  # ink in the middle again


def test_scramble_is_true_or_false():
    with pytest.raises(InputError, match="true or false"):
        Settings(scramble="yes")
    assert Settings.from_dict({"epochs": 1}).scramble is False
