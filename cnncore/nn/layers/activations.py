"""Activation functions as layers."""

import numpy as np

from cnncore.nn.arrays import NO_REUSE
from cnncore.nn.layers.base import Layer


class ReLU(Layer):
    """max(0, x). At exactly 0 the slope is taken as 0."""

    def forward(self, x, *, training=False, rng=None, workspace=None):
        workspace = workspace or NO_REUSE
        y = workspace.like("relu", x)
        np.maximum(x, 0, out=y)
        return y, (y, workspace)

    def backward(self, output_grad, cache, *, need_input_grad=True):
        y, workspace = cache
        x_grad = workspace.like("relu_grad", output_grad)
        np.multiply(output_grad, y > 0, out=x_grad)
        return x_grad, {}


class Sigmoid(Layer):
    """1 / (1 + exp(-x)), written so that neither end overflows. Slope y (1 - y)."""

    def forward(self, x, *, training=False, rng=None, workspace=None):
        y = 0.5 * (np.tanh(0.5 * x) + 1)
        return y, (y,)

    def backward(self, output_grad, cache, *, need_input_grad=True):
        (y,) = cache
        return output_grad * y * (1 - y), {}


class Tanh(Layer):
    """tanh(x). Slope 1 - y²."""

    def forward(self, x, *, training=False, rng=None, workspace=None):
        y = np.tanh(x)
        return y, (y,)

    def backward(self, output_grad, cache, *, need_input_grad=True):
        (y,) = cache
        return output_grad * (1 - y * y), {}
