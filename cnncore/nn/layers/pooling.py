"""Max and average pooling layers."""

from typing import Any

import numpy as np

from cnncore.nn.arrays import NO_REUSE
from cnncore.nn.layers.base import Layer, Shape, _image_shape
from cnncore.nn.pooling import (
    avg_pool2d,
    avg_pool2d_gradient,
    max_pool2d,
    max_pool2d_gradient,
    pooled_size,
    pooling_window,
)
from cnncore.nn.window import Stride


class _Pool2D(Layer):
    """What both poolings share: a window that moves by its own size unless a stride is named."""

    def __init__(self, size: int, *, stride: Stride | None = None) -> None:
        super().__init__()
        self.size, self.stride = size, tuple(stride) if isinstance(stride, list) else stride
        self.window = pooling_window(size, self.stride)

    def build(self, input_shape: Shape, rng: np.random.Generator, dtype: Any = np.float32) -> Shape:
        height, width, channels = _image_shape(self, input_shape)
        return (*pooled_size(self.window, (height, width)), channels)

    def settings(self):
        return {"size": self.size, "stride": self.stride}


class MaxPool2D(_Pool2D):
    """The largest value of each window: (N, H, W, C) -> (N, H', W', C). Ties pay the first in row order."""

    def forward(self, x, *, training=False, rng=None, workspace=None):
        workspace = workspace or NO_REUSE
        y = max_pool2d(x, self.size, stride=self.stride, workspace=workspace)
        return y, (x, y, workspace)

    def backward(self, output_grad, cache, *, need_input_grad=True):
        x, y, workspace = cache
        return max_pool2d_gradient(x, output_grad, self.size, stride=self.stride, pooled=y, workspace=workspace), {}


class AvgPool2D(_Pool2D):
    """The mean of each window: (N, H, W, C) -> (N, H', W', C)."""

    def forward(self, x, *, training=False, rng=None, workspace=None):
        workspace = workspace or NO_REUSE
        return avg_pool2d(x, self.size, stride=self.stride, workspace=workspace), (x, workspace)

    def backward(self, output_grad, cache, *, need_input_grad=True):
        x, workspace = cache
        return avg_pool2d_gradient(x, output_grad, self.size, stride=self.stride, workspace=workspace), {}
