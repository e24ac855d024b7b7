"""Draw a digit: see what the network sees in every layer, and what it answers, while drawing."""

import streamlit as st

from pages.ui.canvas import SAMPLES, begin_with, canvas
from pages.ui.chrome import page_style
from pages.ui.links import Link, follow_link, lecture_is_given, write_link
from pages.ui.workbench import show_network


def read_link(link: Link) -> dict[str, str]:
    """Every setting, from a link; a sample is drawn when the link is opened, and may be drawn over."""
    sample = link.choice("sample", SAMPLES, "")
    begin_with(sample)
    return {"sample": sample}


page_style()
note = follow_link("draw", read_link)
write_link("draw", ("sample",))
if note:
    st.info(note)
if not lecture_is_given():
    st.header("Draw")
show_network()
canvas(key="draw_canvas", with_layers=True)
