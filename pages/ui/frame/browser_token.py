"""Ask the browser for its random number, once a session; then show what is kept for it."""

import streamlit as st

from pages.ui.components.loader import component
from pages.ui.session import owner
from pages.ui.session.kept import load_all

_KEY = "browser_token_component"


def load_kept() -> None:
    """Take up what is kept for the session's owner; ask the browser who that is, where that is not known.

    Until the browser has answered, and where it keeps nothing, the page works without.
    """
    load_all()
    with st.container(key="browser_token"):  # always there, so that nothing below it moves
        _ask()


@st.fragment
def _ask() -> None:
    """A fragment, so that the answer runs the page again only where something is kept."""
    if not owner.is_awaited():
        return
    # A state and no event: it comes with every later run, should the run that it asks for be left out.
    answer = component("browser_token")(key=_KEY, data={}, default={"token": None}, on_token_change=lambda: None)
    if answer.token is not None:
        owner.set_token(answer.token)
        if load_all():
            st.rerun()
    elif not st.context.headers:  # of the connection to a browser: there is none
        owner.set_random_token()
