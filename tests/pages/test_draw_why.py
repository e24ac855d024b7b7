"""What the view "Why" shows is what the core computes of the same drawing, whatever network answers."""

from pathlib import Path

import numpy as np
import pytest
from page_tests import unpacked
from streamlit.testing.v1 import AppTest

from cnncore import Dense, Flatten, InputError, Network
from cnncore.analysis.attribution import input_times_gradient, nearest_digits, occlusion
from cnncore.architecture.spec import preset
from cnncore.data.permutation import permute_pixels
from cnncore.data.strokes import checked_strokes, draw_strokes
from pages.ui import bounds
from pages.ui.components.drawing_canvas import SAMPLES
from pages.ui.draw.why.nearest_digits import HiddenFeatures, nearest_data
from pages.ui.draw.why.payload import explanation
from pages.ui.session import pretrained
from pages.ui.session.current_network import SessionNetwork

ROOT = Path(__file__).parents[2]
SEVEN, DOT = SAMPLES["7"], [[[0.5, 0.5]]]


def image_of(strokes):
    return draw_strokes(checked_strokes(strokes))


def opened(strokes=None, network=None, resting=True, **parameters):
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    test.switch_page("pages/draw.py")
    test.session_state["drawing"] = {"number": 1, "strokes": strokes or [], "pen": 0.075, "resting": resting}
    if network:
        test.session_state["workbench_network"] = network
    for name, value in ({"view": "why"} | parameters).items():
        test.query_params[name] = str(value)
    test.run()
    assert not test.exception
    return test


def payload(test):
    return test.session_state["draw.explained"][1] if "draw.explained" in test.session_state else None


def draw(test, strokes, resting=True):
    test.session_state["drawing"] = {"number": 2, "strokes": strokes, "pen": 0.075, "resting": resting}
    test.run()
    assert not test.exception
    return payload(test)


def own(classes, names=None, **more):
    network = Network([Flatten(), Dense(classes)], input_shape=(28, 28, 1), seed=4)
    network.names = names or tuple(f"class {k}" for k in range(classes))
    return SessionNetwork(network, "mine", **more)


def test_the_panels_hold_the_cores_numbers():
    network, image = pretrained.pretrained(), image_of(SEVEN)
    data = explanation(image, SessionNetwork(network), "3", 5)
    assert (data["answer"], data["label"], data["target"]) == (7, 3, 3)
    seen, cells = occlusion(network, image, 3, patch=5, stride=2), input_times_gradient(network, image, 3)
    np.testing.assert_allclose(unpacked(data["occlusion"]["logit"]), seen.logit_drop, atol=1e-4)
    np.testing.assert_allclose(unpacked(data["occlusion"]["probability"]), seen.probability_drop, atol=1e-5)
    largest = {by: int(np.abs(unpacked(drops)).argmax()) for by, drops in data["occlusion"].items()}
    assert data["largest"] == largest and min(largest.values()) > 0
    np.testing.assert_allclose(unpacked(data["gradient"]["cells"]), cells.cells[..., 0], atol=1e-5)
    assert data["gradient"]["sum"] + data["gradient"]["rest"] == pytest.approx(data["logit"])
    other = data["other"]
    changed, difference = unpacked(other["image"]), unpacked(other["difference"])
    assert other["found"] and network.predict(changed[None, ..., None])[0].argmax() == 3
    assert (image[..., 0] + difference == changed).all()
    assert (other["inked"], other["blanked"]) == ((difference > 0).sum(), (difference < 0).sum())
    np.testing.assert_allclose(other["after"], network.predict(changed[None, ..., None])[0][[7, 3]], rtol=1e-3)


def test_nearest_by_pixels_and_of_the_other_class():
    image, digits = image_of(SEVEN), pretrained.training_digits()
    data = nearest_data(image, SessionNetwork(pretrained.pretrained()), "pixels", "2")
    found = nearest_digits(digits.images, digits.labels, image, bounds.NEAREST)
    assert data["rows"][0]["distances"] == [n.distance for n in found] and data["of"] == 60_000
    assert (unpacked(data["rows"][0]["pictures"])[1] == digits.images[found[1].digit_index, ..., 0]).all()
    assert set(data["rows"][1]["labels"]) == {"2"} and data["rows"][0]["labels"][0] == "7"
    assert len(nearest_data(image, own(2), "pixels", "class 1")["rows"]) == 1  # no digit is called so


def test_a_scrambled_network_is_explained_on_the_drawing_as_it_was_drawn():
    image = image_of(SEVEN)
    current = SessionNetwork(Network(preset("once"), input_shape=(28, 28, 1), seed=3), "mine", True)
    data = explanation(image, current, "4", 5)
    assert (unpacked(data["gradient"]["cells"])[image[..., 0] == 0] == 0).all()
    seen = occlusion(current.network, image, 4, patch=5, stride=2, preprocess=permute_pixels)
    np.testing.assert_allclose(unpacked(data["occlusion"]["logit"]), seen.logit_drop, atol=1e-5)
    changed = unpacked(data["other"]["image"])[None, ..., None]
    if data["other"]["found"]:
        assert current.network.predict(permute_pixels(changed))[0].argmax() == data["target"]
    assert (changed[0, ..., 0] != image[..., 0]).any()


def test_what_the_network_takes_for_alike(monkeypatch):
    monkeypatch.setattr(bounds, "NEIGHBOURS", 700)
    current = own(3, scramble=True)
    hidden, image = HiddenFeatures(current), image_of(SEVEN)
    assert hidden.compute_some() == pytest.approx(500 / 700) and hidden.among is None
    assert hidden.compute_some() == hidden.compute_some() == 1
    digits = pretrained.training_digits().images[:700]
    expected = permute_pixels(digits).reshape(700, -1) / 255  # before the one layer of this network stand the pixels
    np.testing.assert_allclose(hidden.among.values, expected, atol=1e-3)
    test = opened(SEVEN, current, near="network")
    for _ in range(9):  # each run goes through some more
        if payload(test)["nearest"] is None:
            test.run()
    assert payload(test)["nearest"]["of"] == 700
    gaps = np.sqrt(((expected - permute_pixels(image[None]).reshape(1, -1) / 255) ** 2).sum(axis=1))
    np.testing.assert_allclose(payload(test)["nearest"]["rows"][0]["distances"], np.sort(gaps)[:6], rtol=1e-2)


def test_nothing_drawn_then_drawn_then_wiped():
    test = opened()
    assert payload(test) is None and any("lift the pen" in text.value for text in test.markdown)
    assert draw(test, SEVEN, resting=False) is None
    first = draw(test, SEVEN)
    assert first["label"] == 7
    assert draw(test, [*SEVEN, *DOT], resting=False) is first  # it stays while one draws
    assert draw(test, [["nonsense"]]) is first
    assert draw(test, [*SEVEN, [[0.3, 0.5], [0.7, 0.5]]]) is not first
    assert draw(test, []) is None


@pytest.mark.parametrize("strokes", [DOT, [[[0.1 + 0.8 * (n % 2), n / 20] for n in range(20)]]])
def test_a_dot_and_a_scribble_are_explained(strokes):
    data = payload(opened(strokes))
    assert data["logit"] and len(data["nearest"]["rows"]) == 2


def test_a_network_of_two_classes_and_one_of_sixty_two():
    test = opened(SEVEN, own(2, ("cat", "dog")), **{"class": "dog"})
    assert payload(test)["names"][payload(test)["label"]] == "dog"
    data = payload(opened(SEVEN, own(62), **{"class": "9"}))
    assert data["label"] == data["answer"] and len(data["names"]) == 62  # there is no 9: the answer is explained


def test_the_class_is_chosen_and_stands_in_the_link():
    test = opened(SEVEN)
    test.sidebar.selectbox(key="draw.class").select("2").run()
    assert test.query_params["class"] == "2" and payload(test)["label"] == payload(test)["target"] == 2
    test.sidebar.slider(key="draw.patch").set_value(3).run()
    assert payload(test)["patch"] == 3
    before = payload(test)["occlusion"]
    test.sidebar.radio(key="draw.drop").set_value("probability").run()
    assert payload(test)["occlusion"] is before  # nothing is worked out anew
    test.session_state["workbench_network"] = own(2)
    test.run()
    assert not test.exception and test.session_state["draw.class"] == "" and len(payload(test)["names"]) == 2


def test_bad_settings_of_a_link_are_refused_in_a_sentence():
    test = opened(SEVEN, patch="99", near="<script>", drop="٣", **{"class": "x" * 1000})
    assert "class and drop and patch and near" in test.info[0].value and payload(test)["patch"] == 5


def test_a_network_that_answers_no_number_is_refused():
    broken = own(2)
    broken.network.layers[1].params["bias"][0] = np.inf
    with pytest.raises(InputError, match="not finite"):
        explanation(image_of(SEVEN), broken, "", 5)
