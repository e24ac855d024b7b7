"""How the loss depends on every cell: a finite difference, the backward pass, the rotated filter, gradient descent."""

from typing import Any

from cnncore import ConvoscopeError
from pages.ui.components.stage import stage
from pages.ui.frame.page_frame import notes, page_style, show_error
from pages.ui.frame.quiz import questions
from pages.ui.frame.url_state import load_from_url, save_to_url
from pages.ui.gradients.controls import controls
from pages.ui.gradients.questions import QUESTIONS
from pages.ui.gradients.scene import COMPONENTS, scene_data
from pages.ui.gradients.settings import VIEWS, default_settings, read_settings, relevant_settings, state
from pages.ui.gradients.stage_events import choose_cell, edit, pick_by_key, stage_key

page_style()
note = load_from_url(state, read_settings)
for name, value in default_settings(state.view).items():
    state.setdefault(name, value)
controls()
save_to_url(state, default_settings(state.view), relevant_settings(state.view, state.loss))
notes(note, state.pop("note", None))
shown: dict[str, Any] | None = None
try:
    shown = scene_data(state) | {"title": VIEWS[state.view], "step": state.get("step", 1)}
    state.last = {"view": state.view, "shown": shown}
except ConvoscopeError as error:
    show_error(error)
    last = state.get("last", {})
    if last.get("view") == state.view:
        shown = last["shown"] | {"caption": "the last one that fits"}
if shown:
    stage(COMPONENTS[state.view], shown, key=stage_key(), preset=pick_by_key, cell=choose_cell, edit=edit)
questions(state.page_name, QUESTIONS)
