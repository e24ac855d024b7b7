"""Networks as plain data: what a file, a link or a worker says a network is made of."""

from math import prod
from typing import Any, NamedTuple

from cnncore import limits
from cnncore.architecture.layer_specs import LAYER_SPECS
from cnncore.errors import InputError
from cnncore.nn.layers.base import Layer, Shape

LayerDicts = list[dict[str, Any]]  # [{"layer": "Conv2D", "filters": 8, "size": 3, …}, …]


def _convolution(filters: int, size: int = 3) -> LayerDicts:
    return [{"layer": "Conv2D", "filters": filters, "size": size}, {"layer": "ReLU"}]


_POOL: LayerDicts = [{"layer": "MaxPool2D", "size": 2}]
_FLATTEN: LayerDicts = [{"layer": "Flatten"}]


def _dense(units: int) -> LayerDicts:
    return [{"layer": "Dense", "units": units}]


# name: (what it is in a few words, its layers). Convolution → ReLU → pool, in the order that is drawn.
PRESETS: dict[str, tuple[str, LayerDicts]] = {
    "twice": (
        "convolution 8 – pool – convolution 16 – pool – dense 10",
        [*_convolution(8), *_POOL, *_convolution(16), *_POOL, *_FLATTEN, *_dense(10)],
    ),
    "once": ("convolution 8 – pool – dense 10", [*_convolution(8), *_POOL, *_FLATTEN, *_dense(10)]),
    "strides": (
        "convolution 8 – convolution 16, strides of 2 instead of pooling – dense 10",
        [
            {"layer": "Conv2D", "filters": 8, "size": 3, "stride": 2},
            {"layer": "ReLU"},
            {"layer": "Conv2D", "filters": 16, "size": 3, "stride": 2},
            {"layer": "ReLU"},
            *_FLATTEN,
            *_dense(10),
        ],
    ),
    "dense": ("dense 70 – dense 10, no convolution", [*_FLATTEN, *_dense(70), {"layer": "ReLU"}, *_dense(10)]),
    "wide": (
        "convolution 16 – pool – convolution 32 – pool – dense 32 – dense 10",
        [
            *_convolution(16),
            *_POOL,
            *_convolution(32),
            *_POOL,
            *_FLATTEN,
            *_dense(32),
            {"layer": "ReLU"},
            *_dense(10),
        ],
    ),
    "deep": (  # the last windows overlap: 7 cells a side are covered evenly
        "convolution 16 – pool – convolution 32 – pool – convolution 64 – pool – dense 56 – dense 10",
        [
            *_convolution(16),
            *_POOL,
            *_convolution(32),
            *_POOL,
            *_convolution(64),
            {"layer": "MaxPool2D", "size": 3, "stride": 2},
            *_FLATTEN,
            *_dense(56),
            {"layer": "ReLU"},
            *_dense(10),
        ],
    ),
}


def preset(name: str) -> list[Layer]:
    """The layers of a named architecture for 28×28 digits. Raises InputError for an unknown name."""
    if name not in PRESETS:
        raise InputError(f"Unknown architecture {name!r}: try one of {', '.join(PRESETS)}.")
    return layers_from_dicts(PRESETS[name][1], input_shape=(28, 28, 1))


def layers_to_dicts(layers: list[Layer]) -> LayerDicts:
    """Layers as plain data."""
    return [{"layer": type(layer).__name__, **layer.get_config()} for layer in layers]


def layers_from_dicts(plain: LayerDicts, *, input_shape: Shape) -> list[Layer]:
    """Layers from plain data, not built yet, their number of parameters checked before any memory is taken.

    Raises InputError for an unknown layer or setting, ShapeError where one does not fit.
    """
    if not isinstance(plain, list) or not 1 <= len(plain) <= limits.LAYERS:
        raise InputError(f"A network is a list of layers: 1 to {limits.LAYERS} of them.")
    if not 1 <= len(input_shape) <= 3 or not all(isinstance(n, int) and 1 <= n <= 1024 for n in input_shape):
        raise InputError("An input shape is (H, W, C), each 1 to 1024: try (28, 28, 1).")
    layers = [layer_from_dict(entry) for entry in plain]
    output = OutputInfo(tuple(input_shape))
    for layer in layers:
        output = infer_output(layer, output)
    return layers


def layer_from_dict(entry: dict[str, Any]) -> Layer:
    """One layer, not built yet. Raises InputError for an unknown name or setting, ShapeError for an impossible one."""
    settings = dict(entry)
    kind = settings.pop("layer", None)
    if not isinstance(kind, str) or kind not in LAYER_SPECS:
        raise InputError(f"Unknown layer {str(kind)[:40]!r}: try one of {', '.join(LAYER_SPECS)}.")
    for name, bound in {"filters": limits.FILTERS, "units": limits.UNITS}.items():
        if name in settings and settings[name] not in bound:
            raise InputError(f"The number of {name} lies in {bound.low} to {bound.high}: try {bound.default}.")
    try:
        return LAYER_SPECS[kind].kind(**settings)
    except TypeError:
        raise InputError(f"{kind} does not know one of its settings {sorted(settings)}: leave it out.") from None


class OutputInfo(NamedTuple):
    """The output of a layer.

    shape       its shape, (H, W, C) or (units,)
    parameters  the number of parameters of all layers so far
    values      how many values all layers so far compute for one image, which training keeps in memory
    """

    shape: Shape
    parameters: int = 0
    values: int = 0


def infer_output(layer: Layer, before: OutputInfo) -> OutputInfo:
    """Return the output of a layer for the output of the one before it; nothing is built.

    Raises ShapeError where the layer does not fit, InputError where the network grows too large.
    """
    shape = layer.output_shape(before.shape)
    count = before.parameters + sum(map(prod, layer.parameter_shapes(before.shape).values()))
    if count > limits.PARAMETERS:
        raise InputError(f"The network has more than {limits.PARAMETERS:,} parameters: try fewer filters or units.")
    values = before.values + prod(shape)
    if values > limits.NETWORK_VALUES:
        raise InputError(
            f"Up to here the network makes {values:,} numbers of one image, more than {limits.NETWORK_VALUES:,}: "
            "try fewer filters, or a larger stride."
        )
    return OutputInfo(shape, count, values)


def with_output_units(layers: LayerDicts, classes: int, *, before: int = int(limits.CLASSES.default)) -> LayerDicts:
    """The same layers for another number of classes: a last dense layer of `before` units gets as many as there are."""
    if not layers or layers[-1].get("layer") != "Dense" or layers[-1].get("units") != before:
        return layers
    return [*layers[:-1], layers[-1] | {"units": classes}]
