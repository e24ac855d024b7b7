"""One contract for every layer."""

import numpy as np
import pytest

import cnncore
from cnncore import (
    AvgPool2D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    InputError,
    Layer,
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
    exported = {kind for kind in vars(cnncore).values() if isinstance(kind, type) and issubclass(kind, Layer)}
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
    again = type(layer)(**layer.settings())
    assert repr(again) == repr(layer)
    assert again.build(shape, np.random.default_rng(0)) == built(layer, shape)[0]


@every_layer
def test_layers_own_only_their_parameters(layer, shape):
    built(layer, shape)
    before = set(vars(layer))
    y, cache = run(layer, np.ones((2, *shape), np.float32))
    layer.backward(np.ones_like(y), cache)
    assert set(vars(layer)) == before


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


def test_what_does_not_fit_names_a_way_on():
    rng = np.random.default_rng(0)
    with pytest.raises(ShapeError, match="put Flatten"):
        Dense(3).build((4, 4, 1), rng)
    with pytest.raises(ShapeError, match="before Flatten"):
        Conv2D(3, 3).build((16,), rng)
    with pytest.raises(ShapeError, match="larger than the padded input"):
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
