"""The pages and the ways between them: their titles, opening a page from another, opening a scene by its link."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.ui.frame.url_state import FOLLOW_LINK, HANDED_OVER, LECTURE, OPENED_BY_ANOTHER, PAGE_SHOWN, format_value

# In the lecture's order: the stem of each page, which is its path in the link, and its title.
PAGES = {
    "start": "Start",
    "convolution": "Convolution",
    "filters": "Filters",
    "pooling": "Pooling & flatten",
    "gradients": "Gradients",
    "train": "Train",
    "inside": "Inside",
    "draw": "Draw",
}


def reload_from_url() -> None:
    """What stands in the link at the next run is meant, whatever the controls say."""
    st.session_state[FOLLOW_LINK] = True


def set_url(settings: Mapping[str, Any]) -> None:
    """Change the page's link, as a callback: the page then shows that scene, all else as usual."""
    reload_from_url()
    others = {LECTURE: st.query_params[LECTURE]} if LECTURE in st.query_params else {}
    st.query_params.from_dict({name: format_value(value) for name, value in settings.items()} | others)


def open_page(page: str, settings: Mapping[str, Any]) -> None:
    """Change to another page: to a scene of it, without settings to how it stands. Back finds this one as it was.

    Called from the script, no callback. Streamlit writes the next page's link under this page's address just
    before it switches, and Back comes upon that: it is remembered, so that this page does not take it for its own.
    """
    state, link = st.session_state, {name: format_value(value) for name, value in settings.items()}
    if not link:
        st.switch_page(f"pages/{page}.py")
    state.setdefault(HANDED_OVER, {})[state.get(PAGE_SHOWN)] = link
    state[OPENED_BY_ANOTHER] = True
    reload_from_url()
    st.switch_page(f"pages/{page}.py", query_params=link)
