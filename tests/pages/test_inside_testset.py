"""The input and the whole test set inside a network, without a browser: uploads, the hardest, the matrix, the map."""

import io
import zlib
from functools import partial

import numpy as np
import pytest
import streamlit as st
from page_tests import opened_page, unpacked
from PIL import Image

from cnncore import Network
from cnncore.analysis.embedding import embed_test_set
from cnncore.analysis.evaluation import confusion, hardest_indices
from cnncore.analysis.pca import project
from cnncore.architecture.spec import preset
from cnncore.data.digit_set import DigitSet
from cnncore.data.strokes import checked_strokes, draw_strokes
from cnncore.training.metrics import predict_probabilities
from pages.ui import bounds
from pages.ui.inside.test_set.answers import EvaluatedSet
from pages.ui.inside.test_set.views import map_data, page_data
from pages.ui.session import pretrained
from pages.ui.session.current_network import SessionNetwork
from pages.ui.session.evaluation_set import evaluation_set
from pages.ui.shared.grid_text import format_grid

SEVEN = [[[0.25, 0.2], [0.75, 0.2], [0.42, 0.85]]]
OWN_LINK = "A picture of one's own is not in the link"


@pytest.fixture(scope="module")
def asked():
    """What the pretrained network answers to every test digit."""
    return predict_probabilities(pretrained.pretrained(), pretrained.test_digits().images)


opened = partial(opened_page, "inside")


def own_network(names, seed=3):
    *layers, last = preset("once")
    network = Network([*layers, type(last)(len(names))], input_shape=(28, 28, 1), seed=seed)
    network.names = names
    return network


def with_network(current, **link):
    test = opened()
    test.session_state["workbench_network"] = current
    for name, value in link.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception
    return test


def png(values):
    file = io.BytesIO()
    Image.fromarray(np.asarray(values, np.uint8)).save(file, "PNG")
    return file.getvalue()


def shown(test):
    return test.session_state["inside.shown"][1]


def test_an_upload_goes_in_and_what_is_refused_leaves_it_there(monkeypatch):
    offered = {}
    monkeypatch.setattr("pages.ui.frame.open_in.open_in", lambda page, ways, what: offered.update(ways=ways))
    test = opened(input="upload", digit="5")
    assert OWN_LINK in test.info[0].value and shown(test)["what"] == "test digit 0, a 7"
    ink = np.kron(draw_strokes(checked_strokes(SEVEN))[..., 0], np.ones((5, 5), np.uint8))
    test.file_uploader(key="inside_file").set_value(("seven.png", png(250 - 0.9 * ink), "image/png")).run()
    assert not test.exception and not test.info and not test.warning
    assert shown(test)["what"] == "my picture" and shown(test)["answer"]["digit"] == 7
    assert test.query_params["input"] == "upload"
    kept = shown(test)["answer"]["logits"]
    bad = {
        "empty.png": (b"", "an empty file"),
        "text.png": (b"no picture at all", "not a picture that can be read"),
        "dot.png": (png([[0]]), "only 1 × 1 pixels"),
        "grey.png": (png(np.full((40, 40), 128)), "no ink"),
        "<img src=x>.png": (png(ink)[:90], "damaged or incomplete"),
    }
    for name, (data, reason) in bad.items():
        test.file_uploader(key="inside_file").set_value((name, data, "image/png")).run()
        assert not test.exception and [reason in warning.value for warning in test.warning] == [True]
        assert shown(test)["answer"]["logits"] == kept
    test.radio(key="inside_input").set_value("digit").run()
    assert not test.warning and shown(test)["what"] == "test digit 5, a 1"
    test.radio(key="inside_input").set_value("upload").run()
    assert shown(test)["what"] == "my picture"
    picture = test.session_state["workbench_picture"]
    numbers = format_grid(np.round(picture[..., 0] / 255, 2))  # other pages have no such file
    assert set(offered["ways"]) == {"convolution", "inside"} and offered["ways"]["convolution"]["input"] == numbers


def test_a_visitor_whose_picture_is_refused_sees_the_usual_digit():
    test = opened(input="upload")
    test.file_uploader(key="inside_file").set_value(("a.png", b"x", "image/png")).run()
    assert len(test.warning) == 1 and shown(test)["what"] == "test digit 0, a 7"


def test_the_hardest_are_walked_in_order(asked):
    test = opened()
    test.selectbox(key="inside.chosen_class").set_value("hardest").run()
    labels = pretrained.test_digits().labels
    expected = hardest_indices(labels, asked, 3)
    assert not test.exception and test.query_params["digit"] == str(expected[0])
    assert asked[expected[0]].argmax() != labels[expected[0]]
    test.button(key="inside_after").click().run()
    test.button(key="inside_after").click().run()
    assert test.query_params["digit"] == str(expected[2])
    test.button(key="inside_before").click().run()
    assert test.query_params["digit"] == str(expected[1])
    test.selectbox(key="inside.chosen_class").set_value(4).run()
    assert labels[int(test.query_params["digit"])] == 4


def test_the_matrix_counts_all_digits_and_opens_cell_by_cell(asked):
    test = opened(view="tests", cell="4,9")
    labels, answers = pretrained.test_digits().labels, asked.argmax(axis=1)
    data = shown(test)
    assert data["counts"] == confusion(labels, answers, 10).tolist()
    assert data["wrong"] == (answers != labels).sum() and data["of"] == 10_000
    assert data["cell"] == [4, 9]
    assert sorted(data["numbers"]) == np.flatnonzero((labels == 4) & (answers == 9)).tolist()
    assert test.query_params["cell"] == "4,9"
    test.radio(key="inside_view").set_value("path").run()
    assert "cell" not in test.query_params


def test_wrong_answers_come_page_by_page_the_surest_first(asked, monkeypatch):
    seen = surveyed(asked)
    labels, answers = pretrained.test_digits().labels, asked.argmax(axis=1)
    wrong = np.flatnonzero(answers != labels)
    monkeypatch.setattr(bounds, "LISTED_DIGITS", 40)
    pages = [page_data(seen, "", page) for page in (0, 1)]
    listed = pages[0]["numbers"] + pages[1]["numbers"]
    assert sorted(listed) == wrong.tolist() and len(pages[0]["numbers"]) == 40
    shares = pages[0]["shares"] + pages[1]["shares"]
    assert shares == sorted(shares, reverse=True)
    assert page_data(seen, "", 10**6)["page"] == 1 and page_data(seen, "", -5)["page"] == 0
    assert page_data(seen, "98,3", 0)["cell"] == []  # classes that the network has not


def surveyed(asked):
    digits = pretrained.test_digits()
    seen = embed_test_set(pretrained.pretrained(), digits.images)
    np.testing.assert_allclose(seen.probabilities, asked, atol=1e-4)
    return EvaluatedSet(pretrained.pretrained(), np.arange(10_000), digits.images, digits.labels, seen)


@pytest.mark.parametrize("name, value", [("view", "nonsense"), ("cell", "4"), ("cell", "٣,4"), ("cell", "x" * 10_000)])
def test_nonsense_falls_back_with_one_sentence(name, value):
    test = opened(**{name: value})
    assert [info.value for info in test.info] == [
        f"The link's {name} could not be used, so the usual setting is used instead."
    ]
    assert not test.warning


NO_GOOD = [None, {"cell": [1e9, 2]}, {"cell": "4,9"}, {"page": "3"}, {"digit": 10**9}, {"digit": True}, {"cell": None}]


def test_what_the_matrix_tells_is_checked(monkeypatch):
    sent, kept = {}, {}

    def component(name):
        def mount(*, key, data, **on):
            st.session_state[key] = sent.get("now") or {}
            for call in on.values():
                call()
            kept.update(data, view=st.session_state["inside.view"])

        return mount

    monkeypatch.setattr("pages.ui.inside.test_set.views.component", component)
    test = opened(view="tests")
    for each in NO_GOOD:
        sent["now"] = each
        test.run()
        assert not test.exception
        assert kept["view"] == "tests" and kept["cell"] == [] and kept["page"] == 0
    sent["now"] = {"cell": [4, 9], "page": 1, "digit": 7}
    test.run()
    assert (
        kept["view"] == "path"
        and test.session_state["inside.digit"] == 7
        and test.session_state["inside.cell"] == "4,9"
    )


def test_the_map_places_every_digit_by_its_last_hidden_layer(asked):
    test = opened(view="map")
    assert not test.warning and not test.info
    (kept,) = test.session_state["inside.test_set_answers"]
    network, digits = pretrained.pretrained(), pretrained.test_digits()
    hidden = network.activations(digits.images[:50])[-2][1]
    np.testing.assert_allclose(kept.coordinates[:50], project(kept.axes, hidden), atol=1e-3)
    data = map_data(kept)
    wrong = unpacked(data["wrong"])
    np.testing.assert_array_equal(wrong, unpacked(data["answers"]) != unpacked(data["classes"]))
    assert wrong.sum() == (network.predict(digits.images).argmax(axis=1) != digits.labels).sum()
    assert data["features"] == 56 and data["from"] == 10_000 and 0.1 < sum(data["held"]) < 1
    pictures = np.frombuffer(zlib.decompress(kept.packed_images.tobytes()), np.uint8).reshape(10_000, 28, 14)
    np.testing.assert_array_equal(pictures[7] >> 4, digits.images[7, :, ::2, 0] >> 4)
    np.testing.assert_array_equal(pictures[7] & 15, digits.images[7, :, 1::2, 0] >> 4)
    np.testing.assert_allclose(data["centres"][3], np.median(kept.coordinates[digits.labels == 3], axis=0), rtol=1e-5)
    before = kept.key
    test.radio(key="inside_input").set_value("drawing").run()
    assert not test.warning  # nothing is drawn, and the map is shown
    test.radio(key="inside_view").set_value("tests").run()
    assert [each.key for each in test.session_state["inside.test_set_answers"]] == [before]  # asked once


def test_evaluated_sets_are_bounded_and_each_networks_own():
    digits = pretrained.test_digits().subset(slice(200))
    test = opened(view="tests")
    for seed in (1, 2, 3):
        network = own_network(tuple("0123456789"), seed)
        test.session_state["workbench_network"] = SessionNetwork(network, "mine", tests=digits)
        test.run()
        wrong = int((network.predict(digits.images).argmax(axis=1) != digits.labels).sum())
        assert not test.exception and shown(test)["wrong"] == wrong and shown(test)["of"] == 200
    assert len(test.session_state["inside.test_set_answers"]) == 2


def test_a_network_of_chosen_digits_is_tested_on_those(asked):
    network, digits = own_network(("3", "7")), pretrained.test_digits()
    test = with_network(SessionNetwork(network, "threes and sevens"), view="tests")
    some = np.flatnonzero(np.isin(digits.labels, (3, 7)))
    answers = network.predict(digits.images[some]).argmax(axis=1)
    assert shown(test)["of"] == len(some) and shown(test)["names"] == ["3", "7"]
    assert shown(test)["counts"] == confusion((digits.labels[some] == 7).astype(int), answers, 2).tolist()
    test.radio(key="inside_view").set_value("path").run()
    test.number_input(key="inside_digit").set_value(1).run()
    assert shown(test)["what"] == "test digit 1, a 2, which is none of this network's classes"
    assert shown(test)["strip"][-1]["names"] == ["3", "7"]


def test_a_network_that_knows_no_digit_says_so():
    test = with_network(SessionNetwork(own_network(("shirt", "coat")), "clothes"), view="tests")
    assert len(test.warning) == 1 and "shirt, coat" in test.warning[0].value
    test.radio(key="inside_view").set_value("map").run()
    assert not test.exception and len(test.warning) == 1
    assert "hardest" not in test.selectbox(key="inside.chosen_class").options


def test_a_network_of_own_data_is_tested_on_its_own_images():
    rng = np.random.default_rng(2)
    images, labels = rng.integers(0, 256, (40, 28, 28, 1)).astype(np.uint8), np.arange(40, dtype=np.uint8) % 2
    own = DigitSet(images, labels, ("shirt", "coat"))
    current = SessionNetwork(own_network(own.names), "clothes", tests=own)
    tests = evaluation_set(current)
    assert tests.classes.tolist() == labels.tolist() and tests.indices.high == 39
    test = with_network(current, view="path", digit="39")
    assert shown(test)["what"] == "test image 39: coat"
    np.testing.assert_allclose(
        shown(test)["answer"]["probabilities"], current.network.predict(images[39:])[0], atol=1e-5
    )
    assert test.selectbox(key="inside.chosen_class").options == ["any", "the hardest ones", "shirt", "coat"]
    test.selectbox(key="inside.chosen_class").set_value(0).run()
    assert shown(test)["what"] == "test image 0: shirt"
    test.radio(key="inside_view").set_value("tests").run()
    assert shown(test)["of"] == 40 and shown(test)["names"] == ["shirt", "coat"]
    test.button(key="workbench_back").click().run()
    assert not test.exception and shown(test)["of"] == 10_000
