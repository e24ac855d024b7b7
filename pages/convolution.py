"""Watch one filter slide over one input, step by step."""

import streamlit as st

from cnncore import ConvoscopeError
from pages.ui.components.stage import stage
from pages.ui.convolution.channels.questions import CHANNEL_QUESTIONS
from pages.ui.convolution.controls import NAME, apply_settings, clamp_settings, controls, current_settings
from pages.ui.convolution.controls import edit as edit_cells
from pages.ui.convolution.controls import pick as pick_preset
from pages.ui.convolution.payload import stage_data
from pages.ui.convolution.presets import DEFAULTS, DISPLAY_ONLY, PRESETS, TERMS, read_settings, relevant_settings
from pages.ui.convolution.scene import Scene, scene_of
from pages.ui.convolution.size_texts import neighbours, remarks
from pages.ui.convolution.views.views import show_channels, show_loop, show_matrix, stage_key, take_scene_away
from pages.ui.frame.open_in import open_in, targets_for_digit, targets_for_drawing
from pages.ui.frame.page_frame import notes, page_style, refuse
from pages.ui.frame.quiz import Question, questions
from pages.ui.frame.url_state import UrlParams, lecture_is_given, load_from_url, save_to_url
from pages.ui.session import undo as history

STAGE, LAST, KEY, OPENED = (f"{NAME}_{part}" for part in ("stage", "last", "key", "opened"))
state = st.session_state


def show_window(scene: Scene | None) -> None:
    """The window on its way, step by step; the last good picture where there is no scene."""
    if scene:
        name = state.filter if state.filter != "learned" else f"learned filter {state.map}"
        title = "Transposed convolution" if scene.transposed else "Convolution"
        looks = {"title": title, "filterName": name, "scene": state[KEY], "step": state.step, "terms": state.terms}
        state[LAST] = stage_data(scene, edited=state.get(f"{NAME}_edited", 0), **looks)
    if LAST in state:
        edited = state.get(f"{NAME}_edited", 0)
        shown = state[LAST] if scene else state[LAST] | {"caption": "the last picture that fits", "edited": edited}
        told = {"preset": pick_by_key, "edit": edit, "undo": undo, "pin": pin, "terms": switch_terms}
        stage("convolution", shown, key=STAGE, **told)


# How a scene can be looked at: its name in the link, its title, and what shows it.
VIEWS = {
    "window": ("Window", lambda settings, scene, more: show_window(scene)),
    "loop": ("The loop, one product a beat", show_loop),
    "matrix": ("A signal as a matrix", show_matrix),
    "channels": ("Channels", show_channels),
}

QUESTIONS = [
    Question(
        "A filter of 5×5 is to keep a picture of 24×24 at its size. How much padding does it take, at stride 1?",
        "P = (F − 1)/2 = 2: the picture grows to 28×28, and 28 − 5 + 1 = 24. At stride 2 half padding halves the size.",
        {"source": "random", "size": 24, "filter": "sum of 5×5", "padding": "half"},
    ),
    Question(
        "With stride 2 instead of 1, how many multiplications remain: half, or fewer?",
        "About a quarter: the window takes half as many positions down and half as many across.",
        {"source": "random", "size": 24, "padding": "none", "stride": 2},
    ),
    Question(
        "Every cell holds the same number, and the weights of the Laplacian add up to 0. Where does an edge come from?",
        "From the padding: its zeros are not part of the picture. Without padding every output is 0.",
        {"preset": "border"},
    ),
]


def read_link(link: UrlParams) -> dict[str, object]:
    """The link's settings; the stage opens anew on them."""
    settings = read_settings(link, VIEWS)
    state[OPENED] = state.get(OPENED, 0) + 1
    history.begin(NAME, settings)
    return settings


def pick_by_key() -> None:
    """A digit pressed on the stage."""
    number = told("preset")
    if isinstance(number, int) and 1 <= number <= len(PRESETS):
        pick_preset(list(PRESETS)[number - 1])


def edit() -> None:
    """Cells typed or painted on the stage."""
    edit_cells(told("edit"))


def undo() -> None:
    """Ctrl+Z on the stage."""
    history.undo(NAME)


def pin() -> None:
    """A click on an output cell: the link opens there."""
    step = told("pin")
    if isinstance(step, int) and step >= 1:
        state.step = step


def switch_terms() -> None:
    """Symbols or numbers, by key S."""
    terms = told("terms")
    if terms in TERMS:
        state.terms = terms


def told(name: str) -> object:
    """What the stage told."""
    return (state.get(STAGE if state.view == "window" else stage_key(state.view)) or {}).get(name)


def follow_the_scene(scene: Scene | None) -> None:
    """A new geometry begins at its first step; a scene that a link or a preset opens, where it says."""
    if scene:
        key = f"{scene.trace.padded.shape}{scene.trace.shape}{scene.trace.filter.shape}"
        opened = f"{state.get(OPENED)} {state.get(f'{NAME}_picked', 0)}"
        if state.get(KEY, "").rpartition("|")[2] == opened and state[KEY] != f"{key}|{opened}":
            state.step = 1
        state[KEY] = f"{key}|{opened}"


def input_opens() -> None:
    """A digit or the drawing opens in other pages too."""
    if state.view != "channels" and state.source == "digit":
        open_in(NAME, targets_for_digit(state.digit), "the digit")
    elif state.view != "channels" and state.source == "drawing":
        open_in(NAME, targets_for_drawing(), "the drawing")


page_style()
note = load_from_url(NAME, read_link)
clamp_settings()
history.record(NAME, {name: value for name, value in current_settings().items() if name not in DISPLAY_ONLY})
with st.sidebar:
    input_opens()
controls(VIEWS)
note = state.pop(f"{NAME}_note", None) or note
scene = None
try:
    scene = scene_of(current_settings()) if state.view != "channels" else None
except ConvoscopeError as error:
    refuse(error)
follow_the_scene(scene)
save_to_url(NAME, DEFAULTS, relevant_settings(current_settings()))
notes(note)
VIEWS[state.view][1](current_settings(), scene, {"preset": pick_by_key, "undo": undo})
if scene and not lecture_is_given():
    take_scene_away(current_settings(), scene)
    for sentence in remarks(scene):
        st.info(sentence)
    found = neighbours(scene)
    for column, (label, settings) in zip(st.columns(max(len(found), 1)), found, strict=False):
        column.button(f"Try {label}", on_click=apply_settings, args=(settings,))
questions(NAME, [*QUESTIONS, *CHANNEL_QUESTIONS])
