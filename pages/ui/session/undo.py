"""Undo and reset for a page's settings, in the session state and bounded."""

from typing import Any

import streamlit as st

from pages.ui import bounds


def begin(page: str, settings: dict[str, Any]) -> None:
    """What reset goes back to, from now on."""
    st.session_state[f"{page}_begun"] = dict(settings)


def record(page: str, settings: dict[str, Any]) -> None:
    """Note the page's settings, if they changed. Call it on every run."""
    past = st.session_state.setdefault(f"{page}_past", [])
    if not past or past[-1] != settings:
        past.append(dict(settings))
        del past[: -bounds.UNDO - 1]


def can_undo(page: str) -> bool:
    """Whether there is a change to take back."""
    return len(st.session_state.get(f"{page}_past", [])) > 1


def undo(page: str) -> None:
    """Take the last change back, as a callback; nothing happens where there is none."""
    if can_undo(page):
        past = st.session_state[f"{page}_past"]
        past.pop()
        st.session_state.update(past[-1])


def reset(page: str) -> None:
    """Back to how the scene was opened, as a callback; this, too, can be undone."""
    st.session_state.update(st.session_state[f"{page}_begun"])
