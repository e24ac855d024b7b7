"""Optimizers, and decays of the learning rate over a run.

An optimizer holds its velocities or moments in `state`, by the parameters' keys,
so that it can be saved and a run continues exactly.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from cnncore.errors import InputError
from cnncore.nn.arrays import Array

Key = tuple[int, str]  # layer number, parameter name


class Optimizer(Protocol):
    """The interface of all optimizers."""

    learning_rate: float
    state: dict[str, dict[Key, Array]]

    def update(self, key: Key, values: Array, grad: Array, rate: float, step: int) -> None:
        """Change `values` in place; `rate` is the learning rate of this step, counted from 0."""


class SGD:
    """Gradient descent with momentum: v ← μ v + g; w ← w − η_t v (Polyak 1964, in the form of the lecture)."""

    def __init__(self, learning_rate: float, momentum: float = 0.0) -> None:
        self.learning_rate = _rate(learning_rate)
        if not 0 <= momentum < 1:
            raise InputError(f"Momentum lies in 0 to below 1, not {momentum!r}: try 0.9.")
        self.momentum = momentum
        self.state: dict[str, dict[Key, Array]] = {"velocity": {}}

    def update(self, key: Key, values: Array, grad: Array, rate: float, step: int) -> None:
        velocity = _slot(self.state["velocity"], key, values)
        velocity *= values.dtype.type(self.momentum)
        velocity += grad
        values -= values.dtype.type(rate) * velocity


class Adam:
    """Kingma & Ba 2015: the moving average of the gradient over the root of that of its square, both bias-corrected.

    mean_decay and square_decay are β₁ and β₂ of the paper.
    """

    def __init__(
        self, learning_rate: float, *, mean_decay: float = 0.9, square_decay: float = 0.999, epsilon: float = 1e-8
    ) -> None:
        self.learning_rate = _rate(learning_rate)
        self.mean_decay, self.square_decay, self.epsilon = mean_decay, square_decay, epsilon
        self.state: dict[str, dict[Key, Array]] = {"mean": {}, "square": {}}

    def update(self, key: Key, values: Array, grad: Array, rate: float, step: int) -> None:
        first_moment = _slot(self.state["mean"], key, values)
        second_moment = _slot(self.state["square"], key, values)
        to_dtype = values.dtype.type
        first_moment += to_dtype(1 - self.mean_decay) * (grad - first_moment)
        second_moment += to_dtype(1 - self.square_decay) * (grad * grad - second_moment)
        unbiased_rate = rate / (1 - self.mean_decay ** (step + 1))
        root = np.sqrt(second_moment / to_dtype(1 - self.square_decay ** (step + 1))) + to_dtype(self.epsilon)
        values -= to_dtype(unbiased_rate) * first_moment / root


class RMSprop:
    """The gradient over the root of its running square: s ← ρ s + (1 − ρ) g²; w ← w − η_t g / (√s + ε).

    Tieleman & Hinton 2012, "Neural networks for machine learning", lecture 6e.
    """

    def __init__(self, learning_rate: float, *, decay: float = 0.9, epsilon: float = 1e-8) -> None:
        self.learning_rate = _rate(learning_rate)
        if not 0 <= decay < 1:
            raise InputError(f"A decay of the running square lies in 0 to below 1, not {decay!r}: try 0.9.")
        self.decay, self.epsilon = decay, epsilon
        self.state: dict[str, dict[Key, Array]] = {"square": {}}

    def update(self, key: Key, values: Array, grad: Array, rate: float, step: int) -> None:
        square = _slot(self.state["square"], key, values)
        to_dtype = values.dtype.type
        square += to_dtype(1 - self.decay) * (grad * grad - square)
        values -= to_dtype(rate) * grad / (np.sqrt(square) + to_dtype(self.epsilon))


@dataclass(frozen=True)
class Constant:
    """A constant learning rate."""

    def __call__(self, rate: float, step: int, steps: int) -> float:
        return rate


@dataclass(frozen=True)
class Linear:
    """A learning rate that falls linearly and would be 0 one step after the last."""

    def __call__(self, rate: float, step: int, steps: int) -> float:
        return rate * max(1 - step / max(steps, 1), 0.0)


@dataclass(frozen=True)
class Exponential:
    """A learning rate that is multiplied by `factor` in every step: η_t = η · factor^t."""

    factor: float

    def __post_init__(self) -> None:
        if not 0 < self.factor <= 1:
            raise InputError(f"A decay factor lies above 0 and up to 1, not {self.factor!r}: try 0.999.")

    def __call__(self, rate: float, step: int, steps: int) -> float:
        return rate * self.factor**step


Decay = Constant | Linear | Exponential


def _slot(memory: dict[Key, Array], key: Key, values: Array) -> Array:
    if key not in memory:
        memory[key] = np.zeros_like(values)
    return memory[key]


def _rate(learning_rate: float) -> float:
    if not np.isfinite(learning_rate) or learning_rate <= 0:
        raise InputError(f"A learning rate is a number above 0, not {learning_rate!r}: try 0.05.")
    return float(learning_rate)
