"""Who owns what the session makes: whoever has the browser's random number, which is in no link and in no log.

The number is kept in the browser's local storage and is sent once a session (pages.ui.frame.browser_token). The store
knows only its hash, so that its file opens nothing to those who read it.
"""

import hashlib
import re
import secrets
from typing import Any

import streamlit as st

TOKEN = "browser_token"  # in the session state: the number as 32 hexadecimal digits; "" where the browser keeps none
_FORM = re.compile(r"[0-9a-f]{32}", re.ASCII)


def owner() -> str | None:
    """The SHA-256 of the browser's number, as 64 hexadecimal digits; None until it has arrived, or if there is none."""
    token = st.session_state.get(TOKEN)
    return hashlib.sha256(token.encode()).hexdigest() if token else None


def is_awaited() -> bool:
    """Whether the browser has not yet answered."""
    return TOKEN not in st.session_state


def set_token(token: Any) -> None:
    """Take the number that the browser sent. The first holds for the session; what has another form counts as none."""
    if is_awaited():
        st.session_state[TOKEN] = token if isinstance(token, str) and _FORM.fullmatch(token) else ""


def set_random_token() -> None:
    """Take a random number, for a session without a browser, as tests of a page have it."""
    set_token(secrets.token_hex(16))
