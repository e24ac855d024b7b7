"""The flatten layer."""

from typing import Any

import numpy as np

from cnncore.nn.layers.base import Layer, Shape


class Flatten(Layer):
    """Unroll (N, H, W, C) -> (N, H·W·C) in the order rows, columns, channels; nothing is lost (lecture, section 3)."""

    def build(self, input_shape: Shape, rng: np.random.Generator, dtype: Any = np.float32) -> Shape:
        return (int(np.prod(input_shape)),)

    def forward(self, x, *, training=False, rng=None, workspace=None):
        # The batch stays last in memory: (H, W, C, N) there is (N, H·W·C) to whoever looks.
        flat = np.ascontiguousarray(np.moveaxis(x, 0, -1)).reshape(int(np.prod(x.shape[1:])), len(x))
        return flat.T, (x.shape,)

    def backward(self, output_grad, cache, *, need_input_grad=True):
        (shape,) = cache
        return np.moveaxis(output_grad.T.reshape(*shape[1:], shape[0]), -1, 0), {}
