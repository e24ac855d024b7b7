"""Max and average pooling layers."""

from typing import Any

import numpy as np

from cnncore.nn.arrays import NO_REUSE, Array, Workspace
from cnncore.nn.layers.base import Cache, Layer, Params, Shape, _image_shape
from cnncore.nn.pooling import (
    avg_pool2d,
    avg_pool2d_gradient,
    max_pool2d,
    max_pool2d_gradient,
    pooled_size,
    pooling_window,
)
from cnncore.nn.window import Stride, Window


class _Pool2D(Layer):
    """Base of both poolings. The stride is the window's size unless it is given."""

    window: Window

    def __init__(self, size: int, *, stride: Stride | None = None) -> None:
        super().__init__()
        self.size, self.stride = size, tuple(stride) if isinstance(stride, list) else stride
        self.window = pooling_window(size, self.stride)

    def output_shape(self, input_shape: Shape) -> Shape:
        height, width, channels = _image_shape(self, input_shape)
        return (*pooled_size(self.window, (height, width)), channels)

    def get_config(self) -> dict[str, Any]:
        return {"size": self.size, "stride": self.stride}


class MaxPool2D(_Pool2D):
    """The largest value of each window: (N, H, W, C) -> (N, H', W', C).

    Of equal values the first in row order takes the gradient.
    """

    def forward(
        self,
        x: Array,
        *,
        training: bool = False,
        rng: np.random.Generator | None = None,
        workspace: Workspace | None = None,
    ) -> tuple[Array, Cache]:
        workspace = workspace or NO_REUSE
        y = max_pool2d(x, self.size, stride=self.stride, workspace=workspace)
        return y, (x, y, workspace)

    def backward(
        self, output_grad: Array, cache: Cache, *, need_input_grad: bool = True
    ) -> tuple[Array | None, Params]:
        x, y, workspace = cache
        return max_pool2d_gradient(x, output_grad, self.size, stride=self.stride, pooled=y, workspace=workspace), {}


class AvgPool2D(_Pool2D):
    """The mean of each window: (N, H, W, C) -> (N, H', W', C)."""

    def forward(
        self,
        x: Array,
        *,
        training: bool = False,
        rng: np.random.Generator | None = None,
        workspace: Workspace | None = None,
    ) -> tuple[Array, Cache]:
        workspace = workspace or NO_REUSE
        return avg_pool2d(x, self.size, stride=self.stride, workspace=workspace), (x, workspace)

    def backward(
        self, output_grad: Array, cache: Cache, *, need_input_grad: bool = True
    ) -> tuple[Array | None, Params]:
        x, workspace = cache
        return avg_pool2d_gradient(x, output_grad, self.size, stride=self.stride, workspace=workspace), {}
