"""What a session has worked out about a network, so that it is worked out once."""

from typing import Any

import numpy as np
import streamlit as st

from cnncore import Network
from cnncore.digits import DigitSet
from cnncore.digits.scramble import scrambled
from pages.ui import models
from pages.ui.workbench import Current

_KEY = "inside_remembered"
MOST = 96


def remembered(network: Network) -> dict[Any, Any]:
    """The session's notes about this network; of another one they are forgotten."""
    notes = st.session_state.get(_KEY)
    if notes is None or notes[0] is not network:
        notes = st.session_state[_KEY] = (network, {})
    return notes[1]


def note(network: Network, key: Any, value: Any) -> None:
    """Remember; beyond MOST the oldest is forgotten."""
    notes = remembered(network)
    notes[key] = value
    while len(notes) > MOST:
        del notes[next(iter(notes))]


def digits_for(current: Current) -> DigitSet | None:
    """The test digits that the network can be asked about, as it sees them; labels are its own classes.

    None for classes that no digit belongs to.
    """
    digits, names = models.test_digits(), current.network.names
    if names != digits.names:
        known = [names.index(name) if name in names else -1 for name in digits.names]
        labels = np.array(known)[digits.labels]
        if not (labels >= 0).any():
            return None
        digits = DigitSet(digits.images[labels >= 0], labels[labels >= 0], names)
    return digits._replace(images=scrambled(digits.images)) if current.scramble else digits
