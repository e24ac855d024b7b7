"""Check a network before it is built: the shapes and the parameter counts of every layer.

`check_network` never raises for layers that do not fit: it records an error and suggests changes, each a whole
network that differs in one setting.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cnncore import limits
from cnncore.architecture.layer_specs import LAYER_SPECS, LayerSetting
from cnncore.architecture.spec import LayerDicts, OutputInfo, infer_output, layer_from_dict
from cnncore.errors import ConvoscopeError
from cnncore.nn.layers.base import Layer, Shape

_FARTHEST = 12  # how far a suggested setting may lie from what it was


@dataclass(frozen=True)
class Suggestion:
    """One change that makes a layer fit: what it is in a few words, and the whole network with it."""

    words: str
    layers: LayerDicts


@dataclass(frozen=True)
class LayerCheck:
    """The check of one layer.

    input_shape, output_shape  (H, W, C) or (units,); None behind a layer that does not fit
    parameters                 weights and biases of this layer alone
    leftover                   (rows, columns) at the end of the padded input that no window reaches
    error                      one sentence where it does not fit, else ""
    suggestions                changes that make it fit, the smallest first
    """

    input_shape: Shape | None
    output_shape: Shape | None
    parameters: int = 0
    leftover: tuple[int, int] = (0, 0)
    error: str = ""
    suggestions: tuple[Suggestion, ...] = ()


def check_network(layers: LayerDicts, input_shape: Shape, *, classes: int | None = None) -> list[LayerCheck]:
    """Return the check of every layer, in order. With `classes`, the last layer must have so many outputs."""
    checks: list[LayerCheck] = []
    output: OutputInfo | None = OutputInfo(tuple(input_shape))
    for number, entry in enumerate(layers):
        if output is None:
            checks.append(LayerCheck(None, None))
            continue
        try:
            layer = layer_from_dict(entry)
            after = infer_output(layer, output)
            own = after.parameters - output.parameters
            checks.append(LayerCheck(output.shape, after.shape, own, _leftover(layer, output.shape)))
            output = after
        except ConvoscopeError as error:
            suggestions = tuple(_suggestions(layers, number, input_shape, classes))
            checks.append(
                LayerCheck(output.shape, None, error=_sentence(entry, output.shape, error), suggestions=suggestions)
            )
            output = None
    if classes is not None and output is not None and checks and output.shape != (classes,):
        last = checks[-1]
        wrong = (
            f"The network answers with {_size(output.shape)}, not with one number for each of the {classes} classes."
        )
        ends = tuple(_endings(layers, input_shape, len(output.shape) == 1, classes))
        checks[-1] = LayerCheck(last.input_shape, None, last.parameters, last.leftover, wrong, ends)
    return checks


def first_misfit(checks: list[LayerCheck]) -> int | None:
    """Return the first layer that does not fit, from 0; None where all do."""
    return next((number for number, each in enumerate(checks) if each.error), None)


def parameter_count(checks: list[LayerCheck]) -> int:
    """Return the number of parameters of all layers that fit."""
    return sum(each.parameters for each in checks)


def _leftover(layer: Layer, shape: Shape) -> tuple[int, int]:
    if layer.window is None:
        return 0, 0
    rows, columns = layer.window.leftover((shape[0], shape[1]))
    return int(rows), int(columns)


def _sentence(entry: dict[str, Any], shape: Shape, error: ConvoscopeError) -> str:
    """The error in the words of the layer's place."""
    reads = _reads(entry)
    if reads == "maps" and len(shape) != 3:
        return f"It reads maps of rows and columns, but behind Flatten comes a list of {shape[0]:,} numbers."
    if reads == "vector" and len(shape) != 1:
        return f"{entry['layer']} reads a list of numbers, but {_size(shape)} come in: flatten them first."
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
    output = OutputInfo(tuple(shape))
    try:
        for entry in layers[: number + 1]:
            output = infer_output(layer_from_dict(entry), output)
    except ConvoscopeError:
        return False
    return True


def _candidates(layers: LayerDicts, number: int, classes: int | None) -> Iterator[tuple[str, str, LayerDicts, int]]:
    """What is changed, in words, the network with it, and up to where it must fit; nearest first."""
    entry = layers[number]
    reads = _reads(entry)
    flat = max((n for n in range(number) if layers[n].get("layer") == "Flatten"), default=None)
    if reads == "vector":
        yield "flatten", "Put Flatten before it", _inserted(layers, number, {"layer": "Flatten"}), number + 1
    if reads == "maps" and flat is not None:
        moved = layers[:number] + layers[number + 1 :]
        yield "place", "Move it before Flatten", _inserted(moved, flat, entry), number
    for setting, value, words in _settings(entry, classes if _is_last_dense(layers, number) else None):
        yield setting, words, _replaced(layers, number, entry | {setting: value}), number
    if reads == "vector" and flat is not None:
        pool = {"layer": "MaxPool2D", "size": 2}
        yield "pool", "Pool 2 × 2 before Flatten", _inserted(layers, flat, pool), number + 1


def _settings(entry: dict[str, Any], fixed_units: int | None) -> Iterator[tuple[str, Any, str]]:
    """One setting changed, by a little more each round: (setting, value, words)."""
    spec = LAYER_SPECS.get(str(entry.get("layer")))
    for name, values in _CHANGES.items():
        setting = spec.setting(name) if spec else None
        if setting is None or (name == "units" and fixed_units is not None):
            continue
        for value in values(setting, entry):
            yield name, value, _words(name, value)


def _near_sizes(setting: LayerSetting, entry: dict[str, Any]) -> Iterator[int]:
    """Larger and smaller ones in turn; a pooling window of one cell would change nothing."""
    least = 1 if LAYER_SPECS[entry["layer"]].has_weights else 2
    for by in range(1, _FARTHEST):
        for size in (entry.get("size", 1) + by, entry.get("size", 1) - by):
            if size in setting.bound and size >= least:
                yield size


def _near_paddings(setting: LayerSetting, entry: dict[str, Any]) -> Iterator[int]:
    now = entry.get("padding", "half")
    start = now if isinstance(now, int) else {"none": 0, "half": entry.get("size", 1) // 2}.get(now, 0)
    for padding in [start, *(start + sign * by for by in range(1, _FARTHEST) for sign in (1, -1))]:
        if padding in setting.bound:
            yield padding


def _other_strides(setting: LayerSetting, entry: dict[str, Any]) -> Iterator[int]:
    now = entry.get("stride", setting.default) or entry.get("size")
    return (stride for stride in range(1, int(setting.bound.high) + 1) if stride != now)


def _halves(setting: LayerSetting, entry: dict[str, Any]) -> Iterator[int]:
    """Half as many, and so on down to 1."""
    now = entry.get(setting.name, 1)
    while now > 1:
        now //= 2
        yield now


# Setting: the values to try, nearest first.
_CHANGES: dict[str, Callable[[LayerSetting, dict[str, Any]], Iterator[int]]] = {
    "size": _near_sizes,
    "padding": _near_paddings,
    "stride": _other_strides,
    "filters": _halves,
    "units": _halves,
}


def _words(name: str, value: int) -> str:
    return f"{value} {name}" if name in ("filters", "units") else f"{name.capitalize()} {value}"


def _reads(entry: dict[str, Any]) -> str:
    spec = LAYER_SPECS.get(str(entry.get("layer")))
    return spec.reads if spec else "any"


def _is_last_dense(layers: LayerDicts, number: int) -> bool:
    return not any(entry.get("layer") == "Dense" for entry in layers[number + 1 :])


def _endings(layers: LayerDicts, input_shape: Shape, flat: bool, classes: int) -> Iterator[Suggestion]:
    """Ways to end with one number a class: whole networks that fit. `flat` says whether a list is at the end."""
    dense: dict[str, Any] = {"layer": "Dense", "units": classes}
    rules = [entry["initializer"] for entry in layers if "initializer" in entry]
    if rules:
        dense["initializer"] = rules[0]
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
