"""What the stages of the gradients page send: keys, clicked cells, typed numbers; as callbacks."""

from typing import Any

from cnncore import ConvoscopeError
from pages.ui.gradients import inputs
from pages.ui.gradients.controls import pick
from pages.ui.gradients.presets import SCENES
from pages.ui.gradients.settings import state


def stage_key() -> str:
    """The key of the current view's stage, under which the session state holds what the stage sent."""
    return state.key(f"{state.view}_stage")


def stage_event(name: str) -> Any:
    """What the stage of the current view sent last under a name."""
    return state[f"{state.view}_stage"].get(name)


def pick_by_key() -> None:
    """A digit pressed on the stage picks a scene."""
    index = stage_event("preset")
    if isinstance(index, int) and 1 <= index <= len(SCENES):
        pick(list(SCENES)[index - 1])


def choose_cell() -> None:
    """A cell clicked on the stage is nudged at once."""
    cell = stage_event("cell") or {}
    if cell.get("part") in ("input", "filter") and isinstance(cell.get("index"), int):
        state.update({"part": cell["part"], "cell": cell["index"] + 1, "step": 2})


def edit() -> None:
    """A number typed into a grid of the stage."""
    try:
        state.update(inputs.edit(state, stage_event("edit")))
    except ConvoscopeError as error:
        state.note = str(error)
