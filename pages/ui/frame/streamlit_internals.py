"""Everything of Streamlit that is no public interface, so that a new version of it has one module to break.

Checked against Streamlit 1.67: the id of a session and whether it is connected, whether a run was asked for by Back or
Forward, which widgets it has drawn, the switch for its older kind of multipage app, and the sockets of its server.
"""

import os
import socket

import streamlit as st
from streamlit import runtime
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

_DESCRIPTORS = "/dev/fd"  # Linux and macOS; elsewhere nothing is done


def session_id() -> str:
    """The id of the session whose script runs; "" outside of a script run."""
    context = get_script_run_ctx()
    return context.session_id if context else ""


def is_connected(session: str) -> bool:
    """Whether a session has an open connection. True without a server, as in tests of a page. Safe in any thread."""
    try:
        return not runtime.exists() or bool(runtime.get_instance().is_active_session(session))
    except RuntimeError:  # the server ended between the two calls
        return True


def is_history_navigation() -> bool:
    """Whether the browser's Back or Forward asked for the run."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def is_drawn(key: str) -> bool:
    """Whether this run has drawn the widget with this key."""
    context = get_script_run_ctx()
    return context is not None and key in context.shared.widget_user_keys_this_run


def run_through_app() -> None:
    """Rerun a page through app.py where Streamlit ran its script alone.

    The first visitor of a fresh server who opens a deep link gets the script without app.py, because Streamlit takes
    a folder called pages/ for its older kind of multipage app until st.navigation has been called once.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


@st.cache_resource
def disable_nagle() -> int:
    """Set TCP_NODELAY on every TCP socket of this process, once a server; return how many there are.

    A rerun is answered by several small messages. Streamlit's server binds a socket whose protocol number is 0, which
    asyncio does not take for TCP, so it leaves Nagle's algorithm on: the second message waits until the browser has
    acknowledged the first, which it delays by 40 ms. New connections inherit the option from the listening socket.
    """
    try:
        descriptors = [int(name) for name in os.listdir(_DESCRIPTORS)]
    except OSError:
        return 0
    return sum(map(_disable_nagle, descriptors))


def _disable_nagle(descriptor: int) -> bool:
    """Set TCP_NODELAY on a descriptor; return whether it is a TCP socket."""
    try:
        copy = os.dup(descriptor)
    except OSError:  # closed meanwhile
        return False
    try:
        connection = socket.socket(fileno=copy)
    except OSError:  # a file, a pipe
        os.close(copy)
        return False
    with connection:
        if connection.type != socket.SOCK_STREAM or connection.family not in (socket.AF_INET, socket.AF_INET6):
            return False
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return True
