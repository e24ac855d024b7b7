"""Where weights start: each rule's bounds and spread, and the fans of each layer."""

import numpy as np
import pytest

from cnncore import Conv2D, Dense, InputError, Network, Settings, train
from cnncore.architecture.spec import layers_from_dicts
from cnncore.architecture.text import parse_network, with_initializer
from cnncore.data.digit_set import DigitSet
from cnncore.nn.initializers import INITIALIZERS, initial_weights

SHAPE, FAN_IN, FAN_OUT = (200, 100), 200, 100


def weights(name, dtype=np.float64, seed=0):
    return initial_weights(name, np.random.default_rng(seed), SHAPE, FAN_IN, FAN_OUT, dtype)


def test_glorot_fills_its_bounds_evenly():
    reach = np.sqrt(6 / (FAN_IN + FAN_OUT))
    values = weights("glorot_uniform")
    assert np.abs(values).max() <= reach
    assert np.abs(values).max() >= 0.999 * reach
    counts, _ = np.histogram(values, bins=4, range=(-reach, reach))
    assert counts / values.size == pytest.approx(0.25, abs=0.02)  # a normal of equal spread would pile up inside


def test_he_is_normal_with_its_deviation():
    values = weights("he_normal")
    deviation = np.sqrt(2 / FAN_IN)
    assert values.mean() == pytest.approx(0, abs=0.03 * deviation)
    assert values.std() == pytest.approx(deviation, rel=0.03)
    assert (np.abs(values) < deviation).mean() == pytest.approx(0.683, abs=0.02)


def test_equal_is_one_over_the_inputs():
    assert (weights("equal") == 1 / FAN_IN).all()


@pytest.mark.parametrize("name", INITIALIZERS)
def test_shape_dtype_and_seed(name):
    for dtype in (np.float32, np.float64):
        assert weights(name, dtype).shape == SHAPE and weights(name, dtype).dtype == dtype
    np.testing.assert_array_equal(weights(name), weights(name))
    if name != "equal":
        assert (weights(name) != weights(name, seed=1)).any()


def test_a_convolution_counts_every_cell_of_its_filters():
    # 4 channels of 3 x 3 in, 8 filters of 3 x 3 out: fans of 36 and 72
    layer = Conv2D(8, 3)
    layer.build((9, 9, 4), np.random.default_rng(0), np.float64)
    largest = np.abs(layer.params["filters"]).max()
    assert 0.95 * np.sqrt(6 / 108) <= largest <= np.sqrt(6 / 108)
    layer = Conv2D(8, 3, initializer="equal")
    layer.build((9, 9, 4), np.random.default_rng(0), np.float64)
    assert (layer.params["filters"] == 1 / 36).all()


def test_biases_start_at_zero():
    for layer, shape in ((Conv2D(2, 3, initializer="he_normal"), (5, 5, 1)), (Dense(3), (4,))):
        layer.build(shape, np.random.default_rng(0))
        assert not layer.params["bias"].any()


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(InputError) as error:
        weights("xavier")
    assert str(error.value) == "Unknown initializer 'xavier': try one of glorot_uniform, he_normal, equal."


@pytest.mark.parametrize("rule, alike", [("equal", True), ("glorot_uniform", False)])
def test_filters_that_start_alike_stay_alike_however_they_learn(rule, alike):
    plain = with_initializer(parse_network("c4.3-r-p2-f-d10"), rule)
    network = Network(layers_from_dicts(plain, input_shape=(8, 8, 1)), input_shape=(8, 8, 1), dtype=np.float64)
    rng = np.random.default_rng(0)
    images, labels = rng.uniform(size=(40, 8, 8, 1)), np.arange(40) % 10
    settings = Settings(epochs=5, batch_size=10, learning_rate=0.05, threads=1)
    before = network.layers[0].params["filters"].copy()
    for _ in train(network, DigitSet(images, labels), DigitSet(images, labels), settings):
        pass
    filters = network.layers[0].params["filters"]
    assert np.abs(filters - before).max() > 1e-3  # it did learn
    assert (np.ptp(filters, axis=-1).max() < 1e-9) == alike
