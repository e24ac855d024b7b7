"""The pages and the ways between them: their titles, opening a page from another, opening a scene by its link."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import streamlit as st

from pages.ui.frame.url_state import FOLLOW_LINK, LECTURE, format_value


class PageEntry(NamedTuple):
    """Title of a page in the navigation, and what the start page says of it; "" is not listed there."""

    title: str
    summary: str = ""


# In the lecture's order, by the stem of each page's file, which is also its path in the link.
PAGES = {
    "start": PageEntry("Start"),
    "convolution": PageEntry(
        "Convolution", "one filter slides over one image, step by step, with any padding and stride"
    ),
    "filters": PageEntry("Filters", "classic and hand-made filters over pictures and photos"),
    "pooling": PageEntry("Pooling & flatten", "maximum and average against stride; flatten"),
    "gradients": PageEntry("Gradients", "what changes when one number changes, forwards and backwards"),
    "train": PageEntry("Train", "a network learns while you watch"),
    "inside": PageEntry("Inside", "from the answer down to a single product"),
    "draw": PageEntry("Draw", "what every layer sees while you draw"),
}


def reload_from_url() -> None:
    """Read the settings from the link at the next run, whatever the controls say."""
    st.session_state[FOLLOW_LINK] = True


def set_url(settings: Mapping[str, Any]) -> None:
    """Change the page's link, as a callback: the page then shows that scene, all else as usual."""
    reload_from_url()
    others = {LECTURE: st.query_params[LECTURE]} if LECTURE in st.query_params else {}
    st.query_params.from_dict({name: format_value(value) for name, value in settings.items()} | others)


def open_page(page: str, settings: Mapping[str, Any]) -> None:
    """Change to another page: to a scene of it, or without settings to its last state. Back returns to this one.

    Called from the script, not from a callback.
    """
    link = {name: format_value(value) for name, value in settings.items()}
    if not link:
        st.switch_page(f"pages/{page}.py")
    reload_from_url()
    st.switch_page(f"pages/{page}.py", query_params=link)
