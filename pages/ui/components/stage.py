"""Mount a stage: the component gets its data once, and draws and plays them."""

from collections.abc import Callable
from typing import Any

from pages.ui.components.loader import component


def stage(name: str, data: dict[str, Any], *, key: str, **on: Callable[[], None]) -> None:
    """Mount the stage that <name>.component.js draws. `on`: callbacks by the name of the event that the stage sends."""
    component(name)(key=key, data=data, **{f"on_{event}_change": callback for event, callback in on.items()})
