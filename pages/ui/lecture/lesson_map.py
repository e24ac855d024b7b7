"""The lesson map: every page in the lecture's order, and the way into the lecture."""

import streamlit as st

from cnncore import ConvoscopeError
from pages.ui.frame.navigation import PAGES
from pages.ui.frame.page_frame import plain, refuse
from pages.ui.lecture import strip as lecture

_WORDS = {
    "convolution": "one filter slides over one image, step by step, with any padding and stride",
    "filters": "classic and hand-made filters over pictures and photos",
    "pooling": "maximum and average against stride; flatten",
    "gradients": "what changes when one number changes, forwards and backwards",
    "train": "a network learns while you watch",
    "inside": "from the answer down to a single product",
    "draw": "what every layer sees while you draw",
}


def lesson_map() -> None:
    """Links to the pages and to every scene of the lecture."""
    st.subheader("The lesson")
    for stem, words in _WORDS.items():
        st.page_link(f"pages/{stem}.py", label=f"**{PAGES[stem]}**: {words}")
    st.subheader("The lecture")
    try:
        scenes = lecture.scenes()
    except ConvoscopeError as error:
        refuse(error)
        return
    st.markdown(f"{len(scenes)} scenes, walked with one button: PageDown, → or Space goes on, PageUp or ← goes back.")
    begin, _ = st.columns([1, 3])
    begin.button("Give the lecture", on_click=lecture.go_to, args=(1,), width="stretch")
    with st.expander("Begin with another scene"):
        for number, scene in enumerate(scenes, 1):
            st.button(f"{number} · {plain(scene.name)}", key=f"scene_{number}", on_click=lecture.go_to, args=(number,))
