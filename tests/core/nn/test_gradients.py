"""Every layer's gradients against central differences, in float64, on more than 200 geometries."""

import numpy as np
import pytest
from geometries import spaced

import cnncore
from cnncore import AvgPool2D, Conv2D, Dense, Dropout, Flatten, LeakyReLU, MaxPool2D, ReLU, Sigmoid, Tanh

STEP = 1e-5
TOLERANCE = 1e-7


def geometries():
    """(label, layer, input shape): 210 convolutions and poolings of random geometry, and the rest."""
    rng = np.random.default_rng(7)
    while True:
        size, dilation = int(rng.integers(1, 5)), int(rng.integers(1, 3))
        padding = rng.choice(["none", "full", "half", "number"])
        padding = "none" if padding == "half" and size % 2 == 0 else str(padding)
        window = {
            "stride": tuple(rng.integers(1, 4, 2).tolist()) if rng.random() < 0.4 else int(rng.integers(1, 4)),
            "padding": int(rng.integers(0, 3)) if padding == "number" else padding,
            "dilation": dilation,
        }
        least = dilation * (size - 1) + 1
        shape = (least + int(rng.integers(0, 3)), least + int(rng.integers(0, 3)), int(rng.integers(1, 4)))
        yield Conv2D(int(rng.integers(1, 4)), size, **window), shape
        pool = MaxPool2D if rng.random() < 0.5 else AvgPool2D
        size = int(rng.integers(1, 4))
        shape = (size + int(rng.integers(0, 4)), size + int(rng.integers(0, 4)), int(rng.integers(1, 3)))
        yield pool(size, stride=int(rng.integers(1, 4))), shape


def cases():
    random = geometries()
    found = [next(random) for _ in range(210)]
    for units in (1, 4):
        found.append((Dense(units), (5,)))
    for layer in (ReLU(), LeakyReLU(), LeakyReLU(0.3), Sigmoid(), Tanh(), Dropout(0.4), Flatten()):
        found.append((layer, (3, 4, 2)))
    return found


CASES = cases()


def relative(analytic, numeric):
    scale = max(np.linalg.norm(analytic), np.linalg.norm(numeric))
    return np.linalg.norm(analytic - numeric) / scale if scale else 0.0


def differences(loss, values):
    """d loss / d values by central differences, cell by cell, in place."""
    grad = np.empty_like(values)
    for at in np.ndindex(values.shape):
        before = values[at]
        values[at] = before + STEP
        above = loss()
        values[at] = before - STEP
        grad[at] = (above - loss()) / (2 * STEP)
        values[at] = before
    return grad


def test_there_are_enough_geometries():
    assert len(CASES) >= 200


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: f"{n}-{type(CASES[n][0]).__name__}")
def test_gradients_agree_with_central_differences(number):
    layer, shape = CASES[number]
    rng = np.random.default_rng(number)
    layer.build(shape, rng, np.float64)
    for values in layer.params.values():
        values[...] = spaced(rng, values.shape)
    x = spaced(rng, (2, *shape))

    def forward():
        return layer.forward(x, training=True, rng=np.random.default_rng(number))

    output, cache = forward()
    output_grad = rng.normal(size=output.shape)
    x_grad, param_grads = layer.backward(output_grad, cache)

    def loss():
        return float((forward()[0] * output_grad).sum())

    assert relative(x_grad, differences(loss, x)) <= TOLERANCE
    for name, values in layer.params.items():
        assert relative(param_grads[name], differences(loss, values)) <= TOLERANCE, name


@pytest.mark.parametrize("number", range(20))
def test_conv1d_gradients_agree_with_central_differences(number):
    rng = np.random.default_rng(number)
    signal, filter_ = spaced(rng, (int(rng.integers(5, 9)),)), spaced(rng, (int(rng.integers(1, 4)),))
    geometry = {
        "stride": int(rng.integers(1, 3)),
        "padding": int(rng.integers(0, 3)),
        "dilation": int(rng.integers(1, 3)),
    }
    output_grad = rng.normal(size=cnncore.conv1d(signal, filter_, **geometry).shape)
    signal_grad, filter_grad = cnncore.conv1d_gradients(signal, filter_, output_grad, **geometry)

    def loss():
        return float(cnncore.conv1d(signal, filter_, **geometry) @ output_grad)

    assert relative(signal_grad, differences(loss, signal)) <= TOLERANCE
    assert relative(filter_grad, differences(loss, filter_)) <= TOLERANCE


def test_softmax_cross_entropy_gradient():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4, 3))
    for labels in (np.array([0, 2, 1, 1]), np.full((4, 3), 1 / 3)):
        _, grad = cnncore.softmax_cross_entropy(logits, labels)
        numeric = differences(lambda labels=labels: cnncore.softmax_cross_entropy(logits, labels)[0], logits)
        assert relative(grad, numeric) <= TOLERANCE


@pytest.mark.parametrize("pool", [MaxPool2D, AvgPool2D])
@pytest.mark.parametrize("size, stride", [(2, (1, 2)), (2, (2, 1)), (3, (2, 3)), (3, (3, 2)), (1, (2, 3)), (2, (3, 1))])
def test_pooling_gradients_where_rows_and_columns_move_apart(pool, size, stride):
    layer, rng = pool(size, stride=stride), np.random.default_rng(size)
    x = spaced(rng, (2, 6, 7, 2))
    output, cache = layer.forward(x)
    output_grad = rng.normal(size=output.shape)

    def loss():
        return float((layer.forward(x)[0] * output_grad).sum())

    assert relative(layer.backward(output_grad, cache)[0], differences(loss, x)) <= TOLERANCE


@pytest.mark.parametrize("count", [1, 2, 7, 96])
def test_no_step_crosses_a_kink_or_a_tie(count):
    """What the comparison rests on: values far apart and off zero, a thousand steps and more."""
    values = np.sort(spaced(np.random.default_rng(0), (count,)))
    assert np.abs(values).min() >= 1e-2 * (1 - 1e-12)
    assert (np.diff(values) >= 1e-2).all()
