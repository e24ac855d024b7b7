"""One thread without a browser: what opens where is read there as it was meant; one place says which network."""

from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cnncore import evaluate
from cnncore.data.strokes import checked_strokes, draw_strokes
from cnncore.tracing.network import trace_network
from pages.ui.components.drawing_canvas import DRAWING, SAMPLES
from pages.ui.filters.inputs import digit_at, digit_sheet
from pages.ui.frame.open_in import targets_for_digit, targets_for_drawing, targets_for_image
from pages.ui.frame.url_state import format_value
from pages.ui.session import current_network, pretrained
from pages.ui.shared.grid_text import parse_grid

ROOT = Path(__file__).parents[2]
DRAWN = {"number": 1, "strokes": SAMPLES["7"]}
IMAGE = draw_strokes(checked_strokes(SAMPLES["7"]))


@pytest.fixture(autouse=True)
def switching_is_put_back(monkeypatch):
    monkeypatch.setattr(st, "switch_page", st.switch_page)  # `offering` replaces it


@pytest.fixture(autouse=True)
def _nothing_drawn():
    yield
    st.session_state.pop(DRAWING, None)


def page(name, link=None, **session):
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for key, value in session.items():
        test.session_state[key] = value
    test.switch_page(f"pages/{name}.py")
    for key, value in (link or {}).items():
        test.query_params[key] = format_value(value)
    test.run()
    assert not test.exception
    return test


def setting(test, page, name):
    """A setting of a page."""
    return test.session_state[f"{page}.{name}"]


@pytest.mark.parametrize("name", ["convolution", "filters", "inside"])
def test_a_test_digit_opens_as_that_digit(name):
    link = targets_for_digit(33)[name]
    test = page(name, link, follow_the_link=True)
    assert not test.info and not test.warning
    assert setting(test, name, "digit") == 33
    assert test.query_params.items() >= {key: format_value(value) for key, value in link.items()}.items()
    digit = pretrained.test_digits().images[33, ..., 0]
    if name == "convolution":
        shown = setting(test, name, "last")
        assert setting(test, name, "step") == shown["step"] == 407 and setting(test, name, "filter") == "learned"
    if name == "filters":
        assert test.session_state["filters.last"]["input"]["shape"] == [*digit.shape, 1]


@pytest.mark.parametrize("name", ["convolution", "filters", "inside"])
def test_the_drawing_opens_as_it_is(name):
    st.session_state[DRAWING] = DRAWN
    link = targets_for_drawing()[name]
    test = page(name, link, **{DRAWING: DRAWN})
    assert not test.info and not test.warning
    if name == "convolution":
        assert setting(test, "convolution", "source") == "drawing"
        np.testing.assert_allclose(parse_grid(setting(test, "convolution", "input")), IMAGE[..., 0] / 255, atol=0.005)
    else:
        assert setting(test, name, "picture" if name == "filters" else "input") == "drawing"


def test_any_image_goes_to_the_convolution_as_numbers():
    test = page("convolution", targets_for_image(IMAGE)["convolution"])
    assert not test.info and setting(test, "convolution", "source") == "own"
    np.testing.assert_allclose(parse_grid(setting(test, "convolution", "input")), IMAGE[..., 0] / 255, atol=0.005)


def test_any_image_is_carried_inside():
    test = page("inside", targets_for_image(IMAGE)["inside"], workbench_picture=IMAGE)
    assert not test.info and not test.warning
    trace = trace_network(pretrained.pretrained(), IMAGE)
    answer = test.session_state["inside.shown"][1]["answer"]
    assert answer["logits"] == trace.logits.tolist()


def test_where_nothing_is_drawn_it_is_one_sentence():
    test = page("filters", {"picture": "drawing"})
    assert "Nothing is drawn yet" in test.warning[0].value
    test = offering("draw", {})
    test.button(key="draw_open_in_convolution").click().run()
    assert not test.exception and "Nothing is drawn yet" in test.info[0].value


def test_a_pixel_of_the_sheet_of_digits_names_its_digit():
    sheet, images = digit_sheet(), pretrained.test_digits().images
    for row, column in ((1, 1), (29, 28), (28, 29), (168, 168)):
        top, left = (row - 1) // 28 * 28, (column - 1) // 28 * 28
        np.testing.assert_array_equal(sheet[top : top + 28, left : left + 28], images[digit_at(row, column)])


def offering(name, session):
    """A page that offers a test digit or the drawing, and notes where a press leads."""

    def script():
        import streamlit as st

        from pages.ui.frame.open_in import open_in, targets_for_digit, targets_for_drawing
        from pages.ui.frame.url_state import load_from_url

        state = st.session_state
        load_from_url(state.named, lambda link: {})
        st.switch_page = lambda page, **link: state.update(led=(page, link.get("query_params")))
        open_in(state.named, targets_for_drawing() if state.named == "draw" else targets_for_digit(5), "it")

    test = AppTest.from_function(script)
    for key, value in ({"named": name} | session).items():
        test.session_state[key] = value
    return test.run()


def test_a_press_leads_there():
    test = offering("inside", {})
    assert len(test.button) == 2  # convolution and filters: inside is where one is
    test.button(key="inside_open_in_convolution").click().run()
    link = {name: format_value(value) for name, value in targets_for_digit(5)["convolution"].items()}
    assert test.session_state.led == ("pages/convolution.py", link)


def test_the_lecture_is_not_left_by_it():
    test = offering("inside", {})
    test.query_params["lecture"] = "1"
    assert len(test.run().button) == 0


def choice_of(test):
    return next(box for box in test.sidebar.selectbox if box.label == "Which network answers")


def test_one_place_says_which_network_answers_and_changes_it():
    test = page("draw")
    choice = choice_of(test)
    assert choice.value == "pretrained" and choice.options == ["The pretrained network", "The pretrained dense network"]
    choice.select("dense").run()
    assert test.session_state["workbench_network"].network is pretrained.dense()
    test.switch_page("pages/inside.py").run()
    assert not test.exception and choice_of(test).value == "dense"
    own = current_network.SessionNetwork(pretrained.pretrained(), "two convolutions, 90 steps")
    test.session_state["workbench_network"], test.session_state["workbench_own"] = own, [own]
    test.run()
    assert choice_of(test).options[2] == "Your own: two convolutions, 90 steps"
    test.button(key="workbench_back").click().run()
    assert "workbench_network" not in test.session_state
    choice = choice_of(test)
    assert choice.value == "pretrained"
    choice.select("own two convolutions, 90 steps").run()  # it is still there
    assert test.session_state["workbench_network"] is own


def test_a_session_keeps_its_last_networks_each_name_once():
    try:
        for n in range(12):
            assert current_network.set_current(pretrained.dense(), f"network {n % 10}", wrong=n)
        names = [each.name for each in st.session_state[current_network._OWN]]
        assert names == [f"network {n}" for n in (4, 5, 6, 7, 8, 9, 0, 1)]
        assert current_network.current_network().wrong == 11
    finally:
        for key in (current_network._OWN, current_network._KEY):
            st.session_state.pop(key, None)
    assert current_network.current_network().network is pretrained.pretrained()
    wrong, _ = evaluate(pretrained.pretrained(), pretrained.test_digits())
    assert current_network.current_network().wrong == wrong
