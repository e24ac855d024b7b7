"""Convoscope: page configuration and navigation, nothing else."""

from pathlib import Path

import streamlit as st

from pages.ui.frame.navigation import PAGES

st.set_page_config(page_title="Convoscope", page_icon=str(Path(__file__).parent / "assets" / "icon.png"), layout="wide")

st.navigation(
    [
        st.Page(f"pages/{stem}.py", title=page.title, url_path=stem, default=stem == "start")
        for stem, page in PAGES.items()
    ]
).run()
