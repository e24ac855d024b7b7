"""The flatten layer."""

import numpy as np

from cnncore.nn.arrays import Array, Workspace
from cnncore.nn.layers.base import Cache, Layer, Params, Shape


class Flatten(Layer):
    """Unroll (N, H, W, C) -> (N, H·W·C) in the order rows, columns, channels; nothing is lost (lecture, section 3)."""

    def output_shape(self, input_shape: Shape) -> Shape:
        return (int(np.prod(input_shape)),)

    def forward(
        self,
        x: Array,
        *,
        training: bool = False,
        rng: np.random.Generator | None = None,
        workspace: Workspace | None = None,
    ) -> tuple[Array, Cache]:
        # The batch stays last in memory: (H, W, C, N) there is a view of shape (N, H·W·C).
        flat = np.ascontiguousarray(np.moveaxis(x, 0, -1)).reshape(int(np.prod(x.shape[1:])), len(x))
        return flat.T, (x.shape,)

    def backward(
        self, output_grad: Array, cache: Cache, *, need_input_grad: bool = True
    ) -> tuple[Array | None, Params]:
        (shape,) = cache
        return np.moveaxis(output_grad.T.reshape(*shape[1:], shape[0]), -1, 0), {}
