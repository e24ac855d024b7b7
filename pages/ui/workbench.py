"""The workbench: what a session carries from page to page. Here: the network that answers."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from cnncore import Network
from cnncore.digits import DigitSet
from cnncore.digits.scramble import scrambled
from cnncore.memory import Array
from pages.ui import models

_KEY = "workbench_network"


class Current(NamedTuple):
    """The network that answers. scramble: whether it was trained on scrambled pixels. name is "" for the pretrained.

    tests: what it is tested on where that is not MNIST; read only.
    """

    network: Network
    name: str = ""
    scramble: bool = False
    tests: DigitSet | None = None

    def sees(self, image: Array) -> Array:
        """image (28, 28, 1) as this network wants it."""
        return self.sees_all(image[None])[0]

    def sees_all(self, images: Array) -> Array:
        """images (N, 28, 28, 1) as this network wants them."""
        return scrambled(images) if self.scramble else images


def current_network() -> Current:
    """The session's own network if it has one, else the pretrained one. Raises ModelError."""
    return st.session_state.get(_KEY) or Current(models.pretrained())


def use(network: Network, name: str, *, scramble: bool = False, tests: DigitSet | None = None) -> bool:
    """Make it the session's network, unless it knows nothing but "not a number"; whether it is."""
    if not all(np.isfinite(values).all() for _, _, values in network.parameters()):
        return False
    st.session_state[_KEY] = Current(network, name, scramble, tests=tests)
    return True


def show_network() -> None:
    """Which network answers, where it is the session's own, and the way back to the pretrained one."""
    own = st.session_state.get(_KEY)
    if own is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        seen = ", which sees every drawing scrambled" if own.scramble else ""
        st.markdown(f"Your own network answers: **{own.name}**{seen}.")
        st.button("Back to the pretrained network", key="workbench_back", on_click=_back)


def _back() -> None:
    st.session_state.pop(_KEY, None)
