"""The convolution page without a browser: every scene, and links that hold nonsense."""

import base64
from functools import partial

import numpy as np
import pytest
from page_tests import opened_page
from streamlit.testing.v1 import AppTest

from cnncore import conv2d, conv2d_gradients
from pages.ui import bounds
from pages.ui.convolution.inputs import PICTURE, PICTURE_FILTERS
from pages.ui.convolution.presets import PRESETS
from pages.ui.convolution.settings import DEFAULTS
from pages.ui.frame.url_state import UrlParams


def shown(test, name="outputs"):
    """An array that the stage was given."""
    sent = test.session_state["convolution.last"][name]
    return np.frombuffer(base64.b64decode(sent["base64"]), sent["type"]).reshape(sent["shape"]).tolist()


opened = partial(opened_page, "convolution")


@pytest.mark.parametrize("preset", [name for name in PRESETS if name not in ("own", "channels")])
def test_every_scene_opens_from_its_link(preset):
    test = opened(preset=preset)
    assert not test.warning and not test.info[1:]
    assert test.query_params["preset"] == preset
    assert "onvolution" in test.session_state["convolution.last"]["title"]
    link = test.query_params.items()
    assert shown(opened(**{name: value[0] if isinstance(value, list) else value for name, value in link})) == shown(
        test
    )


NONSENSE = [
    "abc",
    "",
    "1e3",
    "٣",
    "-0x",
    "NaN",
    "0",
    "99",
    "1" + "0" * 400,
    "../../etc/passwd",
    "<script>",
    "x" * 100_000,
]


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: value[:12])
def test_nonsense_in_a_link_falls_back_with_one_sentence(value):
    test = opened(stride=value, preset="half")
    assert [info.value for info in test.info] == [
        "The link's stride could not be used, so the usual setting is used instead."
    ]
    assert test.query_params["stride"] == "1"
    assert not test.warning


@pytest.mark.parametrize("name", DEFAULTS)
def test_every_setting_of_a_link_is_read_with_care(name):
    for value in ("", "1e400;<b>", "10" * 60):
        test = opened(**{name: value})
        assert [info.value for info in test.info] == [
            f"The link's {name} could not be used, so the usual setting is used instead."
        ]
        assert not test.warning


def test_unknown_keys_and_scenes():
    assert not opened(colour="red").info
    assert len(opened(preset="nowhere", filter="<b>", dilation="9").info) == 1


def test_own_numbers_from_a_link():
    numbers = {"input": "1,2,3;4,5,6;7,8,9;0,0,-1.5", "weights": "1,0;0,-1"}
    test = opened(preset="own", padding="none", bias="0.25", **numbers)
    assert not test.info and not test.warning
    assert shown(test) == [-3.75, -3.75, -3.75, -3.75, 7.25, 9.75]
    assert test.query_params["bias"] == "0.25"
    assert test.query_params["input"] == "1,2,3;4,5,6;7,8,9;0,0,-1.5"
    signal = opened(preset="own", input="1,2,3", weights="1,2,3", padding="full")
    assert shown(signal) == [3, 8, 14, 8, 3]
    assert signal.query_params["kind"] == "signal"
    assert opened(preset="own").query_params["preset"] == "half"


@pytest.mark.parametrize(
    "numbers",
    [
        {"weights": "1,2;3,4;5,6"},
        {"weights": "1e308"},
        {"weights": ",".join("1" * 8)},
        {"weights": "1,2,3", "input": "1,2;3,4"},
        {"input": "1,2;3"},
        {"input": "1,,2"},
        {"input": "NaN,1"},
        {"input": "100,1,1"},
        {"input": ",".join("1" * 17)},
        {"input": ";".join(["1,1"] * 29)},
    ],
    ids=str,
)
def test_own_numbers_that_cannot_be_used(numbers):
    test = opened(preset="own", **numbers)
    (info,) = test.info
    assert "could not be used" in info.value and not test.warning


def test_numbers_are_read_by_pattern():
    from cnncore.limits import Bound

    link = UrlParams({"a": "7", "b": "٣", "c": "1_0", "d": "-2", "e": " 3"})
    bound = Bound(-5, 10, 1)
    assert [link.integer(name, bound, 0) for name in "abcdef"] == [7, 0, 0, -2, 0, 0]
    assert link.refused == ["b", "c", "e"]


def test_a_filter_too_large_is_refused_with_a_way_on():
    test = opened(preset="none", filter="sum of 5×5")
    (warning,) = test.warning
    assert "larger than the padded input of 4: try a filter of 4 or a padding of 1" in warning.value


def test_half_padding_needs_an_odd_filter():
    test = opened(preset="half", filter="sum of 2×2")
    (warning,) = test.warning
    assert "Half padding needs an odd filter" in warning.value
    assert "convolution.last" not in test.session_state


def test_a_refusal_keeps_the_last_good_picture():
    test = opened(preset="half")
    before = test.session_state["convolution.last"]
    test.selectbox(key="convolution.filter").set_value("sum of 2×2").run()
    assert test.warning and test.session_state["convolution.last"] == before


def test_the_odd_figure_says_what_is_dropped_and_offers_neighbours():
    test = opened(preset="odd")
    assert "of the padding alone" in test.info[0].value
    test.button[0].click().run()
    assert not test.info and not test.exception


def test_a_missing_model_is_one_sentence(monkeypatch, tmp_path):
    from pages.ui.session import pretrained

    pretrained.pretrained.clear()
    monkeypatch.setattr(pretrained, "MODELS", tmp_path)
    test = opened(preset="digit")
    assert "convolutional.safetensors cannot be read" in test.warning[0].value


def test_even_filters_and_strides_beyond_the_input_and_much_padding():
    assert shown(opened(preset="none", stride="5")) == shown(opened(preset="none"))[:1]
    assert "larger than the input" in opened(preset="none", stride="5").info[-1].value
    much = opened(preset="half", padding="number", cells="4")
    assert "padding alone" in much.info[0].value and shown(much)[0] == 0


def test_rows_and_columns_apart():
    test = opened(preset="half", across="2", padding="none")
    expected = conv2d(PICTURE[None, :5, :5, None], PICTURE_FILTERS["diagonal /"][None, ..., None], stride=(1, 2))
    assert shown(test) == expected.ravel().tolist()
    last = test.session_state["convolution.last"]
    assert last["formula"][1:] == ["rows: (5 − 3 + 2·0)/1 + 1 = 3", "columns: (5 − 3 + 2·0)/2 + 1 = 2"]
    assert last["counter"] == ["3·2 · 3·3 · 1·1 = 54 multiplications", "3·3 · 1·1 = 9 weights, and 1 bias"]
    assert test.query_params["across"] == "2"


def test_a_size_that_is_not_whole_is_floored_in_sight():
    last = opened(preset="odd").session_state["convolution.last"]
    assert last["formula"] == ["O = (W − F + 2P)/S + 1", "  = (6 − 3 + 2·1)/2 + 1", "  = ⌊2.5⌋ + 1", "  = 3"]


def test_neighbours_that_fit_leave_nothing_over():
    labels = [button.label for button in opened(preset="odd").button if button.label.startswith("Try")]
    assert labels == ["Try S = 1", "Try F = 2"]
    for label in labels:
        test = opened(preset="odd")
        next(button for button in test.button if button.label == label).click().run()
        assert not test.info and not test.warning and not test.exception
        assert "⌊" not in "".join(test.session_state["convolution.last"]["formula"])


def test_the_lectures_picture_of_24_cells_a_side():
    for stride, count in (("1", "4,356"), ("2", "1,089")):
        test = opened(source="constant", size="24", stride=stride, padding="none")
        assert f"= {count} multiplications" in test.session_state["convolution.last"]["counter"][0]
    half = opened(source="digit", size="24", filter="sum of 7×7", padding="half")
    assert half.session_state["convolution.last"]["shape"] == [24, 24]
    assert half.session_state["convolution.last"]["caption"] == "24 × 24 + border 3 = 30 × 30 → 24 × 24"


def test_transposed_is_the_gradient_of_the_way_there():
    test = opened(preset="transposed")
    grad, _, _ = conv2d_gradients(
        np.zeros((1, 7, 7, 1)),
        PICTURE_FILTERS["diagonal /"][None, ..., None],
        PICTURE[None, :3, :3, None],
        stride=2,
    )
    np.testing.assert_allclose(shown(test), grad.ravel(), atol=1e-12)
    assert test.session_state["convolution.last"]["formula"][0] == "O = (W − 1)·S + F − 2P"
    (warning,) = opened(source="random", size="28", stride="5", transposed="on").warning
    assert "more than the 64 that can be walked: try a smaller stride" in warning.value


def test_random_integers_are_pinned_by_their_seed():
    one, same, other = (shown(opened(source="random", seed=seed), "padded") for seed in ("7", "7", "8"))
    assert one == same != other


def test_the_drawing_is_pinned_in_the_link():
    test = opened()
    test.selectbox(key="convolution.source").set_value("drawing").run()
    assert "Nothing is drawn yet" in test.info[0].value and test.session_state["convolution.source"] == "example"
    test.session_state["drawing"] = {"number": 1, "strokes": [[[0.2, 0.2], [0.8, 0.2], [0.4, 0.9]]]}
    test.selectbox(key="convolution.source").set_value("drawing").run()
    assert not test.exception and np.max(shown(test, "padded")) == 1
    again = opened(source="drawing", input=test.query_params["input"])
    assert shown(again) == shown(test)


def test_undo_and_reset():
    test = opened(preset="stride")
    assert test.button(key="convolution.undo").disabled
    before = shown(test)
    test.slider(key="convolution.stride").set_value(1).run()
    test.number_input(key="convolution.bias").set_value(3).run()
    assert shown(test)[0] == before[0] + 3
    test.button(key="convolution.undo").click().run()
    assert test.session_state["convolution.bias"] == 0 and test.session_state["convolution.stride"] == 1
    test.number_input(key="convolution.bias").set_value(5).run()
    test.button(key="convolution.reset").click().run()
    assert shown(test) == before and test.query_params["stride"] == "2"
    test.button(key="convolution.undo").click().run()  # a reset can be undone
    assert test.session_state["convolution.bias"] == 5
    for n in range(bounds.UNDO + 5):
        test.session_state["convolution.bias"] = n
        test.run()
    assert len(test.session_state["convolution.past"]) == bounds.UNDO


def test_filters_and_inputs_change_their_size():
    test = opened(preset="half")
    test.slider(key="convolution.filter_size").set_value(5).run()
    assert shown(test, "filter") == np.pad(PICTURE_FILTERS["diagonal /"], 1).tolist()
    assert test.query_params["filter"] == "own"
    test.selectbox(key="convolution.source").set_value("own").run()
    test.slider(key="convolution.size").set_value(3).run()
    assert not test.exception and test.query_params["input"] == "0,0,1;0,1,3;1,3,1"


def test_one_dimension_and_back():
    test = opened(preset="half")
    test.radio(key="convolution.kind").set_value("signal").run()
    assert shown(test) == [3, 6, 9, 12, 9] and not test.exception
    test.slider(key="convolution.size").set_value(16).run()
    assert len(shown(test)) == 16
    test.radio(key="convolution.kind").set_value("picture").run()
    assert not test.exception and test.session_state["convolution.last"]["shape"] == [6, 6]


def edits(sent):
    """The session state after the stage reported edits of the usual scene."""

    def script(sent):
        from pages.ui.convolution.stage_events import apply_edits

        apply_edits(sent)

    test = AppTest.from_function(script, args=(sent,)).run()
    assert not test.exception
    return PageEntries(test)


class PageEntries:
    """The entries of the convolution page in a test's session state."""

    def __init__(self, test):
        self.state = test.session_state

    def __getitem__(self, name):
        return self.state[f"convolution.{name}"]

    def __contains__(self, name):
        return f"convolution.{name}" in self.state


def test_an_edit_makes_own_numbers_of_a_preset():
    state = edits(
        [
            {"number": 5, "part": "input", "cells": [0, 24], "value": 7},
            {"number": 6, "part": "filter", "cells": [4], "value": -1.5},
        ]
    )
    assert state["preset"] == state["source"] == state["filter"] == "own"
    assert state["input"].startswith("7,0,1") and state["input"].endswith(",7")
    assert state["weights"] == "-1,0,2;0,-1.5,0;2,0,-1"
    assert state["edited"] == 6


def test_an_edit_before_the_browser_heard_of_the_last_one_keeps_both():
    def script():
        from pages.ui.convolution.settings import state
        from pages.ui.convolution.stage_events import apply_edits

        one, two = ({"number": n, "part": "filter", "cells": [n], "value": 9} for n in (1, 2))
        apply_edits([one])
        state.update(preset="half", filter="diagonal /")  # what the widgets of the browser still hold
        apply_edits([one, two])

    state = PageEntries(AppTest.from_function(script).run())
    assert state["weights"] == "-1,9,9;0,2,0;2,0,-1" and state["filter"] == "own"


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "x",
        [1],
        [{"number": "a"}],
        *([{"number": 1, "part": "input", "cells": [0], "value": value}] for value in (1e308, "x", None, True, 100)),
        *([{"number": 1, "part": "input", "cells": cells, "value": 1}] for cells in ([25], [-1], "0", [0.5], None)),
        [{"number": 1, "part": "input", "cells": [0], "value": float("nan")}],
    ],
    ids=str,
)
def test_an_edit_that_makes_no_sense_changes_nothing(sent):
    state = edits(sent)
    assert not any(name in state for name in ("source", "preset", "input"))
    if isinstance(sent, list) and isinstance(sent[0], dict) and sent[0]["number"] == 1:
        assert state["note"].endswith((": try 0.", ": choose another."))


def test_own_numbers_begin_with_those_that_stand_there():
    test = opened(preset="odd")
    before = shown(test)
    test.selectbox(key="convolution.preset").set_value("own").run()
    assert not test.exception and shown(test) == before
    assert test.query_params["source"] == test.query_params["filter"] == "own"
    test.selectbox(key="convolution.filter").set_value("identity").run()
    test.selectbox(key="convolution.filter").set_value("own").run()
    assert test.query_params["weights"] == "0,0,0;0,1,0;0,0,0"


def test_the_questions_set_their_scenes():
    test = opened()
    test.button(key="convolution_scene").click().run()
    assert test.session_state["convolution.size"] == 24 and test.session_state["convolution.filter"] == "sum of 5×5"
