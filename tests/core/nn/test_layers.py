"""One contract for every layer."""

import inspect
import json

import numpy as np
import pytest
from geometries import memory_orders, one_sentence

import cnncore
from cnncore import (
    AvgPool2D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    InputError,
    Layer,
    LeakyReLU,
    MaxPool2D,
    ReLU,
    ShapeError,
    Sigmoid,
    Tanh,
    Workspace,
)

LAYERS = [
    (Conv2D(3, 3), (6, 5, 2)),
    (Conv2D(2, 2, stride=(2, 1), padding="full", dilation=2, initializer="he_normal"), (6, 5, 2)),
    (MaxPool2D(2), (6, 5, 2)),
    (AvgPool2D(3, stride=2), (7, 5, 2)),
    (Flatten(), (6, 5, 2)),
    (Dense(4), (7,)),
    (ReLU(), (6, 5, 2)),
    (ReLU(), (7,)),
    (LeakyReLU(), (6, 5, 2)),
    (LeakyReLU(0.2), (7,)),
    (Sigmoid(), (6, 5, 2)),
    (Tanh(), (7,)),
    (Dropout(0.5), (6, 5, 2)),
]
every_layer = pytest.mark.parametrize("layer, shape", LAYERS, ids=[repr(layer) for layer, _ in LAYERS])


def built(layer, shape, dtype=np.float32, count=3):
    out = layer.build(shape, np.random.default_rng(0), dtype)
    x = np.random.default_rng(1).normal(size=(count, *shape)).astype(dtype)
    return out, x


def run(layer, x, **more):
    return layer.forward(x, training=True, rng=np.random.default_rng(2), **more)


def test_every_exported_layer_is_covered():
    public = [getattr(cnncore, name) for name in cnncore.__all__]
    exported = {kind for kind in public if isinstance(kind, type) and issubclass(kind, Layer)}
    assert exported - {Layer} == {type(layer) for layer, _ in LAYERS}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@every_layer
def test_shapes_and_dtypes(layer, shape, dtype):
    out, x = built(layer, shape, dtype)
    before = x.copy()
    y, cache = run(layer, x)
    assert y.shape == (3, *out) and y.dtype == dtype
    x_grad, grads = layer.backward(np.ones_like(y), cache)
    assert x_grad.shape == x.shape and x_grad.dtype == dtype
    assert {n: (g.shape, g.dtype) for n, g in grads.items()} == {n: (v.shape, v.dtype) for n, v in layer.params.items()}
    np.testing.assert_array_equal(x, before)


@every_layer
def test_a_prediction_between_forward_and_backward_disturbs_nothing(layer, shape):
    _, x = built(layer, shape)
    y, cache = run(layer, x)
    expected = layer.backward(np.ones_like(y), cache)
    kept = y.copy()
    y, cache = run(layer, x)
    run(layer, -x)
    again = layer.backward(np.ones_like(y), cache)
    np.testing.assert_array_equal(y, kept)
    np.testing.assert_array_equal(again[0], expected[0])
    for name, grad in expected[1].items():
        np.testing.assert_array_equal(again[1][name], grad)


@every_layer
def test_a_workspace_changes_no_bit(layer, shape):
    _, x = built(layer, shape)
    y, cache = run(layer, x)
    grads = layer.backward(np.ones_like(y), cache)
    workspace = Workspace()
    for count in (3, 1, 3):  # larger and smaller batches through the same memory
        y_again, cache = run(layer, x[:count], workspace=workspace)
        again = layer.backward(np.ones_like(y_again), cache)
    np.testing.assert_array_equal(y_again, y)
    np.testing.assert_array_equal(again[0], grads[0])


@every_layer
def test_settings_make_the_layer_again(layer, shape):
    again = type(layer)(**layer.get_config())
    assert repr(again) == repr(layer)
    assert again.build(shape, np.random.default_rng(0)) == built(layer, shape)[0]


@every_layer
def test_layers_own_only_their_parameters(layer, shape):
    built(layer, shape)
    before = set(vars(layer))
    y, cache = run(layer, np.ones((2, *shape), np.float32))
    layer.backward(np.ones_like(y), cache)
    assert set(vars(layer)) == before


def test_flatten_unrolls_rows_then_columns_then_channels_and_back():
    x = np.arange(2 * 2 * 3 * 2, dtype=float).reshape(2, 2, 3, 2)
    for layout in memory_orders(x):
        flat, cache = Flatten().forward(layout)
        assert flat.tolist() == [list(range(12)), list(range(12, 24))]
        np.testing.assert_array_equal(Flatten().backward(flat, cache)[0], x)


def test_dropout_keeps_the_mean_and_predicts_unchanged():
    layer, x = Dropout(0.25), np.ones((50, 40, 5), np.float32)
    y, _ = run(layer, x)
    assert set(np.unique(y)) == {0, np.float32(1 / 0.75)}
    assert y.mean() == pytest.approx(1, abs=0.03)
    assert layer.forward(x)[0] is x
    with pytest.raises(InputError, match="random generator"):
        layer.forward(x, training=True)
    for rate in (1, -0.1, float("nan")):
        with pytest.raises(InputError, match=r"try 0\.5"):
            Dropout(rate)


def test_leaky_relu_by_hand():
    layer, x = LeakyReLU(0.1), np.array([[-2.0, -0.0, 0.0, 3.0]])
    y, cache = layer.forward(x)
    np.testing.assert_allclose(y, [[-0.2, 0, 0, 3]])
    np.testing.assert_allclose(layer.backward(np.full((1, 4), 5.0), cache)[0], [[0.5, 0.5, 0.5, 5]])
    np.testing.assert_array_equal(LeakyReLU(0).forward(x)[0], ReLU().forward(x)[0])
    assert LeakyReLU().slope == 0.01
    for slope in (1, -0.1, float("nan"), True, "1"):
        with pytest.raises(InputError, match=r"try 0\.01"):
            LeakyReLU(slope)


def test_what_does_not_fit_names_a_way_on():
    rng = np.random.default_rng(0)
    with pytest.raises(ShapeError, match="put Flatten"):
        Dense(3).build((4, 4, 1), rng)
    with pytest.raises(ShapeError, match="before Flatten"):
        Conv2D(3, 3).build((16,), rng)
    with pytest.raises(ShapeError, match="larger than the image of 4"):
        MaxPool2D(5).build((4, 4, 1), rng)
    with pytest.raises(InputError, match="at least 1"):
        Conv2D(0, 3)
    with pytest.raises(InputError, match="Unknown initializer 'x': try one of glorot_uniform"):
        Dense(3, initializer="x").build((4,), rng)


def test_initial_weights_are_spread_as_the_papers_say():
    rng = np.random.default_rng(0)
    for name, deviation in (("glorot_uniform", np.sqrt(2 / 700)), ("he_normal", np.sqrt(2 / 400))):
        layer = Dense(300, initializer=name)
        layer.build((400,), rng)
        assert layer.params["weights"].std() == pytest.approx(deviation, rel=0.02)
    layer = Dense(3, initializer="equal")
    layer.build((4,), rng)
    assert (layer.params["weights"] == 0.25).all()


PARAMS = {Conv2D: {"filters", "bias"}, Dense: {"weights", "bias"}}


@every_layer
def test_parameters_have_their_names_and_the_dtype_asked_for(layer, shape):
    for dtype in (np.float32, np.float64):
        built(layer, shape, dtype)
        assert set(layer.params) == PARAMS.get(type(layer), set())
        assert {values.dtype for values in layer.params.values()} <= {np.dtype(dtype)}


@every_layer
def test_leaving_out_the_input_gradient_leaves_the_others_alone(layer, shape):
    _, x = built(layer, shape)
    y, cache = run(layer, x)
    _, expected = layer.backward(np.ones_like(y), cache)
    x_grad, grads = layer.backward(np.ones_like(y), cache, need_input_grad=False)
    assert grads.keys() == expected.keys()
    for name, grad in grads.items():
        np.testing.assert_array_equal(grad, expected[name])
    if layer.params:  # only where leaving it out saves a product; elsewhere the contract leaves it open
        assert x_grad is None


@every_layer
def test_backward_changes_neither_its_gradient_nor_the_parameters(layer, shape):
    _, x = built(layer, shape)
    y, cache = run(layer, x)
    output_grad = np.random.default_rng(3).normal(size=y.shape).astype(y.dtype)
    given, params = output_grad.copy(), {name: values.copy() for name, values in layer.params.items()}
    layer.backward(output_grad, cache)
    np.testing.assert_array_equal(output_grad, given)
    for name, values in params.items():
        np.testing.assert_array_equal(layer.params[name], values)


@every_layer
def test_a_workspace_changes_no_parameter_gradient(layer, shape):
    _, x = built(layer, shape)
    y, cache = run(layer, x)
    _, expected = layer.backward(np.ones_like(y), cache)
    workspace = Workspace()
    for count in (1, 3):
        y, cache = run(layer, x[:count], workspace=workspace)
        _, grads = layer.backward(np.ones_like(y), cache)
    for name, grad in expected.items():
        np.testing.assert_array_equal(grads[name], grad)


@every_layer
def test_settings_survive_json(layer, shape):
    """A model file holds them as JSON, where a tuple comes back as a list."""
    again = type(layer)(**json.loads(json.dumps(layer.get_config())))
    assert again.get_config() == layer.get_config()
    built(layer, shape)
    assert again.build(shape, np.random.default_rng(0)) == layer.build(shape, np.random.default_rng(0))
    for name, values in layer.params.items():
        np.testing.assert_array_equal(again.params[name], values)


def test_settings_hold_every_argument():
    for layer in {type(layer): layer for layer, _ in LAYERS}.values():
        assert set(layer.get_config()) == set(inspect.signature(type(layer)).parameters)
    chosen = {"filters": 3, "size": 4, "stride": (2, 1), "padding": 2, "dilation": 2, "initializer": "equal"}
    assert Conv2D(**chosen).get_config() == chosen
    assert Dense(4, initializer="he_normal").get_config() == {"units": 4, "initializer": "he_normal"}
    assert MaxPool2D(3, stride=(1, 2)).get_config() == {"size": 3, "stride": (1, 2)}


@pytest.mark.parametrize("layer", [Sigmoid(), Tanh(), ReLU(), LeakyReLU(0.25)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_enormous_values_pass_without_a_warning(layer, dtype):
    y, cache = layer.forward(np.array([[-1e4, 0, 1e4]], dtype))
    expected = {Sigmoid: [0, 0.5, 1], Tanh: [-1, 0, 1], ReLU: [0, 0, 1e4], LeakyReLU: [-2500, 0, 1e4]}[type(layer)]
    np.testing.assert_array_equal(y[0], np.array(expected, dtype))
    assert np.isfinite(layer.backward(np.ones_like(y), cache)[0]).all()


def test_dropout_silences_the_same_cells_on_the_way_back():
    layer, x = Dropout(0.5), np.ones((4, 50))
    y, cache = layer.forward(x, training=True, rng=np.random.default_rng(0))
    assert 0 < (y == 0).sum() < y.size
    np.testing.assert_array_equal(layer.backward(np.ones_like(y), cache)[0], y)
    _, cache = layer.forward(x, rng=np.random.default_rng(0))  # not training: a generator changes nothing
    np.testing.assert_array_equal(layer.backward(x, cache)[0], x)
    y, _ = Dropout(0).forward(x, training=True)  # nothing to draw, so no generator is needed
    np.testing.assert_array_equal(y, x)


def test_refusals_are_one_sentence():
    rng = np.random.default_rng(0)
    dense = Dense(3)
    dense.build((4,), rng)
    for call in (
        lambda: Dense(0),
        lambda: Conv2D(True, 3),
        lambda: Dropout(1),
        lambda: Dropout(0.5).forward(np.ones((1, 2)), training=True),
        lambda: Dense(3).build((4, 4, 1), rng),
        lambda: MaxPool2D(2).build((16,), rng),
        lambda: dense.forward(np.ones((2, 5))),
    ):
        with pytest.raises((InputError, ShapeError)) as error:
            call()
        one_sentence(error.value)
