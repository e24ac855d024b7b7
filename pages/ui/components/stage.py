"""Mounting a stage: data go over once; the component draws and plays them."""

from collections.abc import Callable
from typing import Any

from pages.ui.components.loader import component


def stage(name: str, data: dict[str, Any], *, key: str, **on: Callable[[], None]) -> None:
    """Mount the stage that <name>.component.js draws. `on` says what to call for what the stage tells, by name."""
    component(name)(key=key, data=data, **{f"on_{told}_change": call for told, call in on.items()})
