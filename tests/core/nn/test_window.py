"""Sizes, positions, what the floor drops, and refusals that name a setting that works."""

import re

import numpy as np
import pytest
from geometries import fitting, one_sentence, windows
from hypothesis import given

from cnncore import ShapeError, Window


@given(fitting())
def test_positions_are_all_that_fit(case):
    window, (height, width) = case
    for n, step, starts in zip((height, width), window.strides, window.positions((height, width)), strict=True):
        padded = n + 2 * window.border
        assert list(starts) == [s for s in range(0, padded, step) if s + window.effective_size <= padded]
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
    last = [starts[-1] + window.effective_size for starts in window.positions((height, width))]
    assert (rows, columns) == (touched.shape[0] - last[0], touched.shape[1] - last[1])


def test_the_odd_figure_drops_padding_alone():
    window = Window(3, stride=2, padding=1)
    assert window.leftover(6) == 1
    assert not window.uncovered(6, 6).any()
    assert Window(3, stride=2).uncovered(6, 6)[5].all()  # without padding it drops a row of the input


@given(fitting(dilated=False))
def test_neighbours_fit_and_differ_in_one_setting(case):
    window, sides = case
    for other in window.suggest_without_leftover(sides):
        assert other.leftover(sides) == (0, 0)
        changed = [other.size != window.size, other.strides != window.strides, other.border != window.border]
        assert sum(changed) == 1


def test_neighbours_of_the_odd_figure():
    found = Window(3, stride=2, padding=1).suggest_without_leftover(6)
    assert Window(3, stride=1, padding=1) in found
    assert Window(2, stride=2, padding=1) in found


@given(windows())
def test_a_filter_too_large_names_a_size_and_a_padding_that_work(window):
    n = window.effective_size - 2 * window.border - 1
    if n < 1:
        return
    with pytest.raises(ShapeError) as error:
        window.output_size(n)
    size, padding = map(int, re.search(r"try a filter of (\d+) or a padding of (\d+)", str(error.value)).groups())
    assert Window(size, padding=window.border, dilation=window.dilation).output_size(n) >= 1
    assert Window(window.size, padding=padding, dilation=window.dilation).output_size(n) >= 1


@pytest.mark.parametrize(
    "size, dilation, half, full",
    [
        (1, 1, 0, 0),
        (3, 1, 1, 2),
        (5, 1, 2, 4),
        (3, 2, 2, 4),
        (3, 3, 3, 6),
        (5, 2, 4, 8),
        (1, 3, 0, 0),
        (4, 2, 3, 6),
        (2, 2, 1, 2),
    ],
)
def test_named_padding_in_numbers(size, dilation, half, full):
    assert Window(size, padding="half", dilation=dilation).border == half
    assert Window(size, padding="full", dilation=dilation).border == full
    assert Window(size, padding="none", dilation=dilation).border == 0
    assert Window(size, padding="half", dilation=dilation).output_size(7) == 7
    assert Window(size, padding="full", dilation=dilation).output_size(7) == 7 + full


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


def works(window: Window, sides) -> bool:
    try:
        window.output_size(sides)
    except ShapeError:
        return False
    return True


@pytest.mark.parametrize("size, sides", [(5, (4, 1)), (3, (2, 1)), (5, (1, 4)), (4, (3, 2))])
def test_hints_work_for_both_sides_of_an_oblong_image(size, sides):
    with pytest.raises(ShapeError) as error:
        Window(size).output_size(sides)
    filter_, padding = map(int, re.search(r"filter of (\d+) or a padding of (\d+)", one_sentence(error.value)).groups())
    assert works(Window(filter_), sides), f"a filter of {filter_} does not fit {sides}: {error.value}"
    assert works(Window(size, padding=padding), sides), f"a padding of {padding} does not fit {sides}: {error.value}"


@pytest.mark.parametrize("window", [Window(1), Window(3), Window(1, padding=1)], ids=repr)
def test_an_empty_input_is_not_blamed_on_the_filter(window):
    """No filter and no padding makes it work, so the message must not promise one that does."""
    with pytest.raises(ShapeError) as error:
        window.output_size(0)
    for filter_, padding in re.findall(r"filter of (\d+) or a padding of (\d+)", one_sentence(error.value)):
        assert works(Window(int(filter_), padding=window.border), 0), error.value
        assert works(Window(window.size, padding=int(padding)), 0), error.value


@pytest.mark.parametrize(
    "setting, bad", [("size", 0), ("stride", 0), ("stride", (0, 1)), ("padding", -1), ("dilation", 0)]
)
def test_the_number_that_is_suggested_is_accepted(setting, bad):
    good = {"size": 3, "stride": 1, "padding": 0, "dilation": 1}
    with pytest.raises(ShapeError) as error:
        Window(**{**good, setting: bad})
    text = one_sentence(error.value)
    assert {"size": "filter size"}.get(setting, setting) in text
    Window(**{**good, setting: int(re.search(r"try (\d+)", text)[1])})


@pytest.mark.parametrize("size", [2, 4, 6])
def test_both_ways_out_of_half_padding_are_accepted(size):
    with pytest.raises(ShapeError) as error:
        Window(size, padding="half")
    odd, padding = map(int, re.search(r"try F = (\d+), or a padding of (\d+)", one_sentence(error.value)).groups())
    Window(odd, padding="half")
    Window(size, padding=padding)


def test_an_unknown_word_for_padding_names_the_three_words():
    with pytest.raises(ShapeError, match='"none", "half", "full" or a number, not \'same\'') as error:
        Window(3, padding="same")
    one_sentence(error.value)


def test_a_stride_of_three_numbers_is_refused():
    with pytest.raises(ShapeError, match=r"\(rows, columns\), not \(1, 2, 3\): try 1") as error:
        Window(3, stride=(1, 2, 3))
    one_sentence(error.value)


def settings_of(window: Window) -> dict:
    return {"size": window.size, "strides": window.strides, "border": window.border, "dilation": window.dilation}


@given(fitting())
def test_neighbours_of_a_dilated_window_differ_in_one_setting_and_are_the_nearest(case):
    window, sides = case
    before = settings_of(window)
    for other in window.suggest_without_leftover(sides):
        changed = [name for name, value in settings_of(other).items() if value != before[name]]
        assert len(changed) == 1 and changed != ["dilation"]
        assert other.leftover(sides) == (0, 0)
        for nearer in between(window, changed[0], settings_of(other)[changed[0]]):
            assert not works(nearer, sides) or nearer.leftover(sides) != (0, 0)


def between(window: Window, setting: str, found) -> list[Window]:
    """Windows whose `setting` lies strictly nearer to the window's own than the one found."""
    now = settings_of(window)
    if setting == "strides":
        by = abs(found[0] - now["strides"][0])
        changes = [c for c in range(1 - by, by) if c and min(now["strides"]) + c >= 1]
        values = [tuple(step + change for step in now["strides"]) for change in changes]
    else:
        least = 1 if setting == "size" else 0
        by = abs(found - now[setting])
        values = [now[setting] + c for c in range(1 - by, by) if c and now[setting] + c >= least]
    made = [{**now, setting: value} for value in values]
    return [Window(m["size"], stride=m["strides"], padding=m["border"], dilation=m["dilation"]) for m in made]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("stride", [2, 3, 5])
def test_some_neighbour_always_fits_within_the_pages_limits(size, stride):
    for n in range(size, 29):
        window = Window(size, stride=stride)
        assert window.leftover(n) == 0 or window.suggest_without_leftover(n), n


def test_rows_and_columns_each_follow_their_own_stride():
    # 7 rows by 2: 0, 2, 4, none left over; 9 columns by 4: 0, 4, and 9 - 3 - 4 = 2 left over
    window = Window(3, stride=(2, 4))
    rows, columns = window.positions((7, 9))
    assert rows.tolist() == [0, 2, 4] and columns.tolist() == [0, 4]
    assert window.leftover((7, 9)) == (0, 2)
    assert np.flatnonzero(window.uncovered(7, 9).all(axis=0)).tolist() == [3, 7, 8]
