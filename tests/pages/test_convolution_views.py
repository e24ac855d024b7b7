"""The loop, the matrix and the channels without a browser: what the stages receive, links that hold nonsense."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from page_tests import opened_page, unpacked

from cnncore import InputError, ShapeError, conv1d, conv2d
from cnncore.nn.window import Window
from cnncore.teaching.conv_cost import ConvolutionCost
from cnncore.tracing.convolution import trace_conv1d, trace_conv2d
from pages.ui.convolution.channels.inputs import channel_scene, edited_channels, slice_bit, zeroed_mask
from pages.ui.convolution.channels.questions import CHANNEL_QUESTIONS
from pages.ui.convolution.channels.settings import ZEROED
from pages.ui.convolution.settings import DEFAULTS
from pages.ui.convolution.views.payload import channels_view, loop_data, loop_lines, matrix_view

opened = partial(opened_page, "convolution")


SCENES = [
    {"view": "channels", "padding": "none"},
    {"view": "channels", "channels": 1, "filters": 4, "seed": 8, "relu": "on"},
    {"view": "channels", "stride": 2, "padding": "full", "dilation": 2},
    {"view": "loop", "preset": "signal"},
    {"view": "loop", "preset": "stride"},
    {"view": "loop", "preset": "digit"},
    {"view": "matrix", "preset": "signal", "stride": 2, "bias": 3},
]


@pytest.mark.parametrize("link", SCENES, ids=lambda link: " ".join(map(str, link.values())))
def test_every_view_opens_from_its_link(link):
    test = opened(**link)
    assert not test.warning and not test.info
    assert {name: test.session_state[f"convolution.{name}"] for name in link} == link
    assert [button.label for button in test.get("download_button")] == ["Take it away: a notebook"]


@pytest.mark.parametrize("name", ["channels", "filters", "zero", "images", "side", "pixels", "slices"])
@pytest.mark.parametrize("value", ["abc", "", "-1", "10" + "0" * 40, "٣"])
def test_nonsense_in_a_link_falls_back_with_one_sentence(name, value):
    test = opened(view="channels", padding="none", **{name: value})
    assert [info.value for info in test.info] == [
        f"The link's {name} could not be used, so the usual setting is used instead."
    ]
    assert not test.warning


def test_a_picture_has_no_matrix():
    test = opened(view="matrix", preset="half")
    assert test.session_state["convolution.view"] == "window" and not test.warning


def test_images_smaller_than_the_filter_are_refused():
    assert "larger than the padded input" in opened(view="channels", padding="none", side=2).warning[0].value


@pytest.mark.parametrize("question", CHANNEL_QUESTIONS, ids=lambda question: question.text[:20])
def test_a_questions_scene_opens(question):
    test = opened(**question.settings)
    assert not test.warning and not test.info


def test_the_questions_numbers_are_the_cores():
    plain = ConvolutionCost(1, 24, 24, 4, 2, Window(3))
    strided = replace(plain, window=Window(3, stride=2))
    first, _, last = (question.answer for question in CHANNEL_QUESTIONS)
    assert f"= {plain.weights} weights and {plain.biases} biases" in first
    assert f"10 neurons has {plain.dense_weights(10):,}" in first
    assert f"= {strided.multiplications:,}, a quarter of {plain.multiplications:,}." in last
    assert f"The weights stay {strided.weights}:" in last


def test_channels_send_what_conv2d_gives():
    image, filters, bias = channel_scene(DEFAULTS)
    data = channels_view(image, filters, bias, counted=(1000, 24))
    maps = conv2d(image[None], filters, bias)[0].reshape(-1, 2)
    np.testing.assert_array_equal(unpacked(data["outputs"]), maps)
    np.testing.assert_allclose(unpacked(data["partial"]).sum(axis=2) + bias, maps)
    assert dict(data["counters"]) == {
        "weights + biases": "3·3·4·2 + 2 = 72 + 2",
        "multiplications": "22·22·3·3·4·2 = 34,848",
        "at stride 2": "11·11·3·3·4·2 = 8,712",
        "dense weights": "(1000, 576) @ (576, 10): 5,760",
    }
    strided = dict(channels_view(image, filters, bias, counted=(1000, 24), stride=2)["counters"])
    assert strided["multiplications"].endswith("8,712") and strided["at stride 1"].endswith("34,848")


def test_a_slice_of_zeros_changes_the_same_map():
    image, filters, bias = channel_scene(DEFAULTS)
    before = channels_view(image, filters, bias)
    after = channels_view(image, filters, bias, zeroed=zeroed_mask(1 << slice_bit(2, 1), 4, 2))
    cut = filters.copy()
    cut[2, :, :, 1] = 0
    np.testing.assert_array_equal(unpacked(after["outputs"]), conv2d(image[None], cut, bias)[0].reshape(-1, 2))
    changed = (unpacked(before["outputs"]) != unpacked(after["outputs"])).sum(axis=0)
    assert after["changed"] == changed.tolist() and changed[0] == 0 and changed[1] > 0
    assert before["changed"] == [] and before["scene"] == after["scene"]


def test_every_slice_has_its_own_bit():
    bits = [slice_bit(c, k) for c in range(4) for k in range(4)]
    assert len(set(bits)) == 16 and max(1 << bit for bit in bits) <= ZEROED.high
    assert zeroed_mask(1 << slice_bit(3, 0), 4, 4).nonzero() == (3, 0)


def test_random_scenes_repeat_and_differ():
    first, again, other = (channel_scene(DEFAULTS | {"channels": 3, "seed": seed}) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first[0], again[0])
    assert (first[0] != other[0]).any() and first[1].shape == (3, 3, 3, 2)


def test_a_number_typed_into_a_channel_or_a_slice_stays_in_the_link():
    test = opened(preset="channels")
    image, filters, bias = channel_scene(DEFAULTS)
    for edit, array, at in (
        ({"channel": 2, "filter": -1, "cell": 7, "value": 9}, image, (1, 2, 2)),
        ({"channel": 1, "filter": 1, "cell": 5, "value": -2.5}, filters, (1, 1, 2, 1)),
    ):
        array[at] = edit["value"]
        settings = {name: test.session_state[f"convolution.{name}"] for name in DEFAULTS}
        changed = edited_channels(settings, edit)
        test = opened(preset="channels", **{n: settings[n] for n in ("pixels", "slices") if settings[n]} | changed)
        assert not test.info
    shown = test.session_state["convolution.channels_last"]
    np.testing.assert_array_equal(unpacked(shown["outputs"]), conv2d(image[None], filters, bias)[0].reshape(-1, 2))


@pytest.mark.parametrize(
    "sent",
    [
        None,
        {},
        {"channel": 4, "filter": 0, "cell": 0, "value": 1},
        {"channel": -1, "filter": 0, "cell": 0, "value": 1},
        {"channel": 0, "filter": 4, "cell": 0, "value": 1},
        {"channel": 0, "filter": 0, "cell": 9, "value": 1},
        {"channel": 0, "filter": -1, "cell": -1, "value": 1},
        {"channel": 0, "filter": 0, "cell": 0, "value": 1e308},
        {"channel": 0, "filter": 0, "cell": 0, "value": "1"},
        {"channel": True, "filter": 0, "cell": 0, "value": 1},
    ],
)
def test_edits_that_make_no_sense_are_one_sentence(sent):
    with pytest.raises(InputError):
        edited_channels(DEFAULTS, sent)


def test_the_loops_lines_run_and_give_the_output():
    cases = [
        (trace_conv1d([1, 2, 3, 4, 5], [1, 2, 3], padding="half"), True),
        (trace_conv1d(range(9), [1, -2], stride=3, dilation=2, bias=2), True),
        (trace_conv2d(np.arange(30).reshape(5, 6) % 7, [[1, -2], [0, 3]], stride=(2, 1), bias=-4, relu=True), False),
    ]
    for trace, signal in cases:
        cells, weights, output = trace.padded, trace.filter, np.zeros(trace.shape)
        if signal:
            cells, weights, output = cells[0], weights[0], output[0]
        names = {"np": np, "input_pad": cells, "param": weights, "output": output, "bias": trace.bias}
        exec("\n".join(loop_lines(trace, signal)), names)
        np.testing.assert_allclose(output.ravel(), trace.outputs)


def test_the_loop_and_the_matrix_send_what_conv1d_gives():
    signal, filter_ = np.arange(1.0, 6), np.array([1.0, 2, 3])
    expected = conv1d(signal, filter_, padding="half") - 20
    loop = loop_data(trace_conv1d(signal, filter_, padding="half", bias=-20.0, relu=True), True)
    last = unpacked(loop["after"]).reshape(5, 4)[:, 3]
    np.testing.assert_array_equal(last, np.maximum(expected, 0))
    matrix = matrix_view(signal, filter_, padding="half", bias=-20.0)
    np.testing.assert_array_equal(unpacked(matrix["matrix"]) @ signal - 20, expected)
    np.testing.assert_array_equal(unpacked(matrix["outputs"]), expected)
    assert "12 places" in matrix["words"][1] and "3 weights instead of 25" in matrix["words"][1]
    with pytest.raises(ShapeError, match="1-D"):
        matrix_view(np.ones((4, 4)), np.ones((2, 2)))
