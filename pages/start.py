"""The lesson map; a canvas at once: draw, and the network answers."""

import streamlit as st

from pages.ui.canvas import canvas
from pages.ui.chrome import page_style

page_style()
st.title("Convoscope")
st.markdown("Watch a convolutional network compute and answer. Draw a digit:")
canvas(key="start_canvas", with_layers=False)
st.subheader("The lesson")
st.page_link("pages/convolution.py", label="**Convolution**: one filter slides over one image, step by step")
st.page_link("pages/draw.py", label="**Draw**: what every layer sees while you draw, and what the network answers")
