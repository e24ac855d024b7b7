"""Activation functions as layers: each maps every value by itself, and the output has the input's shape."""

import numpy as np

from cnncore.nn.arrays import NO_REUSE, Array, Workspace
from cnncore.nn.layers.base import Cache, Layer, Params


class ReLU(Layer):
    """max(0, x). The derivative at 0 is taken as 0."""

    def forward(
        self,
        x: Array,
        *,
        training: bool = False,
        rng: np.random.Generator | None = None,
        workspace: Workspace | None = None,
    ) -> tuple[Array, Cache]:
        workspace = workspace or NO_REUSE
        y = workspace.like("relu", x)
        np.maximum(x, 0, out=y)
        return y, (y, workspace)

    def backward(
        self, output_grad: Array, cache: Cache, *, need_input_grad: bool = True
    ) -> tuple[Array | None, Params]:
        y, workspace = cache
        input_grad = workspace.like("relu_grad", output_grad)
        np.multiply(output_grad, y > 0, out=input_grad)
        return input_grad, {}


class Sigmoid(Layer):
    """1 / (1 + exp(-x)), computed by tanh, which does not overflow. Derivative y (1 - y)."""

    def forward(
        self,
        x: Array,
        *,
        training: bool = False,
        rng: np.random.Generator | None = None,
        workspace: Workspace | None = None,
    ) -> tuple[Array, Cache]:
        y = 0.5 * (np.tanh(0.5 * x) + 1)
        return y, (y,)

    def backward(
        self, output_grad: Array, cache: Cache, *, need_input_grad: bool = True
    ) -> tuple[Array | None, Params]:
        (y,) = cache
        return output_grad * y * (1 - y), {}


class Tanh(Layer):
    """tanh(x). Derivative 1 - y²."""

    def forward(
        self,
        x: Array,
        *,
        training: bool = False,
        rng: np.random.Generator | None = None,
        workspace: Workspace | None = None,
    ) -> tuple[Array, Cache]:
        y = np.tanh(x)
        return y, (y,)

    def backward(
        self, output_grad: Array, cache: Cache, *, need_input_grad: bool = True
    ) -> tuple[Array | None, Params]:
        (y,) = cache
        return output_grad * (1 - y * y), {}
