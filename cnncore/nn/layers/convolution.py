"""The convolution layer."""

from typing import Any

import numpy as np

from cnncore.nn.arrays import NO_REUSE
from cnncore.nn.convolution import conv2d, conv2d_gradients
from cnncore.nn.initializers import initial_weights
from cnncore.nn.layers.base import Layer, Shape, _at_least_one, _image_shape
from cnncore.nn.window import Padding, Stride, Window


class Conv2D(Layer):
    """2-D convolution (cross-correlation: the filter is not flipped; lecture, section 1).

    images (N, H, W, C) -> maps (N, H', W', K), H' = (H - F + 2P) // S + 1.
    params: filters (C, F, F, K), bias (K,): C input channels, F filter size, K filters.
    """

    def __init__(
        self,
        filters: int,
        size: int,
        *,
        stride: Stride = 1,
        padding: Padding = "half",
        dilation: int = 1,
        initializer: str = "glorot_uniform",
    ) -> None:
        super().__init__()
        _at_least_one("filters", filters)
        stride = tuple(stride) if isinstance(stride, list) else stride
        self.filters, self.initializer = filters, initializer
        self.window = Window(size, stride=stride, padding=padding, dilation=dilation)

    def build(self, input_shape: Shape, rng: np.random.Generator, dtype: Any = np.float32) -> Shape:
        height, width, channels = _image_shape(self, input_shape)
        size = self.window.size
        fan_in, fan_out = channels * size**2, self.filters * size**2
        shape = (channels, size, size, self.filters)
        out = self.window.output_size((height, width))
        self.params = {
            "filters": initial_weights(self.initializer, rng, shape, fan_in, fan_out, dtype),
            "bias": np.zeros(self.filters, dtype),
        }
        return (*out, self.filters)

    def forward(self, x, *, training=False, rng=None, workspace=None):
        workspace = workspace or NO_REUSE
        maps = conv2d(x, self.params["filters"], self.params["bias"], **self._geometry(), workspace=workspace)
        return maps, (x, workspace)

    def backward(self, output_grad, cache, *, need_input_grad=True):
        x, workspace = cache
        x_grad, filters_grad, bias_grad = conv2d_gradients(
            x,
            self.params["filters"],
            output_grad,
            **self._geometry(),
            need_images_grad=need_input_grad,
            workspace=workspace,
        )
        return x_grad if need_input_grad else None, {"filters": filters_grad, "bias": bias_grad}

    def _geometry(self) -> dict[str, Any]:
        return {"stride": self.window.stride, "padding": self.window.padding, "dilation": self.window.dilation}

    def settings(self):
        return {
            "filters": self.filters,
            "size": self.window.size,
            **self._geometry(),
            "initializer": self.initializer,
        }
