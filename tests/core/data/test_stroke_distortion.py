"""Strokes as other hands might have written them."""

import numpy as np
import pytest

from cnncore.data.stroke_distortion import (
    centred,
    cross_seven,
    distort_strokes,
    flag_one,
    hook_one,
    slash_zero,
    subdivide,
    trim_ends,
)

ANGLES = np.linspace(0, 2 * np.pi, 40)
ZERO = [0.5 * np.stack([0.6 * np.sin(ANGLES), -np.cos(ANGLES)], axis=1)]
ONE = [np.array([[0.0, -0.5], [0.0, 0.5]])]
SEVEN = [np.array([[-0.3, -0.5], [0.3, -0.5], [0.0, 0.5]])]
SEEDS = range(40)


def each_seed():
    return (np.random.default_rng(seed) for seed in SEEDS)


def test_centred_strokes_have_their_box_around_the_origin():
    points = np.concatenate(centred([np.array([[10.0, 20], [30, 60]]), np.array([[50.0, 40]])]))
    np.testing.assert_allclose((points.min(axis=0), points.max(axis=0)), [[-0.5, -0.5], [0.5, 0.5]])
    (dot,) = centred([np.array([[7.0, 7]])])
    assert (dot == 0).all()


def test_a_distorted_drawing_is_another_but_near():
    distances = []
    for rng in each_seed():
        (line,) = distort_strokes(ZERO, rng)
        assert np.isfinite(line).all()
        distances.append(np.abs(line.mean(axis=0)).max())
        nearest = np.hypot(*(line[:, None] - ZERO[0][None]).T).min(axis=0)
        assert nearest.max() < 0.45
    assert 0 < np.mean(distances) < 0.1
    one, again, other = (distort_strokes(ZERO, np.random.default_rng(seed))[0] for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, again)
    assert not np.allclose(one, other)


def test_a_slash_crosses_the_zero_near_its_middle_at_any_angle():
    angles = []
    for rng in each_seed():
        ring, slash = slash_zero(ZERO, rng)
        assert ring is ZERO[0]
        assert np.hypot(*slash.T).min() < 0.2
        assert (np.hypot(slash[:, 0] / 0.3, slash[:, 1] / 0.5)[[0, -1]] > 0.4).all()
        direction = slash[-1] - slash[0]
        angles.append(np.degrees(np.arctan2(-direction[1], direction[0])))
    assert max(angles) > 70 and min(angles) < -20 and np.median(angles) > 20


def test_a_bar_crosses_the_stem_of_a_seven():
    for rng in each_seed():
        stem, bar = cross_seven(SEVEN, rng)
        assert stem is SEVEN[0] and -0.35 < bar[1, 1] < 0.35
        assert bar[0, 0] < 0.3 * (0.5 - bar[1, 1]) < bar[-1, 0] or bar[0, 0] < bar[1, 0] < bar[-1, 0]


@pytest.mark.parametrize("one", [ONE, [ONE[0][::-1]]], ids=["downwards", "upwards"])
def test_a_flag_rises_to_the_top_of_a_one_and_a_hook_ends_it(one):
    for rng in each_seed():
        (line,) = flag_one(one, rng)
        assert line[0, 0] < -0.05 and line[0, 1] >= -0.5 and line[2].tolist() == [0.0, -0.5]
        assert line[-1].tolist() == [0.0, 0.5]
        (line,) = hook_one(one, rng)
        assert line[0].tolist() == [0.0, -0.5] and line[-2].tolist() == [0.0, 0.5] and line[-1, 1] < 0.5


def test_trimmed_strokes_are_shorter_at_both_ends():
    for rng in each_seed():
        (line,) = trim_ends(ZERO, rng, 0.2)
        whole = subdivide(ZERO[0])
        assert 0.5 * len(whole) <= len(line) <= len(whole)
    (dot,) = trim_ends([np.zeros((1, 2))], np.random.default_rng(0))
    assert dot.tolist() == [[0, 0]]


def test_a_subdivided_line_keeps_its_points_and_has_no_long_step():
    line = subdivide(SEVEN[0])
    assert all((line == point).all(axis=1).any() for point in SEVEN[0])
    assert np.hypot(*np.diff(line, axis=0).T).max() <= 0.06 + 1e-9
    assert subdivide(np.zeros((1, 2))).tolist() == [[0, 0]]
