"""The figures that people hover, zoom and save: what their specification says, whatever they show."""

from itertools import pairwise

import pytest

from pages.ui.frame import palette
from pages.ui.shared import figures
from pages.ui.shared.figures import Line


def line(name, *values):
    return Line(name, list(range(len(values))), values, [f"{name}, step {n}" for n in range(len(values))])


def test_lines_differ_by_more_than_colour():
    chart = figures.figure("Loss", [line(f"Run {n}", 3.0, 2.0, 1.0) for n in range(8)], x_title="step")
    looks = {(each.line.dash, each.line.width, each.marker.symbol) for each in chart.data}
    assert len(looks) == 8 and {each.line.color for each in chart.data} <= set(palette.LIGHT.values())


def test_names_stand_at_the_ends_and_never_touch():
    chart = figures.figure("Loss", [line(f"Run {n}", 3.0, 1.0 + n / 1000) for n in range(8)], x_title="step")
    low, high = chart.layout.yaxis.range
    plot = chart.layout.height - 140  # without title and labels of the axis
    heights = sorted(plot * (note.y - low) / (high - low) - note.ay for note in chart.layout.annotations)
    assert min(b - a for a, b in pairwise(heights)) >= 28 - 1e-6
    assert {note.text for note in chart.layout.annotations} == {f"Run {n}" for n in range(8)}


def test_a_long_name_ends_in_dots_and_a_tag_in_it_is_text():
    chart = figures.figure("Loss", [line("<b>rate</b> of a run that is much too long", 2.0, 1.0)], x_title="step")
    (note,) = chart.layout.annotations
    assert note.text == "&lt;b&gt;rate&lt;/b&gt; of<br>a run that …"
    assert chart.data[0].name.startswith("&lt;b&gt;") and chart.data[0].hovertext[0].startswith("&lt;b&gt;")


def test_what_a_logarithmic_axis_cannot_show_is_left_out():
    chart = figures.figure(
        "Loss", [line("diverged", 2.0, 0.0, float("nan"), float("inf")), line("empty")], x_title="step"
    )
    assert chart.data[0].y == (2.0, None, None, None)
    (note,) = chart.layout.annotations  # beside the last point that is shown
    assert (note.x, note.y) == (0, pytest.approx(0.30103))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0481, "0.0481"),
        (-12.345, "-12.3"),
        (0.000314, "3.1·10⁻⁴"),
        (25_000, "2.5·10⁴"),
        (float("nan"), "not a number"),
    ],
)
def test_numbers_are_short(value, text):
    assert figures.short(value) == text
