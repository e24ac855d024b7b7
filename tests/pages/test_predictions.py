"""What pages send of a prediction is decided in Python: the answer, the order of bars, what is right or changed."""

from types import SimpleNamespace

import numpy as np
import papers
import pytest
from page_tests import unpacked

from cnncore import Network, Prediction, Settings, classify
from cnncore.data.digit_set import DIGITS
from cnncore.data.photo.reader import read_photo
from cnncore.nn.layers import Dense, Flatten
from cnncore.tracing.pooling import trace_pooling
from pages.ui.components import drawing_canvas
from pages.ui.components.drawing_canvas import SAMPLES, classify_strokes, parse_drawing
from pages.ui.draw import preprocessing
from pages.ui.draw.photo.state import begin, data_of
from pages.ui.draw.preprocessing import sees_data
from pages.ui.pooling.payload import pooling_data
from pages.ui.session import pretrained
from pages.ui.session.current_network import SessionNetwork
from pages.ui.shared.class_bars import classes_shown
from pages.ui.shared.fine_tuning_report import answer_of
from pages.ui.train.dashboard.payload import idle_data, recorded_data
from pages.ui.train.inspection import source
from pages.ui.train.inspection.view import Asked, insight_data

SEVEN = {"strokes": SAMPLES["7"], "resting": True, "pen": 0.075}


def answering(names, values=None):
    """A network whose logits are its biases."""
    network = Network([Flatten(), Dense(len(names))], input_shape=(28, 28, 1))
    network.names = tuple(names)
    network.layers[1].params["weights"][...] = 0
    network.layers[1].params["bias"][...] = np.zeros(len(names)) if values is None else values
    return SessionNetwork(network)


@pytest.fixture
def diverged():
    current = answering(DIGITS)
    current.network.layers[1].params["weights"][...] = 3e38  # finite, but no sum of them is
    return current


def test_a_network_that_diverged_is_one_sentence_on_every_page(diverged, monkeypatch):
    for module in (drawing_canvas, preprocessing):
        monkeypatch.setattr(module, "current_network", SimpleNamespace(current_network=lambda: diverged))
    for with_layers in (False, True):
        said = classify_strokes(SEVEN["strokes"], with_layers)
        assert "not finite" in said["sentence"] and said["answer"] == "" and "probabilities" not in said
    seen = sees_data(parse_drawing(SEVEN), "pen")
    assert "not finite" in seen["sentence"] and "all" not in seen and "pictures" in seen
    photo = read_photo(papers.jpeg(papers.paper(papers.line_of([3], left=40, top=60, height=70), (480, 200))))
    (digit,) = data_of(begin("one", photo), diverged)["digits"]
    assert (digit["answer"], digit["share"], digit["sure"]) == ("no class", None, False)
    assert answer_of(diverged, pretrained.test_digits().images[0]) == "no class"


def test_equal_probabilities_are_the_first_class_everywhere(monkeypatch):
    current = answering(DIGITS, [0, 5, 5, 0, 0, 0, 0, 0, 0, 0])
    for module in (drawing_canvas, preprocessing):
        monkeypatch.setattr(module, "current_network", SimpleNamespace(current_network=lambda: current))
    said = classify_strokes(SEVEN["strokes"], False)
    assert (said["label"], said["answer"], said["sentence"]) == (1, "unsure", "A 1 or a 2.")
    assert sees_data(parse_drawing(SEVEN), "")["all"]["label"] == 1
    assert answer_of(current, pretrained.test_digits().images[0]) == "1"


def test_of_many_classes_the_likeliest_get_a_bar():
    names = tuple(map(str, range(62)))
    rng = np.random.default_rng(1)
    one, two = (Prediction(rng.permutation(62) / 1891, names) for _ in range(2))
    assert classes_shown(one) == np.argsort(-one.probabilities)[:10].tolist() == list(one.ranking[:10])
    most = np.maximum(one.probabilities, two.probabilities)
    assert classes_shown(one, two) == np.argsort(-most, kind="stable")[:10].tolist()
    assert classes_shown(Prediction(np.ones(12) / 12, names[:12])) == list(range(12))
    assert classes_shown(Prediction(np.full(13, np.nan), names[:13])) == list(range(10))


@pytest.mark.parametrize("data", [idle_data("dense", Settings()), recorded_data("default")], ids=["idle", "recorded"])
def test_the_board_is_told_what_each_view_answers(data):
    probabilities, answers = unpacked(data["probabilities"]), unpacked(data["answers"])
    np.testing.assert_array_equal(answers, probabilities.argmax(axis=2))
    np.testing.assert_array_equal(unpacked(data["correct"]), answers == data["labels"])
    assert data["right"] == (answers == data["labels"]).sum(axis=1).tolist() and len(data["right"]) == len(answers)
    assert unpacked(data["shown"]).shape == probabilities.shape and (unpacked(data["shown"]) == np.arange(10)).all()


def test_of_two_steps_the_wall_says_which_answers_changed():
    found, _, steps = source.of_pretrained()
    data = insight_data(found, Asked(view="wall", steps=(0, None)))
    first, last = data["frames"]
    assert first["changed"] == [] and 0 < len(last["changed"]) < len(last["answers"]) and steps
    for n, (before, after, label) in enumerate(zip(first["answers"], last["answers"], data["labels"], strict=True)):
        assert (n in last["changed"]) == (before != after)
        assert (first["correct"][n], last["correct"][n]) == (before == label, after == label)


def test_the_maps_answer_is_the_networks():
    found, *_ = source.of_pretrained()
    (frame,) = insight_data(found, Asked(view="maps", subject=3))["frames"]
    (expected,) = classify(pretrained.pretrained(), pretrained.test_digits().images[3:4])
    assert frame["label"] == expected.label and frame["shown"] == list(range(10))
    broken = replace_params(found, np.nan)
    (frame,) = insight_data(broken, Asked(view="maps", subject=3))["frames"]
    assert frame["label"] is None and frame["shown"] == list(range(10))


def replace_params(found, value):
    broken = {key: np.full_like(values, value) for key, values in found.timeline.nearest(0)[1].items()}
    found = found._replace(run="broken", timeline=type(found.timeline)())
    found.timeline.add(0, broken)
    return found


def test_a_window_says_how_many_of_its_values_tie_for_the_maximum():
    trace = trace_pooling(np.array([[0, 0, 3, 1], [0, 0, 3, 3]]), 2)
    data = pooling_data(trace, filter_name="", asked="max", editable=False)
    assert unpacked(data["ties"]).tolist() == [4, 3]
