"""The classes a network tells apart: their names, and a last layer of as many units."""

from typing import Any

from cnncore import limits
from cnncore.errors import InputError


def validate_class_names(names: Any, count: int | None = None) -> tuple[str, ...]:
    """Class names from outside: texts, short and each its own. Raises InputError."""
    texts = isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)
    if not texts or len(set(names)) != len(names) or (count is not None and len(names) != count):
        raise InputError("Class names are texts, one for each class and none twice.")
    if not all(0 < len(name) <= limits.CLASS_NAME and name.isprintable() for name in names):
        raise InputError(f"A class name has 1 to {limits.CLASS_NAME} printable characters.")
    return tuple(names)
