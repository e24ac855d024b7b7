"""Controls and offers: each changes its own setting alone, and sets nothing that its page does not have."""

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from page_tests import opened_page
from streamlit.testing.v1.element_tree import Radio, Selectbox

from cnncore import ConvoscopeError, Window
from pages.ui import bounds
from pages.ui.convolution.scene import scene_of
from pages.ui.convolution.settings import DEFAULTS, relevant_settings, sides_of
from pages.ui.convolution.settings import read_settings as read_convolution
from pages.ui.convolution.size_texts import neighbours
from pages.ui.frame.url_state import UrlParams, format_value
from pages.ui.pooling.settings import can_be_set
from pages.ui.pooling.settings import read_settings as read_pooling

# Widgets that set several settings by their purpose.
PRESETS = ("convolution.preset", "filters.example", "gradients.pick", "inside.chosen_class", "train.recorded")
# What else a control may change: settings that follow from its own, or that cannot be as they were.
FOLLOWS = {
    "convolution.kind": {"convolution.filter", "convolution.source", "convolution.size"},
    "convolution.source": {"convolution.size"},  # where the new source has no such size
    "convolution.filter": {"convolution.filter_size"},
    "convolution.filter_size": {"convolution.filter"},  # a resized filter is one's own
    "filters.first": {"filters.first_size"},
    "filters.second": {"filters.second_size"},
    "filters.first_size": {"filters.first"},
    "filters.second_size": {"filters.second"},
    "pooling.window": {"pooling.stride"},  # until the stride is chosen for itself
}
SCENES = [
    ("convolution", {"source": "random", "size": 9, "padding": "number", "cells": 3, "stride": 2}),
    ("convolution", {"preset": "digit"}),
    ("convolution", {"preset": "signal"}),
    ("convolution", {"view": "channels"}),
    ("filters", {}),
    ("pooling", {"map": "random", "side": 9, "window": 3, "stride": 2}),
    ("pooling", {"view": "flatten"}),
    ("gradients", {"view": "backward"}),
    ("gradients", {"view": "learn"}),
    ("inside", {"view": "shift", "digit": 5}),
    ("draw", {"view": "why", "sample": 7}),
]
# Sources and the inputs that each can make.
SIZES = {source: sides_of("picture", source) for source in ("example", "random", "constant", "digit")}


@pytest.fixture(autouse=True)
def labels_can_be_chosen(monkeypatch):
    """A choice is set by its label, as a person does, which Streamlit's tests know only by its value."""
    for widget in (Radio, Selectbox):
        of_value = widget.format_func.fget

        def of_both(self, of_value=of_value):
            return lambda value: value if value in self.options else of_value(self)(value)

        monkeypatch.setattr(widget, "format_func", property(of_both))


def widgets(test):
    """The sidebar's widgets by their keys."""
    kinds = ("radio", "selectbox", "slider", "number_input", "text_input")
    return {widget.key: widget for kind in kinds for widget in getattr(test.sidebar, kind) if widget.key}


def other_values(widget):
    """Values that a widget can be set to: an option, every one of a source, or the next number."""
    if widget.type in ("radio", "selectbox"):
        return widget.options if widget.key.endswith(".source") else widget.options[-1:]
    if widget.type == "text_input":
        return []
    more = widget.value + (widget.step or 1)
    return [type(widget.value)(more if more <= widget.max else widget.min)]


@pytest.mark.parametrize("page, link", SCENES, ids=lambda part: part if isinstance(part, str) else "-".join(part))
def test_a_control_changes_its_own_setting_alone(page, link):
    changed = 0
    for key, widget in widgets(opened_page(page, **link)).items():
        if key in PRESETS or key.endswith(".view"):
            continue
        for value in other_values(widget):
            test = opened_page(page, **link)
            before = {name: each.value for name, each in widgets(test).items()}
            widgets(test)[key].set_value(value).run()
            assert not test.exception, (key, value)
            after = {name: each.value for name, each in widgets(test).items() if name in before}
            others = {name for name, now in after.items() if now != before[name]} - {key}
            assert others <= FOLLOWS.get(key, set()), (key, value)
            changed += after.get(key) != before[key]
    assert changed


def test_an_input_of_random_numbers_is_as_large_as_the_digit():
    test = opened_page("convolution", preset="digit")
    widgets(test)["convolution.source"].set_value("random integers").run()
    assert widgets(test)["convolution.size"].value == 28


def test_a_number_of_cells_begins_with_the_padding():
    test = opened_page("convolution", source="random", size=9, padding="half", filter="sum of 5×5")
    widgets(test)["convolution.padding"].set_value("number").run()
    assert widgets(test)["convolution.cells"].value == 2


def test_a_size_outside_of_the_new_source_is_the_nearest_one():
    test = opened_page("convolution", source="random", size=28)
    widgets(test)["convolution.source"].set_value("example").run()
    assert widgets(test)["convolution.size"].value == SIZES["example"].high
    widgets(test)["convolution.kind"].set_value("1-D").run()
    assert not test.exception and widgets(test)["convolution.size"].value == SIZES["example"].high


def as_link(settings):
    return UrlParams({name: format_value(settings[name]) for name in relevant_settings(settings)})


def integers(bound):
    return st.integers(int(bound.low), int(bound.high))


@st.composite
def convolution_settings(draw):
    """Settings that a person can make with the page's controls."""
    source = draw(st.sampled_from(sorted(SIZES)))
    size = draw(st.integers(1, 7))
    settings = DEFAULTS | {
        "source": source,
        "size": draw(integers(SIZES[source])),
        "filter": "own",
        "weights": ";".join([",".join(["1"] * size)] * size),
        "padding": draw(st.sampled_from(["none", "half", "full", "number"])),
        "cells": draw(st.integers(0, 13)),
        "stride": draw(integers(bounds.STRIDE)),
        "across": draw(st.sampled_from(["same", "1", "3", "5"])),
        "dilation": draw(integers(bounds.DILATION)),
    }
    return settings


@hypothesis_settings(deadline=None, max_examples=150)
@given(convolution_settings())
def test_every_offer_of_the_convolution_is_a_setting_of_the_page(settings):
    try:
        scene = scene_of(settings)
    except ConvoscopeError:
        return  # the page says what does not fit
    for name, changes in neighbours(scene):
        offered = settings | changes
        link = as_link(offered)
        read = read_convolution(link, ["window"])
        assert not link.refused, (name, link.refused)
        assert {key: read[key] for key in link.parameters} == {key: offered[key] for key in link.parameters}, name
        window = scene_of(offered).window
        assert window.leftover(scene.sides) == (0, 0), name


@pytest.mark.parametrize(
    "link",
    [
        {"source": "random", "size": 9, "padding": "none", "stride": 5},
        {"source": "random", "size": 12, "padding": "number", "cells": 13, "stride": 4},
        {"source": "random", "size": 20, "padding": "none", "stride": 2, "across": 4, "dilation": 2},
        {"preset": "signal", "padding": "none", "stride": 4, "size": 16},
    ],
    ids=["largest stride", "most padding", "two strides", "signal"],
)
def test_a_press_on_every_offer_keeps_the_page(link):
    labels = [button.label for button in opened_page("convolution", **link).main.button if "Try" in button.label]
    assert labels
    for label in labels:
        test = opened_page("convolution", **link)
        next(button for button in test.main.button if button.label == label).click().run()
        assert not test.exception
        assert not any("floored" in info.value for info in test.info), label


@hypothesis_settings(deadline=None, max_examples=100)
@given(integers(bounds.POOL_SIZE), integers(bounds.POOL_STRIDE), integers(bounds.MAP_SIZE))
def test_every_offer_of_pooling_is_a_setting_of_the_page(size, stride, side):
    if size > side:
        return
    for window in Window(size, stride=stride).suggest_without_leftover((side, side), can_be_set):
        link = UrlParams({"window": str(window.size), "stride": str(window.strides[0])})
        read = read_pooling(link)
        assert not link.refused and (read["window"], read["stride"]) == (window.size, window.strides[0])
        assert window.leftover((side, side)) == (0, 0) and window.border == 0
