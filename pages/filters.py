"""Classic, learned and hand-made filters over pictures, photographs and the webcam."""

from typing import Any

import streamlit as st

from cnncore import ConvoscopeError, limits
from cnncore.nn.arrays import Array
from pages.ui import bounds
from pages.ui.components.stage import stage
from pages.ui.filters import inputs
from pages.ui.filters.payload import LAYOUTS, Filter, animate_link, maps_of, pictures_data
from pages.ui.filters.presets import EXAMPLES, FIRST, QUESTIONS, cells_of, settings_of
from pages.ui.frame.navigation import reload_from_url
from pages.ui.frame.open_in import LinkTargets, open_in, targets_for_digit, targets_for_drawing
from pages.ui.frame.page_frame import notes, page_style, picture_uploader, refuse
from pages.ui.frame.quiz import questions
from pages.ui.frame.url_state import UrlParams, load_from_url, save_to_url
from pages.ui.shared.filter_library import FILTERS, OWN, filter_named, resized
from pages.ui.shared.grid_text import format_grid, parse_grid

STAGE, LAST = "filters_stage", "filters_last"
BOTH = ("first", "second")
SWITCH = ("off", "on")
PLACE = limits.Bound(1, limits.GREY_SIDE, 1)
NOT_HERE = "A photo of one's own is not in the link and does not leave the machine: choose it again to see it here."
state = st.session_state


def read_link(link: UrlParams) -> dict[str, Any]:
    """Every setting, from a link."""
    name = link.choice("example", EXAMPLES, FIRST)
    settings = settings_of(name)
    settings["picture"] = link.choice("picture", inputs.TITLES, settings["picture"])
    settings["digit"] = link.whole("digit", bounds.TEST_DIGIT, settings["digit"])
    settings["colour"] = link.choice("colour", SWITCH, settings["colour"])
    settings["layout"] = link.choice("layout", LAYOUTS, settings["layout"])
    for which in BOTH:
        filter_, cells, bias, relu = which, f"{which}_cells", f"{which}_bias", f"{which}_relu"
        settings[filter_] = link.choice(filter_, FILTERS, settings[filter_])
        if settings[filter_] == OWN:
            settings[cells] = own_cells(link, cells, settings[cells])
        else:
            settings[cells] = cells_of(settings[filter_])
        settings[bias] = link.real(bias, bounds.BIAS, settings[bias])
        settings[relu] = link.choice(relu, SWITCH, settings[relu])
    settings["map"] = link.whole("map", limits.Bound(1, 2, 1), settings["map"])
    for axis in ("row", "column"):
        settings[axis] = link.whole(axis, PLACE, settings[axis])
    return settings


def own_cells(link: UrlParams, name: str, usual: str) -> str:
    """A filter's weights from a link; it must be square."""
    text = link.numbers(name, limits.FILTER_SIZE, limits.FILTER_SIZE, bounds.CELL_VALUE, usual)
    rows, columns = parse_grid(text).shape
    if rows != columns:
        link.refused.append(name)
        return usual
    return text


def pick(name: str | None = None) -> None:
    """An example brings its own settings along."""
    state.update(settings_of(name or state.example))


def pick_by_key() -> None:
    """A digit pressed on the stage."""
    number = state[STAGE].get("preset")
    if isinstance(number, int) and 1 <= number <= len(EXAMPLES):
        pick(list(EXAMPLES)[number - 1])
        state.filters_changed = True


def choose(which: str) -> None:
    """A named filter brings its weights along; one's own begins with those that were there."""
    if state[which] != OWN:
        state[f"{which}_cells"] = cells_of(state[which])


def resize(which: str) -> None:
    """Another size makes it one's own filter."""
    state[f"{which}_cells"] = format_grid(resized(parse_grid(state[f"{which}_cells"]), state[f"{which}_size"]))
    state[which] = OWN


def tidy(key: str) -> None:
    """Two decimals, as a link holds them."""
    state[key] = round(state[key], 2)


def edit_weight() -> None:
    """A weight typed on the stage. The sidebar is drawn again only when the filter's name changes."""
    told = state[STAGE].get("weight")
    match told:
        case {"map": 0 | 1 as number, "index": int(index), "value": int(value) | float(value)}:
            which = BOTH[number]
        case _:
            return
    weights = parse_grid(state[f"{which}_cells"])
    if value not in bounds.CELL_VALUE or not 0 <= index < weights.size:
        state.filters_note = f"A weight lies between {bounds.CELL_VALUE.low} and {bounds.CELL_VALUE.high}."
        return
    weights.flat[index] = value
    state[f"{which}_cells"] = format_grid(weights)
    if state[which] != OWN:
        state[which], state.filters_changed = OWN, True


def pin_pixel() -> None:
    """A pixel clicked on the stage goes to the link."""
    match state[STAGE].get("pixel"):
        case {"map": 0 | 1 as number, "row": int(row), "column": int(column)} if row in PLACE and column in PLACE:
            state.map, state.row, state.column = number + 1, row, column


def controls() -> None:
    """The sidebar; every value lives in the session state under its link's name."""
    with st.sidebar:
        st.selectbox("Example", list(EXAMPLES), key="example", on_change=pick, format_func=lambda n: EXAMPLES[n].title)
        st.selectbox("Picture", list(inputs.TITLES), key="picture", format_func=inputs.TITLES.get)
        if state.picture in inputs.OWN:
            take_photo()
        elif state.picture == "digit":
            st.number_input("Test digit", int(bounds.TEST_DIGIT.low), int(bounds.TEST_DIGIT.high), key="digit")
        st.radio("Colour", SWITCH, key="colour", horizontal=True)
        st.radio("Filters", list(LAYOUTS), key="layout", format_func=LAYOUTS.get)
        for which, letter in zip(BOTH, "AB", strict=True):
            if which == "first" or state.layout != "one":
                filter_controls(which, f" {letter}" if state.layout != "one" else "")


def filter_controls(which: str, letter: str) -> None:
    """One filter: its name, size, bias and ReLU. Its weights are typed on the stage."""
    st.selectbox(f"Filter{letter}", FILTERS, key=which, on_change=choose, args=(which,))
    state[f"{which}_size"] = len(parse_grid(state[f"{which}_cells"]))
    low, high = int(limits.FILTER_SIZE.low), int(limits.FILTER_SIZE.high)
    st.slider(f"Size F of filter{letter}", low, high, key=f"{which}_size", on_change=resize, args=(which,))
    bias, relu = st.columns(2)
    low, high = float(bounds.BIAS.low), float(bounds.BIAS.high)
    key = f"{which}_bias"
    bias.number_input(f"Bias{letter}", low, high, step=0.5, key=key, on_change=tidy, args=(key,))
    relu.radio(f"ReLU{letter}", SWITCH, key=f"{which}_relu", horizontal=True)


def take_photo() -> None:
    """A file or the camera; what can be read is kept as an array, for this session alone."""
    photo = picture_uploader("Photo", key="filters_file") if state.picture == "upload" else st.camera_input("Webcam")
    kept = state.setdefault("filters_photos", {})
    mark = photo and photo.file_id
    if photo and mark not in (kept.get(state.picture, (None,))[0], state.get("filters_refused", (None,))[0]):
        try:
            kept[state.picture] = (mark, inputs.photo(photo.getvalue()))
        except ConvoscopeError as error:
            state.filters_refused = mark, error
    if mark and state.get("filters_refused", (None,))[0] == mark:
        refuse(state.filters_refused[1])
    else:
        state.filters_refused = None, None


def picture() -> tuple[inputs.Picture, str]:
    """What the filters run over, and what tells it from others. Raises DataError where a file is missing."""
    colour = state.colour == "on"
    if state.picture not in inputs.OWN:
        return inputs.picture_of(state.picture, colour, state.digit), f"{state.picture}{state.digit}"
    mark, photo = state.get("filters_photos", {}).get(state.picture, (None, None))
    if photo is None:
        if not state.get("filters_refused", (None,))[0]:
            st.info(NOT_HERE)
        return inputs.picture_of(inputs.FIRST, colour), inputs.FIRST
    return inputs.own_picture(photo, colour), str(mark)


def filter_of(which: str) -> Filter:
    """A filter of the page, from the session state. Raises ModelError where the model is missing."""
    name = state[which]
    weights: Array = parse_grid(state[f"{which}_cells"]) if name == OWN else filter_named(name)
    return Filter(name, weights, state[f"{which}_bias"], state[f"{which}_relu"] == "on")


def in_link() -> list[str]:
    """What differs from the example, as far as it matters."""
    usual = settings_of(state.example)
    idle = {f"{which}_cells" for which in BOTH if state[which] != OWN}
    idle |= set() if state.picture == "digit" else {"digit"}
    if state.layout == "one":
        idle |= {name for name in usual if name.startswith("second")}
    return ["example", *(name for name, value in usual.items() if state[name] != value and name not in idle)]


def asked() -> dict[str, Any]:
    """What may be predicted, as long as the example stands as it was."""
    example, usual = EXAMPLES[state.example], settings_of(state.example)
    if any(state[name] != usual[name] for name in ("picture", "layout", *BOTH)):
        return {}
    options = [{"text": text, "right": not why, "why": why} for text, why in example.options]
    return {"question": example.question, "guess": options}


@st.fragment
def before_and_after() -> None:
    """The stage. An edited weight reruns this alone."""
    if state.pop("filters_changed", False):
        st.rerun()
    save_to_url("filters", settings_of(FIRST), in_link())
    notes(state.pop("filters_note", None))
    told = state.pop("filters_animate", None)
    try:
        shown, mark = picture()
        maps = maps_of(shown, state.layout, filter_of("first"), filter_of("second"))
        at = min(state.map, len(maps)) - 1
        rows, columns = maps[at].biased.shape[:2]
        state[LAST] = pictures_data(
            shown,
            maps,
            title="Filters",
            caption=EXAMPLES[state.example].title if asked() else LAYOUTS[state.layout],
            scene=f"{state.example} {mark} {state.layout} {shown.values.shape}",
            layout=state.layout,
            map=at,
            step=(min(state.row, rows) - 1) * columns + min(state.column, columns),
            **asked(),
        )
    except ConvoscopeError as error:
        refuse(error)
        maps = []
    if told and maps:
        reload_from_url()
        st.switch_page("pages/convolution.py", query_params=animate_link(shown, maps, told))
    if LAST in state:
        on = {"preset": pick_by_key, "weight": edit_weight, "pixel": pin_pixel, "animate": animate}
        stage("pictures", state[LAST], key=STAGE, **on)


def animate() -> None:
    """Open the pixel's neighbourhood in the convolution."""
    match state[STAGE].get("animate"):
        case {"map": 0 | 1, "row": int(row), "column": int(column), "channel": 0 | 1 | 2} as told:
            if row in PLACE and column in PLACE:
                state.filters_animate = told


def ways() -> LinkTargets:
    """Where the picture can be opened too: of the sheet of digits the one under the pixel."""
    if state.picture == "drawing":
        return targets_for_drawing()
    if state.picture not in ("digit", "digits"):
        return {}
    return targets_for_digit(state.digit if state.picture == "digit" else inputs.digit_at(state.row, state.column))


page_style()
note = load_from_url("filters", read_link)
with st.sidebar:
    what = {"drawing": "the drawing", "digits": "the digit at the pixel"}.get(state.picture, "the digit")
    open_in("filters", ways(), what)
controls()
notes(note)
before_and_after()
questions("filters", QUESTIONS)
