"""Activation functions as layers: each maps every value by itself, and the output has the input's shape."""

from typing import Any

import numpy as np

from cnncore.errors import InputError
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


class LeakyReLU(Layer):
    """x where x > 0, else slope · x (Maas et al. 2013); 0 <= slope < 1. The derivative at 0 is taken as the slope."""

    def __init__(self, slope: float = 0.01) -> None:
        super().__init__()
        if isinstance(slope, bool) or not isinstance(slope, int | float) or not 0 <= slope < 1:
            raise InputError(f"The slope of LeakyReLU lies in 0 to below 1, not {slope!r}: try 0.01.")
        self.slope = float(slope)

    def forward(
        self,
        x: Array,
        *,
        training: bool = False,
        rng: np.random.Generator | None = None,
        workspace: Workspace | None = None,
    ) -> tuple[Array, Cache]:
        workspace = workspace or NO_REUSE
        y = workspace.like("leaky_relu", x)
        np.multiply(x, x.dtype.type(self.slope), out=y)
        np.maximum(x, y, out=y)
        return y, (y, workspace)

    def backward(
        self, output_grad: Array, cache: Cache, *, need_input_grad: bool = True
    ) -> tuple[Array | None, Params]:
        y, workspace = cache
        input_grad = workspace.like("leaky_relu_grad", output_grad)
        np.multiply(output_grad, output_grad.dtype.type(self.slope), out=input_grad)
        np.copyto(input_grad, output_grad, where=y > 0)
        return input_grad, {}

    def get_config(self) -> dict[str, Any]:
        return {"slope": self.slope}


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
