"""What all pages share around their content: layout, messages, errors in one sentence."""

import re
from typing import Any

import streamlit as st

from cnncore import limits
from cnncore.errors import ConvoscopeError
from pages.ui.frame.browser_token import load_kept
from pages.ui.frame.streamlit_internals import disable_nagle, run_through_app
from pages.ui.lecture import strip as lecture

_STYLE = """
<style>
[data-testid="stMainBlockContainer"] { padding: 2.6rem 2rem 1rem; max-width: 100rem; }
[data-testid="stLayoutWrapper"]:has(> .st-key-browser_token) { display: none; }
.st-key-experiment_strip [data-testid="stMarkdown"] p { font-size: 1.25rem; }
[data-testid="stHeader"] { background: transparent; }
[data-testid="stPlotlyChart"] .modebar-btn { font-size: 24px; }
@media (max-width: 640px) { [data-testid="stPlotlyChart"] text { font-size: 13px !important; }
  [data-testid="stMainBlockContainer"] { padding: 3.75rem 0.8rem 1rem; }
  [data-testid="stHeader"] { background: var(--st-background-color, Canvas); } }
</style>
"""


def page_style() -> None:
    """Apply the layout of all pages, take up what is kept, and show the lecture's strip while it is given."""
    run_through_app()
    disable_nagle()
    st.html(_STYLE)
    load_kept()
    with st.container():
        lecture.strip()


def notes(*texts: str | None) -> None:
    """Sentences above the stage, for one run each.

    Their place is there in every run: what follows would otherwise move by one, its component be mounted anew, and for
    a moment the old one stand beside the new one.
    """
    with st.container():
        for text in filter(None, texts):
            st.info(text)


def picture_uploader(label: str, key: str) -> Any:
    """A place for one picture file. It names no types: Streamlit's check of them ends the page at a NUL in a name."""
    most = limits.UPLOAD_BYTES // 2**20
    return st.file_uploader(label, max_upload_size=most, key=key, help="PNG, JPEG, WebP, GIF, BMP or TIFF")


def show_error(error: ConvoscopeError) -> None:
    """Show an error, which says what is wrong and a setting that works."""
    st.warning(escape_markdown(str(error)))


def escape_markdown(text: str) -> str:
    """Escape a text from outside, so that nothing in it is read as a link, a picture, code or a formula."""
    return re.sub(r"([\[\]<>`$])", r"\\\1", text)


def small_text(text: str) -> None:
    """Show a small line; the grey of st.caption is too faint to be read from afar."""
    st.markdown(f":small[{text}]")
