"""The view "Change it": a drawing shifted, turned, resized, thickened, erased and made noisy, before two networks."""

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from cnncore import ConvoscopeError, Network, Prediction, limits
from cnncore.analysis.equivariance import Perturbation, layer_agreement
from cnncore.analysis.evaluation import count_errors
from cnncore.analysis.prediction import NO_CLASS, with_article
from cnncore.nn.arrays import Array
from cnncore.nn.blas import one_blas_thread
from cnncore.nn.layers import Conv2D, Dense
from pages.ui import bounds
from pages.ui.components.drawing_canvas import Drawing
from pages.ui.components.loader import component, packed
from pages.ui.draw.view import View
from pages.ui.frame.page_frame import show_error, small_text
from pages.ui.frame.url_state import UrlParams
from pages.ui.session.counterpart import compared_networks
from pages.ui.session.current_network import SessionNetwork, current_network
from pages.ui.session.evaluation_set import evaluation_set, labelled_images
from pages.ui.session.page_state import PageState
from pages.ui.shared.class_bars import classes_shown
from pages.ui.shared.layer_labels import chain_of, is_answer, name_of, shown_layers, signed_layers
from pages.ui.shared.wording import image_word, invitation

LABELS = {
    "right": "Shift to the right, in cells",
    "down": "Shift down, in cells",
    "turn": "Rotate, in degrees",
    "size": "Scale, in percent",
    "thicken": "Thicken, in cells",
    "erase": "Erase a square, side in cells",
    "noise": "Noise, in percent of full ink",
}
STEPS: dict[str, float] = {"turn": 5, "size": 5, "thicken": 0.5, "noise": 5}
STAGE = "draw_change"
_BATCH = 500  # images between two progress updates
_SQUARE = 6  # side, in cells, of the square that a first click erases
state = PageState("draw")


def _read(link: UrlParams, name: str) -> float:
    bound = limits.CHANGE[name]
    if name == "thicken":
        return link.number(name, bound, float(bound.default))
    return link.integer(name, bound, int(bound.default))


def _reset() -> None:
    state.update({name: _read(UrlParams({}), name) for name in limits.CHANGE})


def controls() -> None:
    """A slider for every kind of change."""
    for name, label in LABELS.items():
        low, high, _ = limits.CHANGE[name]
        kind = float if name == "thicken" else int
        st.slider(label, kind(low), kind(high), step=kind(STEPS.get(name, 1)), key=state.key(name))
    st.button("As it was drawn", key="draw_change_reset", on_click=_reset, width="stretch")


def current() -> Perturbation:
    """The perturbation that the controls set."""
    return Perturbation(**{name: state[name] for name in limits.CHANGE})


def show(drawing: Drawing) -> None:
    """The changed drawing, the networks' answers, and how every layer's values moved."""
    try:
        networks = compared_networks(current_network())
        first = next(iter(networks.values()))
        n_tests = len(evaluation_set(first).labelled)
    except ConvoscopeError as error:
        show_error(error)
        return
    names = first.network.names
    if drawing.image is None:
        answer = "two networks answer" if len(networks) > 1 else "the network answers"
        small_text(f"{invitation(names)}, then change it by the sliders: {answer}.")
        return
    if state.pop("square_moved", False):  # the sliders and the link are outside of the fragment
        st.rerun()
    change = current()
    key = (change, *(each.network for each in networks.values()))
    counted = state.setdefault("wrong_counts", {}).get(key)
    data = change_data(networks, drawing.image, change)
    data |= {"counted": counted, "of": n_tests, "noun": image_word(names)}
    component("perturbation")(key=STAGE, data=data, on_middle_change=_move_square)
    if len(networks) == 1:
        small_text("It answers alone: no other network here tells the same classes apart.")
    if not n_tests:
        small_text("Its test images are not here, so nothing is counted.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        count = f"Change all {n_tests:,} test {image_word(names)}s so, and count"
        st.button(count, key="draw_change_count", on_click=_request_count, disabled=bool(counted))
        bar = st.empty()
    if state.pop("count_requested", False):
        _count(networks, change, key, bar)
        st.rerun()


def _request_count() -> None:
    state.count_requested = True


def change_data(networks: dict[str, SessionNetwork], image: Array, change: Perturbation) -> dict[str, Any]:
    """image (28, 28, 1) uint8 before one or two networks, as it is and changed."""
    after = change.apply(image[None])[0]
    with one_blas_thread():
        networks_data = [_network_data(kind, network, image, after, change) for kind, network in networks.items()]
    return {
        "moves": change.moves_ink,
        "images": [packed(each[..., 0]) for each in (image, after)],
        "networks": networks_data,
    }


def _network_data(
    kind: str, current: SessionNetwork, image: Array, after: Array, change: Perturbation
) -> dict[str, Any]:
    network, (image, after) = current.network, current.sees_all(np.stack([image, after]))
    pairs = network.activations(np.stack([image, after]))
    predictions = [Prediction.from_logits(logits, network.names, network.sure_threshold) for logits in pairs[-1][1]]
    signed, followed = signed_layers(network), layer_agreement(network, image, after, change)
    rows = []
    for n in _rows(network):
        old, new = pairs[n][1]
        row = {
            "name": _name(network, n),
            "stayed": followed[n].in_place,
            "moved": None if current.scramble else followed[n].warped,  # scrambled maps move nowhere
            "signed": signed[n],
        }
        if old.ndim == 3:
            best = int(old.std(axis=(0, 1)).argmax())
            largest = float(np.abs(old[..., best]).max()) or 1.0
            maps = [np.rint(np.clip(each[..., best] / largest, -1, 1) * 127).astype(np.int8) for each in (old, new)]
            row |= {"map": best + 1, "maps": [packed(each) for each in maps]}
        rows.append(row)
    return {
        "kind": kind,
        "parameters": network.parameter_count,
        "names": list(network.names),
        "before": predictions[0].probabilities.tolist(),
        "after": predictions[1].probabilities.tolist(),
        "shown": classes_shown(*predictions),
        "label": predictions[1].label,
        "answer": NO_CLASS if predictions[1].label is None else with_article(predictions[1].class_name),
        "share": predictions[1].probability,
        "unchanged": predictions[0].label == predictions[1].label,
        "sure": predictions[1].sure,
        "layers": rows,
    }


def _rows(network: Network) -> list[int]:
    """Return the layers to show: each convolution and hidden dense layer, after its activation and its pooling."""
    found = []
    for n in shown_layers(network):
        source = isinstance(network.layers[n], Conv2D | Dense)
        if not (source and chain_of(network, n)) and not is_answer(network, n):
            found.append(n)
    return found


def _name(network: Network, number: int) -> str:
    before = number - 1
    if before >= 0 and isinstance(network.layers[before], Conv2D | Dense):
        return f"{name_of(network, before)} → {name_of(network, number)}"
    return name_of(network, number)


def _count(networks: dict[str, SessionNetwork], change: Perturbation, key: Any, place: Any) -> None:
    """How many of the test images each network misclassifies after the change, saved under `key`."""
    tests, counts = labelled_images(next(iter(networks.values()))), []
    assert tests is not None  # else there is no button
    for done, (kind, current) in enumerate(networks.items()):

        def changed(images: Array, first: int, current: SessionNetwork = current) -> Array:
            return current.sees_all(change.apply(images, first))

        for so_far, wrong in count_errors(current.network, tests, transform=changed, batch_size=_BATCH):
            share = (done + so_far / len(tests)) / len(networks)
            place.progress(share, f"{kind}: {wrong:,} of {so_far:,} wrong so far")
        counts.append(wrong)
    saved = state.wrong_counts
    saved[key] = counts
    while len(saved) > bounds.ANSWERS_KEPT:
        del saved[next(iter(saved))]


def _move_square() -> None:
    """A click on the changed digit: the middle of the square that is erased."""
    middle = st.session_state[STAGE].get("middle")
    place = [middle.get(name) for name in ("row", "column")] if hasattr(middle, "get") else []
    if len(place) == 2 and all(type(n) is int and n in limits.CHANGE["row"] for n in place):
        state.row, state.column = place
        state.erase = state.erase or _SQUARE
        state.square_moved = True


VIEW = View("Change it", {name: partial(_read, name=name) for name in limits.CHANGE}, controls, show)
