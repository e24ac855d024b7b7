"""Classic, learned and hand-made filters over pictures, photographs and the webcam."""

from typing import Any

import streamlit as st

from cnncore import ConvoscopeError
from cnncore.nn.arrays import Array
from pages.ui.components.stage import stage
from pages.ui.filters import inputs
from pages.ui.filters.controls import controls
from pages.ui.filters.payload import Filter, animate_link, maps_of, pictures_data
from pages.ui.filters.presets import EXAMPLES, FIRST
from pages.ui.filters.questions import QUESTIONS
from pages.ui.filters.settings import BOTH, LAYOUTS, read_settings, relevant_settings, settings_of, state
from pages.ui.filters.stage_events import STAGE, animate, edit_weight, pick_by_key, pin_pixel
from pages.ui.frame.navigation import reload_from_url
from pages.ui.frame.open_in import LinkTargets, open_in, targets_for_digit, targets_for_drawing
from pages.ui.frame.page_frame import notes, page_style, show_error
from pages.ui.frame.quiz import questions
from pages.ui.frame.url_state import load_from_url, save_to_url
from pages.ui.shared.filter_library import OWN, filter_named
from pages.ui.shared.grid_text import parse_grid

NOT_HERE = "A photo of one's own is not in the link and does not leave the machine: choose it again to see it here."


def picture() -> tuple[inputs.Picture, str]:
    """What the filters run over, and what tells it from others. Raises DataError where a file is missing."""
    colour = state.colour == "on"
    if state.picture not in inputs.OWN:
        return inputs.picture_of(state.picture, colour, state.digit), f"{state.picture}{state.digit}"
    file_id, photo = state.get("photos", {}).get(state.picture, (None, None))
    if photo is None:
        if not state.get("refused", (None,))[0]:
            st.info(NOT_HERE)
        return inputs.picture_of(inputs.FIRST, colour), inputs.FIRST
    return inputs.own_picture(photo, colour), str(file_id)


def filter_of(which: str) -> Filter:
    """A filter of the page. Raises ModelError where the model is missing."""
    name = state[which]
    weights: Array = parse_grid(state[f"{which}_cells"]) if name == OWN else filter_named(name)
    return Filter(name, weights, state[f"{which}_bias"], state[f"{which}_relu"] == "on")


def guess() -> dict[str, Any]:
    """What may be predicted, as long as the example is unchanged."""
    example, defaults = EXAMPLES[state.example], settings_of(state.example)
    if any(state[name] != defaults[name] for name in ("picture", "layout", *BOTH)):
        return {}
    options = [{"text": text, "right": not why, "why": why} for text, why in example.options]
    return {"question": example.question, "guess": options}


@st.fragment
def show_stage() -> None:
    """The stage. An edited weight reruns this alone."""
    if state.pop("changed", False):
        st.rerun()
    save_to_url(state, settings_of(FIRST), relevant_settings())
    notes(state.pop("note", None))
    pixel = state.pop("pixel", None)
    try:
        shown, name = picture()
        maps = maps_of(shown, state.layout, filter_of("first"), filter_of("second"))
        index = min(state.map, len(maps)) - 1
        rows, columns = maps[index].biased.shape[:2]
        question = guess()
        state.last = pictures_data(
            shown,
            maps,
            title="Filters",
            caption=EXAMPLES[state.example].title if question else LAYOUTS[state.layout],
            scene=f"{state.example} {name} {state.layout} {shown.values.shape}",
            layout=state.layout,
            map=index,
            step=(min(state.row, rows) - 1) * columns + min(state.column, columns),
            **question,
        )
    except ConvoscopeError as error:
        show_error(error)
        maps = []
    if pixel and maps:
        reload_from_url()
        st.switch_page("pages/convolution.py", query_params=animate_link(shown, maps, pixel))
    if "last" in state:
        events = {"preset": pick_by_key, "weight": edit_weight, "pixel": pin_pixel, "animate": animate}
        stage("pictures", state.last, key=STAGE, **events)


def targets() -> LinkTargets:
    """Where the picture can be opened too: of the sheet of digits the one under the pixel."""
    if state.picture == "drawing":
        return targets_for_drawing()
    if state.picture not in ("digit", "digits"):
        return {}
    return targets_for_digit(state.digit if state.picture == "digit" else inputs.digit_at(state.row, state.column))


page_style()
note = load_from_url(state, read_settings)
with st.sidebar:
    what = {"drawing": "the drawing", "digits": "the digit at the pixel"}.get(state.picture, "the digit")
    open_in(state.page_name, targets(), what)
controls()
notes(note)
show_stage()
questions(state.page_name, QUESTIONS)
