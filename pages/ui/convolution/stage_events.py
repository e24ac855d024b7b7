"""What the stage of the convolution page sends: cells that are edited, keys, clicks; as callbacks."""

from typing import Any

import numpy as np

from cnncore import ConvoscopeError
from pages.ui import bounds
from pages.ui.convolution.controls import history, pick
from pages.ui.convolution.inputs import edited, filter_of, input_of
from pages.ui.convolution.presets import PRESETS
from pages.ui.convolution.settings import TERMS, current_settings, state
from pages.ui.shared.grid_text import format_grid

_EDITED = ("preset", "kind", "source", "input", "filter", "weights")  # the settings that an edit may change


def stage_key(view: str) -> str:
    """The key of a view's stage, under which the session state holds what the stage sent."""
    return state.key(f"{view}_stage")


def stage_event(name: str) -> Any:
    """What the stage of the current view sent last under a name."""
    return (state.get(f"{state.view}_stage") or {}).get(name)


def pick_by_key() -> None:
    """A digit pressed on the stage picks a preset."""
    index = stage_event("preset")
    if isinstance(index, int) and 1 <= index <= len(PRESETS):
        pick(list(PRESETS)[index - 1])


def undo() -> None:
    """Ctrl+Z on the stage."""
    history.undo()


def pin() -> None:
    """A click on an output cell: the link opens at its step."""
    step = stage_event("pin")
    if isinstance(step, int) and step >= 1:
        state.step = step


def switch_terms() -> None:
    """Symbols or numbers, by key S."""
    terms = stage_event("terms")
    if terms in TERMS:
        state.terms = terms


def edit() -> None:
    """Cells typed or painted on the stage."""
    apply_edits(stage_event("edit"))


def apply_edits(sent: Any) -> None:
    """Apply the edits of the stage's grids that were not applied yet: [{number, part, cells, value}, …].

    A preset that is edited turns into own numbers. An edit that does not fit changes nothing, and a note says why.
    An edit that is sent again was sent before the browser heard that it was applied, so its widgets still hold the
    settings from before: those that the last edit made are set again.
    """
    applied = state.get("edited", 0)
    edits = [each for each in sent if isinstance(each, dict)] if isinstance(sent, list) else []
    edits = [each for each in edits[: bounds.EDITS] if isinstance(each.get("number"), int)]
    if any(each["number"] <= applied for each in edits):
        state.update(state.get("last_edit", {}))
    for each in edits:
        if each["number"] > applied:
            applied = state.edited = each["number"]
            try:
                _apply(each)
            except ConvoscopeError as error:
                state.note = str(error)
            settings = current_settings()
            state.last_edit = {name: settings[name] for name in _EDITED}


def _apply(sent: dict[str, Any]) -> None:
    part = "filter" if sent.get("part") == "filter" else "input"
    values = filter_of(current_settings()) if part == "filter" else input_of(current_settings())
    text = format_grid(edited(np.array(values), sent.get("cells"), sent.get("value")))
    state.update({"preset": "own", "weights" if part == "filter" else "input": text})
    state["filter" if part == "filter" else "source"] = "own"
