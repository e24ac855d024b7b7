"""A network: layers in order, from images to one logit a class."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from cnncore import limits
from cnncore.errors import InputError, ShapeError
from cnncore.nn.arrays import Array, Workspace, batch_slices
from cnncore.nn.layers import Cache, Layer, MaxPool2D, Params, ReLU, Shape
from cnncore.nn.loss import softmax
from cnncore.nn.rng import Purpose, generator

Grads = dict[int, Params]
ParamValues = Mapping[tuple[int, str], Array]  # by (layer index, parameter name)


class Network:
    """Layers in order, built for one input shape. Layers are counted from 0.

    layers       in the order they are declared, drawn and named
    input_shape  (H, W, C) of one image
    seed         of the initial weights; layer i draws from a random stream of its own
    dtype        of weights and computation

    names           the names of the classes; "0", "1", ... until they are set
    sure_threshold  the probability from which a prediction counts as sure; limits.SURE until it is set

    Raises ShapeError naming the first layer that does not fit.
    """

    def __init__(
        self, layers: list[Layer], *, input_shape: tuple[int, ...], seed: int = 0, dtype: Any = np.float32
    ) -> None:
        if not layers or len(layers) > limits.LAYERS:
            raise InputError(f"A network has 1 to {limits.LAYERS} layers, received {len(layers)}.")
        self.layers, self.input_shape, self.seed = list(layers), tuple(input_shape), seed
        self.dtype = np.dtype(dtype)
        self.shapes: list[Shape] = []  # of each layer's output
        shape: Shape = self.input_shape
        for index, layer in enumerate(self.layers):
            try:
                shape = layer.build(shape, generator(seed, Purpose.WEIGHTS, chunk=index), self.dtype)
            except ShapeError as error:
                raise ShapeError(f"Layer {index + 1}, {layer!r}, does not fit: {error}") from None
            self.shapes.append(shape)
        self._execution_order = _execution_order(self.layers)
        self.names = tuple(map(str, range(self.classes)))
        self.sure_threshold = limits.SURE

    @property
    def parameter_count(self) -> int:
        """The number of weights and biases."""
        return sum(values.size for _, _, values in self.parameters())

    @property
    def classes(self) -> int:
        """The number of classes: the length of the last layer's output."""
        return self.shapes[-1][0]

    def parameters(self) -> Iterator[tuple[int, str, Array]]:
        """(layer index, parameter name, values), in a fixed order."""
        for index, layer in enumerate(self.layers):
            for name, values in layer.params.items():
                yield index, name, values

    def set_parameters(self, params: ParamValues) -> None:
        """Overwrite every parameter with the values of `params`, cast to the network's dtype."""
        for index, name, values in self.parameters():
            values[...] = params[index, name]

    def copy(self, params: ParamValues | None = None, *, dtype: Any = None) -> "Network":
        """An independent network with the same layers, class names and threshold.

        Its parameters are those of `params`, or this network's own; `dtype` is this network's unless given.
        """
        layers = [type(layer)(**layer.get_config()) for layer in self.layers]
        copy = Network(
            layers, input_shape=self.input_shape, seed=self.seed, dtype=self.dtype if dtype is None else dtype
        )
        copy.names, copy.sure_threshold = self.names, self.sure_threshold
        copy.set_parameters({(i, name): values for i, name, values in self.parameters()} if params is None else params)
        return copy

    def forward(
        self,
        images: Array,
        *,
        training: bool = False,
        rng: np.random.Generator | None = None,
        workspace: Workspace | None = None,
    ) -> tuple[Array, dict[int, Cache]]:
        """images (N, H, W, C) -> logits (N, classes), caches for backward.

        Bytes (uint8) are scaled from 0-255 to 0-1. With a `workspace`, both are valid until it is used again.
        """
        return self.forward_to(images, len(self.layers) - 1, training=training, rng=rng, workspace=workspace)

    def forward_to(
        self,
        images: Array,
        layer: int,
        *,
        training: bool = False,
        rng: np.random.Generator | None = None,
        workspace: Workspace | None = None,
    ) -> tuple[Array, dict[int, Cache]]:
        """images (N, H, W, C) -> output of `layer` (N, ...), caches of the layers up to it; -1 returns the images."""
        # A pooling computed before its ReLU has the larger index: left out up to the ReLU, both run up to the pooling.
        indices = [index for index in self._execution_order if index <= layer]
        outputs, caches = self._run(self._input(images), indices, training, rng, workspace)
        return outputs[-1], caches

    def backward(self, logits_grad: Array, caches: dict[int, Cache]) -> Grads:
        """Gradient of the logits (N, classes) -> gradients of every parameter, by layer index and name."""
        grads: Grads = {}
        grad: Array | None = logits_grad
        first = min((n for n, layer in enumerate(self.layers) if layer.params), default=0)
        for index in reversed(self._execution_order):
            if index < first:
                break
            assert grad is not None
            grad, own = self.layers[index].backward(grad, caches[index], need_input_grad=index != first)
            if own:
                grads[index] = own
        return grads

    def input_gradient(self, output_grad: Array, caches: dict[int, Cache]) -> Array:
        """Gradient of the images (N, H, W, C), given that of what `forward` or `forward_to` returned with `caches`."""
        grad: Array | None = output_grad
        for index in reversed(caches):
            assert grad is not None
            grad, _ = self.layers[index].backward(grad, caches[index])
        assert grad is not None
        return grad

    def activations(self, images: Array) -> list[tuple[Layer, Array]]:
        """Every layer with its output (N, ...), in the declared order."""
        (_, *outputs), _ = self._run(self._input(images), range(len(self.layers)))
        return list(zip(self.layers, outputs, strict=True))

    def logits(self, images: Array) -> Array:
        """images (N, H, W, C) -> logits (N, classes), in cache-sized batches."""
        images = np.asarray(images)
        result = np.empty((len(images), self.classes), self.dtype)
        workspace = Workspace()
        for batch in batch_slices(len(images), limits.CHUNK_IMAGES):
            result[batch], _ = self.forward(images[batch], workspace=workspace)
        return result

    def penultimate(self, images: Array) -> Array:
        """images (N, H, W, C) -> the flattened input of the last layer with weights (N, D), in cache-sized batches."""
        images, workspace, batches = np.asarray(images), Workspace(), []
        for batch in batch_slices(len(images), limits.CHUNK_IMAGES):
            values, _ = self.forward_to(images[batch], self._last_with_weights - 1, workspace=workspace)
            batches.append(values.reshape(len(values), -1).copy())
        return np.concatenate(batches)

    def logits_from_penultimate(self, values: Array) -> Array:
        """What `penultimate` returned (N, D) -> logits (N, classes)."""
        last = self._last_with_weights
        values = values.reshape(-1, *[self.input_shape, *self.shapes][last])
        outputs, _ = self._run(values, range(last, len(self.layers)))
        return outputs[-1]

    def predict(self, images: Array) -> Array:
        """images (N, H, W, C) -> probabilities (N, classes)."""
        return softmax(self.logits(images))

    @property
    def _last_with_weights(self) -> int:
        return max((index for index, layer in enumerate(self.layers) if layer.params), default=0)

    def _run(
        self,
        values: Array,
        indices: Iterable[int],
        training: bool = False,
        rng: np.random.Generator | None = None,
        workspace: Workspace | None = None,
    ) -> tuple[list[Array], dict[int, Cache]]:
        """Run the layers `indices` one after the other: `values` and then every output, and the caches by index."""
        outputs, caches = [values], {}
        for index in indices:
            own = workspace.section(index) if workspace else None
            values, caches[index] = self.layers[index].forward(values, training=training, rng=rng, workspace=own)
            outputs.append(values)
        return outputs, caches

    def _input(self, images: Array) -> Array:
        images = np.asarray(images)
        if images.ndim != len(self.input_shape) + 1 or images.shape[1:] != self.input_shape:
            raise ShapeError(f"Expected images (N, {', '.join(map(str, self.input_shape))}), received {images.shape}.")
        if images.dtype == np.uint8:
            return images * self.dtype.type(1 / 255)
        return images.astype(self.dtype, copy=False)


def _execution_order(layers: list[Layer]) -> list[int]:
    """Layer indices in the order of computation: max pooling before a ReLU declared in front of it.

    The two commute exactly, gradients included, and the ReLU then has fewer
    values to read. Average pooling does not commute with it.
    """
    order = list(range(len(layers)))
    for index in range(len(layers) - 1):
        if isinstance(layers[index], ReLU) and isinstance(layers[index + 1], MaxPool2D):
            order[index], order[index + 1] = index + 1, index
    return order
