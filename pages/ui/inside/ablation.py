"""Filters and neurons switched off, biases shifted: the list of changes, in the session and in the page's link."""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import streamlit as st

from cnncore import InputError, Network
from cnncore.analysis.ablation import MapEdit, count_wrong, edited_network
from cnncore.nn.layers import Conv2D, Dense
from cnncore.tracing.network import NetworkTrace
from pages.ui import bounds
from pages.ui.components.loader import packed
from pages.ui.inside.layer_strip import answer_data
from pages.ui.session.cache import digits_for, note, remembered
from pages.ui.session.current_network import SessionNetwork
from pages.ui.shared.layer_labels import chain_of, is_answer, name_of

OFF, BIAS = "off", "bias"  # the settings' names: off=4.14,1.3 and bias=4.2:0.5; layers and maps are counted from 1
CLASSES_SHOWN = 10
_PAST = "inside_changes_past"
_PLACE = re.compile(r"([0-9]{1,2})\.([0-9]{1,4})(?::(-?[0-9]{1,2}(?:\.[0-9]{1,2})?))?", re.ASCII)
state = st.session_state

Data = dict[str, Any]
Changes = tuple[MapEdit, ...]


def read_changes(text: str, network: Network, *, shifts: bool) -> str:
    """A setting of the link, if the network has what it names. Raises InputError."""
    changes = _parsed(text, shifts)
    if len(changes) > bounds.CHANGES or len({change[:2] for change in changes}) < len(changes):
        raise InputError(f"At most {bounds.CHANGES} maps are changed, each once.")
    for layer, number, shift in changes:
        found = network.layers[layer] if 0 <= layer < len(network.layers) else None
        if not isinstance(found, Conv2D | Dense) or not 0 <= number < network.shapes[layer][-1]:
            raise InputError(f"There is no map or unit {layer + 1}.{number + 1} in this network.")
        if shift is None and is_answer(network, layer):
            raise InputError("The answer's scores cannot be switched off: shift their bias instead.")
    return text


def changes_now() -> Changes:
    """All that is changed, as the session state says."""
    return (*_parsed(state.get(OFF, ""), False), *_parsed(state.get(BIAS, ""), True))


def as_changed(network: Network) -> Network:
    """The network with the changes made; itself without any."""
    changes = changes_now()
    return edited_network(network, changes) if changes else network


def change(told: Any, network: Network, layer: int, number: int) -> None:
    """What the stage told of a map, counted from 0: {"off": bool}, {"shift": x}, {"undo": …} or {"all": …}."""
    if not isinstance(told, dict):
        return
    if "undo" in told:
        past = state.get(_PAST, [])
        if past:
            state[OFF], state[BIAS] = past.pop()
        return
    changes = list(changes_now())
    if "all" in told:
        changes = []
    elif isinstance(told.get("off"), bool) and not is_answer(network, layer):
        changes = [each for each in changes if each != (layer, number, None)]
        changes += [MapEdit(layer, number)] if told["off"] else []
    elif _number(told.get("shift")):
        shift = round(float(told["shift"]), 2)
        changes = [each for each in changes if each[:2] != (layer, number) or each.shift is None]
        changes += [MapEdit(layer, number, shift)] if shift else []
    _keep(changes)


def ablating_data(current: SessionNetwork, before: NetworkTrace, after: NetworkTrace, layer: int, number: int) -> Data:
    """All that the stage shows of a map, counted from 0: as learned and with the changes."""
    network, changes = current.network, changes_now()
    chain = [n for n in chain_of(network, layer) if not hasattr(network.layers[n], "window")]
    shown = chain[-1] if chain else layer
    notes, unchanged = remembered(network), ("wrong", ())
    mine = [each for each in changes if each[:2] == (layer, number)]
    answers = [answer_data(trace.logits, network.names) for trace in (before, after)]
    data = {
        "layer": layer + 1,
        "source": layer + 1,
        "map": number + 1,
        "name": name_of(network, layer),
        "target": _words(network, layer, number),
        "canOff": not is_answer(network, layer),
        "isOff": any(each.shift is None for each in mine),
        "bias": float(network.layers[layer].params["bias"][number]),
        "shift": next((each.shift for each in mine if each.shift is not None), 0.0),
        "bound": [bounds.BIAS_SHIFT.low, bounds.BIAS_SHIFT.high],
        "changes": [
            {"text": _in_words(network, each), "layer": each.layer + 1, "map": each.map + 1} for each in changes
        ],
        "undo": bool(state.get(_PAST)),
        "maps": [packed(np.atleast_2d(trace.outputs[shown][..., number])) for trace in (before, after)],
        "shownName": name_of(network, shown),
        "answers": answers,
        "unchanged": answers[0]["digit"] == answers[1]["digit"],
        "shown": _classes_shown(before, after),
        "asked": None,
    }
    digits = digits_for(current)
    if digits is not None:
        key = ("wrong", changes)
        data["asked"] = {"of": len(digits), "before": notes.get(unchanged), "after": notes.get(key)}
    return data


def count(current: SessionNetwork) -> bool:
    """Ask all test digits, in sight, where that was not done yet; whether it was to be done."""
    digits, notes = digits_for(current), remembered(current.network)
    missing = [key for key in dict.fromkeys([(), changes_now()]) if ("wrong", key) not in notes]
    if digits is None or not missing:
        return False
    for changes in missing:
        words = "with the changes" if changes else "the network as learned"
        bar = st.progress(0.0, text=f"Asking {words}")
        for asked, wrong in count_wrong(edited_network(current.network, changes), digits):
            bar.progress(asked / len(digits), text=f"Asking {words}: {wrong:,} of {asked:,} wrong")
        note(current.network, ("wrong", changes), wrong)
    return True


def show_changes(network: Network) -> None:
    """A line that says what is changed, and takes it back; for the views that show the changed network."""
    changes = changes_now()
    if not changes:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Changed:** {'; '.join(_in_words(network, each) for each in changes)}.")
        st.button("All on again", key="inside_all_on", on_click=_keep, args=((),))


def _keep(changes: Iterable[MapEdit]) -> None:
    """Write them into the settings; what stood there before can be had back."""
    changes = list(changes)
    offs = [f"{each.layer + 1}.{each.map + 1}" for each in changes if each.shift is None]
    shifts = [f"{each.layer + 1}.{each.map + 1}:{each.shift:g}" for each in changes if each.shift is not None]
    texts = ",".join(offs), ",".join(shifts)
    before = state.get(OFF, ""), state.get(BIAS, "")
    if texts == before or max(len(offs), len(shifts)) > bounds.CHANGES:
        return
    past = state.setdefault(_PAST, [])
    past.append(before)
    del past[: -bounds.UNDO]
    state[OFF], state[BIAS] = texts


def _parsed(text: str, shifts: bool) -> list[MapEdit]:
    """ "4.14,1.3" or "4.2:0.5". Raises InputError."""
    if len(text) > bounds.CHANGES * 16:
        raise InputError(f"At most {bounds.CHANGES} maps are changed.")
    changes = []
    for part in text.split(",") if text else []:
        found = _PLACE.fullmatch(part)
        if not found or (found[3] is not None) != shifts or (shifts and float(found[3]) not in bounds.BIAS_SHIFT):
            raise InputError("A change is written as layer.map, or layer.map:shift.")
        changes.append(MapEdit(int(found[1]) - 1, int(found[2]) - 1, float(found[3]) if shifts else None))
    return changes


def _words(network: Network, layer: int, number: int) -> str:
    if is_answer(network, layer):
        return f"the score of {network.names[number]}"
    return f"{'map' if isinstance(network.layers[layer], Conv2D) else 'unit'} {number + 1} of {name_of(network, layer)}"


def _in_words(network: Network, change: MapEdit) -> str:
    what = _words(network, change.layer, change.map)
    if change.shift is None:
        return f"{what} off"
    return f"{what}: bias {'+' if change.shift > 0 else '−'} {abs(change.shift):g}"


def _classes_shown(before: NetworkTrace, after: NetworkTrace) -> list[int]:
    """All classes in their order; of many the likeliest before or after."""
    most = np.maximum(*(answer_data(trace.logits)["probabilities"] for trace in (before, after)))
    return sorted(np.argsort(-most, kind="stable")[:CLASSES_SHOWN].tolist())


def _number(value: Any) -> bool:
    return not isinstance(value, bool) and value in bounds.BIAS_SHIFT
