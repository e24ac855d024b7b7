"""The gradient page without a browser: every scene, links and controls that hold nonsense, edits from the stage."""

import base64
from functools import partial

import numpy as np
import pytest
from page_tests import opened_page

from cnncore import InputError, conv1d_gradients
from pages.ui.gradients.inputs import edit
from pages.ui.gradients.presets import SCENES
from pages.ui.gradients.questions import QUESTIONS
from pages.ui.gradients.settings import VIEWS, default_settings, relevant_settings, settings_of

FALLEN_BACK = "The link's {} could not be used, so the usual setting is used instead."

opened = partial(opened_page, "gradients")


def shown(test):
    return test.session_state["gradients.last"]["shown"]


def array(packed):
    return np.frombuffer(base64.b64decode(packed["base64"]), packed["type"]).reshape(packed["shape"])


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_opens_from_its_link_and_keeps_it(scene):
    settings = settings_of(scene)
    link = {name: settings[name] for name in relevant_settings(settings["view"], settings["loss"])}
    test = opened(**link)
    assert not test.warning and not test.info
    assert shown(test)["title"] == VIEWS[settings["view"]]
    assert {name: test.query_params[name] for name in link} == {
        name: value if isinstance(value, str) else f"{value:g}" for name, value in link.items()
    }


def test_a_scene_picked_in_the_sidebar():
    test = opened(view="learn")
    test.selectbox(key="gradients.pick").set_value("ones").run()
    assert not test.exception and test.query_params["weights"] == "1,1,1"
    assert (shown(test)["lossBefore"], shown(test)["lossAfter"], shown(test)["slope"]) == (39, 41, 2)


@pytest.mark.parametrize(("cell", "slope"), [(5, 5), (1, 3)])
def test_the_slopes_of_one_two_three(cell, slope):
    data = shown(opened(cell=cell))
    assert (data["slope"], data["analytic"], data["difference"]) == (slope, slope, "0")


def test_what_was_typed_goes_along_to_another_view():
    test = opened(input="2,0,1,4", weights="1,0,-2")
    test.radio(key="gradients.view").set_value("backward").run()
    assert (test.query_params["input"], test.query_params["weights"]) == ("2,0,1,4", "1,0,-2")
    last = array(shown(test)["inputGrads"])[-1]
    expected, _ = conv1d_gradients([2.0, 0, 1, 4], [1, 0, -2], np.ones(4), padding="half")
    assert last[0, 1:-1].tolist() == expected.tolist()
    test.radio(key="gradients.view").set_value("rotated").run()
    assert array(shown(test)["rotated"]).tolist() == [[-2, 0, 1]]
    test.text_input(key="gradients.input").set_value("1,2;3,4").run()
    assert "A picture needs a square filter: try 1,2;3,4" in test.warning[0].value
    test.radio(key="gradients.view").set_value("learn").run()  # learns from signals only, so it takes its own
    assert not test.exception and not test.warning and test.query_params["input"] == default_settings("learn")["input"]


NONSENSE = ["abc", "", "1e3", "٣", "NaN", "1" + "0" * 400, "../../etc/passwd", "<script>", "x" * 20_000]
NAMES = ["input", "weights", "stride", "cells", "dilation", "cell", "amount", "view", "padding", "loss", "part"]


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: value[:12])
def test_nonsense_in_a_link_falls_back_with_one_sentence(value):
    test = opened(stride=value)
    assert [info.value for info in test.info] == [FALLEN_BACK.format("stride")]
    assert test.query_params["stride"] == "1" and not test.warning
    everywhere = opened(**{name: value for name in NAMES})
    assert len(everywhere.info) == 1 and not everywhere.warning


@pytest.mark.parametrize(
    "link",
    [
        {"input": "1,2;3"},
        {"input": ",".join("1" * 17)},
        {"weights": "1,2,3,4,5,6,7,8"},
        {"input": "100,1,1"},
        {"amount": "11"},
        {"view": "learn", "rate": "0"},
        {"view": "learn", "hidden": "1;2"},
        {"loss": "edited", "grads": "1,,2"},
        {"loss": "squared", "targets": "1,2;3"},
    ],
    ids=str,
)
def test_values_out_of_bounds_in_a_link(link):
    test = opened(**link)
    assert [info.value for info in test.info] == [FALLEN_BACK.format(list(link)[-1])]
    assert not test.warning


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("input", "1,x", "takes 1 to 16 numbers from −99 to 99"),
        ("input", "", "takes 1 to 16 numbers"),
        ("input", "1e308,1", "takes 1 to 16 numbers"),
        ("weights", "1,2,3,4,5,6,7,8", "takes 1 to 7 numbers"),
        ("input", "1,2;3,4", "A picture needs a square filter"),
        ("weights", "1,2;3,4", "A signal needs one row"),
        ("weights", "1,2,3,4", "Half padding needs an odd filter"),
    ],
)
def test_a_widget_that_does_not_fit_is_one_sentence_and_the_picture_stays(key, value, words):
    test = opened()
    before = shown(test)
    test.text_input(key=f"gradients.{key}").set_value(value).run()
    assert not test.exception and len(test.warning) == 1 and words in test.warning[0].value
    assert shown(test) == before
    test.text_input(key=f"gradients.{key}").set_value("1,2,3,4,5" if key == "input" else "1,2,3").run()
    assert not test.warning


@pytest.mark.parametrize("key, value", [("part", "filter"), ("input", "1,2,3")])
def test_the_nudged_cell_is_one_that_exists(key, value):
    test = opened(cell="5")
    widget = test.radio if key == "part" else test.text_input
    widget(key=f"gradients.{key}").set_value(value).run()
    assert not test.exception and not test.warning
    assert test.number_input(key="gradients.cell").value == 3


@pytest.mark.parametrize("view", ["add-one", "backward", "rotated"])
@pytest.mark.parametrize("input_", ["1,2,3", "1,2;3,4"])
def test_a_filter_of_one_weight(view, input_):
    test = opened(view=view, input=input_, weights="2")
    assert not test.exception and not test.warning and not test.info


def test_a_nudge_by_nothing():
    test = opened()
    test.number_input(key="gradients.amount").set_value(0.0).run()
    assert "finite number other than 0: try 1" in test.warning[0].value


def test_too_large_a_border_for_a_picture():
    row = ",".join(["1"] * 8)
    test = opened(
        view="backward", input=";".join([row] * 8), weights=";".join(["1,1,1,1,1,1,1"] * 7), padding="full", dilation=3
    )
    assert "cells, too many to follow: try half padding" in test.warning[0].value


def test_too_high_a_rate_is_said_kindly():
    data = shown(opened(view="learn", rate="0.4"))
    assert data["ending"].startswith("η = 0.4 is too high here") and data["ending"].endswith("try 0.34.")
    assert shown(opened(view="learn"))["ending"] == "Found in 9 steps: 1.00, 0.00, −1.00 is the hidden filter."
    assert "all zeros" in shown(opened(view="learn", input="0,0,0,0"))["ending"]


def test_the_questions_set_their_scenes():
    test = opened(view="learn")
    test.button(key="gradients_scene").click().run()
    assert not test.exception and test.query_params["view"] == "add-one" and test.query_params["weights"] == "1,1,1"
    assert all(question.settings["view"] in VIEWS for question in QUESTIONS)


def test_edits_change_the_cell_that_was_meant():
    settings = default_settings("backward")
    assert edit(settings, {"part": "input", "index": 4, "value": 6}) == {"input": "1,2,3,4,6"}
    assert edit(settings, {"part": "filter", "index": 0, "value": -1.5}) == {"weights": "-1.5,2,3"}
    assert edit(settings, {"part": "grads", "index": 1, "value": 0}) == {"grads": "1,0,1,1,1", "loss": "edited"}
    squared = settings | {"loss": "squared", "targets": "3"}
    assert edit(squared, {"part": "targets", "index": 2, "value": 7}) == {"targets": "3,0,7,0,0", "loss": "squared"}
    assert edit(default_settings("learn"), {"part": "start", "index": 2, "value": 1}) == {"start": "0,0,1"}


@pytest.mark.parametrize(
    "event",
    [None, 7, {}, {"part": "view", "index": 0, "value": 1}],
)
def test_edits_of_nothing_change_nothing(event):
    assert edit(default_settings("backward"), event) == {}


@pytest.mark.parametrize(
    "event",
    [{"index": 99, "value": 1}, {"index": -1, "value": 1}, {"index": 0, "value": 100}, {"index": 0, "value": "x"}],
)
def test_edits_out_of_bounds_are_refused(event):
    with pytest.raises(InputError):
        edit(default_settings("backward"), {"part": "input"} | event)


def test_what_is_typed_stands_in_the_link_as_a_link_has_it():
    test = opened(view="backward")
    test.text_input(key="gradients.input").set_value("[1, 2, −3, 4]").run()
    assert not test.warning and test.query_params["input"] == "1,2,-3,4"
    again = opened(**{name: str(value) for name, value in test.query_params.items()})
    assert not again.info
