"""What comes from the canvas is checked; what goes back is what the network computed."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnncore import Network
from cnncore.data.strokes import checked_strokes, draw_strokes
from cnncore.nn.layers import AvgPool2D, Conv2D, Dense, Dropout, Flatten, ReLU, Sigmoid
from pages.ui.components.drawing_canvas import classify_strokes, layers
from pages.ui.session import pretrained

ROOT = Path(__file__).parents[2]
SEVEN = [[[0.25, 0.2], [0.75, 0.2], [0.42, 0.85]]]


@pytest.mark.parametrize("name", ["draw", "start"])
def test_the_page_opens(name):
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    test.switch_page(f"pages/{name}.py").run()
    assert not test.exception


def test_the_answer_is_the_networks():
    result = classify_strokes(SEVEN, True)
    image = draw_strokes(checked_strokes(SEVEN))
    np.testing.assert_allclose(result["probabilities"], pretrained.pretrained().predict(image[None])[0], rtol=1e-5)
    shown = [layer for layer in pretrained.pretrained().layers[:-1] if not isinstance(layer, Flatten)]
    assert result["answer"] == "7" and len(result["layers"]) == 1 + len(shown)
    assert result["layers"][0]["maps"]["shape"] == [28, 28, 1]


@pytest.mark.parametrize(
    "strokes", [None, [], [[]], "abc", [[["x", 1]]], [[[float("nan"), 0]]], {"a": 1}, [[[0, 0]] * 20_001]]
)
def test_nonsense_is_one_sentence(strokes):
    result = classify_strokes(strokes, True)
    assert result["answer"] == "" and result["sentence"].endswith(".")
    assert "probabilities" not in result


def test_one_dot_and_a_tiny_stroke_are_answered():
    for strokes in ([[[0.5, 0.5]]], [[[0.99, 0.99], [0.991, 0.992]]]):
        assert len(classify_strokes(strokes, False)["probabilities"]) == 10


def test_a_missing_model_is_one_sentence(monkeypatch, tmp_path):
    pretrained.pretrained.clear()
    monkeypatch.setattr(pretrained, "MODELS", tmp_path)
    assert "cannot be read" in classify_strokes(SEVEN, True)["sentence"]
    pretrained.pretrained.clear()


def test_maps_are_signed_only_where_values_can_lie_below_zero():
    parts = [Conv2D(2, 3), Sigmoid(), AvgPool2D(2), Dropout(0.5), Flatten(), Dense(4), ReLU(), Dense(10)]
    network = Network(parts, input_shape=(28, 28, 1), seed=0)
    image = pretrained.test_digits().images[0]
    shown = layers(image, network, network.activations(image[None]))
    assert {each["name"].split()[0]: each["signed"] for each in shown} == {
        "input": False,
        "Conv2D": True,
        "Sigmoid": False,
        "AvgPool2D": False,
        "Dropout": False,
        "Dense": True,
        "ReLU": False,
    }


@pytest.mark.parametrize("view", ["layers", "sees", "why", "change", "photo", "mine"])
def test_every_view_outlives_a_missing_model(view, monkeypatch, tmp_path):
    pretrained.pretrained.clear()
    monkeypatch.setattr(pretrained, "MODELS", tmp_path)
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    test.switch_page("pages/draw.py")
    test.session_state["drawing"] = {"number": 1, "strokes": SEVEN, "pen": 0.075, "resting": True}
    test.query_params["view"] = view
    test.run()
    pretrained.pretrained.clear()
    assert not test.exception
