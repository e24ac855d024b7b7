"""Draw a digit: see what the network sees in every layer, and what it answers, while drawing."""

import streamlit as st

from pages.ui.canvas import canvas
from pages.ui.chrome import page_style
from pages.ui.workbench import show_network

page_style()
st.header("Draw")
show_network()
canvas(key="draw_canvas", with_layers=True)
