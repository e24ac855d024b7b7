"""The fully connected layer."""

from typing import Any

import numpy as np

from cnncore.errors import ShapeError
from cnncore.nn.initializers import initial_weights
from cnncore.nn.layers.base import Layer, Shape, _at_least_one


class Dense(Layer):
    """Every input times its weight, summed: x (N, in) @ weights (in, out) + bias (out,) -> (N, out)."""

    def __init__(self, units: int, *, initializer: str = "glorot_uniform") -> None:
        super().__init__()
        _at_least_one("units", units)
        self.units, self.initializer = units, initializer

    def build(self, input_shape: Shape, rng: np.random.Generator, dtype: Any = np.float32) -> Shape:
        if len(input_shape) != 1:
            raise ShapeError(f"Dense reads a vector, received shape {input_shape}: put Flatten() before it.")
        shape = (input_shape[0], self.units)
        self.params = {
            "weights": initial_weights(self.initializer, rng, shape, *shape, dtype),
            "bias": np.zeros(self.units, dtype),
        }
        return (self.units,)

    def forward(self, x, *, training=False, rng=None, workspace=None):
        weights, bias = self.params["weights"], self.params["bias"]
        if x.ndim != 2 or x.shape[1] != len(weights):
            raise ShapeError(f"Dense expected (N, {len(weights)}), received {x.shape}: build the network again.")
        y = weights.T @ x.T
        y += bias[:, None]
        return y.T, (x,)

    def backward(self, output_grad, cache, *, need_input_grad=True):
        (x,) = cache
        grads = {"weights": x.T @ output_grad, "bias": output_grad.sum(axis=0)}
        x_grad = (self.params["weights"] @ output_grad.T).T if need_input_grad else None
        return x_grad, grads

    def settings(self):
        return {"units": self.units, "initializer": self.initializer}
