"""The lesson map: what there is to see, in the lecture's order."""

import streamlit as st

from pages.ui.chrome import page_style

page_style()
st.title("Convoscope")
st.markdown("Watch a convolutional network compute: what moves on the screen is what the network computed.")
st.page_link("pages/convolution.py", label="Convolution: one filter slides over one image, step by step")
