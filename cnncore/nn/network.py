"""A network: layers in order, from images to one logit a class."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from cnncore import limits
from cnncore.errors import InputError, ShapeError
from cnncore.nn.arrays import Array, Workspace, batch_slices
from cnncore.nn.layers import Cache, Layer, MaxPool2D, Params, ReLU, Shape
from cnncore.nn.loss import softmax
from cnncore.nn.rng import Purpose, generator

Grads = dict[int, Params]


class Network:
    """Layers in order, built for one input shape.

    layers       in the order they are declared, drawn and named
    input_shape  (H, W, C) of one image
    seed         of the initial weights; layer i draws from its own place
    dtype        of weights and computation
    names        what the classes are called; set it once it is known, their numbers until then

    Raises ShapeError naming the first layer that does not fit.
    """

    def __init__(
        self, layers: list[Layer], *, input_shape: tuple[int, ...], seed: int = 0, dtype: Any = np.float32
    ) -> None:
        if not layers or len(layers) > limits.LAYERS:
            raise InputError(f"A network has 1 to {limits.LAYERS} layers, received {len(layers)}.")
        self.layers, self.input_shape, self.seed = list(layers), tuple(input_shape), seed
        self.dtype = np.dtype(dtype)
        self.shapes: list[Shape] = []  # what each layer hands on
        shape: Shape = self.input_shape
        for number, layer in enumerate(self.layers):
            try:
                shape = layer.build(shape, generator(seed, Purpose.WEIGHTS, chunk=number), self.dtype)
            except ShapeError as error:
                raise ShapeError(f"Layer {number + 1}, {layer!r}, does not fit: {error}") from None
            self.shapes.append(shape)
        self._order = _execution_order(self.layers)
        self.names = tuple(map(str, range(self.classes)))

    @property
    def parameter_count(self) -> int:
        """Weights and biases, all counted."""
        return sum(values.size for _, _, values in self.parameters())

    @property
    def classes(self) -> int:
        """How many classes the last layer tells apart."""
        return self.shapes[-1][0]

    def parameters(self) -> Iterator[tuple[int, str, Array]]:
        """(layer number from 0, name, values), in a fixed order."""
        for number, layer in enumerate(self.layers):
            for name, values in layer.params.items():
                yield number, name, values

    def forward(
        self,
        images: Array,
        *,
        training: bool = False,
        rng: np.random.Generator | None = None,
        workspace: Workspace | None = None,
    ) -> tuple[Array, dict[int, Cache]]:
        """images (N, H, W, C) -> logits (N, classes), caches for backward.

        Bytes (uint8) are taken as 0–255 and scaled to 0–1.
        """
        values, caches = self._input(images), {}
        for number in self._order:
            part = workspace.section(number) if workspace else None
            values, caches[number] = self.layers[number].forward(values, training=training, rng=rng, workspace=part)
        return values, caches

    def backward(self, logits_grad: Array, caches: dict[int, Cache]) -> Grads:
        """Gradient of the logits (N, classes) -> gradients of every parameter, by layer number and name."""
        grads: Grads = {}
        grad: Array | None = logits_grad
        first = min((n for n, layer in enumerate(self.layers) if layer.params), default=0)
        for number in reversed(self._order):
            if number < first:
                break
            assert grad is not None
            grad, own = self.layers[number].backward(grad, caches[number], need_input_grad=number != first)
            if own:
                grads[number] = own
        return grads

    def input_gradient(self, logits_grad: Array, caches: dict[int, Cache]) -> Array:
        """Gradient of the logits (N, classes) -> gradient of the images (N, H, W, C); training has no use for it."""
        grad: Array | None = logits_grad
        for number in reversed(self._order):
            assert grad is not None
            grad, _ = self.layers[number].backward(grad, caches[number])
        assert grad is not None
        return grad

    def last_hidden(self, images: Array) -> Array:
        """images (N, H, W, C) -> what the last layer with weights reads of them (N, values), in cache-sized blocks."""
        last = max((n for n, layer in enumerate(self.layers) if layer.params), default=0)
        images, workspace, parts = np.asarray(images), Workspace(), []
        for some in batch_slices(len(images), limits.CHUNK_IMAGES):
            values = self._input(images[some])
            for number in self._order[: self._order.index(last)]:
                values, _ = self.layers[number].forward(values, workspace=workspace.section(number))
            parts.append(values.reshape(len(values), -1).copy())
        return np.concatenate(parts)

    def activations(self, images: Array) -> list[tuple[Layer, Array]]:
        """What every layer hands on, in the declared order: [(layer, maps (N, …)), …]."""
        values, result = self._input(images), []
        for layer in self.layers:
            values, _ = layer.forward(values)
            result.append((layer, values))
        return result

    def until(self, layer: int, images: Array, *, workspace: Workspace | None = None) -> Array:
        """What a convolution or dense layer, counted from 0, hands on: images (N, H, W, C) -> (N, …)."""
        values = self._input(images)
        for number in self._order:  # what is computed in another order stands wholly before such a layer, or behind it
            if number <= layer:
                part = workspace.section(number) if workspace else None
                values, _ = self.layers[number].forward(values, workspace=part)
        return values

    def logits(self, images: Array) -> Array:
        """images (N, H, W, C) -> logits (N, classes), in cache-sized blocks."""
        images = np.asarray(images)
        result = np.empty((len(images), self.classes), self.dtype)
        workspace = Workspace()
        for some in batch_slices(len(images), limits.CHUNK_IMAGES):
            result[some], _ = self.forward(images[some], workspace=workspace)
        return result

    def hidden(self, images: Array, *, workspace: Workspace | None = None) -> Array:
        """images (N, H, W, C) -> what the last layer reads (N, …); valid until `workspace` is used again."""
        values = self._input(images)
        for number in self._order[:-1]:
            part = workspace.section(number) if workspace else None
            values, _ = self.layers[number].forward(values, workspace=part)
        return values

    def predict(self, images: Array) -> Array:
        """images (N, H, W, C) -> probabilities (N, classes)."""
        return softmax(self.logits(images))

    def _input(self, images: Array) -> Array:
        images = np.asarray(images)
        if images.ndim != len(self.input_shape) + 1 or images.shape[1:] != self.input_shape:
            raise ShapeError(f"Expected images (N, {', '.join(map(str, self.input_shape))}), received {images.shape}.")
        if images.dtype == np.uint8:
            return images * self.dtype.type(1 / 255)
        return images.astype(self.dtype, copy=False)


def _execution_order(layers: list[Layer]) -> list[int]:
    """Layer numbers as they are computed: max pooling before a ReLU declared in front of it.

    The two commute exactly, gradients included, and the ReLU then has fewer
    values to look at. Average pooling does not commute.
    """
    order = list(range(len(layers)))
    for number in range(len(layers) - 1):
        if isinstance(layers[number], ReLU) and isinstance(layers[number + 1], MaxPool2D):
            order[number], order[number + 1] = number + 1, number
    return order
