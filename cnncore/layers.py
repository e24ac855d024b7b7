"""The layers: each builds its parameters, answers forward, and hands gradients back.

A layer owns only `params`. What backward needs travels in the cache, so a layer
is re-entrant: a prediction between forward and backward disturbs nothing. With
a workspace a cache stays valid until the next forward with that workspace.
"""

from typing import Any

import numpy as np

from cnncore.errors import InputError, ShapeError
from cnncore.functional import (
    avg_pool2d,
    avg_pool2d_gradient,
    conv2d,
    conv2d_gradients,
    max_pool2d,
    max_pool2d_gradient,
)
from cnncore.initializers import initial_weights
from cnncore.memory import FRESH, Array, Workspace
from cnncore.pooling import pooled_size, pooling_window
from cnncore.window import Padding, Stride, Window

Shape = tuple[int, ...]
Params = dict[str, Array]
Cache = tuple[Any, ...]


class Layer:
    """What every layer answers. Shapes leave out the batch: (H, W, C) or (units,)."""

    params: Params

    def __init__(self) -> None:
        self.params = {}

    def build(self, input_shape: Shape, rng: np.random.Generator, dtype: Any = np.float32) -> Shape:
        """Make `params` for this input; return the output's shape. Raises ShapeError where it does not fit."""
        return input_shape

    def forward(
        self,
        x: Array,
        *,
        training: bool = False,
        rng: np.random.Generator | None = None,
        workspace: Workspace | None = None,
    ) -> tuple[Array, Cache]:
        """x (N, *input_shape) -> y (N, *output_shape), cache for backward."""
        raise NotImplementedError

    def backward(
        self, output_grad: Array, cache: Cache, *, need_input_grad: bool = True
    ) -> tuple[Array | None, Params]:
        """Gradient of the output -> gradient of the input (None where it is not needed), of each parameter."""
        raise NotImplementedError

    def settings(self) -> dict[str, Any]:
        """The arguments that make this layer again, as plain data."""
        return {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.settings().items())})"


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
        workspace = workspace or FRESH
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
        workspace = workspace or FRESH
        y = max_pool2d(x, self.size, stride=self.stride, workspace=workspace)
        return y, (x, y, workspace)

    def backward(self, output_grad, cache, *, need_input_grad=True):
        x, y, workspace = cache
        return max_pool2d_gradient(x, output_grad, self.size, stride=self.stride, pooled=y, workspace=workspace), {}


class AvgPool2D(_Pool2D):
    """The mean of each window: (N, H, W, C) -> (N, H', W', C)."""

    def forward(self, x, *, training=False, rng=None, workspace=None):
        workspace = workspace or FRESH
        return avg_pool2d(x, self.size, stride=self.stride, workspace=workspace), (x, workspace)

    def backward(self, output_grad, cache, *, need_input_grad=True):
        x, workspace = cache
        return avg_pool2d_gradient(x, output_grad, self.size, stride=self.stride, workspace=workspace), {}


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


class Dense(Layer):
    """Every input times its weight, summed: x (N, in) @ weights (in, out) + bias (out,) -> (N, out)."""

    def __init__(self, units: int, *, initializer: str = "glorot_uniform") -> None:
        super().__init__()
        _at_least_one("units", units)
        self.units, self.initializer = units, initializer

    def build(self, input_shape: Shape, rng: np.random.Generator, dtype: Any = np.float32) -> Shape:
        if len(input_shape) != 1:
            raise ShapeError(f"Dense reads a vector, received shape {input_shape}: put Flatten() before it.")
        shape = (input_shape[0], self.units)
        self.params = {
            "weights": initial_weights(self.initializer, rng, shape, *shape, dtype),
            "bias": np.zeros(self.units, dtype),
        }
        return (self.units,)

    def forward(self, x, *, training=False, rng=None, workspace=None):
        weights, bias = self.params["weights"], self.params["bias"]
        if x.ndim != 2 or x.shape[1] != len(weights):
            raise ShapeError(f"Dense expected (N, {len(weights)}), received {x.shape}: build the network again.")
        y = weights.T @ x.T
        y += bias[:, None]
        return y.T, (x,)

    def backward(self, output_grad, cache, *, need_input_grad=True):
        (x,) = cache
        grads = {"weights": x.T @ output_grad, "bias": output_grad.sum(axis=0)}
        x_grad = (self.params["weights"] @ output_grad.T).T if need_input_grad else None
        return x_grad, grads

    def settings(self):
        return {"units": self.units, "initializer": self.initializer}


class ReLU(Layer):
    """max(0, x). At exactly 0 the slope is taken as 0."""

    def forward(self, x, *, training=False, rng=None, workspace=None):
        workspace = workspace or FRESH
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


class Dropout(Layer):
    """While training, silence each value with probability `rate` and scale the rest by 1 / (1 - rate).

    Srivastava et al. 2014, in the "inverted" form: at prediction nothing changes.
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate < 1:
            raise InputError(f"A dropout rate lies in 0 to below 1, not {rate!r}: try 0.5.")
        self.rate = float(rate)

    def forward(self, x, *, training=False, rng=None, workspace=None):
        if not training or self.rate == 0:
            return x, (None,)
        if rng is None:
            raise InputError("Dropout needs a random generator while training: pass rng=numpy.random.default_rng(0).")
        kept = rng.random(x.shape, dtype=np.float32) >= self.rate
        mask = kept.astype(x.dtype) / x.dtype.type(1 - self.rate)
        return x * mask, (mask,)

    def backward(self, output_grad, cache, *, need_input_grad=True):
        (mask,) = cache
        return output_grad if mask is None else output_grad * mask, {}

    def settings(self):
        return {"rate": self.rate}


def _image_shape(layer: Layer, shape: Shape) -> tuple[int, int, int]:
    if len(shape) != 3:
        raise ShapeError(
            f"{type(layer).__name__} reads images (H, W, C), received shape {shape}: put it before Flatten()."
        )
    return shape  # type: ignore[return-value]


def _at_least_one(name: str, value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise InputError(f"The number of {name} must be a whole number of at least 1, not {value!r}: try 8.")
