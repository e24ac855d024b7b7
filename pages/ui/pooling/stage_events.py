"""What the stages of the pooling page send: keys, typed numbers, shifts; as callbacks."""

from typing import Any

from cnncore import ConvoscopeError
from pages.ui import bounds
from pages.ui.pooling.inputs import map_of
from pages.ui.pooling.presets import SCENES
from pages.ui.pooling.scene import output_gradient, pooling_of
from pages.ui.pooling.settings import DEFAULTS, state
from pages.ui.shared.grid_text import format_grid

_SHIFTS = {"down": ("down", 1), "up": ("down", -1), "right": ("right", 1), "left": ("right", -1)}


def stage_key() -> str:
    """The key of the current view's stage, under which the session state holds what the stage sent."""
    return state.key(f"{state.view}_stage")


def stage_event(name: str) -> Any:
    """What the stage of the current view sent last under a name."""
    return (state.get(f"{state.view}_stage") or {}).get(name)


def pick_by_key() -> None:
    """A digit pressed on the stage picks a scene."""
    index = stage_event("preset")
    if isinstance(index, int) and 1 <= index <= len(SCENES):
        state.update(DEFAULTS | SCENES[index - 1])


def edit() -> None:
    """A number typed into a cell of the map, or of the output's gradient."""
    sent = stage_event("edit")
    if not isinstance(sent, dict) or not isinstance(sent.get("value"), int | float):
        return
    low, high, _ = bounds.CELL_VALUE
    value, index, of_map = min(max(float(sent["value"]), low), high), sent.get("index"), sent.get("grid") == "map"
    try:
        values = map_of(state) if of_map else output_gradient(state, pooling_of(state))
    except ConvoscopeError:  # the last good scene was edited; the page says what does not fit
        return
    if type(index) is int and 0 <= index < values.size:
        values = values.copy()
        values.flat[index] = value
        text = format_grid(values)
        state.update({"map": "own", "rows": text} if of_map else {"grads": text})


def shift() -> None:
    """An arrow pressed on the stage."""
    to = stage_event("shift")
    name, by = _SHIFTS.get(to, ("", 0)) if isinstance(to, str) else ("", 0)
    if to == "reset":
        state.update({"down": 0, "right": 0})
    elif by and state[name] + by in bounds.MAP_SHIFT:
        state[name] += by
