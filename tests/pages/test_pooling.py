"""The pooling page without a browser: every view, map and part, links and widgets with nonsense, edited cells."""

from functools import partial

import numpy as np
import pytest
from page_tests import opened_page, unpacked

from cnncore import max_pool2d
from pages.ui import bounds
from pages.ui.pooling.inputs import FILTERS, MAPS, SMALL

opened = partial(opened_page, "pooling")


def shown(test):
    return test.session_state["pooling.last"][2]


@pytest.mark.parametrize("view", ["forward", "shift", "backward"])
@pytest.mark.parametrize("name", MAPS)
def test_every_map_in_every_view(view, name):
    test = opened(view=view, map=name)
    assert not test.warning
    assert (test.query_params["view"], test.query_params["map"]) == (view, name)
    data = shown(test)
    image = unpacked(data["map"])[None, :, :, None]
    expected = max_pool2d(image, 2).shape[1:3]
    assert tuple(data["shape"]) == expected
    if view == "forward":
        np.testing.assert_array_equal(unpacked(data["outputs"]["max"]), max_pool2d(image, 2).ravel())


@pytest.mark.parametrize("part", ["vector", "back", "lost"])
@pytest.mark.parametrize("flat, length", [("small", 18), ("lecture", 968)])
def test_every_part_of_flatten(part, flat, length):
    data = shown(opened(view="flatten", part=part, flat=flat))
    assert len(unpacked(data["vector"])) == length
    if part == "lost":
        scores, together, forgotten = map(unpacked, data["scores"])
        np.testing.assert_allclose(together, scores, atol=1e-10)
        assert np.abs(forgotten - scores).max() > 1e-3


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("size", range(1, 6))
def test_every_filter_has_the_size_of_the_window(name, size):
    test = opened(map="strokes", window=str(size), filter=name)
    assert not test.warning
    assert unpacked(shown(test)["filter"]).shape == (size, size)
    assert test.query_params["stride"] == str(size)  # the stride is the size unless it is named


NONSENSE = ["abc", "", "1e3", "٣", "NaN", "0", "99", "1" + "0" * 400, "../../etc/passwd", "<script>", "x" * 100_000]


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: value[:12])
@pytest.mark.parametrize("name, usual", [("window", "2"), ("stride", "2"), ("rows", None), ("grads", "ones")])
def test_nonsense_in_a_link_falls_back_with_one_sentence(name, usual, value):
    test = opened(**{name: value})
    if name in ("rows", "grads") and value in ("0", "99"):
        assert not test.info  # a map of one cell
        return
    assert [info.value for info in test.info] == [
        f"The link's {name} could not be used, so the usual setting is used instead."
    ]
    assert usual is None or test.query_params[name] == usual
    assert not test.warning


@pytest.mark.parametrize("rows", ["1,2;3", "1,2;3,100", ";", "1,nan", "9" * 30, ",".join("1" * 13)])
def test_an_own_map_that_is_no_map(rows):
    test = opened(map="own", rows=rows)
    assert len(test.info) == 1
    np.testing.assert_array_equal(unpacked(shown(test)["map"]), SMALL)


def test_a_window_larger_than_the_map_is_refused_and_the_last_picture_stays():
    test = opened()
    before = shown(test)
    test.slider(key="pooling.window").set_value(5).run()
    (warning,) = test.warning
    assert "larger than the image of 4 × 4: try a window of 4" in warning.value
    assert shown(test)["map"] == before["map"]
    test.slider(key="pooling.window").set_value(4).run()
    assert not test.warning and shown(test)["shape"] == [1, 1]


def test_a_map_shrunk_to_nothing():
    test = opened(map="random", side="2", window="3")
    assert "larger than the image of 2 × 2: try a window of 2" in test.warning[0].value
    assert "pooling.last" not in test.session_state
    test.slider(key="pooling.window").set_value(1).run()
    assert not test.warning and shown(test)["shape"] == [2, 2]


def test_a_size_that_is_not_whole_says_what_is_dropped_and_offers_neighbours():
    test = opened(map="odd")
    assert "1 row at the bottom and 1 column at the right" in test.info[0].value
    assert "9 of 25 cells are never read" in test.info[0].value
    offers = [button for button in test.button if button.label.startswith("Try")]
    assert offers
    offers[0].click().run()
    assert not test.exception and not any("not whole" in info.value for info in test.info)


def test_the_stride_follows_the_window():
    test = opened(map="strokes")
    test.slider(key="pooling.window").set_value(3).run()
    assert test.session_state["pooling.stride"] == 3 and shown(test)["shape"] == [2, 2]


def test_edges_of_every_slider():
    for name, bound in {"window": bounds.POOL_SIZE, "stride": bounds.POOL_STRIDE}.items():
        for value in (bound.low, bound.high):
            assert not opened(map="digit", **{name: str(int(value))}).warning
    for value in (-3, 3):
        data = shown(opened(view="shift", down=str(value), right=str(-value)))
        assert unpacked(data["moved"]).shape == (4, 4)


def test_names_that_another_page_uses_do_not_mix():
    """`map` is a name of the convolution page too: what it left there is not taken over."""
    test = opened(map="strokes")
    test.session_state["convolution.map"], test.session_state["page_shown"] = 7, "convolution"
    test.run()
    assert not test.exception and test.session_state["pooling.map"] == "strokes"


def test_a_missing_model_is_one_sentence(monkeypatch, tmp_path):
    from pages.ui.session import pretrained

    pretrained.pretrained.clear()
    monkeypatch.setattr(pretrained, "MODELS", tmp_path)
    assert "convolutional.safetensors cannot be read" in opened(map="digit").warning[0].value
