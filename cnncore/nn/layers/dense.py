"""The fully connected layer."""

from typing import Any

import numpy as np

from cnncore.errors import ShapeError
from cnncore.nn.arrays import Array, Workspace
from cnncore.nn.initializers import initial_weights
from cnncore.nn.layers.base import Cache, Layer, Params, Shape, _at_least_one


class Dense(Layer):
    """Every input times its weight, summed: x (N, in) @ weights (in, out) + bias (out,) -> (N, out)."""

    def __init__(self, units: int, *, initializer: str = "glorot_uniform") -> None:
        super().__init__()
        _at_least_one("units", units)
        self.units, self.initializer = units, initializer

    def output_shape(self, input_shape: Shape) -> Shape:
        if len(input_shape) != 1:
            raise ShapeError(f"Dense reads a vector, received shape {input_shape}: put Flatten() before it.")
        return (self.units,)

    def parameter_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        return {"weights": (input_shape[0], self.units), "bias": (self.units,)}

    def build(self, input_shape: Shape, rng: np.random.Generator, dtype: Any = np.float32) -> Shape:
        output_shape, shape = self.output_shape(input_shape), self.parameter_shapes(input_shape)["weights"]
        self.params = {
            "weights": initial_weights(self.initializer, rng, shape, input_shape[0], self.units, dtype),
            "bias": np.zeros(self.units, dtype),
        }
        return output_shape

    def forward(
        self,
        x: Array,
        *,
        training: bool = False,
        rng: np.random.Generator | None = None,
        workspace: Workspace | None = None,
    ) -> tuple[Array, Cache]:
        weights, bias = self.params["weights"], self.params["bias"]
        if x.ndim != 2 or x.shape[1] != len(weights):
            raise ShapeError(f"Dense expected (N, {len(weights)}), received {x.shape}: build the network again.")
        y = weights.T @ x.T
        y += bias[:, None]
        return y.T, (x,)

    def backward(
        self, output_grad: Array, cache: Cache, *, need_input_grad: bool = True
    ) -> tuple[Array | None, Params]:
        (x,) = cache
        grads = {"weights": x.T @ output_grad, "bias": output_grad.sum(axis=0)}
        input_grad = (self.params["weights"] @ output_grad.T).T if need_input_grad else None
        return input_grad, grads

    def get_config(self) -> dict[str, Any]:
        return {"units": self.units, "initializer": self.initializer}
