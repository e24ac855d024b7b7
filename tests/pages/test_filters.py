"""The filters page without a browser: every example, every picture and filter, and links that hold nonsense."""

from functools import partial

import numpy as np
import pytest
from page_tests import opened_page

from cnncore import conv2d
from pages.ui.filters import inputs, stage_events
from pages.ui.filters.inputs import Picture
from pages.ui.filters.payload import Filter, animate_link, maps_of, pictures_data, place_of_patch
from pages.ui.filters.presets import EXAMPLES
from pages.ui.filters.questions import QUESTIONS
from pages.ui.filters.settings import settings_of
from pages.ui.session import pretrained
from pages.ui.shared.filter_library import CLASSIC, FILTERS, OWN, filter_named, resized
from pages.ui.shared.grid_text import parse_grid

PIXEL = ("map", "row", "column", "channel")
GREY = Picture(np.random.default_rng(0).integers(0, 256, (12, 9, 1), dtype=np.uint8), False)

opened = partial(opened_page, "filters")


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_opens_from_its_link(example):
    test = opened(example=example)
    assert not test.warning and not test.info
    assert test.query_params["example"] == example
    shown = test.session_state["filters.last"]
    assert shown["caption"] == EXAMPLES[example].title
    assert len(shown["maps"]) == (1 if settings_of(example)["layout"] == "one" else 2)
    assert sum(option["right"] for option in shown["guess"]) == (1 if EXAMPLES[example].options else 0)


@pytest.mark.parametrize("picture", [name for name in inputs.TITLES if name not in (*inputs.OWN, "drawing")])
@pytest.mark.parametrize("colour", ["off", "on"])
def test_every_picture(picture, colour):
    test = opened(picture=picture, colour=colour)
    assert not test.warning and not test.info
    assert test.session_state["filters.last"]["input"]["shape"][2] == (3 if picture == "cat" and colour == "on" else 1)


def test_every_filter_can_be_named_in_a_link():
    test = opened(example="laplacian")
    for name in FILTERS:
        test.selectbox(key="filters.first").select(name).run()
        assert not test.exception and not test.warning
        assert test.query_params.get("first", "Laplacian") == name
        assert test.session_state["filters.last"]["maps"][0]["name"] == name


NONSENSE = ["abc", "", "1e3", "٣", "NaN", "1" + "0" * 400, "../../etc/passwd", "<script>", "x" * 40_000]


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: value[:12])
def test_nonsense_in_a_link_falls_back_with_one_sentence(value):
    names = ["example", "picture", "colour", "layout", "first", "first_bias", "first_relu", "second", "map", "row"]
    test = opened(**dict.fromkeys(names, value))
    assert [info.value for info in test.info] == [
        f"The link's {' and '.join(names)} could not be used, so the usual setting is used instead."
    ]
    assert not test.warning
    assert dict(test.query_params) == {"example": "two-diagonals"}


BAD_CELLS = ["1,2;3", "1,2", "", "1,a;2,3", "1,2;3,1e3", "100,0;0,0", ";".join(["0,0,0,0,0,0,0,0"] * 8), "x" * 40_000]


@pytest.mark.parametrize("cells", BAD_CELLS, ids=lambda cells: cells[:12])
def test_weights_that_are_no_filter(cells):
    test = opened(first=OWN, first_cells=cells)
    assert [info.value for info in test.info] == [
        "The link's first_cells could not be used, so the usual setting is used instead."
    ]
    assert test.session_state["filters.first_cells"] == "-1,0,2;0,2,0;2,0,-1"


def test_own_weights_come_back_from_their_link_and_change_their_size():
    test = opened(example="laplacian", first=OWN, first_cells="1,-0.25;0.5,99")
    assert not test.info
    assert test.session_state["filters.last"]["maps"][0]["values"]["shape"] == [15, 23, 1]  # even: one less
    test.slider(key="filters.first_size").set_value(5).run()
    assert parse_grid(test.query_params["first_cells"]).shape == (5, 5)
    assert parse_grid(test.query_params["first_cells"]).sum() == 100.25
    test.selectbox(key="filters.first").select("blur").run()
    assert test.slider(key="filters.first_size").value == 3


EDITS = [{"map": 0, "index": 4, "value": 100}, {"map": 0, "index": 9, "value": 1}, {"map": 0, "index": -1, "value": 1}]
GARBAGE = ["x", None, 5, {}, {"map": 7, "index": 0, "value": 1}, {"map": 0, "index": "0", "value": 1}, {"value": None}]


@pytest.mark.parametrize("event", [*EDITS, *GARBAGE], ids=str)
def test_what_the_stage_may_not_say_changes_nothing(event):
    sent = {"weight": event, "pixel": event, "animate": event}
    stage_events.state.update(settings_of("laplacian") | {"stage": sent})
    before = {name: stage_events.state[name] for name in settings_of("laplacian")}
    stage_events.edit_weight()
    stage_events.pin_pixel()
    stage_events.animate()
    assert before == {name: stage_events.state[name] for name in before} and "pixel" not in stage_events.state


@pytest.mark.parametrize("picture", inputs.OWN)
def test_a_photo_is_not_in_the_link(picture):
    test = opened(picture=picture)
    assert "does not leave the machine" in test.info[0].value
    assert test.query_params["picture"] == picture
    assert test.session_state["filters.last"]["input"]["shape"] == list(inputs.two_strokes().shape)


def test_a_missing_model_is_one_sentence(monkeypatch, tmp_path):
    pretrained.pretrained.clear()
    monkeypatch.setattr(pretrained, "MODELS", tmp_path)
    test = opened(first="learned 1")
    assert len(test.warning) == 1 and "cannot be read" in test.warning[0].value
    pretrained.pretrained.clear()


def test_the_questions_set_scenes_that_open():
    for question in QUESTIONS:
        assert not opened(**question.settings).info


@pytest.mark.parametrize("name", CLASSIC)
def test_maps_are_what_conv2d_gives(name):
    filter_ = Filter(name, CLASSIC[name], 0.5, True)
    (map_,) = maps_of(GREY, "one", filter_, filter_)
    expected = conv2d(GREY.values[None] / 255, CLASSIC[name][None, ..., None], [0.5], padding="half")[0]
    np.testing.assert_allclose(map_.biased, expected, rtol=0, atol=1e-12)
    _, second = maps_of(GREY, "row", filter_, filter_)
    again = conv2d(np.maximum(expected, 0)[None], CLASSIC[name][None, ..., None], [0.5], padding="half")[0]
    np.testing.assert_allclose(second.biased, again, rtol=0, atol=1e-12)


def test_a_large_map_travels_in_hundredths():
    large = Picture(np.random.default_rng(0).integers(0, 256, (400, 300, 1), dtype=np.uint8), False)
    filter_ = Filter("Laplacian", CLASSIC["Laplacian"], 0.0, False)
    maps = maps_of(large, "one", filter_, filter_)
    sent = pictures_data(large, maps, title="", scene="")["maps"][0]
    assert (sent["values"]["type"], sent["per"]) == ("int16", 100)
    expected = conv2d(large.values[None] / 255, CLASSIC["Laplacian"][None, ..., None], padding="half")[0]
    np.testing.assert_allclose(maps[0].biased, expected, atol=1e-5)
    huge = Filter("own", CLASSIC["Laplacian"] * 99, 0.0, False)
    sent = pictures_data(large, maps_of(large, "one", huge, huge), title="", scene="")["maps"][0]
    assert (sent["values"]["type"], sent["per"]) == ("float32", 1)


def test_colour_is_filtered_channel_by_channel():
    colours = Picture(np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8), False)
    filter_ = Filter("sharpen", filter_named("sharpen"), 0.0, False)
    (map_,) = maps_of(colours, "one", filter_, filter_)
    for channel in range(3):
        alone = maps_of(Picture(colours.values[..., channel : channel + 1], False), "one", filter_, filter_)[0]
        np.testing.assert_array_equal(map_.biased[..., channel], alone.biased[..., 0])


def test_another_size_keeps_the_middle():
    np.testing.assert_array_equal(resized(CLASSIC["Laplacian"], 1), [[-4]])
    np.testing.assert_array_equal(resized(CLASSIC["Laplacian"], 5)[1:4, 1:4], CLASSIC["Laplacian"])
    for old in range(1, 8):
        for new in range(1, 8):
            assert resized(np.ones((old, old)), new).sum() == min(old, new) ** 2


def test_a_patch_stays_inside_the_picture():
    cells = np.arange(100).reshape(10, 10)
    assert cells[place_of_patch(cells.shape, 0, 9, 7)][0, -1] == 9
    assert cells[place_of_patch(cells.shape, 5, 5, 7)][3, 3] == 55
    assert cells[:3][place_of_patch((3, 10), 1, 1, 7)].shape == (3, 7)


def test_the_link_to_the_animation_holds_the_patch():
    filter_ = Filter("Laplacian", CLASSIC["Laplacian"], 1.0, True)
    maps = maps_of(GREY, "one", filter_, filter_)
    link = animate_link(GREY, maps, {"map": 0, "row": 6, "column": 5, "channel": 2})
    np.testing.assert_array_equal(parse_grid(link["input"]), np.round(GREY.values[2:9, 1:8, 0] / 255, 2))
    np.testing.assert_array_equal(parse_grid(link["weights"]), CLASSIC["Laplacian"])
    assert (link["preset"], float(link["bias"]), link["relu"], link["padding"]) == ("own", 1, "on", "none")
    patch, weights = parse_grid(link["input"]), parse_grid(link["weights"])
    there = conv2d(patch[None, ..., None], weights[None, ..., None], [1])[0].ravel()[int(link["step"]) - 1]
    assert there == pytest.approx(maps[0].biased[5, 4, 0], abs=0.05)  # the pixel itself, of rounded cells
    half = Filter("own", CLASSIC["blur"], 0.5, False)
    link = animate_link(GREY, maps_of(GREY, "one", half, half), dict.fromkeys(PIXEL, 1) | {"map": 0})
    assert link["bias"] == "0.5"


@pytest.mark.parametrize("layout", ["one", "row"])
def test_every_pixel_leads_to_a_link_that_the_convolution_page_can_open(layout):
    for name, side in (("Laplacian", 3), ("identity", 7), ("Sobel x", 4)):
        filter_ = Filter(name, resized(CLASSIC[name], side), 0.0, False)
        maps = maps_of(GREY, layout, filter_, filter_)
        rows, columns = maps[-1].biased.shape[:2]
        for row, column in np.ndindex(rows, columns):
            event = {"map": len(maps) - 1, "row": row + 1, "column": column + 1, "channel": 0}
            link = animate_link(GREY, maps, event)
            patch = parse_grid(link["input"])
            assert 1 <= int(link.get("step", 1)) <= (patch.shape[0] - side + 1) * (patch.shape[1] - side + 1)


def test_two_filters_of_one_name_stand_beside_each_other():
    test = opened(example="edges", layout="beside", map="2")
    assert not test.exception and not test.warning
