"""Augmentation moves what it says, stays in bounds and draws the same numbers again."""

import numpy as np
import pytest

from cnncore import Augmentation, InputError
from cnncore.data.augmentation import dilate_or_erode

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


def centres(augmentation, down, right):
    """Where 400 copies of a small square end up, (400, 2) rows and columns from the middle, and how they began."""
    images = np.zeros((400, 28, 28, 1), np.uint8)
    images[:, 12 + down : 16 + down, 12 + right : 16 + right] = 255
    changed = augmentation.apply(images, np.random.default_rng(0))[..., 0]
    places, mass = np.arange(28) - 13.5, changed.sum(axis=(1, 2))
    return np.stack([changed.sum(axis=2) @ places / mass, changed.sum(axis=1) @ places / mass], axis=1)


def test_a_turn_keeps_the_distance_from_the_middle_and_reaches_its_largest_angle():
    rows, columns = centres(Augmentation(rotate=15), -8, 0).T
    np.testing.assert_allclose(np.hypot(rows, columns), 8, atol=0.1)
    angles = np.degrees(np.arctan2(columns, -rows))
    assert angles.min() == pytest.approx(-15, abs=0.6) and angles.max() == pytest.approx(15, abs=0.6)


def test_a_shear_moves_rows_sideways_by_their_distance_from_the_middle():
    rows, columns = centres(Augmentation(shear=0.2), -8, 0).T
    np.testing.assert_allclose(rows, -8, atol=0.02)
    assert columns.min() == pytest.approx(-1.6, abs=0.1) and columns.max() == pytest.approx(1.6, abs=0.1)
    np.testing.assert_allclose(centres(Augmentation(shear=0.2), 0, 8), [[0, 8]] * 400, atol=0.02)


def test_rows_and_columns_are_scaled_apart_by_the_share_that_is_asked():
    sizes = np.log(centres(Augmentation(scale=0.15), 6, 6) / 6)
    for axis in sizes.T:
        assert axis.min() == pytest.approx(-0.15, abs=0.02) and axis.max() == pytest.approx(0.15, abs=0.02)
    assert abs(np.corrcoef(sizes.T)[0, 1]) < 0.2


def test_a_bend_moves_rows_and_columns_apart_by_its_deviation():
    """By all of it in the middle, where a displacement is drawn, and by less beside it: over four cells by 0.67."""
    moved = centres(Augmentation(bend=1), 0, 0)
    assert moved.std(axis=0) == pytest.approx([0.67, 0.67], abs=0.07) and abs(np.corrcoef(moved.T)[0, 1]) < 0.2


def test_thickening_in_numbers():
    dot = np.zeros((2, 3, 3), np.float32)
    dot[:, 1, 1] = 1
    thick, thin = dilate_or_erode(dot, np.array([0.5, -0.25]))
    assert thick.tolist() == [[0, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 0]]
    assert thin.tolist() == [[0, 0, 0], [0, 0.75, 0], [0, 0, 0]]


def test_the_same_place_draws_the_same_digits(few):
    one, two = (ALL.apply(few.images, np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("bad", [{"rotate": -1}, {"scale": 9}, {"bend": float("nan")}, {"shift": "1"}])
def test_out_of_bounds(bad):
    with pytest.raises(InputError, match="try 0"):
        Augmentation(**bad)
