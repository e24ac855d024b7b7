"""Draw a digit: see what the network sees in every layer, and what it answers, while drawing."""

import streamlit as st

from pages.ui.canvas import SAMPLES, begin_with, canvas
from pages.ui.chrome import page_style
from pages.ui.links import follow_link, write_link
from pages.ui.workbench import show_network

page_style()
note = follow_link("draw", lambda link: {"sample": link.choice("sample", SAMPLES, "")})
write_link("draw", ("sample",))
if note:
    st.info(note)
begin_with(st.session_state.sample)
st.header("Draw")
show_network()
canvas(key="draw_canvas", with_layers=True)
