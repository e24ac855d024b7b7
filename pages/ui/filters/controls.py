"""The sidebar of the filters page, and what each of its widgets changes beside its own setting."""

import streamlit as st

from cnncore import ConvoscopeError, limits
from pages.ui import bounds
from pages.ui.filters import inputs
from pages.ui.filters.presets import EXAMPLES
from pages.ui.filters.settings import BOTH, LAYOUTS, SWITCH, cells_of, settings_of, state
from pages.ui.frame.page_frame import picture_uploader, show_error
from pages.ui.shared.filter_library import FILTERS, OWN, resized
from pages.ui.shared.grid_text import format_grid, parse_grid


def controls() -> None:
    """The sidebar; the value of each widget is the setting of the same name."""
    with st.sidebar:
        key, titles = state.key("example"), {name: example.title for name, example in EXAMPLES.items()}
        st.selectbox("Example", list(titles), key=key, on_change=pick, format_func=lambda n: titles[n])
        st.selectbox("Picture", list(inputs.TITLES), key=state.key("picture"), format_func=lambda n: inputs.TITLES[n])
        if state.picture in inputs.OWN:
            _take_photo()
        elif state.picture == "digit":
            low, high = int(bounds.TEST_DIGIT.low), int(bounds.TEST_DIGIT.high)
            st.number_input("Test digit", low, high, key=state.key("digit"))
        st.radio("Colour", SWITCH, key=state.key("colour"), horizontal=True)
        st.radio("Filters", list(LAYOUTS), key=state.key("layout"), format_func=lambda n: LAYOUTS[n])
        for which, letter in zip(BOTH, "AB", strict=True):
            if which == "first" or state.layout != "one":
                _filter_controls(which, f" {letter}" if state.layout != "one" else "")


def pick(name: str | None = None) -> None:
    """An example brings its own settings along."""
    state.update(settings_of(name or state.example))


def _filter_controls(which: str, letter: str) -> None:
    """One filter: its name, size, bias and ReLU. Its weights are typed on the stage."""
    st.selectbox(f"Filter{letter}", FILTERS, key=state.key(which), on_change=_choose, args=(which,))
    size = f"{which}_size"
    state[size] = len(parse_grid(state[f"{which}_cells"]))
    sides = int(limits.FILTER_SIZE.low), int(limits.FILTER_SIZE.high)
    st.slider(f"Size F of filter{letter}", *sides, key=state.key(size), on_change=_resize, args=(which,))
    left, right = st.columns(2)
    bias, low, high = f"{which}_bias", float(bounds.BIAS.low), float(bounds.BIAS.high)
    key = state.key(bias)
    left.number_input(f"Bias{letter}", low, high, step=0.5, key=key, on_change=_round, args=(bias,))
    right.radio(f"ReLU{letter}", SWITCH, key=state.key(f"{which}_relu"), horizontal=True)


def _choose(which: str) -> None:
    """A named filter brings its weights along; one's own begins with those that were there."""
    if state[which] != OWN:
        state[f"{which}_cells"] = cells_of(state[which])


def _resize(which: str) -> None:
    """Another size makes it one's own filter."""
    state[f"{which}_cells"] = format_grid(resized(parse_grid(state[f"{which}_cells"]), state[f"{which}_size"]))
    state[which] = OWN


def _round(name: str) -> None:
    """To two decimals, which is what a link holds."""
    state[name] = round(state[name], 2)


def _take_photo() -> None:
    """A file or the camera; a picture that can be read is held as an array, for this session alone."""
    upload = state.picture == "upload"
    photo = picture_uploader("Photo", key=state.key("file")) if upload else st.camera_input("Webcam")
    photos = state.setdefault("photos", {})
    file_id = photo and photo.file_id
    if photo and file_id not in (photos.get(state.picture, (None,))[0], state.get("refused", (None,))[0]):
        try:
            photos[state.picture] = (file_id, inputs.photo(photo.getvalue()))
        except ConvoscopeError as error:
            state.refused = file_id, error
    if file_id and state.get("refused", (None,))[0] == file_id:
        show_error(state.refused[1])
    else:
        state.refused = None, None
