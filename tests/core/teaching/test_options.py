"""Options of a prediction: one right, the others different from it and from one another as they are shown."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncore.teaching.options import Distractor, number_text, options_by_step, options_of

NUMBERS = st.floats(-1e6, 1e6).map(lambda value: round(value, 6)) | st.integers(-99, 99).map(float)


def shown(text):
    """The number that a text shows."""
    return Decimal(text.replace("−", "-"))


@pytest.mark.parametrize(
    "value, text",
    [
        (6.0, "6"),
        (6 + 1e-15, "6"),
        (1e-17, "0"),
        (-1e-17, "0"),
        (5.999, "6.00"),
        (0.125, "0.13"),
        (-0.125, "−0.13"),
        (2.5, "2.50"),
        (-3.0, "−3"),
        (1234567.0, "1234567"),
        (np.nan, "not a number"),
        (np.inf, "∞"),
        (-np.inf, "−∞"),
    ],
)
def test_numbers_are_shown_as_on_the_stage(value, text):
    assert number_text(value) == text


def test_a_whole_number_and_its_rounding_error_are_one_option():
    options = options_of(6.0, [("a sum in another order", 6 + 1e-15), ("shown alike", 6.004), ("other", 7.0)])
    assert options == [("6", ""), ("7", "other")]


@given(NUMBERS, st.lists(NUMBERS | st.sampled_from([np.nan, np.inf]), max_size=8))
def test_options_differ_as_shown(value, wrong):
    options = options_of(value, [(str(k), each) for k, each in enumerate(wrong)])
    if not options:
        return
    assert options[0] == (number_text(value), "") and 2 <= len(options) <= 4
    assert len({shown(text) for text, _ in options}) == len(options)
    assert all(number_text(wrong[int(why)]) == text for text, why in options[1:])
    assert len(options) == min(4, len({shown(number_text(each)) for each in [value, *wrong] if np.isfinite(each)}))


def test_every_step_has_the_options_of_its_own_values():
    values = np.array([[1.0, 2.0], [3.0, 3.0]])
    steps = options_by_step(values, [Distractor("doubled", 2 * values), Distractor("always three", values * 0 + 3)])
    assert steps[0] == [("1", ""), ("2", "doubled"), ("3", "always three")]
    assert steps[1] == [("2", ""), ("4", "doubled"), ("3", "always three")]
    assert steps[2] == [("3", ""), ("6", "doubled")]
    assert options_of(np.nan, [("any", 1.0)]) == [] and options_of(1.0, [("same", 1.0)]) == []
