"""A network planned before it is built: each layer's shapes and parameters, what does not fit, and what would.

`plan` never raises for a network that does not fit: the layer where it breaks
says so and offers mends, whole networks that differ in one thing and fit there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cnncore import limits
from cnncore.architecture.spec import LayerDicts, OutputInfo, infer_output, layer_from_dict
from cnncore.errors import ConvoscopeError
from cnncore.nn.layers import AvgPool2D, Conv2D, Layer, MaxPool2D, Shape

_FARTHEST = 12  # how far a mend's setting may lie from what it was


@dataclass(frozen=True)
class Suggestion:
    """One change that makes a layer fit: what it is in a few words, and the whole network with it."""

    words: str
    layers: LayerDicts


@dataclass(frozen=True)
class LayerCheck:
    """One layer as planned.

    input_shape, output_shape  (H, W, C) or (units,); None behind a layer that does not fit
    parameters                 weights and biases of this layer alone
    leftover                   (rows, columns) at the end of the padded input that no window reaches
    error                      one sentence where it does not fit, else ""
    mends                      the nearest that fit, nearest first
    """

    input_shape: Shape | None
    output_shape: Shape | None
    parameters: int = 0
    leftover: tuple[int, int] = (0, 0)
    error: str = ""
    mends: tuple[Suggestion, ...] = ()


def check_network(layers: LayerDicts, input_shape: Shape, *, classes: int | None = None) -> list[LayerCheck]:
    """Every layer's plan, in order. With `classes`, the last layer must answer with so many numbers."""
    plans: list[LayerCheck] = []
    handed: OutputInfo | None = OutputInfo(tuple(input_shape))
    for number, entry in enumerate(layers):
        if handed is None:
            plans.append(LayerCheck(None, None))
            continue
        try:
            layer = layer_from_dict(entry)
            after = infer_output(layer, handed)
            own = after.parameters - handed.parameters
            plans.append(LayerCheck(handed.shape, after.shape, own, _leftover(layer, handed.shape)))
            handed = after
        except ConvoscopeError as error:
            mends = tuple(_suggestions(layers, number, input_shape, classes))
            plans.append(LayerCheck(handed.shape, None, error=_sentence(entry, handed.shape, error), mends=mends))
            handed = None
    if classes is not None and handed is not None and plans and handed.shape != (classes,):
        last = plans[-1]
        wrong = (
            f"The network answers with {_size(handed.shape)}, not with one number for each of the {classes} classes."
        )
        ends = tuple(_endings(layers, input_shape, len(handed.shape) == 1, classes))
        plans[-1] = LayerCheck(last.input_shape, None, last.parameters, last.leftover, wrong, ends)
    return plans


def first_misfit(plans: list[LayerCheck]) -> int | None:
    """The first layer that does not fit, from 0; None where all do."""
    return next((number for number, each in enumerate(plans) if each.error), None)


def parameter_count(plans: list[LayerCheck]) -> int:
    """Of all layers that fit."""
    return sum(each.parameters for each in plans)


def with_classes(layers: LayerDicts, classes: int) -> LayerDicts:
    """The same network whose last dense layer has as many units as there are classes."""
    dense = [number for number, entry in enumerate(layers) if entry.get("layer") == "Dense"]
    if not dense:
        return layers
    return _replaced(layers, dense[-1], layers[dense[-1]] | {"units": classes})


def _leftover(layer: Layer, shape: Shape) -> tuple[int, int]:
    if not isinstance(layer, Conv2D | MaxPool2D | AvgPool2D):
        return 0, 0
    rows, columns = layer.window.leftover((shape[0], shape[1]))
    return int(rows), int(columns)


def _sentence(entry: dict[str, Any], shape: Shape, error: ConvoscopeError) -> str:
    """The error in the words of the layer's place."""
    kind = entry.get("layer")
    if kind in ("MaxPool2D", "AvgPool2D", "Conv2D") and len(shape) != 3:
        return f"It reads maps of rows and columns, but behind Flatten comes a list of {shape[0]:,} numbers."
    if kind == "Dense" and len(shape) != 1:
        return f"Dense reads a list of numbers, but {_size(shape)} come in: flatten them first."
    return str(error)


def _size(shape: Shape) -> str:
    return " × ".join(map(str, shape)) + (" numbers" if len(shape) == 1 else " maps")


def _suggestions(layers: LayerDicts, number: int, input_shape: Shape, classes: int | None) -> Iterator[Suggestion]:
    """Changes of one thing that make layer `number` fit; taking it out is the last resort."""
    found: set[str] = set()
    for what, words, changed, at in _candidates(layers, number, classes):
        if what not in found and len(changed) <= limits.LAYERS and _fits(changed, at, input_shape):
            found.add(what)
            yield Suggestion(words, changed)
    if not found and len(layers) > 1:
        yield Suggestion("Take it out", layers[:number] + layers[number + 1 :])


def _fits(layers: LayerDicts, number: int, shape: Shape) -> bool:
    """Whether all layers up to `number` fit."""
    handed = OutputInfo(tuple(shape))
    try:
        for entry in layers[: number + 1]:
            handed = infer_output(layer_from_dict(entry), handed)
    except ConvoscopeError:
        return False
    return True


def _candidates(layers: LayerDicts, number: int, classes: int | None) -> Iterator[tuple[str, str, LayerDicts, int]]:
    """What is changed, in words, the network with it, and up to where it must fit; nearest first."""
    entry = layers[number]
    kind = entry.get("layer")
    flat = max((n for n in range(number) if layers[n].get("layer") == "Flatten"), default=None)
    if kind == "Dense":
        yield "flatten", "Put Flatten before it", _inserted(layers, number, {"layer": "Flatten"}), number + 1
    if kind in ("Conv2D", "MaxPool2D", "AvgPool2D") and flat is not None:
        moved = layers[:number] + layers[number + 1 :]
        yield "place", "Move it before Flatten", _inserted(moved, flat, entry), number
    for setting, value, words in _settings(entry, classes if _is_last_dense(layers, number) else None):
        yield setting, words, _replaced(layers, number, entry | {setting: value}), number
    if kind == "Dense" and flat is not None:
        pool = {"layer": "MaxPool2D", "size": 2}
        yield "pool", "Pool 2 × 2 before Flatten", _inserted(layers, flat, pool), number + 1


def _settings(entry: dict[str, Any], fixed_units: int | None) -> Iterator[tuple[str, Any, str]]:
    """One setting changed, by a little more each round: (setting, value, words)."""
    kind = entry.get("layer")
    if kind in ("Conv2D", "MaxPool2D", "AvgPool2D"):
        bound = limits.FILTER_SIZE if kind == "Conv2D" else limits.BUILT_POOL
        for by in range(1, _FARTHEST):
            for size in (entry.get("size", 1) + by, entry.get("size", 1) - by):
                if size in bound and (kind == "Conv2D" or size > 1):
                    yield "size", size, f"Size {size}"
    if kind == "Conv2D":
        now = entry.get("padding", "half")
        start = now if isinstance(now, int) else {"none": 0, "half": entry.get("size", 1) // 2}.get(now, 0)
        for padding in [start, *(start + sign * by for by in range(1, _FARTHEST) for sign in (1, -1))]:
            if padding in limits.PADDING:
                yield "padding", padding, f"Padding {padding}"
        for stride in range(1, int(limits.BUILT_STRIDE.high) + 1):
            if stride != entry.get("stride", 1):
                yield "stride", stride, f"Stride {stride}"
        for filters in _fewer(entry.get("filters", 1)):
            yield "filters", filters, f"{filters} filters"
    if kind == "Dense" and fixed_units is None:
        for units in _fewer(entry.get("units", 1)):
            yield "units", units, f"{units} units"


def _fewer(now: int) -> Iterator[int]:
    """Half as many, and so on down to 1."""
    while now > 1:
        now //= 2
        yield now


def _is_last_dense(layers: LayerDicts, number: int) -> bool:
    return not any(entry.get("layer") == "Dense" for entry in layers[number + 1 :])


def _endings(layers: LayerDicts, input_shape: Shape, flat: bool, classes: int) -> Iterator[Suggestion]:
    """Ways to end with one number a class: whole networks that fit. `flat` says whether a list stands at the end."""
    dense: dict[str, Any] = {"layer": "Dense", "units": classes}
    rules = next((entry for entry in layers if entry.get("layer") in ("Conv2D", "Dense")), {})
    if "initializer" in rules:
        dense["initializer"] = rules["initializer"]
    flatten: LayerDicts = [] if flat else [{"layer": "Flatten"}]
    ways = [(f"Add dense {classes}", [*layers, *flatten, dense])]
    if not flat:
        pool = {"layer": "MaxPool2D", "size": 2}
        ways.append((f"Add pooling and dense {classes}", [*layers, pool, *flatten, dense]))
    if layers[-1].get("layer") == "Dense":
        ways.insert(0, (f"{classes} units", _replaced(layers, len(layers) - 1, layers[-1] | {"units": classes})))
    fitting = [
        Suggestion(words, changed)
        for words, changed in ways
        if len(changed) <= limits.LAYERS and _fits(changed, len(changed) - 1, input_shape)
    ]
    if not fitting and len(layers) > 1:
        fitting = [Suggestion("Take it out", layers[:-1])]
    yield from fitting[:2]


def _inserted(layers: LayerDicts, at: int, entry: dict[str, Any]) -> LayerDicts:
    return [*layers[:at], entry, *layers[at:]]


def _replaced(layers: LayerDicts, at: int, entry: dict[str, Any]) -> LayerDicts:
    return [*layers[:at], entry, *layers[at + 1 :]]
