"""Optimisers by hand; how the rate falls. Momentum is also in test_reference."""

import numpy as np
import pytest

from cnncore import (
    SGD,
    Adam,
    Constant,
    Exponential,
    InputError,
    Linear,
    Network,
    RMSprop,
    Run,
    Settings,
    load,
    save,
    train,
)
from cnncore.architecture.spec import layers_from_dicts
from cnncore.architecture.text import parse_network
from cnncore.nn.optimizer_specs import OPTIMIZER_SPECS


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


def test_rmsprop_by_hand():
    # s = 0.1 · 25, w moves by 0.01 · 5 / √2.5, whatever the gradient's size: √10 times the rate
    optimizer, w = RMSprop(0.01), np.array([1.0, 1.0])
    optimizer.update((0, "w"), w, np.array([5.0, -0.002]), 0.01, 0)
    np.testing.assert_allclose(w, [1 - 0.01 * np.sqrt(10), 1 + 0.01 * np.sqrt(10)], rtol=1e-5)
    # second step, g = 3: s = 0.9 · 2.5 + 0.1 · 9 = 3.15
    before = w[0]
    optimizer.update((0, "w"), w, np.array([3.0, 0.0]), 0.01, 1)
    assert w[0] == pytest.approx(before - 0.01 * 3 / np.sqrt(3.15), rel=1e-8)
    # ε is added to the root: with decay 0 a step is rate · g / (|g| + ε)
    optimizer, w = RMSprop(0.01, decay=0, epsilon=1.0), np.array([1.0])
    optimizer.update((0, "w"), w, np.array([3.0]), 0.01, 0)
    assert w[0] == pytest.approx(1 - 0.01 * 3 / 4, abs=1e-12)


def test_rmsprop_steps_as_pytorch_does():
    torch = pytest.importorskip("torch")
    rng, w = np.random.default_rng(0), np.array([1.0, -2.0, 0.5])
    theirs = torch.tensor(w.copy(), requires_grad=True)
    reference, optimizer = torch.optim.RMSprop([theirs], lr=0.01, alpha=0.9, eps=1e-8), RMSprop(0.01)
    for step in range(20):
        grad = rng.normal(size=3)
        theirs.grad = torch.tensor(grad)
        reference.step()
        optimizer.update((0, "w"), w, grad, 0.01, step)
    np.testing.assert_allclose(w, theirs.detach().numpy(), rtol=1e-10)


@pytest.mark.parametrize("name", OPTIMIZER_SPECS)
def test_every_optimizer_learns_is_saved_and_goes_on(name, few, tmp_path):
    """Twelve steps at once are two, a file, and ten more, to the last bit."""
    settings = Settings(epochs=4, batch_size=100, optimizer=name, learning_rate=0.01, threads=1)

    def new():
        return Network(layers_from_dicts(parse_network("f-d10"), input_shape=(28, 28, 1)), input_shape=(28, 28, 1))

    whole, run = new(), Run(settings)
    list(train(whole, few, few, settings, resume=run))
    assert run.history.losses[-1] < run.history.losses[0]
    assert tuple(run.optimizer_state) == OPTIMIZER_SPECS[name].state_names
    first, half = new(), Run(settings)
    for event in train(first, few, few, settings, resume=half):
        if event.step == 2:
            break
    save(tmp_path / "half.safetensors", first, run=half)
    again, rest = load(tmp_path / "half.safetensors")
    list(train(again, few, few, settings, resume=rest))
    for (_, _, one), (_, _, two) in zip(whole.parameters(), again.parameters(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_every_optimizer_says_its_name_and_its_formulas():
    labels = [Settings(optimizer=name).optimizer_label for name in OPTIMIZER_SPECS]
    assert labels == ["momentum 0.9", "Adam", "RMSprop"]
    assert all("w ← w − ηₜ" in spec.explanation for spec in OPTIMIZER_SPECS.values())
    assert [spec.uses_momentum for spec in OPTIMIZER_SPECS.values()] == [True, False, False]


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
        lambda: RMSprop(0),
        lambda: RMSprop(0.1, decay=1),
        lambda: SGD(0.1, momentum=1),
        lambda: Exponential(0),
        lambda: Exponential(1.1),
    ],
)
def test_out_of_bounds(make):
    with pytest.raises(InputError, match="try"):
        make()
