"""The view that changes a digit shows what two networks make of it."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnncore.analysis.equivariance import Perturbation
from cnncore.data.strokes import checked_strokes, draw_strokes
from pages.ui.components.drawing_canvas import SAMPLES
from pages.ui.draw.perturbation import change_data
from pages.ui.session import current_network, pretrained

ROOT = Path(__file__).parents[2]


def opened(**parameters):
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    test.switch_page("pages/draw.py")
    for name, value in ({"view": "change", "sample": "7"} | parameters).items():
        test.query_params[name] = str(value)
    return test.run()


def test_both_networks_answer_the_changed_digit():
    image = draw_strokes(checked_strokes(SAMPLES["7"]))
    change = Perturbation(right=6, turn=20)
    networks = {"convolutional": current_network.pretrained(), "dense": current_network.dense()}
    data = change_data(networks, image, change)
    for sent, current in zip(data["networks"], networks.values(), strict=True):
        network = current.network
        np.testing.assert_allclose(sent["after"], network.predict(change.apply(image[None]))[0], rtol=1e-4, atol=1e-7)
        np.testing.assert_allclose(sent["before"], network.predict(image[None])[0], rtol=1e-4, atol=1e-7)
    names = [row["name"] for row in data["networks"][0]["layers"]]
    assert names == [
        "conv 16 → ReLU",
        "max pool",
        "conv 32 → ReLU",
        "max pool",
        "conv 64 → ReLU",
        "max pool",
        "dense 56 → ReLU",
    ]


def test_sliders_stand_in_the_link_and_can_be_taken_back():
    test = opened(right=3, thicken=1.5)
    assert not test.exception
    assert test.slider(key="draw.right").value == 3 and test.slider(key="draw.thicken").value == 1.5
    test.slider(key="draw.turn").set_value(40).run()
    assert test.query_params["turn"] in ("40", ["40"])
    test.button(key="draw_change_reset").click().run()
    assert (
        test.slider(key="draw.right").value == test.slider(key="draw.turn").value == 0
        and test.slider(key="draw.size").value == 100
    )


@pytest.mark.parametrize("bad", [{"right": "99"}, {"thicken": "NaN"}, {"size": "0"}, {"erase": "-1"}, {"noise": "1e3"}])
def test_a_bad_value_falls_back_with_a_sentence(bad):
    test = opened(**bad)
    assert not test.exception and len(test.info) == 1


def test_nothing_drawn_is_one_sentence():
    test = opened(sample="")
    assert not test.exception
    assert any("Draw a digit, then change it" in text.value for text in test.markdown)


def test_the_count_is_made_once_and_kept(monkeypatch):
    few = pretrained.test_digits().subset(slice(0, 600))
    monkeypatch.setattr(pretrained, "test_digits", lambda: few)
    test = opened(right=6)
    test.button(key="draw_change_count").click().run()
    assert not test.exception
    counted = test.session_state["draw.wrong_counts"]
    convolutional, dense = counted[Perturbation(right=6), pretrained.pretrained(), pretrained.dense()]
    answers = pretrained.dense().predict(Perturbation(right=6).apply(few.images)).argmax(axis=1)
    assert dense == (answers != few.labels).sum() > convolutional > 0
