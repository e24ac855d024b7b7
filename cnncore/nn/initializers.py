"""Initial weights, with a variance that keeps signals and gradients of about the same size in all layers.

Glorot & Bengio 2010 ("Understanding the difficulty of training deep feedforward
neural networks") for symmetric activations, He et al. 2015 ("Delving deep into
rectifiers") for ReLU. `equal` makes all weights of a layer equal, to show that symmetry is then never broken.
"""

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np

from cnncore.errors import InputError
from cnncore.nn.arrays import Array

Initializer = Callable[[np.random.Generator, tuple[int, ...], int, int], Array]


def glorot_uniform(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Array:
    """Uniform in ±sqrt(6 / (fan_in + fan_out))."""
    limit = sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, shape)


def he_normal(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Array:
    """Normal with standard deviation sqrt(2 / fan_in)."""
    return rng.normal(0, sqrt(2 / fan_in), shape)


def constant_fan_in(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> Array:
    """Every weight 1 / fan_in: all filters of a layer then have the same gradient in every step."""
    return np.full(shape, 1 / fan_in)


INITIALIZERS: dict[str, Initializer] = {
    "glorot_uniform": glorot_uniform,
    "he_normal": he_normal,
    "equal": constant_fan_in,
}


def initial_weights(
    name: str, rng: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int, dtype: Any
) -> Array:
    """Weights of `shape` by the named rule. Raises InputError for an unknown name."""
    if name not in INITIALIZERS:
        raise InputError(f"Unknown initializer {name!r}: try one of {', '.join(INITIALIZERS)}.")
    return INITIALIZERS[name](rng, shape, fan_in, fan_out).astype(dtype)
