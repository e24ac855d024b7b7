"""Augmentation moves what it says, stays in bounds and draws the same numbers again."""

import numpy as np
import pytest

from cnncore import Augmentation, InputError

ALL = Augmentation(rotate=15, shear=0.2, scale=0.15, shift=1, bend=1, thicken=0.5)


def test_nothing_asked_changes_nothing(few):
    assert not Augmentation() and ALL
    same = Augmentation().apply(few.images, np.random.default_rng(0))
    np.testing.assert_allclose(same, few.images / 255, atol=1e-5)


@pytest.mark.parametrize("name", ["rotate", "shear", "scale", "shift", "bend", "thicken"])
def test_each_kind_changes_every_digit_and_stays_in_bounds(few, name):
    changed = Augmentation(**{name: getattr(ALL, name)}).apply(few.images, np.random.default_rng(0))
    assert changed.shape == few.images.shape and changed.dtype == np.float32
    assert changed.min() >= 0 and changed.max() <= 1 + 1e-6
    assert (np.abs(changed - few.images / 255).max(axis=(1, 2, 3)) > 1e-3).mean() > 0.95


def test_a_shift_moves_the_centre_of_mass_as_far_as_it_says():
    images = np.zeros((200, 28, 28, 1), np.uint8)
    images[:, 12:16, 12:16] = 255
    moved = Augmentation(shift=3).apply(images, np.random.default_rng(0))[..., 0]
    rows = (moved.sum(axis=2) @ np.arange(28)) / moved.sum(axis=(1, 2))
    assert 2.5 < np.abs(rows - 13.5).max() <= 3.001


def test_the_same_place_draws_the_same_digits(few):
    one, two = (ALL.apply(few.images, np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("bad", [{"rotate": -1}, {"scale": 9}, {"bend": float("nan")}, {"shift": "1"}])
def test_out_of_bounds(bad):
    with pytest.raises(InputError, match="try 0"):
        Augmentation(**bad)
