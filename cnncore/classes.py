"""The classes a network tells apart: their names, and a last layer of as many units."""

from typing import Any

from cnncore import limits
from cnncore.architecture import Plain
from cnncore.errors import InputError


def checked_names(names: Any, count: int | None = None) -> tuple[str, ...]:
    """Class names from outside: texts, short and each its own. Raises InputError."""
    texts = isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)
    if not texts or len(set(names)) != len(names) or (count is not None and len(names) != count):
        raise InputError("Class names are texts, one for each class and none twice.")
    if not all(0 < len(name) <= limits.CLASS_NAME and name.isprintable() for name in names):
        raise InputError(f"A class name has 1 to {limits.CLASS_NAME} printable characters.")
    return tuple(names)


def with_classes(layers: Plain, classes: int) -> Plain:
    """The same layers, but the last dense one of `classes` units. Raises InputError where there is none."""
    last = max((n for n, layer in enumerate(layers) if layer.get("layer") == "Dense"), default=None)
    if last is None:
        raise InputError("A network ends with a dense layer of one unit a class: add one.")
    return [layer | {"units": classes} if n == last else layer for n, layer in enumerate(layers)]
