"""Draw a digit: what the network answers while one draws, what it sees, and why."""

from typing import Any

import streamlit as st

from cnncore import ConvoscopeError
from pages.ui.components.drawing_canvas import SAMPLES, canvas, current_drawing, load_sample
from pages.ui.draw import my_digits, perturbation, preprocessing
from pages.ui.draw.photo import view as photo
from pages.ui.draw.view import View
from pages.ui.draw.why import view as why
from pages.ui.frame.open_in import open_in, targets_for_drawing
from pages.ui.frame.page_frame import notes, page_style
from pages.ui.frame.url_state import UrlParams, lecture_is_given, load_from_url, save_to_url
from pages.ui.session.current_network import current_network, show_network
from pages.ui.session.page_state import PageState
from pages.ui.shared.wording import image_word, said_of

# The views, by their names in the link.
VIEWS = {
    "layers": View("Every layer"),
    "sees": preprocessing.VIEW,
    "why": why.VIEW,
    "change": perturbation.VIEW,
    "photo": photo.VIEW,
    "mine": my_digits.VIEW,
}
SETTINGS = ("view", "sample")
state = PageState("draw")


def read_link(link: UrlParams) -> dict[str, Any]:
    """Every setting, from a link. A sample is drawn when the link is opened; one may draw over it."""
    sample = link.option("sample", SAMPLES, "")
    load_sample(sample)
    of_views = {name: read(link) for view in VIEWS.values() for name, read in view.settings.items()}
    return {"view": link.option("view", VIEWS, "layers"), "sample": sample} | of_views


def labels() -> dict[str, str]:
    """The views' names, of digits or of what else the current network tells apart."""
    try:
        noun = image_word(current_network().network.names)
    except ConvoscopeError:  # the view says it
        noun = "digit"
    return {name: said_of(each.label, noun) for name, each in VIEWS.items()}


page_style()
note = load_from_url(state, read_link)
with st.sidebar:
    open_in("draw", targets_for_drawing(), "the drawing")
    st.radio("Show", list(VIEWS), key=state.key("view"), format_func=labels().__getitem__)
    view = VIEWS[state.view]
    view.controls()
all_settings = (*SETTINGS, *(name for each in VIEWS.values() for name in each.settings))
save_to_url(state, all_settings, (*SETTINGS, *view.settings))
notes(note)
with st.container():
    if not lecture_is_given():
        st.header("Draw")
show_network()
if view.sheet:
    with_layers = state.view == "layers"
    canvas(key="draw_canvas", with_layers=with_layers, beside=view.show, bars=view.bars, with_samples=True)
elif view.show:
    view.show(current_drawing())
