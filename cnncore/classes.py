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


def answering(layers: Plain, classes: int, *, before: int = int(limits.CLASSES.default)) -> Plain:
    """The same layers for another number of classes: a last dense layer of `before` units gets as many as there are."""
    if not layers or layers[-1].get("layer") != "Dense" or layers[-1].get("units") != before:
        return layers
    return [*layers[:-1], layers[-1] | {"units": classes}]
