"""The page inside the network without a browser: links, every layer of every architecture, what the stage receives."""

from functools import partial

import numpy as np
import pytest
import streamlit as st
from page_tests import opened_page

from cnncore import Dense, Network
from cnncore.architecture.spec import PRESETS, preset
from cnncore.tracing.network import trace_network
from cnncore.tracing.pooling import shift_map
from pages.ui import bounds
from pages.ui.inside.layer_strip import answer_data, strip_data
from pages.ui.inside.questions import QUESTIONS
from pages.ui.inside.views.layer import view_data
from pages.ui.inside.views.shift import recorded, shift_data
from pages.ui.session import current_network, pretrained
from pages.ui.session.counterpart import compared_networks
from pages.ui.session.current_network import SessionNetwork
from pages.ui.shared.layer_labels import shown_layers, signed_layers

opened = partial(opened_page, "inside")


def last(test):
    return test.session_state["inside.shown"][1]


@pytest.mark.parametrize(
    "link, view",
    [
        ({}, "path"),
        ({"view": "open", "layer": "5", "map": "32"}, "spread"),
        ({"view": "cell", "layer": "1", "row": "28", "column": "1"}, "cell"),
        ({"view": "filters"}, "filters"),
        ({"layer": "12", "map": "3"}, "unit"),
        ({"layer": "13"}, "scores"),
        ({"view": "open", "layer": "13", "map": "8"}, "unit"),
    ],
)
def test_every_view_opens_from_its_link(link, view):
    test = opened(**link)
    assert not test.info and not test.warning
    assert last(test)["view"] == view
    assert {name: test.query_params[name] for name in link} == link


def test_a_cell_is_followed_through_the_activation_up_to_the_pooling():
    network = pretrained.pretrained()
    trace = trace_network(network, pretrained.test_digits().images[3])
    for layer, row in ((0, 12), (3, 5)):
        (after,) = view_data(trace, "cell", layer, 4, row, 6)["after"]
        assert after == {"name": "ReLU", "value": max(float(trace.outputs[layer][row, 6, 4]), 0)}


def test_the_shift_opens_from_its_link():
    test = opened(view="shift", digit="5", right="6")
    assert [each["name"] for each in last(test)["maps"]] == ["conv 16 → ReLU"] * 2
    assert not test.info and last(test)["right"] == 6
    digit = pretrained.test_digits().images[5, ..., 0]
    moved = shift_map(digit, 0, 6).astype(np.uint8)[None, ..., None]
    assert [each["kind"] for each in last(test)["networks"]] == ["convolutional", "dense"] and last(test)["recorded"]
    for sent, network in zip(last(test)["networks"], (pretrained.pretrained(), pretrained.dense()), strict=True):
        after = sent["answers"][1]
        assert after["digit"] == network.predict(moved).argmax()
        np.testing.assert_allclose(after["probabilities"], network.predict(moved)[0], atol=1e-5)
        assert after["rivals"] == np.argsort(-network.logits(moved)[0])[1:4].tolist()


HUGE = ["99999", "1" + "0" * 400, "x" * 100_000]
NONSENSE = ["abc", "", "1e3", "٣", "-0x", "NaN", "../../etc/passwd", "<script>", *HUGE]


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: value[:12])
@pytest.mark.parametrize("name", ["layer", "digit"])
def test_nonsense_in_a_link_falls_back_with_one_sentence(name, value):
    test = opened(**{name: value})
    assert [info.value for info in test.info] == [
        f"The link's {name} could not be used, so the usual setting is used instead."
    ]
    assert last(test)["view"] == "path" and not test.warning


def test_several_bad_values_are_one_sentence():
    test = opened(view="inside-out", input="photo", map="65", row="29", column="-1", right="11", down="-11")
    assert len(test.info) == 1 and "view and input and map and row and column and right and down" in test.info[0].value


def test_the_sessions_own_network_is_looked_into_and_named():
    test = opened(layer="4", map="14")
    network = Network(preset("once"), input_shape=(28, 28, 1), seed=3)
    test.session_state["workbench_network"] = SessionNetwork(network, "my network")
    test.run()
    assert not test.exception and "my network" in test.markdown[0].value
    shown = last(test)
    assert [layer["name"] for layer in shown["strip"]] == ["image", "conv 8", "ReLU", "max pool", "answer"]
    assert shown["map"] <= 8 and shown["canSlide"]
    assert not [each for each in test.markdown if "**Question" in each.value]  # they are about the pretrained ones
    expected = network.predict(pretrained.test_digits().images[:1])[0]
    np.testing.assert_allclose(shown["answer"]["probabilities"], expected, atol=1e-5)


def test_digits_by_class():
    test = opened(digit="0")
    labels = pretrained.test_digits().labels
    test.selectbox(key="inside.chosen_class").set_value(4).run()
    fours = np.flatnonzero(labels == 4)
    assert test.query_params["digit"] == str(fours[0])
    test.button(key="inside_after").click().run()
    assert test.query_params["digit"] == str(fours[1])
    test.button(key="inside_before").click().run()
    test.button(key="inside_before").click().run()
    assert test.query_params["digit"] == str(fours[-1]) and not test.exception


def test_a_drawing_that_is_not_there_is_one_sentence_and_the_picture_stays():
    test = opened()
    before = last(test)
    test.radio(key="inside_input").set_value("drawing").run()
    assert not test.exception and "Nothing is drawn yet" in test.warning[0].value
    assert last(test) == before
    test.session_state["drawing"] = {"number": 1, "strokes": [[[0.25, 0.2], [0.75, 0.2], [0.42, 0.85]]]}
    test.run()
    assert not test.warning and last(test)["what"] == "my drawing"
    assert last(test)["answer"]["digit"] == 7


@pytest.mark.parametrize(
    "event",
    [
        None,
        "x",
        {"layer": 10**9},
        {"layer": "<b>", "map": None},
        {"view": "cell", "row": -3, "column": 99},
        {"view": ["path"]},
        {"map": float("nan"), "digit": 3, "colour": 1},
    ],
)
def test_what_the_stage_tells_is_checked(monkeypatch, event):
    kept = {}

    def stage(name, data, *, key, **on):
        st.session_state[key] = {"chosen": event}
        on["chosen"]()
        kept.update({name: st.session_state[f"inside.{name}"] for name in ("view", "layer", "map", "row", "column")})

    monkeypatch.setattr("pages.ui.inside.stage_events.stage", stage)
    opened(layer="4", map="5")
    shape = pretrained.pretrained().shapes[kept["layer"] - 1]
    assert kept["view"] in ("path", "cell")
    assert 1 <= kept["map"] <= shape[-1] and kept["row"] <= shape[0] and kept["column"] <= shape[1]
    assert (kept["row"], kept["column"]) >= (0, 0)


def test_a_missing_model_is_one_sentence(monkeypatch, tmp_path):
    pretrained.pretrained.clear()
    monkeypatch.setattr(pretrained, "MODELS", tmp_path)
    assert "cannot be read" in opened().warning[0].value
    pretrained.pretrained.clear()


@pytest.mark.parametrize("name", PRESETS)
def test_every_layer_of_every_architecture_can_be_opened(name):
    network = Network(preset(name), input_shape=(28, 28, 1))
    trace = trace_network(network, pretrained.test_digits().images[3])
    strip = strip_data(trace)
    assert [layer["number"] for layer in strip] == [0, *(n + 1 for n in shown_layers(network))]
    for layer in shown_layers(network):
        values = trace.outputs[layer]
        assert signed_layers(network)[layer] or values.min() >= 0
        for view in ("path", "open", "cell"):
            data = view_data(trace, view, layer, values.shape[-1] - 1, 0, 0)
            assert data["layer"] == layer + 1


def test_the_answer_never_claims_certainty_by_rounding():
    network = Network([Dense(3)], input_shape=(2,))
    answer = answer_data(np.array([0.0, 40.0, 1.0]), network)
    assert answer["digit"] == 1 and answer["sure"] and answer["best"] == [1, 2, 0]
    assert not answer_data(np.zeros(3), network)["sure"]
    network.sure_threshold = 1 / 3
    assert answer_data(np.zeros(3), network)["sure"]


def test_the_recorded_shifts_are_those_of_the_models():
    record = recorded()
    assert record is not None and record["digits"] == len(pretrained.test_digits())
    wrong = record["wrong by cells to the right"]
    digits = pretrained.test_digits()
    for name, network, cells in (("convolutional", pretrained.pretrained(), 4), ("dense", pretrained.dense(), 6)):
        images = np.zeros_like(digits.images)
        images[:, :, cells:] = digits.images[:, :, :-cells]
        assert (network.predict(images).argmax(axis=1) != digits.labels).sum() == wrong[name][cells]
    assert len(wrong["dense"]) == len(wrong["convolutional"]) == 9


def test_what_the_questions_say_is_so():
    network, dense, digits = pretrained.pretrained(), pretrained.dense(), pretrained.test_digits()
    empty, moved, scores = QUESTIONS
    maps = [network.activations(digits.images[n : n + 500])[4][1] for n in range(0, 10_000, 500)]
    filled = sum(of_some[..., 24].any(axis=(1, 2)).sum() for of_some in maps)
    assert empty.settings == {"layer": 5, "map": 25, "digit": 0} and not maps[0][0, ..., 24].any()
    assert filled < 10 and f"all but {filled} of the 10,000 test digits" in empty.answer
    without = network.copy()
    without.layers[3].params["bias"][24] = -1e3
    answers = network.predict(digits.images).argmax(axis=1)
    np.testing.assert_array_equal(answers, without.predict(digits.images).argmax(axis=1))

    digit = digits.images[moved.settings["digit"], ..., 0]
    by_cells = np.stack([shift_map(digit, 0, cells).astype(np.uint8) for cells in (0, 3, 4, 6)])[..., None]
    assert (network.predict(by_cells).argmax(axis=1) == 7).tolist() == [True, True, True, False]
    assert (dense.predict(by_cells).argmax(axis=1) == 7).tolist() == [True, False, False, False]

    logits = network.logits(digits.images[:1])[0]
    first, second = np.argsort(-logits)[:2]
    difference = f"{logits[first] - logits[second]:.1f}"
    assert f"The score of {first} is {shown(logits[first])}, the next largest, that of {second}, is" in scores.text
    assert f"that of {second}, is {shown(logits[second])}." in scores.text
    assert f"{shown(logits[first])} − ({shown(logits[second])}) = {difference}" in scores.answer
    assert f"e^{difference} is about 6,000" in scores.answer and 5_950 < np.exp(float(difference)) < 6_050
    assert "Over 6,000 times" in scores.answer and 6_000 < np.exp(logits[first] - logits[second]) < 7_000


def shown(score):
    return f"{score:.1f}".replace("-", "−")


def test_maps_move_with_the_digit():
    networks = compared_networks(current_network.pretrained())
    data = shift_data(networks, pretrained.test_digits().images[0], "a 7", 2, 1)
    assert data["maps"] and bounds.SHIFT.high == 10
    unshifted, moved = (trace_network(pretrained.pretrained(), image) for image in _pair(2, 1))
    inner = unshifted.outputs[1][4:-4, 4:-4]
    np.testing.assert_allclose(moved.outputs[1][5:-3, 6:-2], inner, atol=1e-12)


def _pair(right, down):
    image = pretrained.test_digits().images[0]
    return image, shift_map(image[..., 0], down, right).astype(np.uint8)[..., None]
