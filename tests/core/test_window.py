"""Sizes, positions, what the floor drops, and refusals that name a setting that works."""

import re

import numpy as np
import pytest
from geometries import fitting, windows
from hypothesis import given

from cnncore import ShapeError, Window


@given(fitting())
def test_positions_are_all_that_fit(case):
    window, (height, width) = case
    for n, step, starts in zip((height, width), window.strides, window.positions((height, width)), strict=True):
        padded = n + 2 * window.border
        assert list(starts) == [s for s in range(0, padded, step) if s + window.reach <= padded]
    assert window.output_size((height, width)) == tuple(len(s) for s in window.positions((height, width)))


@given(fitting())
def test_uncovered_and_leftover_are_what_no_window_touches(case):
    window, (height, width) = case
    border = window.border
    touched = np.zeros((height + 2 * border, width + 2 * border), bool)
    for top in window.positions((height, width))[0]:
        for left in window.positions((height, width))[1]:
            cells = window.dilation * np.arange(window.size)
            touched[np.ix_(top + cells, left + cells)] = True
    inside = touched[border : border + height, border : border + width]
    assert (window.uncovered(height, width) == ~inside).all()
    rows, columns = window.leftover((height, width))
    last = [starts[-1] + window.reach for starts in window.positions((height, width))]
    assert (rows, columns) == (touched.shape[0] - last[0], touched.shape[1] - last[1])


def test_the_odd_figure_drops_padding_alone():
    window = Window(3, stride=2, padding=1)
    assert window.leftover(6) == 1
    assert not window.uncovered(6, 6).any()
    assert Window(3, stride=2).uncovered(6, 6)[5].all()  # without padding it drops a row of the input


@given(fitting(dilated=False))
def test_neighbours_fit_and_differ_in_one_setting(case):
    window, sides = case
    for other in window.neighbours_that_fit(sides):
        assert other.leftover(sides) == (0, 0)
        changed = [other.size != window.size, other.strides != window.strides, other.border != window.border]
        assert sum(changed) == 1


def test_neighbours_of_the_odd_figure():
    found = Window(3, stride=2, padding=1).neighbours_that_fit(6)
    assert Window(3, stride=1, padding=1) in found
    assert Window(2, stride=2, padding=1) in found


@given(windows())
def test_a_filter_too_large_names_a_size_and_a_padding_that_work(window):
    n = window.reach - 2 * window.border - 1
    if n < 1:
        return
    with pytest.raises(ShapeError) as error:
        window.output_size(n)
    size, padding = map(int, re.search(r"try a filter of (\d+) or a padding of (\d+)", str(error.value)).groups())
    assert Window(size, padding=window.border, dilation=window.dilation).output_size(n) >= 1
    assert Window(window.size, padding=padding, dilation=window.dilation).output_size(n) >= 1


def test_half_padding_needs_an_odd_filter():
    with pytest.raises(ShapeError, match=r"odd filter.*try F = 5, or a padding of 2"):
        Window(4, padding="half")


@pytest.mark.parametrize("bad", [0, -1, 1.5, True, "2", None])
def test_what_is_no_whole_number_is_refused(bad):
    for name in ("stride", "dilation"):
        with pytest.raises(ShapeError, match="whole number"):
            Window(3, **{name: bad})
    with pytest.raises(ShapeError, match="whole number"):
        Window(bad)
    with pytest.raises(ShapeError):
        Window(3, padding=bad if bad != 0 else -2)


def test_padding_beyond_the_filter_is_accepted():
    assert Window(3, padding=5).output_size(4) == 12
