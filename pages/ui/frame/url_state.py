"""Settings in the page's link: read with care, written back, so that a copied link reopens the scene."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import streamlit as st

from cnncore.errors import ConvoscopeError
from cnncore.limits import Bound
from pages.ui.frame.streamlit_internals import is_drawn, is_history_navigation
from pages.ui.session.page_state import PageState

LECTURE = "lecture"  # the one setting that is not a page's own: which scene of the lecture is given
_INTEGER = re.compile(r"-?[0-9]{1,6}", re.ASCII)  # int() would also take "٣" and "1_0"
_NUMBER = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,6})?", re.ASCII)
PAGE_SHOWN = "page_shown"
FOLLOW_LINK = "follow_the_link"
_LINKS_KEPT = 20  # of a page's last links, which a browser that lags behind may still send


class UrlParams:
    """The settings of one link. Bad values fall back to the default and are counted in `refused`."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self.parameters, self.refused = parameters, []  # type: Mapping[str, str], list[str]

    def integer(self, name: str, bound: Bound, default: int) -> int:
        """Return an integer within its bound."""
        text = self.parameters.get(name)
        if text is None:
            return default
        if _INTEGER.fullmatch(text) and int(text) in bound:
            return int(text)
        return self._refuse(name, default)

    def number(self, name: str, bound: Bound, default: float) -> float:
        """Return a decimal number within its bound."""
        text = self.parameters.get(name)
        if text is None:
            return default
        if _NUMBER.fullmatch(text) and float(text) in bound:
            return float(text)
        return self._refuse(name, default)

    def option(self, name: str, options: Any, default: str) -> str:
        """Return one of the named options."""
        text = self.parameters.get(name)
        if text is None or text in options:
            return default if text is None else text
        return self._refuse(name, default)

    def parsed(self, name: str, read: Callable[[str], Any], default: Any) -> Any:
        """Return what `read` makes of the text; it raises ConvoscopeError for what it cannot read."""
        text = self.parameters.get(name)
        if text is None:
            return default
        try:
            return read(text)
        except ConvoscopeError:
            return self._refuse(name, default)

    def grid(self, name: str, rows: Bound, columns: Bound, values: Bound, default: str) -> str:
        """Return a grid of numbers as shared.grid_text writes it: rows by ";", numbers by ","; one row is a signal."""
        text = self.parameters.get(name)
        if text is None:
            return default
        if len(text) > 16 * rows.high * columns.high:
            return self._refuse(name, default)
        cells = [line.split(",") for line in text.split(";")]
        widths = {len(line) for line in cells}
        fits = len(cells) in rows and len(widths) == 1 and len(cells[0]) in columns
        if fits and all(_NUMBER.fullmatch(cell) and float(cell) in values for line in cells for cell in line):
            return text
        return self._refuse(name, default)

    def _refuse(self, name: str, default: Any) -> Any:
        self.refused.append(name)
        return default

    def sentence(self) -> str | None:
        """Return one sentence about what was not understood, or None."""
        if not self.refused:
            return None
        return f"The link's {' and '.join(self.refused)} could not be used, so the usual setting is used instead."


def load_from_url(page: str | PageState, read: Callable[[UrlParams], dict[str, Any]]) -> str | None:
    """Fill the page's state with its settings: from the link where it was changed elsewhere, else as they were.

    Elsewhere: a first visit, Back and Forward, the lecture. `read` gives every
    setting by its name. Call it before the widgets; returns a sentence about what
    was not understood.
    """
    page, state, session = *_name_and_state(page), st.session_state
    saved = session.get(f"{page}_settings")
    entered, session[PAGE_SHOWN] = session.get(PAGE_SHOWN) != page, page
    if saved and entered:  # the widgets of a page that was left have lost their state
        state.update(saved["values"])
    follow = session.pop(FOLLOW_LINK, False)
    if follow or saved is None or _changed_elsewhere(_own_parameters(), saved, state, entered):
        link = UrlParams(_own_parameters())
        state.update(read(link))
        return link.sentence()
    # A widget that the last run has not drawn has lost its value, or begins at its default although its key has one.
    for name, value in saved["values"].items():
        if name not in state or name not in saved["drawn"]:
            state[name] = state.get(name, value)
    return None


def save_to_url(page: str | PageState, settings: Iterable[str], shown: Iterable[str] | None = None) -> None:
    """Write the named settings of the page's state to its link. Call it after the widgets.

    `shown` names those that matter now, where not all do: the link stays short, and none is forgotten.
    """
    page, state, session = *_name_and_state(page), st.session_state
    values = {name: state[name] for name in settings}
    parameters = {name: format_value(values[name]) for name in (values if shown is None else shown)}
    saved = session.get(f"{page}_settings")
    if saved is None or saved["parameters"] != parameters:
        before = [*saved["before"], saved["parameters"]][-_LINKS_KEPT:] if saved else []
        saved = session[f"{page}_settings"] = {"parameters": parameters, "before": before}
    saved |= {"values": values, "drawn": {name for name in values if is_drawn(_key(state, name))}}
    others = {LECTURE: st.query_params[LECTURE]} if LECTURE in st.query_params else {}
    if st.query_params.to_dict() != parameters | others:
        st.query_params.from_dict(parameters | others)


def saved_settings(page: str) -> dict[str, Any]:
    """The page's settings as of its last run, by their names; none before its first run."""
    return st.session_state.get(f"{page}_settings", {}).get("values", {})


def _name_and_state(page: str | PageState) -> tuple[str, Any]:
    """Return the page's name and where its settings are; pages given by name share the whole session state."""
    return (page.page_name, page) if isinstance(page, PageState) else (page, st.session_state)


def _key(state: Any, name: str) -> str:
    """The setting's key in the session state."""
    return state.key(name) if isinstance(state, PageState) else name


def format_value(value: Any) -> str:
    """Format a value as `UrlParams` reads it: 0.00003, not 3e-05."""
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _own_parameters() -> dict[str, str]:
    return {name: value for name, value in st.query_params.to_dict().items() if name != LECTURE}


def _changed_elsewhere(parameters: dict[str, str], saved: dict[str, Any], state: Any, entered: bool) -> bool:
    """Whether the link is another than the page's own: by Back and Forward, or opened from elsewhere.

    A browser that lags behind sends the page's earlier links, which mean nothing unless the page was left meanwhile.
    """
    if not parameters.keys() & saved["values"].keys() or parameters == saved["parameters"]:
        return False  # none of this page's: on the way to another page its link is here for a moment
    if is_history_navigation():
        return True
    late = not entered and parameters in saved["before"]
    touched = any(state.get(name, value) != value for name, value in saved["values"].items())
    return not late and not touched


def lecture_is_given() -> bool:
    """Whether the link is that of a lecture's scene."""
    return LECTURE in st.query_params
