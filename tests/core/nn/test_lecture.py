"""The lecture's numbers, exactly."""

import numpy as np
import pytest

from cnncore import Conv2D, Flatten, Window, conv1d, conv1d_gradients, conv2d

INPUT = [1, 2, 3, 4, 5]


def test_sum_of_the_convolution_is_39():
    assert conv1d(INPUT, [1, 1, 1], padding="half").tolist() == [3, 6, 9, 12, 9]
    assert conv1d(INPUT, [1, 1, 1], padding="half").sum() == 39


def test_adding_one_to_the_fifth_element_gives_41_and_slope_2():
    assert conv1d([1, 2, 3, 4, 6], [1, 1, 1], padding="half").sum() == 41
    signal_grad, _ = conv1d_gradients(INPUT, [1, 1, 1], np.ones(5), padding="half")
    assert signal_grad[4] == 2


def test_the_filter_1_2_3_shows_that_it_is_not_flipped():
    signal_grad, filter_grad = conv1d_gradients(INPUT, [1, 2, 3], np.ones(5), padding="half")
    assert signal_grad[4] == 5 and signal_grad[0] == 3
    assert filter_grad.tolist() == [10, 15, 14]  # sums of the cells each weight met


@pytest.mark.parametrize(
    "size, settings, output",
    [
        (4, {}, 2),
        (5, {"padding": "half"}, 5),
        (5, {"padding": "full"}, 7),
        (5, {"stride": 2}, 2),
        (5, {"padding": 1, "stride": 2}, 3),
        (6, {"padding": 1, "stride": 2}, 3),
    ],
)
def test_the_six_figures(size, settings, output):
    assert Window(3, **settings).output_size(size) == output
    maps = conv2d(np.ones((1, size, size, 1)), np.ones((1, 3, 3, 1)), **settings)
    assert maps.shape == (1, output, output, 1)


def test_four_channels_in_two_filters_out():
    layer = Conv2D(2, 3, padding="none")
    assert layer.build((24, 24, 4), np.random.default_rng(0)) == (22, 22, 2)
    maps, _ = layer.forward(np.ones((1000, 24, 24, 4), np.float32))
    assert maps.shape == (1000, 22, 22, 2)
    assert layer.params["filters"].size == 72
    assert Flatten().build((22, 22, 2), np.random.default_rng(0)) == (968,)


def test_flatten_unrolls_rows_columns_channels():
    images = np.arange(2 * 3 * 4 * 5, dtype=np.float64).reshape(2, 3, 4, 5)
    flat, cache = Flatten().forward(images)
    assert (flat == images.reshape(2, 60)).all()
    assert (Flatten().backward(flat, cache)[0] == images).all()


def test_results_are_float64_where_an_argument_is_else_float32():
    assert conv1d(INPUT, [1, 1, 1]).dtype == np.float32
    assert conv1d(INPUT, [1.0, 1, 1]).dtype == np.float64
    assert conv1d(np.ones(5, np.float32), np.ones(3, np.float64)).dtype == np.float64
    assert conv1d(np.ones(5, np.uint8), np.ones(3, np.float32)).dtype == np.float32


@pytest.mark.parametrize("filter_, element, slope", [([1, 1, 1], 4, 2), ([1, 2, 3], 4, 5), ([1, 2, 3], 0, 3)])
def test_a_slope_is_what_adding_one_does_to_the_sum(filter_, element, slope):
    raised = list(INPUT)
    raised[element] += 1
    before, after = (conv1d(signal, filter_, padding="half").sum() for signal in (INPUT, raised))
    assert after - before == slope
    assert conv1d_gradients(INPUT, filter_, np.ones(5), padding="half")[0][element] == slope


def test_flatten_makes_968_of_two_maps_of_22():
    flat, _ = Flatten().forward(np.zeros((3, 22, 22, 2), np.float32))
    assert flat.shape == (3, 968)


def test_one_float64_argument_is_enough():
    images, filters, bias = np.ones((1, 3, 3, 1), np.float32), np.ones((1, 2, 2, 1), np.float32), np.ones(1, np.float32)
    assert conv2d(images, filters, bias).dtype == np.float32
    assert conv2d(images.astype(np.float16), filters).dtype == np.float32
    assert conv2d(images, filters, [0.5]).dtype == np.float64
    assert conv2d(images, filters, [1]).dtype == np.float32
    for grad in conv1d_gradients([1, 2, 3], [1, 1], [1.0, 1.0]):
        assert grad.dtype == np.float64
