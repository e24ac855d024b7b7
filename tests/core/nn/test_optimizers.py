"""Optimisers by hand; how the rate falls. Momentum also stands in test_reference."""

import numpy as np
import pytest

from cnncore import SGD, Adam, Constant, Exponential, InputError, Linear


def test_momentum_by_hand():
    # v = 1, w = 10 - 0.1; then v = 0.5 + 1 = 1.5, w = 9.9 - 0.15
    optimizer, w = SGD(0.1, momentum=0.5), np.array([10.0])
    for expected in (9.9, 9.75):
        optimizer.update((0, "w"), w, np.array([1.0]), 0.1, 0)
        assert w[0] == pytest.approx(expected)


def test_adam_by_hand():
    # the unbiased mean over the unbiased root is ±1 in the first step: w moves by the rate
    optimizer, w = Adam(0.01), np.array([1.0, 1.0])
    optimizer.update((0, "w"), w, np.array([5.0, -0.002]), 0.01, 0)
    np.testing.assert_allclose(w, [0.99, 1.01], atol=1e-7)
    # second step, g = 0: mean 0.45/0.19, square 0.024975/0.001999
    optimizer.update((0, "w"), w, np.array([0.0, 0.0]), 0.01, 1)
    assert w[0] == pytest.approx(0.99 - 0.01 * (0.45 / 0.19) / np.sqrt(0.024975 / 0.001999))


def test_the_epsilon_of_adam_stands_beside_the_root():
    # the first step moves by rate · g / (|g| + ε): half the rate where g = ε = 1e-8, nothing where g = 0
    optimizer, w = Adam(0.01), np.array([1.0, 1.0])
    optimizer.update((0, "w"), w, np.array([1e-8, 0.0]), 0.01, 0)
    np.testing.assert_allclose(w, [1 - 0.005, 1], rtol=0, atol=1e-12)
    optimizer, w = Adam(0.01, epsilon=1.0), np.array([1.0])
    optimizer.update((0, "w"), w, np.array([3.0]), 0.01, 0)
    assert w[0] == pytest.approx(1 - 0.01 * 3 / 4, abs=1e-12)


def test_rates():
    assert [Constant()(1, step, 4) for step in range(4)] == [1, 1, 1, 1]
    assert [Linear()(1, step, 4) for step in range(4)] == [1, 0.75, 0.5, 0.25]
    assert [Exponential(0.5)(1, step, 4) for step in range(4)] == [1, 0.5, 0.25, 0.125]


@pytest.mark.parametrize(
    "make",
    [
        lambda: SGD(0),
        lambda: SGD(float("nan")),
        lambda: Adam(-1),
        lambda: SGD(0.1, momentum=1),
        lambda: Exponential(0),
        lambda: Exponential(1.1),
    ],
)
def test_out_of_bounds(make):
    with pytest.raises(InputError, match="try"):
        make()
