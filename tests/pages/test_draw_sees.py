"""What the network sees: the pictures and both answers are the core's; a link names what is switched off."""

from pathlib import Path

import numpy as np
import pytest
from page_tests import unpacked
from streamlit.testing.v1 import AppTest

from cnncore.data.strokes import PreprocessingSteps, checked_strokes, draw_strokes, preprocessing_stages
from pages.ui.components.drawing_canvas import SAMPLES, Drawing, classify_strokes
from pages.ui.draw import preprocessing
from pages.ui.draw.preprocessing import WITHOUT, sees_data
from pages.ui.frame import url_state
from pages.ui.session import pretrained
from pages.ui.shared.sample_strokes import NAMED

PAGE = str(Path(__file__).parents[2] / "pages" / "draw.py")
CORNER = [[[0.1, 0.1], [0.3, 0.1], [0.18, 0.35]]]


def opened(**link):
    test = AppTest.from_file(PAGE, default_timeout=30)
    for name, value in link.items():
        test.query_params[name] = value
    return test.run()


@pytest.mark.parametrize("event", [None, {}, ["pen"], 10**400, "ink"])
def test_a_switch_that_is_not_there_changes_nothing(event, monkeypatch):
    monkeypatch.setattr(preprocessing, "state", type("State", (dict,), {"without": "pen"})())
    monkeypatch.setattr(preprocessing.st, "session_state", {preprocessing.KEY: {"switch": event}})
    preprocessing._switch()
    assert preprocessing.state.without == "pen" and not preprocessing.state


@pytest.mark.parametrize("without", WITHOUT)
def test_pictures_and_answers_are_the_cores(without):
    strokes, off = checked_strokes(CORNER), without.split("-")
    data = sees_data(Drawing(CORNER, draw_strokes(strokes), True, 0.12), without)
    rules = PreprocessingSteps(box="box" not in off, pen="pen" not in off, centre="centre" not in off)
    seen = preprocessing_stages(strokes, rules, 0.12)
    np.testing.assert_array_equal(unpacked(data["pictures"]), [seen.sheet, seen.sheet, seen.box, seen.pen, seen.centre])
    for said, image in (("all", draw_strokes(strokes)), ("now", draw_strokes(strokes, rules, 0.12))):
        expected = pretrained.pretrained().predict(image[None])[0]
        np.testing.assert_allclose(data[said]["probabilities"], expected, atol=1e-5)
    assert [each["on"] for each in data["switches"]] == list(rules)
    row, column = data["busiest"]
    patch = seen.centre[row : row + 4, column : column + 4]
    assert patch.max() > 200 and patch.min() < 50


def test_the_link_names_what_is_off():
    test = opened(view="sees", without="box-centre", sample="7")
    assert not test.exception and test.query_params["without"] == "box-centre"
    test = opened(view="sees", without="<script>")
    assert test.query_params["without"] == "" and "without could not be used" in test.info[0].value


@pytest.mark.parametrize("name", NAMED)
def test_every_sample_is_a_drawing_within_the_sheet_that_is_read_rightly(name):
    strokes = checked_strokes(SAMPLES[name])
    points = np.concatenate(strokes)
    assert points.min() > 0.05 and points.max() < 0.95
    assert classify_strokes(SAMPLES[name], False)["answer"] == NAMED[name][0][-1 if name != "flag" else 2]


def test_a_scene_shows_its_sample_and_gives_the_drawing_back(monkeypatch):
    monkeypatch.setattr(url_state, "is_history_navigation", lambda: True)
    test = opened(view="layers")
    test.session_state["drawing"] = {"number": 5, "strokes": CORNER}
    test.query_params["sample"] = "7"
    test.run()
    assert test.session_state["drawing"]["strokes"] == SAMPLES["7"]
    test.query_params["sample"] = ""
    test.run()
    assert test.session_state["drawing"]["strokes"] == CORNER
