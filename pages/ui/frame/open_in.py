"""Open a picture of a digit in another page that can take it; Back finds this page as it was."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from cnncore import ConvoscopeError
from cnncore.nn.arrays import Array
from pages.ui.components.drawing_canvas import current_drawing
from pages.ui.frame.navigation import PAGES, open_page
from pages.ui.frame.url_state import lecture_is_given
from pages.ui.session.current_network import set_session_image
from pages.ui.shared.filter_library import strongest_learned
from pages.ui.shared.grid_text import format_grid

_SCENE = {"preset": "digit", "step": 28 * 14 + 15}  # the window in the middle of the digit
LinkTargets = dict[str, dict[str, Any]]  # by page, the settings of its link


def targets_for_digit(index: int) -> LinkTargets:
    """Return the links that open one of MNIST's test digits on other pages."""
    return {
        "convolution": _SCENE | _filter() | {"digit": index},
        "filters": {"picture": "digit", "digit": index},
        "inside": {"input": "digit", "digit": index},
    }


def targets_for_drawing() -> LinkTargets:
    """Return the links that open the drawing on other pages."""
    image = current_drawing().image
    more: LinkTargets = {"filters": {"picture": "drawing"}, "inside": {"input": "drawing"}, "draw": {}}
    return {
        "convolution": targets_for_image(image)["convolution"] | {"source": "drawing"} if image is not None else {}
    } | more


def targets_for_image(image: Array) -> LinkTargets:
    """Return the links for any digit (28, 28, 1) uint8: as numbers from 0 to 1, or as the image of `open_target`."""
    numbers = format_grid(np.round(image[..., 0] / 255, 2))
    return {"convolution": _SCENE | _filter() | {"input": numbers}, "inside": {"input": "upload"}}


def _filter() -> dict[str, Any]:
    """The learned filter with the largest weights; none named where the model is missing, which that page will say."""
    try:
        return {"map": strongest_learned()}
    except ConvoscopeError:
        return {}


def open_in(page: str, targets: Mapping[str, Mapping[str, Any]], what: str, image: Array | None = None) -> None:
    """A small place that offers them, on `page`; not while the lecture is given, whose scenes follow one another.

    image: (28, 28, 1) uint8, where `targets_for_image` made the targets.
    """
    others = {name: link for name, link in targets.items() if name != page}
    if not others or lecture_is_given():
        return
    chosen = None
    with st.popover(f"Open {what} in …", key=f"{page}_open_in", width="stretch"):
        for name in others:
            if st.button(PAGES[name].title, key=f"{page}_open_in_{name}", width="stretch"):
                chosen = name
    if chosen and chosen != "draw" and not others[chosen]:
        st.info("Nothing is drawn yet: draw something first.")
    elif chosen:
        open_target(chosen, others[chosen], image)


def open_target(page: str, link: Mapping[str, Any], image: Array | None = None) -> None:
    """Change to that page, the image carried along for pages whose link cannot hold it."""
    if image is not None:
        set_session_image(image)
    open_page(page, link)
