"""A network as a line of text, for links and the command line: `c8.3-r-p2-c16.3-r-p2-f-d10`.

Words joined by "-", one a layer; LAYER_SPECS (cnncore.architecture.layer_specs) holds their letters and settings:

c8.3    convolution: 8 filters of 3 × 3, half padding, stride 1; `s2` adds a stride,
        `pn` none, `pf` full, `p1` a padding of 1 cell
r t g   ReLU, tanh, sigmoid
l20     leaky ReLU with a slope of 20 % below zero; `l` with 1 %
p2 a2   max or average pooling with windows of 2 × 2; `s1` adds a stride of its own
o50     dropout of 50 %
f       flatten
d10     dense, 10 units

The initializer may come first: `he` or `equal`; Glorot unless it is named.
"""

from copy import deepcopy
from inspect import signature
from typing import Any

from cnncore import limits
from cnncore.architecture.layer_specs import LAYER_SPECS, REQUIRED, LayerSetting, LayerSpec
from cnncore.architecture.spec import PRESETS, LayerDicts
from cnncore.errors import InputError

INITIALIZER_WORDS = {"glorot": "glorot_uniform", "he": "he_normal", "equal": "equal"}
_WITH_WEIGHTS = [name for name, spec in LAYER_SPECS.items() if spec.has_weights]
_HINT = "try c8.3-r-p2-f-d10"


def parse_network(text: str) -> LayerDicts:
    """A preset's name, or the words above, as plain layers. They need not fit one another yet.

    Raises InputError in one sentence for anything else.
    """
    if text in PRESETS:
        return deepcopy(PRESETS[text][1])  # the caller may change its layers, not the preset
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
    specs = [(LAYER_SPECS[entry["layer"]], entry) for entry in plain]
    return " – ".join(spec.fill(spec.summary, entry) for spec, entry in specs if spec.summary)


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
    for name, spec in LAYER_SPECS.items():
        match = spec.word.fullmatch(word)
        if match:
            pairs = zip(spec.settings, match.groups(), strict=True)
            values = [(each, _value(each, text)) for each, text in pairs if text]
            return {"layer": name} | {each.name: value for each, value in values if value != each.default}
    raise InputError(f"A network as text cannot read {word[:20]!r}: {_HINT}.")


def _value(setting: LayerSetting, text: str) -> Any:
    if text in setting.named:
        return setting.named[text]
    if int(text) not in setting.bound:
        low, high, _ = setting.bound
        raise InputError(f"The number of {setting.counted} lies in {low:g} to {high:g}, not {text}: {_HINT}.")
    return setting.value(int(text))


def _word(entry: dict[str, Any]) -> str:
    spec = LAYER_SPECS.get(str(entry.get("layer")))
    parts = None if spec is None or not _is_plain(spec, entry) else [_part(each, entry) for each in spec.settings]
    if spec is None or parts is None or None in parts:
        name = str(entry.get("layer"))[:20]
        raise InputError(f"A network as text has no word for {name} with these settings: {_HINT}.")
    return spec.letter + "".join(map(str, parts))


def _is_plain(spec: LayerSpec, entry: dict[str, Any]) -> bool:
    """Whether all arguments that the text form cannot say have their default."""
    parameters = signature(spec.kind).parameters
    others = set(entry) - {"layer", "initializer", *(each.name for each in spec.settings)}
    return all(name in parameters and entry[name] == parameters[name].default for name in others)


def _part(setting: LayerSetting, entry: dict[str, Any]) -> str | None:
    """A setting's part of the word, "" for its default; None where it is missing or has no number."""
    value = entry.get(setting.name, setting.default)
    if value == setting.default and value is not REQUIRED:
        return ""
    letters = {named: letter for letter, named in setting.named.items()}
    if isinstance(value, str) and value in letters:
        return setting.prefix + letters[value]
    if isinstance(value, int | float):
        return f"{setting.prefix}{setting.number(value)}"
    return None
