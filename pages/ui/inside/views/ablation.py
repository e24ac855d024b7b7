"""Filters and neurons switched off, biases shifted: the list of edits, in the session and in the page's link.

The edits before, to which undo goes back, are kept for the browser.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import streamlit as st

from cnncore import InputError, Network
from cnncore.analysis.ablation import MapEdit, edited_network
from cnncore.analysis.evaluation import count_errors
from cnncore.nn.layers import Conv2D, Dense
from cnncore.tracing.network import NetworkTrace
from pages.ui import bounds
from pages.ui.components.loader import packed
from pages.ui.inside.layer_strip import answer_data
from pages.ui.session.cache import cache_result, cached_results
from pages.ui.session.current_network import SessionNetwork
from pages.ui.session.evaluation_set import labelled_digits
from pages.ui.session.kept import Kept
from pages.ui.session.page_state import PageState
from pages.ui.session.undo import UndoStack
from pages.ui.shared.layer_labels import chain_of, is_answer, name_of

OFF, BIAS = "off", "bias"  # the settings' names: off=4.14,1.3 and bias=4.2:0.5; layers and maps are counted from 1
N_CLASSES_SHOWN = 10
_PAST = UndoStack(PageState("inside").key("past_edits"))
_LEADS_TO = "past_edits_lead_to"  # the edits that the list of those before ends in, where it was kept
_PLACE = re.compile(r"([0-9]{1,2})\.([0-9]{1,4})(?::(-?[0-9]{1,2}(?:\.[0-9]{1,2})?))?", re.ASCII)
state = PageState("inside")

Data = dict[str, Any]
Edits = tuple[MapEdit, ...]


def read_edits(text: str, network: Network, *, shifts: bool) -> str:
    """A setting of the link, if the network has what it names. Raises InputError."""
    edits = _parse_edits(text, shifts)
    if len(edits) > bounds.CHANGES or len({edit[:2] for edit in edits}) < len(edits):
        raise InputError(f"At most {bounds.CHANGES} maps are changed, each once.")
    for layer, index, shift in edits:
        edited = network.layers[layer] if 0 <= layer < len(network.layers) else None
        if not isinstance(edited, Conv2D | Dense) or not 0 <= index < network.shapes[layer][-1]:
            raise InputError(f"There is no map or unit {layer + 1}.{index + 1} in this network.")
        if shift is None and is_answer(network, layer):
            raise InputError("The answer's scores cannot be switched off: shift their bias instead.")
    return text


def current_edits() -> Edits:
    """All edits, as the page's settings hold them."""
    return (*_parse_edits(state.get(OFF, ""), False), *_parse_edits(state.get(BIAS, ""), True))


def with_edits(network: Network) -> Network:
    """The network with the edits made; itself without any."""
    edits = current_edits()
    return edited_network(network, edits) if edits else network


def edit(request: Any, network: Network, layer: int, index: int) -> None:
    """Edit a map, counted from 0, as the stage requests: {"off": bool}, {"shift": x}, {"undo": …} or {"all": …}."""
    if not isinstance(request, dict):
        return
    if "undo" in request:
        if can_undo():
            state[OFF], state[BIAS] = _PAST.pop()
            state.pop(_LEADS_TO, None)
            KEPT.save()
        return
    edits = list(current_edits())
    if "all" in request:
        edits = []
    elif isinstance(request.get("off"), bool) and not is_answer(network, layer):
        edits = [each for each in edits if each != (layer, index, None)]
        edits += [MapEdit(layer, index)] if request["off"] else []
    elif _is_shift(request.get("shift")):
        shift = round(float(request["shift"]), 2)
        edits = [each for each in edits if each[:2] != (layer, index) or each.bias_shift is None]
        edits += [MapEdit(layer, index, shift)] if shift else []
    _set_edits(edits)


def can_undo() -> bool:
    """Whether there are edits to go back to. Those that were kept lead to the edits with which they were kept alone."""
    return bool(_PAST) and state.get(_LEADS_TO, _texts()) == _texts()


def ablation_data(current: SessionNetwork, before: NetworkTrace, after: NetworkTrace, layer: int, index: int) -> Data:
    """All that the stage shows of a map, counted from 0: as learned and with the edits."""
    network, edits = current.network, current_edits()
    chain = [n for n in chain_of(network, layer) if network.layers[n].window is None]
    shown = chain[-1] if chain else layer
    results = cached_results(network)
    answers = [answer_data(trace.logits, network) for trace in (before, after)]
    own = [each for each in edits if each[:2] == (layer, index)]
    data = {
        "layer": layer + 1,
        "source": layer + 1,
        "map": index + 1,
        "name": name_of(network, layer),
        "target": _unit_name(network, layer, index),
        "canOff": not is_answer(network, layer),
        "isOff": any(each.bias_shift is None for each in own),
        "bias": float(network.layers[layer].params["bias"][index]),
        "shift": next((each.bias_shift for each in own if each.bias_shift is not None), 0.0),
        "bound": [bounds.BIAS_SHIFT.low, bounds.BIAS_SHIFT.high],
        "changes": [{"text": _describe(network, each), "layer": each.layer + 1, "map": each.map + 1} for each in edits],
        "undo": can_undo(),
        "maps": [packed(np.atleast_2d(trace.outputs[shown][..., index])) for trace in (before, after)],
        "shownName": name_of(network, shown),
        "answers": answers,
        "unchanged": answers[0]["digit"] == answers[1]["digit"],
        "shown": _shown_classes(before, after),
        "asked": None,
    }
    digits = labelled_digits(current)
    if digits is not None:
        before_and_after = {"before": results.get(("wrong", ())), "after": results.get(("wrong", edits))}
        data["asked"] = {"of": len(digits)} | before_and_after
    return data


def count_missing(current: SessionNetwork) -> bool:
    """Count the wrong test digits, with a progress bar, where that was not done yet; return whether it was missing."""
    digits, results = labelled_digits(current), cached_results(current.network)
    missing = [key for key in dict.fromkeys([(), current_edits()]) if ("wrong", key) not in results]
    if digits is None or not missing:
        return False
    for edits in missing:
        words = "with the changes" if edits else "the network as learned"
        bar = st.progress(0.0, text=f"Asking {words}")
        for asked, wrong in count_errors(edited_network(current.network, edits), digits):
            bar.progress(asked / len(digits), text=f"Asking {words}: {wrong:,} of {asked:,} wrong")
        cache_result(current.network, ("wrong", edits), wrong)
    return True


def show_edits(network: Network) -> None:
    """A line with the edits and a button to undo them, for the views that show the edited network."""
    edits = current_edits()
    if not edits:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Changed:** {'; '.join(_describe(network, each) for each in edits)}.")
        st.button("All on again", key="inside_all_on", on_click=_set_edits, args=((),))


def _set_edits(edits: Iterable[MapEdit]) -> None:
    """Write edits into the settings; those before can be restored by undo."""
    edits = list(edits)
    offs = [f"{each.layer + 1}.{each.map + 1}" for each in edits if each.bias_shift is None]
    shifts = [f"{each.layer + 1}.{each.map + 1}:{each.bias_shift:g}" for each in edits if each.bias_shift is not None]
    texts = ",".join(offs), ",".join(shifts)
    before = _texts()
    if texts == before or max(len(offs), len(shifts)) > bounds.CHANGES:
        return
    if not can_undo():
        _reset()
    state.pop(_LEADS_TO, None)
    _PAST.push(before)
    state[OFF], state[BIAS] = texts
    KEPT.save()


def _texts() -> tuple[str, str]:
    """The edits as the settings of the link have them."""
    return state.get(OFF, ""), state.get(BIAS, "")


def _parse_edits(text: str, shifts: bool) -> list[MapEdit]:
    """The edits of a text such as "4.14,1.3" or, with shifts, "4.2:0.5". Raises InputError."""
    if len(text) > bounds.CHANGES * 16:
        raise InputError(f"At most {bounds.CHANGES} maps are changed.")
    edits = []
    for part in text.split(",") if text else []:
        match = _PLACE.fullmatch(part)
        if not match or (match[3] is not None) != shifts or (shifts and float(match[3]) not in bounds.BIAS_SHIFT):
            raise InputError("A change is written as layer.map, or layer.map:shift.")
        edits.append(MapEdit(int(match[1]) - 1, int(match[2]) - 1, float(match[3]) if shifts else None))
    return edits


def _unit_name(network: Network, layer: int, index: int) -> str:
    if is_answer(network, layer):
        return f"the score of {network.names[index]}"
    return f"{'map' if isinstance(network.layers[layer], Conv2D) else 'unit'} {index + 1} of {name_of(network, layer)}"


def _describe(network: Network, edit: MapEdit) -> str:
    unit = _unit_name(network, edit.layer, edit.map)
    if edit.bias_shift is None:
        return f"{unit} off"
    return f"{unit}: bias {'+' if edit.bias_shift > 0 else '−'} {abs(edit.bias_shift):g}"


def _shown_classes(before: NetworkTrace, after: NetworkTrace) -> list[int]:
    """All classes in their order; of many the likeliest before or after."""
    most = np.maximum(*(answer_data(trace.logits, before.network)["probabilities"] for trace in (before, after)))
    return sorted(np.argsort(-most, kind="stable")[:N_CLASSES_SHOWN].tolist())


def _is_shift(value: Any) -> bool:
    return not isinstance(value, bool) and value in bounds.BIAS_SHIFT


def _pack() -> bytes | None:
    return json.dumps({"past": _PAST.values(), "edits": _texts()}).encode() if _PAST else None


def _unpack(data: bytes, is_new: bool) -> None:
    if is_new:
        return  # the session has made edits of its own before the browser answered
    kept = json.loads(data)
    past = [(off, bias) for off, bias in kept["past"]][-bounds.UNDO :]
    for off, bias in (*past, kept["edits"]):
        _parse_edits(off, False)
        _parse_edits(bias, True)
    st.session_state[_PAST.key] = past
    state[_LEADS_TO] = tuple(kept["edits"])


def _reset() -> None:
    st.session_state.pop(_PAST.key, None)
    state.pop(_LEADS_TO, None)


KEPT = Kept("switched off", version=1, pack=_pack, unpack=_unpack, reset=_reset, follows=False)
