"""Answers leave the server at once.

A rerun is answered by several small messages. Streamlit's server binds a socket
whose protocol number is 0, which asyncio does not take for TCP, so it leaves
Nagle's algorithm on: the second message waits until the browser has acknowledged
the first, which it puts off for 40 ms. Here TCP_NODELAY is set on the sockets of
this process; connections to come inherit it from the one that listens.
"""

import os
import socket

import streamlit as st

_DESCRIPTORS = "/dev/fd"  # Linux and macOS; elsewhere nothing is done


@st.cache_resource
def answer_at_once() -> int:
    """Once a server, from a page that is being asked for. How many sockets there were."""
    try:
        descriptors = [int(name) for name in os.listdir(_DESCRIPTORS)]
    except OSError:
        return 0
    return sum(map(_without_delay, descriptors))


def _without_delay(descriptor: int) -> bool:
    """Whether it is a TCP socket, which then sends at once."""
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
