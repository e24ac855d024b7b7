"""The lesson map; a canvas at once: draw, and the network answers."""

import streamlit as st

from pages.ui.canvas import canvas
from pages.ui.chrome import page_style
from pages.ui.workbench import show_network

page_style()
st.title("Convoscope")
st.markdown("Watch a convolutional network compute and answer. Draw a digit:")
show_network()
canvas(key="start_canvas", with_layers=False)
st.subheader("The lesson")
st.page_link("pages/convolution.py", label="**Convolution**: one filter slides over one image, step by step")
st.page_link("pages/train.py", label="**Train**: watch a network learn, from random weights to nearly no mistakes")
st.page_link("pages/draw.py", label="**Draw**: what every layer sees while you draw, and what the network answers")
