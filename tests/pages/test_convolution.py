"""The convolution page without a browser: every scene, and links that hold nonsense."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.links import Link
from pages.ui.presets import PRESETS

PAGE = str(Path(__file__).parents[2] / "pages" / "convolution.py")


def opened(**link):
    test = AppTest.from_file(PAGE, default_timeout=30)
    for name, value in link.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception
    return test


@pytest.mark.parametrize("preset", PRESETS)
def test_every_scene_opens_from_its_link(preset):
    test = opened(preset=preset)
    assert not test.warning
    assert test.query_params["preset"] == preset
    assert test.session_state["convolution_last"]["title"] == "Convolution"


NONSENSE = [
    "abc",
    "",
    "1e3",
    "٣",
    "-0x",
    "NaN",
    "0",
    "99",
    "1" + "0" * 400,
    "../../etc/passwd",
    "<script>",
    "x" * 100_000,
]


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: value[:12])
def test_nonsense_in_a_link_falls_back_with_one_sentence(value):
    test = opened(stride=value, preset="half")
    assert [info.value for info in test.info] == [
        "The link's stride could not be used, so the usual setting stands there instead."
    ]
    assert test.query_params["stride"] == "1"
    assert not test.warning


def test_unknown_keys_and_scenes():
    assert not opened(colour="red").info
    assert len(opened(preset="nowhere", filter="<b>", dilation="9").info) == 1


def test_numbers_are_read_by_pattern():
    from cnncore.limits import Bound

    link = Link({"a": "7", "b": "٣", "c": "1_0", "d": "-2", "e": " 3"})
    bound = Bound(-5, 10, 1)
    assert [link.whole(name, bound, 0) for name in "abcdef"] == [7, 0, 0, -2, 0, 0]
    assert link.refused == ["b", "c", "e"]


def test_a_filter_too_large_is_refused_with_a_way_on():
    test = opened(preset="none", filter="sum of 5×5")
    (warning,) = test.warning
    assert "larger than the padded input of 4: try a filter of 4 or a padding of 1" in warning.value


def test_half_padding_needs_an_odd_filter():
    test = opened(preset="half", filter="sum of 2×2")
    (warning,) = test.warning
    assert "Half padding needs an odd filter" in warning.value
    assert "convolution_last" not in test.session_state


def test_a_refusal_keeps_the_last_good_picture():
    test = opened(preset="half")
    before = test.session_state["convolution_last"]
    test.selectbox(key="filter").set_value("sum of 2×2").run()
    assert test.warning and test.session_state["convolution_last"] == before


def test_the_odd_figure_says_what_is_dropped_and_offers_neighbours():
    test = opened(preset="odd")
    assert "only padding" in test.info[0].value
    test.button[0].click().run()
    assert not test.info and not test.exception


def test_a_missing_model_is_one_sentence(monkeypatch, tmp_path):
    from pages.ui import models

    models.pretrained.clear()
    monkeypatch.setattr(models, "MODELS", tmp_path)
    test = opened(preset="digit")
    assert "convolutional.safetensors cannot be read" in test.warning[0].value
