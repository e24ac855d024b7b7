"""What every layer has in common."""

from typing import Any

import numpy as np

from cnncore.errors import InputError, ShapeError
from cnncore.nn.arrays import Array, Workspace
from cnncore.nn.window import Window

Shape = tuple[int, ...]
Params = dict[str, Array]
Cache = tuple[Any, ...]


class Layer:
    """The interface of all layers. Shapes leave out the batch: (H, W, C) or (units,).

    params  trainable arrays by name, made by `build`; {} where there are none
    window  of a convolution or pooling; None for all other layers
    """

    params: Params
    window: Window | None = None

    def __init__(self) -> None:
        self.params = {}

    def output_shape(self, input_shape: Shape) -> Shape:
        """The output's shape for this input. Raises ShapeError where the layer does not fit it."""
        return input_shape

    def parameter_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """The shape of each of `params` for an input that fits."""
        return {}

    def build(self, input_shape: Shape, rng: np.random.Generator, dtype: Any = np.float32) -> Shape:
        """Make `params` for this input; return the output's shape. Raises ShapeError where the layer does not fit."""
        return self.output_shape(input_shape)

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

    def get_config(self) -> dict[str, Any]:
        """The arguments of the class that make an equal layer, as plain data."""
        return {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.get_config().items())})"


def _image_shape(layer: Layer, shape: Shape) -> tuple[int, int, int]:
    if len(shape) != 3:
        raise ShapeError(
            f"{type(layer).__name__} reads images (H, W, C), received shape {shape}: put it before Flatten()."
        )
    return shape  # type: ignore[return-value]


def _at_least_one(name: str, value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise InputError(f"The number of {name} must be a whole number of at least 1, not {value!r}: try 8.")
