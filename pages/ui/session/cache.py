"""What a session has worked out about a network, so that it is worked out once."""

from typing import Any

import streamlit as st

from cnncore import Network
from cnncore.data.digit_set import DigitSet
from pages.ui import bounds
from pages.ui.inside.test_set.answers import tests_of
from pages.ui.session.current_network import SessionNetwork

_KEY = "inside_remembered"


def remembered(network: Network) -> dict[Any, Any]:
    """The session's notes about this network; of another one they are forgotten."""
    notes = st.session_state.get(_KEY)
    if notes is None or notes[0] is not network:
        notes = st.session_state[_KEY] = (network, {})
    return notes[1]


def note(network: Network, key: Any, value: Any) -> None:
    """Remember; beyond limits.REMEMBERED the oldest is forgotten."""
    notes = remembered(network)
    notes[key] = value
    while len(notes) > bounds.REMEMBERED:
        del notes[next(iter(notes))]


def digits_for(current: SessionNetwork) -> DigitSet | None:
    """The test digits that have a right answer, as the network sees them; labels are its classes. None without any."""
    tests = tests_of(current)
    known, digits = tests.known, tests.digits
    if not len(known):
        return None
    images = digits.images[known] if len(known) < len(digits) else digits.images
    return DigitSet(current.sees_all(images), tests.classes[known], current.network.names)
