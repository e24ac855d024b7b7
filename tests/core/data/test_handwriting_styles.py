"""Forms of other countries: as they are named, legible however bent, the same every time."""

import json

import numpy as np
import pytest
from test_strokes import box, centre

from cnncore import DataError
from cnncore.data.digit_set import DIGITS
from cnncore.data.handwriting_styles import (
    _SLANT,
    _WIDTH,
    _smooth,
    all_styles,
    distort,
    sample_styles,
    with_handwriting_styles,
)
from cnncore.data.source import DataSource
from cnncore.data.strokes import draw_strokes
from cnncore.nn.rng import Purpose, generator

FORMS = all_styles()
LABELS = [f"{form.digit} {form.name}" for form in FORMS]


def picture(form):
    """Neatly, as wide and slanting as hands usually write."""
    x, y = np.exp(_WIDTH[0]), -_SLANT[0]
    return draw_strokes([stroke @ np.array([[x, 0], [y, 1]]) for stroke in form.strokes])[..., 0].astype(float)


def alike(one, two):
    """Correlation of two pictures."""
    return np.corrcoef(one.ravel(), two.ravel())[0, 1]


def test_every_digit_has_several_forms_each_with_a_name_of_its_own():
    assert len(set(LABELS)) == len(LABELS)
    assert all(sum(form.digit == digit for form in FORMS) >= 5 for digit in range(len(DIGITS)))
    names = " ".join(LABELS)
    assert all(
        words in names for words in ("1 flag and foot", "7 crossed", "9 curled tail", "5 hat apart", "0 slashed")
    )


@pytest.mark.parametrize("form", FORMS, ids=LABELS)
def test_a_form_fills_its_square_and_stays_legible_when_bent(form):
    points = np.concatenate(form.strokes)
    assert points.min() >= 0 and points.max() <= 1 and np.ptp(points[:, 1]) > 0.9
    neat, ink = picture(form), []
    for number in range(30):
        image = draw_strokes(distort(form.strokes, generator(0, Purpose.FORM, number)))
        assert 17 <= max(box(image)) <= 21 and np.abs(np.array(centre(image)) - 14).max() < 0.3
        ink.append(image[..., 0].astype(float))
    assert alike(np.mean(ink, axis=0), neat) > 0.6
    assert len({image.tobytes() for image in ink}) == 30


@pytest.mark.slow
def test_the_mean_of_a_bent_form_is_nearest_to_a_form_of_its_own_digit():
    neat = [picture(form) for form in FORMS]
    for form in FORMS:
        rngs = [generator(1, Purpose.FORM, number) for number in range(40)]
        mean = np.mean([draw_strokes(distort(form.strokes, rng))[..., 0] for rng in rngs], axis=0)
        nearest = max(range(len(FORMS)), key=lambda number: alike(mean, neat[number]))
        assert FORMS[nearest].digit == form.digit, form.name


def test_a_corner_stays_a_corner_and_a_curve_is_smooth():
    def sharpest(points):
        """The largest turn between two points of the line, in degrees."""
        steps = np.diff(_smooth(np.array(points, float)), axis=0)
        steps = steps[np.hypot(*steps.T) > 0]
        return np.degrees(np.abs(np.diff(np.unwrap(np.arctan2(steps[:, 1], steps[:, 0])))).max())

    corner = [[0, 0], [0.5, 0], [1, 0], [1, 0], [1, 0.5], [1, 1]]
    assert sharpest(corner) > 80 and sharpest(corner[:3] + corner[4:]) < 30


def test_the_same_seed_writes_the_same_digits_and_as_many_of_each():
    one, two = sample_styles(40), sample_styles(20)
    assert one.images.shape == (40, 28, 28, 1) and one.images.dtype == one.labels.dtype == np.uint8
    np.testing.assert_array_equal(np.bincount(one.labels), [4] * 10)
    np.testing.assert_array_equal(one.images[:20], two.images)
    assert not np.array_equal(sample_styles(20, seed=1).images, two.images)


@pytest.mark.parametrize(
    "damage",
    [
        {"digit": 10},
        {"digit": "1"},
        {"strokes": []},
        {"strokes": [[[0, 0]]]},
        {"strokes": [[[0, 0], [0, 1.2]]]},
        {"strokes": [[[0, 0], [0, float("nan")]]]},
        {"strokes": [[[0, 0], [0]]]},
        {"name": None},
    ],
)
def test_a_damaged_file_is_said_to_be_damaged(tmp_path, damage):
    entry = {"digit": 1, "name": "plain", "strokes": [[[0.5, 0], [0.5, 1]]]}
    whole, path = tmp_path / "whole.json", tmp_path / "forms.json"
    whole.write_text(json.dumps([entry]))
    assert all_styles(whole)[0].name == "plain"
    path.write_text(json.dumps([entry | damage]))
    with pytest.raises(DataError, match="damaged"):
        all_styles(path)
    with pytest.raises(DataError, match="missing"):
        all_styles(tmp_path / "none.json")


def test_digits_of_the_styles_are_added_to_a_data_set(few):
    more = with_handwriting_styles(few, 20)
    np.testing.assert_array_equal(more.images, np.concatenate([few.images, sample_styles(20).images]))
    np.testing.assert_array_equal(more.labels, [*few.labels, *range(10), *range(10)])
    three_and_seven = DataSource((3, 7)).filter_classes(few)
    more = with_handwriting_styles(three_and_seven, 20)
    assert more.labels[len(three_and_seven) :].tolist() == [0, 1, 0, 1] and more.names == ("3", "7")
