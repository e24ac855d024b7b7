"""One row a kind of layer: all that the text form, the checker, the builder, the labels and the exports know of it.

A new layer takes two files: its class in `cnncore/nn/layers/`, and its row in LAYER_SPECS here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cnncore import limits
from cnncore.errors import InputError
from cnncore.limits import Bound
from cnncore.nn.layers.activations import LeakyReLU, ReLU, Sigmoid, Tanh
from cnncore.nn.layers.base import Layer, Shape
from cnncore.nn.layers.convolution import Conv2D
from cnncore.nn.layers.dense import Dense
from cnncore.nn.layers.dropout import Dropout
from cnncore.nn.layers.flatten import Flatten
from cnncore.nn.layers.pooling import AvgPool2D, MaxPool2D

REQUIRED = object()  # the default of a setting that has none


@dataclass(frozen=True)
class LayerSetting:
    """One argument of a layer's class, as the text form and the builder offer it: a whole number within `bound`.

    name     of the argument
    label    of the builder's field
    counted  what the number counts, for error messages
    prefix   comes before the number in the text form
    default  the value that is left out, or REQUIRED; None in a pooling: the stride is the window's size
    scale    the number is so many times the argument's value: 100 for per cent
    named    values that are words, by their letter in the text form
    help     the builder's explanation
    """

    name: str
    label: str
    counted: str
    bound: Bound
    prefix: str = ""
    default: Any = REQUIRED
    scale: int = 1
    named: Mapping[str, str] = field(default_factory=dict)
    help: str | None = None

    @property
    def optional(self) -> bool:
        """Whether it has a default."""
        return self.default is not REQUIRED

    def value(self, number: int) -> int | float:
        """The argument's value for a number of the text form or the builder."""
        return number if self.scale == 1 else number / self.scale

    def number(self, value: float) -> int:
        """The number of the text form and the builder for the argument's value, rounded."""
        return round(self.scale * value)


@dataclass(frozen=True)
class LayerSpec:
    """One kind of layer. Templates are filled with the layer's arguments by `str.format`.

    kind              the class
    letter            begins its word in the text form
    label, short      its name in the builder; template of its name above its maps
    torch             (layer, input shape) -> the expression that makes it in PyTorch
    torch_params      its parameters: name in PyTorch, and order of axes there
    settings          what can be set, in the order of the text form
    new               settings of a layer added in the builder; an activation is not added by itself
    summary, detail   templates: in one line about the network, and in the builder's block; "" leaves it out
    reads             "maps" (H, W, C), "vector" (units,), or "any"
    sign              whether outputs can be negative: "any", "positive" (never), or "keeps" (where inputs can)
    activation        whether it can follow a convolution or dense layer within one block
    shown             whether it is shown as a layer of its own: not where it only passes values on in prediction
    zero_input        an input for which an activation outputs exactly 0
    piecewise_linear  whether its output is piecewise linear in its input
    glossary          (symbol, one sentence with its formula), or None
    """

    kind: type[Layer]
    letter: str
    label: str
    short: str
    torch: Callable[[Any, Shape], str]
    torch_params: Mapping[str, tuple[str, tuple[int, ...]]] = field(default_factory=dict)
    settings: tuple[LayerSetting, ...] = ()
    new: Mapping[str, Any] | None = None
    summary: str = ""
    detail: str = ""
    reads: Literal["maps", "vector", "any"] = "any"
    sign: Literal["any", "positive", "keeps"] = "any"
    activation: bool = False
    shown: bool = True
    zero_input: float = 0.0
    piecewise_linear: bool = True
    glossary: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        """The name of the class, which files and links hold."""
        return self.kind.__name__

    @property
    def has_weights(self) -> bool:
        """Whether it has weights and a bias to learn."""
        return bool(self.torch_params)

    @property
    def word(self) -> re.Pattern[str]:
        """Matches its word in the text form: a group for each setting."""
        parts = [self.letter]
        for each in self.settings:
            letters = f"[{''.join(each.named)}]|" if each.named else ""
            part = rf"{re.escape(each.prefix)}({letters}[0-9]{{1,4}})"
            parts.append(part if each.default is REQUIRED else f"(?:{part})?")
        return re.compile("".join(parts), re.ASCII)

    def setting(self, name: str) -> LayerSetting | None:
        """The setting of that name, if there is one."""
        return next((each for each in self.settings if each.name == name), None)

    def fill(self, template: str, settings: Mapping[str, Any]) -> str:
        """A template with the settings in it; those that are not there have their default."""
        defaults = {each.name: each.default for each in self.settings}
        return template.format(**defaults | dict(settings)).replace("%", " %")


def _conv2d_in_torch(layer: Conv2D, input_shape: Shape) -> str:
    window = layer.window
    return (
        f"nn.Conv2d({input_shape[2]}, {layer.filters}, {window.size}, stride={tuple(window.strides)}, "
        f"padding={window.border}, dilation={window.dilation})"
    )


def _pool_in_torch(name: str) -> Callable[[Any, Shape], str]:
    return lambda layer, _: f"nn.{name}({layer.window.size}, stride={tuple(layer.window.strides)})"


def _activation(kind: type[Layer], letter: str, short: str, **more: Any) -> LayerSpec:
    torch = more.pop("torch", lambda layer, _: f"nn.{kind.__name__}()")
    return LayerSpec(kind, letter, short, short, torch, activation=True, **more)


_POOL_SETTINGS = (
    LayerSetting("size", "Window size F", "cells a side of a pooling window", limits.BUILT_POOL),
    LayerSetting("stride", "Stride S", "cells of a stride", limits.BUILT_STRIDE, "s", None),
)

_ROWS = (
    LayerSpec(
        Conv2D,
        letter="c",
        label="convolution",
        short="conv {filters}",
        torch=_conv2d_in_torch,
        torch_params={"filters": ("weight", (3, 0, 1, 2)), "bias": ("bias", (0,))},
        settings=(
            LayerSetting("filters", "Filters", "filters", limits.BUILT_FILTERS),
            LayerSetting("size", "Filter size F", "cells a side of a filter", limits.FILTER_SIZE, "."),
            LayerSetting("stride", "Stride S", "cells of a stride", limits.BUILT_STRIDE, "s", 1),
            LayerSetting(
                "padding",
                "Padding P",
                "cells of padding",
                limits.PADDING,
                "p",
                "half",
                named={"n": "none", "f": "full"},
            ),
        ),
        new={"filters": int(limits.BUILT_FILTERS.default), "size": 3},
        summary="convolution {filters}",
        detail="{filters} filters {size} × {size}",
        reads="maps",
    ),
    LayerSpec(
        MaxPool2D,
        letter="p",
        label="max pooling",
        short="max pool",
        torch=_pool_in_torch("MaxPool2d"),
        settings=_POOL_SETTINGS,
        new={"size": 2},
        summary="pool",
        detail="{size} × {size}",
        reads="maps",
        sign="keeps",
    ),
    LayerSpec(
        AvgPool2D,
        letter="a",
        label="average pooling",
        short="average pool",
        torch=_pool_in_torch("AvgPool2d"),
        settings=_POOL_SETTINGS,
        new={"size": 2},
        summary="average pool",
        detail="{size} × {size}",
        reads="maps",
        sign="keeps",
    ),
    LayerSpec(
        Dropout,
        letter="o",
        label="dropout",
        short="Dropout",
        torch=lambda layer, _: f"nn.Dropout({layer.rate})",
        settings=(
            LayerSetting(
                "rate",
                "Dropout p, per cent",
                "per cent of dropout",
                limits.DROPOUT_PERCENT,
                scale=100,
                help="While training, each value becomes 0 with this probability.",
            ),
        ),
        new={"rate": limits.DROPOUT_PERCENT.default / 100},
        summary="dropout {rate:.0%}",
        detail="{rate:.0%}",
        sign="keeps",
        shown=False,
        glossary=(
            "Dropout p",
            "While training, each value becomes 0 with probability p, else it is divided by 1 − p; not when answering.",
        ),
    ),
    LayerSpec(
        Flatten,
        letter="f",
        label="flatten",
        short="Flatten",
        torch=lambda layer, _: "nn.Sequential(ChannelsLast(), nn.Flatten())",
        new={},
        sign="keeps",
        shown=False,
    ),
    LayerSpec(
        Dense,
        letter="d",
        label="dense",
        short="dense {units}",
        torch=lambda layer, input_shape: f"nn.Linear({input_shape[0]}, {layer.units})",
        torch_params={"weights": ("weight", (1, 0)), "bias": ("bias", (0,))},
        settings=(LayerSetting("units", "Units", "units", limits.UNITS),),
        new={"units": 32},
        summary="dense {units}",
        detail="{units} units",
        reads="vector",
    ),
    _activation(ReLU, "r", "ReLU", sign="positive"),
    _activation(
        LeakyReLU,
        "l",
        "leaky ReLU",
        torch=lambda layer, _: f"nn.LeakyReLU({layer.slope})",
        sign="keeps",
        settings=(
            LayerSetting("slope", "Slope a, per cent", "per cent of slope", Bound(1, 99, 1), default=0.01, scale=100),
        ),
        glossary=("Leaky ReLU, slope a", "x where x > 0, else a·x: below zero a small gradient a stays."),
    ),
    _activation(Tanh, "t", "tanh", piecewise_linear=False),
    # -1000: sigmoid(-1000) is exactly 0, in single precision too
    _activation(Sigmoid, "g", "sigmoid", sign="positive", zero_input=-1000.0, piecewise_linear=False),
)

LAYER_SPECS: dict[str, LayerSpec] = {row.name: row for row in _ROWS}


def spec_of(layer: Layer) -> LayerSpec:
    """The row of a layer's kind. Raises InputError for a class that has none."""
    if type(layer).__name__ not in LAYER_SPECS:
        raise InputError(f"There is no row for {layer!r} in LAYER_SPECS: leave that layer out.")
    return LAYER_SPECS[type(layer).__name__]
