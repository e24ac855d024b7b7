"""The lesson map: every page in the lecture's order, and the way into the lecture."""

import streamlit as st

from cnncore import ConvoscopeError
from pages.ui.frame.navigation import PAGES
from pages.ui.frame.page_frame import escape_markdown, show_error
from pages.ui.lecture import strip as lecture


def lesson_map() -> None:
    """Links to the pages and to every scene of the lecture."""
    st.subheader("The lesson")
    for stem, page in PAGES.items():
        if page.summary:
            st.page_link(f"pages/{stem}.py", label=f"**{page.title}**: {page.summary}")
    st.subheader("The lecture")
    try:
        scenes = lecture.scenes()
    except ConvoscopeError as error:
        show_error(error)
        return
    st.markdown(f"{len(scenes)} scenes, walked with one button: PageDown, → or Space goes on, PageUp or ← goes back.")
    begin, _ = st.columns([1, 3])
    begin.button("Give the lecture", on_click=lecture.go_to, args=(1,), width="stretch")
    with st.expander("Begin with another scene"):
        for number, scene in enumerate(scenes, 1):
            st.button(
                f"{number} · {escape_markdown(scene.name)}",
                key=f"scene_{number}",
                on_click=lecture.go_to,
                args=(number,),
            )
