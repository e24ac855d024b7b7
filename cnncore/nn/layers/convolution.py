"""The convolution layer."""

from typing import Any

import numpy as np

from cnncore.nn.arrays import NO_REUSE, Array, Workspace
from cnncore.nn.convolution import convolution_gradients, convolve
from cnncore.nn.initializers import initial_weights
from cnncore.nn.layers.base import Cache, Layer, Params, Shape, _at_least_one, _image_shape
from cnncore.nn.window import Padding, Stride, Window


class Conv2D(Layer):
    """2-D convolution (cross-correlation: the filter is not flipped; lecture, section 1).

    images (N, H, W, C) -> maps (N, H', W', K), H' = (H - F + 2P) // S + 1.
    params: filters (C, F, F, K), bias (K,): C input channels, F filter size, K filters.
    """

    window: Window

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

    def output_shape(self, input_shape: Shape) -> Shape:
        height, width, _ = _image_shape(self, input_shape)
        return (*self.window.output_size((height, width)), self.filters)

    def parameter_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        size = self.window.size
        return {"filters": (input_shape[2], size, size, self.filters), "bias": (self.filters,)}

    def build(self, input_shape: Shape, rng: np.random.Generator, dtype: Any = np.float32) -> Shape:
        output_shape, shape = self.output_shape(input_shape), self.parameter_shapes(input_shape)["filters"]
        area = self.window.size**2
        fan_in, fan_out = input_shape[2] * area, self.filters * area
        self.params = {
            "filters": initial_weights(self.initializer, rng, shape, fan_in, fan_out, dtype),
            "bias": np.zeros(self.filters, dtype),
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
        workspace = workspace or NO_REUSE
        maps = convolve(x, self.params["filters"], self.params["bias"], self.window, workspace)
        return maps, (x, workspace)

    def backward(
        self, output_grad: Array, cache: Cache, *, need_input_grad: bool = True
    ) -> tuple[Array | None, Params]:
        x, workspace = cache
        input_grad, filters_grad, bias_grad = convolution_gradients(
            x,
            self.params["filters"],
            output_grad,
            self.window,
            need_images_grad=need_input_grad,
            workspace=workspace,
        )
        return input_grad if need_input_grad else None, {"filters": filters_grad, "bias": bias_grad}

    def get_config(self) -> dict[str, Any]:
        return {
            "filters": self.filters,
            "size": self.window.size,
            "stride": self.window.stride,
            "padding": self.window.padding,
            "dilation": self.window.dilation,
            "initializer": self.initializer,
        }
