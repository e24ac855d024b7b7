"""The questions at a page's end: one at a time, the answer hidden, a button that sets the scene."""

from typing import Any, NamedTuple

import streamlit as st

from pages.ui.frame.navigation import set_url
from pages.ui.frame.url_state import lecture_is_given


class Question(NamedTuple):
    """A question, its answer, and the page's settings that let one find it by playing."""

    text: str
    answer: str
    settings: dict[str, Any]


@st.fragment
def questions(page: str, asked: list[Question]) -> None:
    """Show one of the questions below the stage; none while the lecture is given, which has its own."""
    if lecture_is_given():
        return
    state = st.session_state
    index = state.setdefault(f"{page}_question", 0) % len(asked)
    question = asked[index]
    with st.container(border=True):
        st.markdown(f"**Question {index + 1} of {len(asked)}.** {question.text}")
        with st.expander("Answer", key=f"{page}_answer_{index}"):
            st.markdown(question.answer)
        scene, other = st.columns(2)
        if scene.button("Set the scene", key=f"{page}_scene", width="stretch"):
            set_url(question.settings)
            st.rerun()
        if other.button("Another question", key=f"{page}_other", width="stretch"):
            state[f"{page}_question"] = index + 1
            st.rerun(scope="fragment")
