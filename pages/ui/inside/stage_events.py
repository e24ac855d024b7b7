"""What clicks and keys on the stage of the page Inside change; every value comes from outside."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from cnncore import Network
from pages.ui.components.stage import stage
from pages.ui.inside.settings import change_settings
from pages.ui.inside.views import ablation
from pages.ui.session.page_state import PageState
from pages.ui.shared.layer_labels import source_of

KEY = "inside_stage"
state = PageState("inside")


def mount_stage(data: dict[str, Any], network: Network) -> None:
    """Show the stage, and do what is clicked there."""
    stage(
        "inside",
        data,
        key=KEY,
        chosen=partial(_choose, network),
        change=partial(_edit, network),
        digit=partial(_choose_digit, network),
        slide=_request_convolution,
    )


def _event(name: str) -> Any:
    """What the stage sent last under a name."""
    return st.session_state[KEY].get(name)


def _choose(network: Network) -> None:
    """A map, a cell or a view was clicked."""
    chosen = _event("chosen")
    if isinstance(chosen, Mapping):
        known = {name: chosen[name] for name in ("view", "layer", "map", "row", "column") if name in chosen}
        change_settings(network, **{"row": 0, "column": 0} | known)


def _edit(network: Network) -> None:
    """A map was switched off or on, its bias shifted, or a change undone."""
    ablation.edit(_event("change"), network, source_of(network, state.layer - 1), state.map - 1)


def _choose_digit(network: Network) -> None:
    """A digit of the stage becomes the input."""
    change_settings(network, digit=_event("digit"), input="digit")


def _request_convolution() -> None:
    """Convolution is to open; the page can only be left from its script, which reads the request."""
    state.requested_slice = _event("slide")
