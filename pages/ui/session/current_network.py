"""The session's image and the networks that it can use for predictions, shared by all pages.

A new session starts with the pretrained network. The sidebar of every page that uses a network names the current one
and changes it.
"""

from typing import NamedTuple

import numpy as np
import streamlit as st

from cnncore import ConvoscopeError, Network
from cnncore.data.digit_set import DigitSet
from cnncore.data.permutation import permute_pixels
from cnncore.data.source import DataSource
from cnncore.nn.arrays import Array
from cnncore.training.snapshots import SnapshotStore
from pages.ui import bounds
from pages.ui.session import pretrained as models
from pages.ui.session.network_card import about_network

PRETRAINED, DENSE = "pretrained", "dense"
_KEY, _PICTURE = "workbench_network", "workbench_picture"
_OWN = "workbench_own"  # the session's networks, the newest last
_CHOICE = "workbench_choice"
_NOTE = "workbench_note"
_DENSE_NAME = "the pretrained dense network"
_NAMES = {PRETRAINED: "The pretrained network", DENSE: "The pretrained dense network"}


class SessionNetwork(NamedTuple):
    """The network that answers. name is "" for the pretrained.

    scramble  whether it was trained on scrambled pixels
    tests     what it is tested on where that is not MNIST; read only
    data      what it was trained on, where that is known
    wrong     of MNIST's 10,000 test digits, where that is known
    learned   the bytes of those of the session's own digits that it learned from
    past      its snapshots, where it brings some (of those that come with the app: pages.ui.session.histories)
    """

    network: Network
    name: str = ""
    scramble: bool = False
    tests: DigitSet | None = None
    wrong: int | None = None
    learned: frozenset[bytes] = frozenset()
    past: SnapshotStore | None = None
    data: DataSource | None = None

    def sees(self, image: Array) -> Array:
        """image (28, 28, 1) as this network wants it."""
        return self.sees_all(image[None])[0]

    def sees_all(self, images: Array) -> Array:
        """images (N, 28, 28, 1) as this network wants them."""
        return permute_pixels(images) if self.scramble else images


def session_image() -> Array | None:
    """The digit (28, 28, 1) uint8 that a page last carried here: read from a file, off a photo, kept."""
    return st.session_state.get(_PICTURE)


def set_session_image(image: Array) -> None:
    """Make it the session's picture."""
    st.session_state[_PICTURE] = image


def current_network() -> SessionNetwork:
    """The session's own choice if it has made one, else the pretrained network. Raises ModelError."""
    return st.session_state.get(_KEY) or pretrained()


def pretrained() -> SessionNetwork:
    """The one that a session starts with. Raises ModelError."""
    return SessionNetwork(models.pretrained(), wrong=models.wrong_of_mnist("convolutional"))


def dense() -> SessionNetwork:
    """The one without convolutions that comes with the app. Raises ModelError."""
    return SessionNetwork(models.dense(), _DENSE_NAME, wrong=models.wrong_of_mnist("dense"))


def set_current(
    network: Network,
    name: str,
    *,
    scramble: bool = False,
    tests: DigitSet | None = None,
    wrong: int | None = None,
    learned: frozenset[bytes] = frozenset(),
    past: SnapshotStore | None = None,
    data: DataSource | None = None,
) -> bool:
    """Make it the session's network, unless it knows nothing but "not a number"; whether it is.

    The last few stay to be chosen again; one of the same name takes the place of the one before.
    """
    if not all(np.isfinite(values).all() for _, _, values in network.parameters()):
        return False
    current = SessionNetwork(network, name, scramble, tests, wrong, learned, past, data)
    others = [each for each in st.session_state.get(_OWN, []) if each.name != name]
    st.session_state[_OWN] = [*others, current][-bounds.OWN_NETWORKS :]
    st.session_state[_KEY] = current
    return True


def show_network() -> None:
    """Which network answers, and a way to change it, at the sidebar's end; on the page where it is not the usual."""
    now = st.session_state.get(_KEY)
    names = _NAMES | {_key_of(each): f"Your own: {each.name}" for each in own_networks()}
    # Another widget for another network: a rerun under way when the network changes sends the old choice once more.
    key = _choice_key()
    st.session_state[key] = _key_of(now)
    with st.sidebar:
        st.selectbox(
            "Which network answers", list(names), key=key, format_func=names.__getitem__, on_change=_choose, args=(key,)
        )
        _offer_card(_key_of(now))
    with st.container():  # always there: what follows keeps its place on the page, and its component
        if note := st.session_state.pop(_NOTE, None):
            st.warning(note)
        if now is not None:
            _show_other(now)


def _offer_card(key: str) -> None:
    """A button that says what the network that answers is worth; none where its file is missing."""
    try:
        now = current_network()
    except ConvoscopeError:
        return  # the page says it
    file = {PRETRAINED: "convolutional", DENSE: "dense"}.get(key)
    about_network(now.network, now.name or "the pretrained network", file, now.wrong)


def _show_other(now: SessionNetwork) -> None:
    """That another network than the pretrained one answers, and the way back."""
    with st.container(horizontal=True, vertical_alignment="center"):
        seen = ", which sees every drawing scrambled" if now.scramble else ""
        whose = "Another network" if now.name == _DENSE_NAME else "Your own network"
        st.markdown(f"{whose} answers: **{now.name}**{seen}.")
        st.button("Back to the pretrained network", key="workbench_back", on_click=reset_to_pretrained)


def reset_to_pretrained() -> None:
    """To the pretrained network."""
    st.session_state.pop(_KEY, None)


def _choice_key() -> str:
    return f"{_CHOICE}_{_key_of(st.session_state.get(_KEY))}"


def _choose(key: str) -> None:
    if key != _choice_key():
        return  # of a widget that is gone
    choice = st.session_state[key]
    own = {_key_of(each): each for each in own_networks()}
    if choice in own:
        st.session_state[_KEY] = own[choice]
    elif choice != DENSE:
        reset_to_pretrained()
    else:
        try:
            st.session_state[_KEY] = dense()
        except ConvoscopeError as error:
            st.session_state[_NOTE] = str(error)


def own_networks() -> list[SessionNetwork]:
    """The session's own networks, the one that answers among them."""
    now: SessionNetwork | None = st.session_state.get(_KEY)
    own: list[SessionNetwork] = list(st.session_state.get(_OWN, []))
    if now is not None and now.name != _DENSE_NAME and not any(each is now for each in own):
        own.append(now)
    return own


def _key_of(current: SessionNetwork | None) -> str:
    if current is None:
        return PRETRAINED
    return DENSE if current.name == _DENSE_NAME else f"own {current.name}"
