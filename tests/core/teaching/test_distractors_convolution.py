"""Wrong options are what the named mistake really gives, at every step."""

import numpy as np
import pytest

from cnncore import conv1d, conv2d
from cnncore.teaching.distractors.convolution import convolution_distractors
from cnncore.teaching.distractors.pooling import pooling_distractors
from cnncore.tracing.convolution import trace_conv1d, trace_conv2d
from cnncore.tracing.pooling import trace_pooling

IMAGE = np.arange(25.0).reshape(5, 5) % 7
FILTER = np.array([[1.0, 2, 0], [0, -1, 3], [2, 0, 1]])


def by_name(trace, word):
    found = next(values for why, values in convolution_distractors(trace) if word in why)
    return found


def conv(image, filter_, **settings):
    return conv2d(image[None, :, :, None], filter_[None, :, :, None], **settings)[0, ..., 0].ravel()


@pytest.mark.parametrize("relu", [False, True])
def test_each_mistake_in_two_dimensions(relu):
    trace = trace_conv2d(IMAGE, FILTER, bias=-4, padding=1, stride=2, relu=relu)
    after = (lambda v: np.maximum(v, 0)) if relu else (lambda v: v)
    right = conv(IMAGE, FILTER, padding=1, stride=2)
    np.testing.assert_allclose(trace.outputs, after(right - 4))
    np.testing.assert_allclose(
        by_name(trace, "flipped"), after(conv(IMAGE, FILTER[::-1, ::-1], padding=1, stride=2) - 4)
    )
    np.testing.assert_allclose(by_name(trace, "bias"), after(right))
    shifted = np.pad(IMAGE, ((0, 2), (0, 2)))  # the window begins at the picture itself
    np.testing.assert_allclose(by_name(trace, "padding"), after(conv(shifted, FILTER, stride=2) - 4))
    np.testing.assert_allclose(
        by_name(trace, "the cells were added without"), after(conv(IMAGE, np.ones((3, 3)), padding=1, stride=2) - 4)
    )
    np.testing.assert_allclose(by_name(trace, "middle"), after(trace.products[:, 1, 1] - 4))
    assert any("ReLU" in why for why, _ in convolution_distractors(trace)) == relu


def test_in_one_dimension():
    trace = trace_conv1d([1, 2, 3, 4, 5], [1, 2, 3], padding="half")
    np.testing.assert_allclose(by_name(trace, "flipped"), conv1d([1, 2, 3, 4, 5], [3, 2, 1], padding="half"))
    np.testing.assert_allclose(by_name(trace, "padding"), conv1d([1, 2, 3, 4, 5, 0, 0], [1, 2, 3]))
    assert not any("bias" in why for why, _ in convolution_distractors(trace))


def test_there_is_always_one_value_a_step():
    trace = trace_conv2d(IMAGE, FILTER, padding="full", dilation=2)
    assert {values.shape for _, values in convolution_distractors(trace)} == {trace.outputs.shape}


def test_mistakes_of_pooling():
    trace = trace_pooling([[1.0, 3, 4, 0], [3, 2, 0, 8]], 2)
    maximum = {why: values.tolist() for why, values in pooling_distractors(trace, "max")}
    assert maximum["the mean was taken"] == [2.25, 3]
    assert maximum["the values were added"] == [9, 12]
    assert maximum["the last cell was taken"] == [2, 8]
    assert maximum["the minimum was taken"] == [1, 0]
    assert {why: values.tolist() for why, values in pooling_distractors(trace, "mean")}["the maximum was taken"] == [
        3,
        8,
    ]
