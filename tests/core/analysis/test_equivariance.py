"""Perturbations of a digit are exact, and layer agreement measures shifts of the maps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncore import Conv2D, Dense, Flatten, InputError, MaxPool2D, Network, ReLU, limits
from cnncore.analysis.equivariance import Perturbation, layer_agreement
from cnncore.analysis.evaluation import count_errors
from cnncore.data.digit_set import DigitSet


@pytest.fixture(scope="module")
def digit():
    """An L with a short foot to the right, well inside the sheet."""
    image = np.zeros((28, 28, 1), np.uint8)
    image[8:20, 11:13] = 255
    image[18:20, 11:18] = 200
    return image


@pytest.fixture(scope="module")
def network():
    layers = [Conv2D(4, 3), ReLU(), MaxPool2D(2), Flatten(), Dense(10)]
    return Network(layers, input_shape=(28, 28, 1), seed=3)


def test_no_change_changes_nothing(digit):
    np.testing.assert_array_equal(Perturbation().apply(digit[None])[0], digit)


@given(right=st.integers(-8, 8), down=st.integers(-8, 8))
def test_a_shift_by_whole_cells_is_exact(right, down):
    image = np.zeros((1, 28, 28, 1), np.uint8)
    image[0, 10:18, 9:19, 0] = np.random.default_rng(0).integers(1, 256, (8, 10))
    np.testing.assert_array_equal(
        Perturbation(right=right, down=down).apply(image), np.roll(image, (down, right), axis=(1, 2))
    )


def test_a_quarter_turn_is_clockwise(digit):
    np.testing.assert_array_equal(Perturbation(turn=90).apply(digit[None])[0, ..., 0], np.rot90(digit[..., 0], -1))


def test_size_thickness_square_and_noise(digit):
    images = digit[None]
    ink = images.sum(dtype=int)
    assert 0.3 * ink < Perturbation(size=60).apply(images).sum(dtype=int) < 0.45 * ink
    assert (
        Perturbation(thicken=2).apply(images).sum(dtype=int)
        > 1.5 * ink
        > ink
        > Perturbation(thicken=-1).apply(images).sum()
    )
    erased = Perturbation(erase=4, row=14, column=12).apply(images)[0, ..., 0]
    assert not erased[11:15, 9:13].any()
    erased[11:15, 9:13] = digit[11:15, 9:13, 0]
    np.testing.assert_array_equal(erased, digit[..., 0])
    noisy = Perturbation(noise=50).apply(np.full((2, 28, 28, 1), 128, np.uint8))
    assert 40 < noisy.std() < 120 and (noisy[0] != noisy[1]).any()
    np.testing.assert_array_equal(noisy[1], Perturbation(noise=50).apply(np.full((1, 28, 28, 1), 128, np.uint8), 1)[0])


def test_maps_of_a_convolution_follow_a_shift_and_stay_behind_where_they_were(digit, network):
    change = Perturbation(right=4)
    followed = layer_agreement(network, digit, change.apply(digit[None])[0], change)
    for layer in (0, 1, 2):  # four cells are a whole number of pooling windows
        assert followed[layer].warped == pytest.approx(1, abs=1e-5)
        assert followed[layer].in_place < 0.5
    assert followed[3].warped is None and followed[4].warped is None
    odd = Perturbation(right=3)
    pooled = layer_agreement(network, digit, odd.apply(digit[None])[0], odd)[2]
    assert pooled.warped < 0.999


def test_without_a_change_all_layers_agree(digit, network):
    for each in layer_agreement(network, digit, digit, Perturbation()):
        assert each.in_place == pytest.approx(1) and each.warped is None


def test_constant_layers_agree_only_if_equal(digit, network):
    blank = np.zeros_like(digit)
    assert layer_agreement(network, blank, blank, Perturbation())[0].in_place == 1
    assert layer_agreement(network, blank, digit, Perturbation())[0].in_place == 0


def test_the_count_is_that_of_the_changed_digits(network):
    rng = np.random.default_rng(1)
    digits = DigitSet(rng.integers(0, 256, (620, 28, 28, 1), np.uint8), rng.integers(0, 10, 620).astype(np.uint8))
    change = Perturbation(right=2, noise=20)
    counts = list(count_errors(network, digits, transform=change.apply, batch_size=500))
    answers = network.logits(change.apply(digits.images)).argmax(axis=1)
    assert [done for done, _ in counts] == [500, 620]
    assert counts[-1][1] == (answers != digits.labels).sum()


@pytest.mark.parametrize("name", list(limits.CHANGE))
def test_beyond_its_bound_is_refused(name):
    with pytest.raises(InputError, match=f"{name} changes within"):
        Perturbation(**{name: limits.CHANGE[name].high + 1})
