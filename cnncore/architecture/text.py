"""A network as a line of text, for links and the command line: `c8.3-r-p2-c16.3-r-p2-f-d10`.

Words joined by "-", one a layer:

c8.3    convolution: 8 filters of 3 × 3, half padding, stride 1; `s2` adds a stride,
        `pn` none, `pf` full, `p1` a padding of 1 cell
r t g   ReLU, tanh, sigmoid
p2 a2   max or average pooling with windows of 2 × 2; `s1` adds a stride of its own
o50     dropout of 50 %
f       flatten
d10     dense, 10 units

In front may stand where the weights start: `he` or `equal`; Glorot unless named.
"""

import re
from collections.abc import Callable
from typing import Any

from cnncore import limits
from cnncore.architecture.spec import PRESETS, LayerDicts
from cnncore.errors import InputError
from cnncore.limits import Bound

INITIALIZER_WORDS = {"glorot": "glorot_uniform", "he": "he_normal", "equal": "equal"}
_WITH_WEIGHTS = ("Conv2D", "Dense")
_ACTIVATIONS = {"r": "ReLU", "t": "Tanh", "g": "Sigmoid"}
_PADDINGS = {"n": "none", "f": "full"}
_POOLS = {"p": "MaxPool2D", "a": "AvgPool2D"}
_HINT = "try c8.3-r-p2-f-d10"
_WORDS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], dict[str, Any]]]] = []


def parse_network(text: str) -> LayerDicts:
    """A preset's name, or the words above, as plain layers. They need not fit one another yet.

    Raises InputError in one sentence for anything else.
    """
    if text in PRESETS:
        return PRESETS[text][1]
    if not isinstance(text, str) or len(text) > limits.NETWORK_TEXT:
        raise InputError(f"A network as text has up to {limits.NETWORK_TEXT} characters: {_HINT}.")
    first, *rest = text.split("-")
    start, words = (
        (INITIALIZER_WORDS[first], rest)
        if first in INITIALIZER_WORDS
        else (INITIALIZER_WORDS["glorot"], [first, *rest])
    )
    if not 1 <= len(words) <= limits.LAYERS:
        raise InputError(f"A network has 1 to {limits.LAYERS} layers, not {len(words)}: {_HINT}.")
    return with_initializer([_layer(word) for word in words], start)


def format_network(plain: LayerDicts) -> str:
    """Plain layers as text; a preset's own name where they are its layers. Raises InputError for what has no word."""
    start = initializer_of(plain)
    for name, (_, layers) in PRESETS.items():
        if start == INITIALIZER_WORDS["glorot"] and layers_to_text(layers) == layers_to_text(plain):
            return name
    first = next(name for name, value in INITIALIZER_WORDS.items() if value == start)
    words = layers_to_text(plain)
    return words if first == "glorot" else f"{first}-{words}"


def layers_to_text(plain: LayerDicts) -> str:
    """The layers alone, wherever their weights start. Raises InputError for what has no word."""
    return "-".join(map(_word, plain))


def summarize(plain: LayerDicts) -> str:
    """The layers that matter, in words: convolution 8 – pool – dense 10."""
    words = []
    for entry in plain:
        match entry:
            case {"layer": "Conv2D", "filters": filters}:
                words.append(f"convolution {filters}")
            case {"layer": "MaxPool2D"}:
                words.append("pool")
            case {"layer": "AvgPool2D"}:
                words.append("average pool")
            case {"layer": "Dropout", "rate": rate}:
                words.append(f"dropout {rate:.0%}".replace("%", " %"))
            case {"layer": "Dense", "units": units}:
                words.append(f"dense {units}")
    return " – ".join(words)


def with_initializer(plain: LayerDicts, initializer: str) -> LayerDicts:
    """The same layers with their weights started by that rule."""
    usual = INITIALIZER_WORDS["glorot"]
    bare = [{k: v for k, v in entry.items() if k != "initializer"} for entry in plain]
    if initializer == usual:
        return bare
    return [e | {"initializer": initializer} if e.get("layer") in _WITH_WEIGHTS else e for e in bare]


def initializer_of(plain: LayerDicts) -> str:
    """How the weights start: the rule of the first layer that has any."""
    rules = (e.get("initializer", INITIALIZER_WORDS["glorot"]) for e in plain if e.get("layer") in _WITH_WEIGHTS)
    return next(rules, INITIALIZER_WORDS["glorot"])


def _layer(word: str) -> dict[str, Any]:
    for pattern, read in _WORDS:
        match = pattern.fullmatch(word)
        if match:
            return read(match)
    raise InputError(f"A network as text cannot read {word[:20]!r}: {_HINT}.")


def _reads(pattern: str) -> Callable[[Any], Any]:
    def register(read: Callable[[re.Match[str]], dict[str, Any]]) -> Callable[[re.Match[str]], dict[str, Any]]:
        _WORDS.append((re.compile(pattern, re.ASCII), read))
        return read

    return register


@_reads(r"c([0-9]{1,3})\.([0-9]{1,2})(?:s([0-9]))?(?:p([nf]|[0-9]{1,2}))?")
def _convolution(match: re.Match[str]) -> dict[str, Any]:
    filters, size, stride, padding = match.groups()
    layer: dict[str, Any] = {"layer": "Conv2D"}
    layer["filters"] = _within("filters", filters, limits.BUILT_FILTERS)
    layer["size"] = _within("cells a side of a filter", size, limits.FILTER_SIZE)
    if stride and stride != "1":
        layer["stride"] = _within("cells of a stride", stride, limits.BUILT_STRIDE)
    if padding:
        layer["padding"] = _PADDINGS.get(padding) or _within("cells of padding", padding, limits.PADDING)
    return layer


@_reads(r"([pa])([0-9])(?:s([0-9]))?")
def _pool(match: re.Match[str]) -> dict[str, Any]:
    kind, size, stride = match.groups()
    layer: dict[str, Any] = {
        "layer": _POOLS[kind],
        "size": _within("cells a side of a pooling window", size, limits.BUILT_POOL),
    }
    if stride:
        layer["stride"] = _within("cells of a stride", stride, limits.BUILT_STRIDE)
    return layer


@_reads(r"o([0-9]{1,2})")
def _dropout(match: re.Match[str]) -> dict[str, Any]:
    return {"layer": "Dropout", "rate": _within("per cent of dropout", match[1], limits.DROPOUT_PERCENT) / 100}


@_reads(r"d([0-9]{1,4})")
def _dense(match: re.Match[str]) -> dict[str, Any]:
    return {"layer": "Dense", "units": _within("units", match[1], limits.UNITS)}


@_reads(r"f")
def _flatten(match: re.Match[str]) -> dict[str, Any]:
    return {"layer": "Flatten"}


@_reads(r"[rtg]")
def _activation(match: re.Match[str]) -> dict[str, Any]:
    return {"layer": _ACTIVATIONS[match[0]]}


def _within(what: str, digits: str, bound: Bound) -> int:
    if int(digits) not in bound:
        raise InputError(f"The number of {what} lies in {bound.low:g} to {bound.high:g}, not {digits}: {_HINT}.")
    return int(digits)


def _word(entry: dict[str, Any]) -> str:
    match entry:
        case {"layer": "Conv2D", "filters": filters, "size": size} if entry.get("dilation", 1) == 1:
            stride, padding = entry.get("stride", 1), entry.get("padding", "half")
            named = {"half": "", "none": "pn", "full": "pf"}
            word = f"c{filters}.{size}{_stride(stride, 1)}"
            return word + (named[padding] if isinstance(padding, str) else f"p{padding}")
        case {"layer": "MaxPool2D" | "AvgPool2D" as kind, "size": size}:
            stride = entry.get("stride")
            return f"{'p' if kind == 'MaxPool2D' else 'a'}{size}{_stride(stride, None)}"
        case {"layer": "Dropout", "rate": rate}:
            return f"o{round(100 * rate)}"
        case {"layer": "Dense", "units": units}:
            return f"d{units}"
        case {"layer": "Flatten"}:
            return "f"
        case {"layer": "ReLU" | "Tanh" | "Sigmoid" as kind}:
            return next(letter for letter, name in _ACTIVATIONS.items() if name == kind)
    raise InputError(f"A network as text has no word for {str(entry.get('layer'))[:20]} with these settings: {_HINT}.")


def _stride(stride: Any, usual: int | None) -> str:
    if stride == usual:
        return ""
    if not isinstance(stride, int):
        raise InputError(f"A network as text has one stride a layer, not {stride!r}: {_HINT}.")
    return f"s{stride}"
