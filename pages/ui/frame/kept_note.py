"""The sentence that says what is kept, where and until when, and the way to delete it."""

import streamlit as st

from pages.ui import bounds
from pages.ui.frame.page_frame import escape_markdown, small_text
from pages.ui.session import kept, owner
from pages.ui.store.folder import state_folder


def kept_note(what: str, value: kept.Kept) -> None:
    """Say of a kind of value, which `what` names ("Your digits"), what is kept of it; offer to delete all there is."""
    if problem := kept.problem():
        st.warning(escape_markdown(problem))
    if value.until is None:
        if not owner.is_awaited() and owner.owner() is None:
            small_text(f"{what} last until the page is reloaded, because this browser keeps nothing for pages.")
        return
    until = f"{value.until.day} {value.until:%B %Y}, {bounds.STORE_DAYS} days after the last change"
    if state_folder() is None:
        until = "the server stops"
    with st.container(horizontal=True, vertical_alignment="center"):
        small_text(
            f"{what} are kept on this server for this browser alone until {until}; there is room for "
            f"{bounds.STORE_OWNER_BYTES >> 20} MB."
        )
        with st.popover("Delete what is kept"):
            st.markdown(
                "This deletes the images with their labels, the lecture and the changes to undo that are kept for "
                "this browser. It cannot be undone."
            )
            st.button("Delete all of it now", key=f"delete_kept_{value.kind}", on_click=kept.delete_all)
