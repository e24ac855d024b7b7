"""Learned filters, what excites them, maps switched off, and slices carried to the page Convolution; no browser."""

from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from page_tests import unpacked
from streamlit.testing.v1 import AppTest

from cnncore import (
    AvgPool2D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    InputError,
    MaxPool2D,
    Network,
    ReLU,
    Sigmoid,
    Tanh,
    conv2d,
)
from cnncore.analysis.ablation import MapEdit, edited_network
from cnncore.analysis.feature_visualization import maximize_activation, top_activating_images
from cnncore.tracing.network import trace_network
from cnncore.training.snapshots import SnapshotStore
from cnncore.training.trainer import evaluate
from pages.ui import bounds
from pages.ui.convolution.inputs import filter_of, input_of
from pages.ui.convolution.scene import scene_of
from pages.ui.convolution.settings import read_settings
from pages.ui.frame.url_state import UrlParams
from pages.ui.inside import convolution_link
from pages.ui.inside.views import filter_history
from pages.ui.inside.views.ablation import read_edits
from pages.ui.session import histories
from pages.ui.session import pretrained as models
from pages.ui.session.current_network import SessionNetwork
from pages.ui.session.evaluation_set import labelled_digits

PAGE = str(Path(__file__).parents[2] / "pages" / "inside.py")
SEES = {"input_shape": (28, 28, 1)}


def opened(current=None, **link):
    test = AppTest.from_file(PAGE, default_timeout=60)
    if current:
        test.session_state["workbench_network"] = current
    for name, value in link.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception and not test.warning
    return test


def last(test):
    return test.session_state["inside.shown"][1]


def test_the_filters_are_those_of_the_snapshots_and_at_last_the_networks_own():
    network, past, _ = histories.pretrained()
    shown = last(opened(view="filters", layer="1", map="9"))
    assert shown["view"] == "filters" and shown["steps"] == past.steps and shown["exact"]
    slices = unpacked(shown["slices"])
    assert slices.shape == (len(past.steps), 16, 1, 3, 3)
    for at in (0, 7, len(past.steps) - 1):
        expected = np.moveaxis(network.copy(past.items[at][1]).layers[0].params["filters"], 3, 0)
        np.testing.assert_allclose(slices[at], expected, atol=1e-3)  # snapshots are float16
    np.testing.assert_array_equal(slices[-1, :, 0], np.moveaxis(network.layers[0].params["filters"][0], 2, 0))
    assert np.abs(slices[0] - slices[-1]).max() > 0.5


def test_one_filter_is_shown_with_its_numbers_its_pattern_and_its_digits():
    test = opened(view="filter", layer="6", map="14")  # a map of the pool behind it means the filter
    shown = last(test)
    network = models.pretrained()
    assert shown["view"] == "filter" and shown["source"] == 4 and shown["word"] == "filter"
    np.testing.assert_array_equal(unpacked(shown["slices"])[-1], network.layers[3].params["filters"][..., 13])
    pattern = maximize_activation(network, 3, 13)
    first, final, left, right = pattern.field
    np.testing.assert_allclose(
        unpacked(shown["pattern"]["image"]), pattern.image[first : final + 1, left : right + 1, 0], atol=1e-6
    )
    assert shown["pattern"]["activations"] == pattern.activations.tolist()
    excited = top_activating_images(network, 3, models.test_digits().images)
    digits = shown["digits"]
    assert digits["numbers"] == excited.indices[13].tolist() and digits["values"] == sorted(digits["values"])[::-1]
    np.testing.assert_array_equal(unpacked(digits["pixels"]), models.test_digits().images[digits["numbers"], ..., 0])
    for (top, bottom, *_), row in zip(digits["fields"], excited.rows[13], strict=True):
        assert top == max(2 * (row - 1) - 1, 0) and bottom == min(2 * (row + 1) + 2, 27)
    test.run()
    assert last(test)["digits"] == digits


def test_a_dense_units_weights_stand_where_its_inputs_stood():
    shown = last(opened(view="filter", layer="11", map="5"))
    weights = models.pretrained().layers[10].params["weights"][:, 4].reshape(3, 3, 64)
    assert shown["word"] == "unit"
    np.testing.assert_array_equal(unpacked(shown["slices"])[-1], np.moveaxis(weights, 2, 0))
    assert not filter_history.has_images(models.pretrained(), 12)  # behind another dense layer there is no picture
    assert last(opened(view="filters", layer="13"))["view"] == "scores"


def test_a_network_without_a_past_says_so_and_one_with_a_past_brings_it():
    network = Network([Conv2D(3, 5), ReLU(), Flatten(), Dense(10)], **SEES, seed=1)
    assert last(opened(SessionNetwork(network, "mine"), view="filters"))["steps"] == [-1]
    past = SnapshotStore()
    for step in (0, 5, 9):
        params = {(n, name): values * step for n, name, values in network.parameters()}
        past.add(step, params)
    shown = last(opened(SessionNetwork(network, "mine", past=past), view="filters"))
    assert shown["steps"] == [0, 5, 9] and shown["count"] == 3
    slices = unpacked(shown["slices"]).astype(float)
    assert not slices[0].any()
    np.testing.assert_allclose(slices[1], np.clip(5 * slices[2], -127, 127), atol=3)


def test_of_large_layers_fewer_snapshots_are_sent():
    layers = [Flatten(), Dense(300), ReLU(), Dense(10)]
    network = Network(layers, **SEES)
    past = SnapshotStore(max_bytes=10**9)
    for step in range(60):
        past.add(step, {(n, name): values for n, name, values in network.parameters()})
    data = filter_history.filters_data(network, past, 1, 299)
    assert data["firstShown"] == 288 and data["slices"]["shape"][1] == 12
    wide = filter_history.filters_data(network, past, 1, 0)
    assert np.prod(wide["slices"]["shape"]) <= bounds.HISTORY_SENT and wide["steps"][0] == 0 and wide["steps"][-1] == 59


CHANGED = {"off": "4.14,1.3", "bias": "4.2:0.5,13.8:-1.25"}
CHANGES = (MapEdit(3, 13), MapEdit(0, 2), MapEdit(3, 1, 0.5), MapEdit(12, 7, -1.25))


def test_a_link_opens_the_changed_network_with_its_answers_and_its_count():
    test = opened(view="off", layer="4", map="14", digit="18", **CHANGED)
    shown, network = last(test), models.pretrained()
    changed = edited_network(network, CHANGES)
    image = models.test_digits().images[[18]]
    for each, answer in zip((network, changed), shown["answers"], strict=True):
        np.testing.assert_allclose(answer["probabilities"], each.predict(image)[0], atol=1e-5)
    assert shown["unchanged"] == (len({each.predict(image).argmax() for each in (network, changed)}) == 1)
    wrong = [evaluate(each, models.test_digits())[0] for each in (network, changed)]
    assert [shown["asked"][name] for name in ("before", "after", "of")] == [*wrong, 10_000]
    assert shown["isOff"] and not unpacked(shown["maps"][1]).any() and unpacked(shown["maps"][0]).any()
    assert [each["text"] for each in shown["changes"]] == [
        "map 14 of conv 32 off",
        "map 3 of conv 16 off",
        "map 2 of conv 32: bias + 0.5",
        "the score of 7: bias − 1.25",
    ]
    assert {name: test.query_params[name] for name in CHANGED} == CHANGED
    test.radio(key="inside_view").set_value("path").run()  # the path shows the changed network
    traced = trace_network(changed, image[0])
    np.testing.assert_allclose(unpacked(last(test)["before"]), traced.outputs[3][..., 13], atol=1e-12)
    np.testing.assert_allclose(last(test)["answer"]["logits"], traced.logits, atol=1e-12)
    test.button(key="inside_all_on").click().run()
    assert test.query_params["off"] == test.query_params["bias"] == ""
    np.testing.assert_array_equal(last(test)["answer"]["logits"], trace_network(network, image[0]).logits)


@pytest.fixture
def telling(monkeypatch):
    """A page whose stage tells something once."""

    def tell(events, **link):
        queue, kept = list(events), {}

        def stage(name, data, *, key, **on):
            kept["data"] = data
            while queue:
                what, value = queue.pop(0)
                st.session_state[key] = {what: value}
                on[what]()
                names = ("digit", "input", "off", "bias", "layer", "map")
                kept.setdefault("after", []).append({name: st.session_state[f"inside.{name}"] for name in names})

        monkeypatch.setattr("pages.ui.inside.stage_events.stage", stage)
        opened(**link)
        return kept["after"]

    return tell


def test_changes_are_kept_in_a_list_and_taken_back(telling):
    events = [("change", {"off": True}), ("chosen", {"layer": 1, "map": 3}), ("change", {"off": True})]
    events += [("change", {"shift": 0.5}), ("change", {"undo": True}), ("change", {"all": True})]
    events += [
        ("change", {"undo": True}),
        ("change", {"undo": True}),
        ("change", {"undo": True}),
        ("change", {"undo": True}),
    ]
    after = telling(events, view="path", layer="4", map="14")
    offs = [(each["off"], each["bias"]) for each in after]
    two = ("4.14,1.3", "")
    assert offs == [
        ("4.14", ""),
        ("4.14", ""),
        two,
        (two[0], "1.3:0.5"),
        two,
        ("", ""),
        two,
        ("4.14", ""),
        ("", ""),
        ("", ""),
    ]


@pytest.mark.parametrize(
    "event",
    [
        None,
        "x",
        {},
        {"off": "yes"},
        {"shift": 99},
        {"shift": 10**400},
        {"shift": float("nan")},
        {"shift": True},
        {"shift": None},
        ["off"],
    ],
)
def test_nonsense_changes_nothing(telling, event):
    assert telling([("change", event)], layer="4") == [
        {"digit": 0, "input": "digit", "off": "", "bias": "", "layer": 4, "map": 14}
    ]


def test_the_answers_scores_stay_on(telling):
    assert telling([("change", {"off": True})], layer="13", map="3")[0]["off"] == ""


def test_a_digit_on_the_stage_becomes_the_input(telling):
    assert telling([("digit", 8123)], layer="4")[0]["digit"] == 8123
    for wrong in (None, "x", 10**9, -1):
        assert telling([("digit", wrong)], layer="4")[0]["input"] == "digit"


NONSENSE = ["4", "4.0", "4.33", "2.1", "99.1", "4.14,4.14", "10.3", "4.14:1", "<b>", "4.1;4.2", "٤.١", "4.1," * 9_999]


@pytest.mark.parametrize("text", NONSENSE, ids=lambda text: text[:12])
def test_a_link_that_switches_off_what_is_not_there_falls_back(text):
    with pytest.raises(InputError):
        read_edits(text, models.pretrained(), shifts=False)
    test = opened(off=text)
    assert "off could not be used" in test.info[0].value and test.query_params["off"] == ""


@pytest.mark.parametrize("text", ["4.1", "4.1:", "4.1:11", "4.1:1e3", "4.1:nan", "3.1:1"])
def test_a_shift_that_cannot_be_is_refused(text):
    with pytest.raises(InputError):
        read_edits(text, models.pretrained(), shifts=True)


def test_only_digits_of_its_own_classes_are_counted():
    network = Network([Flatten(), Dense(3)], **SEES)
    network.names = ("7", "3", "x")
    digits = labelled_digits(SessionNetwork(network, "mine"))
    labels = models.test_digits().labels
    assert len(digits) == np.isin(labels, (3, 7)).sum()
    np.testing.assert_array_equal(digits.labels, np.where(labels[np.isin(labels, (3, 7))] == 7, 0, 1))
    network.names = ("a", "b", "c")
    assert labelled_digits(SessionNetwork(network, "mine")) is None
    shown = last(opened(SessionNetwork(network, "mine"), view="off"))
    assert shown["asked"] is None and shown["shown"] == [0, 1, 2]


# Any architecture that can be built: 32 maps, average pools, strides, other activations, dense layers alone.
NETWORKS = {
    "32 maps": [Conv2D(32, 7), ReLU(), MaxPool2D(2), Conv2D(32, 5), ReLU(), MaxPool2D(2), Flatten(), Dense(10)],
    "average pools, tanh": [Conv2D(6, 3), Tanh(), AvgPool2D(3), Conv2D(5, 1), Tanh(), Flatten(), Dense(10)],
    "sigmoid, dropout": [Conv2D(4, 3), Sigmoid(), Dropout(0.5), Flatten(), Dense(20), Sigmoid(), Dense(10)],
    "strides": [
        Conv2D(8, 3, stride=2, padding="none"),
        ReLU(),
        Conv2D(16, 4, stride=3, padding=2),
        Flatten(),
        Dense(10),
    ],
    "dense": [Flatten(), Dense(100), Tanh(), Dense(40), ReLU(), Dense(10)],
    "linear": [Flatten(), Dense(10)],
    "pool first": [AvgPool2D(2), Conv2D(3, 3), ReLU(), Flatten(), Dense(10)],
}


@pytest.mark.parametrize("name", NETWORKS)
def test_every_view_of_every_network(name, monkeypatch):
    few = models.test_digits().subset(np.s_[:100])
    monkeypatch.setattr(models, "test_digits", lambda: few)
    network = Network(NETWORKS[name], **SEES, seed=2)
    test = opened(SessionNetwork(network, name))
    for view in ("path", "open", "cell", "filters", "filter", "off"):
        for layer, each in enumerate(network.layers):
            if not isinstance(each, Conv2D | Dense) or (view == "filter" and layer > 3):
                continue  # patterns take their time
            test.session_state["inside.view"], test.session_state["inside.layer"] = view, layer + 1
            test.session_state["inside.map"] = network.shapes[layer][-1]
            test.run()
            assert not test.exception and not test.warning and not test.info, (view, layer)
            shown = last(test)
            assert shown["layer"] == layer + 1 and shown["map"] == network.shapes[layer][-1]
            if view in ("filters", "filter"):
                assert (shown["view"] == view) == filter_history.has_images(network, layer)


def carried(trace, current, event, **settings):
    """The settings that the page Convolution opens with."""
    for name, value in (
        {"input": "digit", "digit": 4, "layer": 4, "map": 14, "off": "", "bias": ""} | settings
    ).items():
        st.session_state[f"inside.{name}"] = value
    link = UrlParams(convolution_link.requested_link(event, trace, current))
    read = read_settings(link, ("window",))
    assert not link.refused
    return read


@pytest.fixture(scope="module")
def trace():
    return trace_network(models.pretrained(), models.test_digits().images[4])


@pytest.fixture(autouse=True)
def _nothing_kept():
    yield
    for name in ("input", "digit", "layer", "map", "off", "bias"):
        st.session_state.pop(f"inside.{name}", None)


def test_a_slice_slides_over_its_map_as_in_the_network(trace):
    read = carried(trace, SessionNetwork(models.pretrained()), {"channel": 4, "over": "map"})
    scene = scene_of(read)
    maps, filters = trace.input_of(3)[None, ..., 3:4], trace.network.layers[3].params["filters"][3:4, ..., 13:14]
    expected = conv2d(maps, filters, padding="half")[0, ..., 0]
    np.testing.assert_allclose(scene.trace.outputs.reshape(expected.shape), expected, atol=0.01)
    assert read["source"] == "own" and read["bias"] == 0


def test_a_slice_slides_over_the_digit_and_the_drawing(trace):
    pretrained = SessionNetwork(models.pretrained())
    read = carried(trace, pretrained, {"channel": 4, "over": "input"})
    assert (read["source"], read["digit"], read["filter"]) == ("digit", 4, "own")
    np.testing.assert_allclose(filter_of(read), trace.network.layers[3].params["filters"][3, ..., 13], atol=1e-4)
    read = carried(trace, pretrained, {"channel": 1, "over": "input"}, input="drawing")
    assert read["source"] == "drawing"
    np.testing.assert_allclose(input_of(read), trace.image[..., 0], atol=0.006)
    first = carried(trace, pretrained, {"channel": 1, "over": "input"}, layer=1, map=9)
    assert (first["filter"], first["map"], first["digit"]) == ("learned", 9, 4)  # the exact one has a name there
    scrambled = carried(
        trace, SessionNetwork(models.pretrained(), "mine", True), {"channel": 1, "over": "input"}, layer=1
    )
    assert scrambled["source"] == "own"


def test_any_window_of_the_lab_is_carried_along():
    layers = [Conv2D(4, 6, stride=3, padding=2), ReLU(), Conv2D(2, 1, padding="none"), Flatten(), Dense(10)]
    network = Network(layers, **SEES, seed=3)
    network.layers[0].params["bias"][1] = -0.5
    trace = trace_network(network, models.test_digits().images[4])
    mine = SessionNetwork(network, "mine")
    read = carried(trace, mine, {"channel": 1, "over": "input"}, layer=1, map=2)
    np.testing.assert_allclose(scene_of(read).trace.outputs, trace.outputs[0][..., 1].ravel(), atol=0.01)
    read = carried(trace, mine, {"channel": 2, "over": "map"}, layer=3, map=1)
    assert filter_of(read).shape == (1, 1)
    np.testing.assert_allclose(input_of(read), trace.outputs[1][..., 1], atol=0.001)
    assert not convolution_link.can_slide(Network([Conv2D(2, 9), Flatten(), Dense(10)], **SEES), 0)


def test_numbers_too_large_for_that_page_are_one_sentence(trace):
    network = Network([Conv2D(1, 3), Flatten(), Dense(10)], **SEES)
    network.layers[0].params["filters"][:] = 1000
    with pytest.raises(InputError, match="larger"):
        carried(
            trace_network(network, models.test_digits().images[4]), SessionNetwork(network, "x"), {}, layer=1, map=1
        )


@pytest.mark.parametrize("event", ["x", {"channel": "1"}, {"channel": 17}, {"channel": True, "over": ["map"]}, 3])
def test_what_the_stage_asks_to_slide_is_checked(event):
    assert convolution_link.read_request(event, 16) == (0, "input")


def test_a_refused_setting_is_still_told_after_the_page_ran_again_for_its_count():
    test = opened(view="off", off="9.99")
    assert test.session_state["inside.shown"][1]["asked"]["after"] is not None  # counted, so the page ran again
    assert "off could not be used" in test.info[0].value
