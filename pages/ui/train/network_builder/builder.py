"""The network as a stack of blocks: seen, changed block by block, corrected where it does not fit."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnncore import Window, limits
from cnncore.architecture.checker import LayerCheck, check_network, first_misfit, parameter_count
from cnncore.architecture.layer_specs import LAYER_SPECS, LayerSetting
from pages.ui.components.loader import component
from pages.ui.frame.page_frame import small_text
from pages.ui.session.page_state import PageState
from pages.ui.shared.wording import image_word
from pages.ui.train.data.choice import chosen_data
from pages.ui.train.network_builder import blocks as edit
from pages.ui.train.network_builder.blocks import Block, blocks_of, layers_of
from pages.ui.train.settings import INPUT, classes, layers, set_layers

KEY = "stack"
state = PageState("train")


def builder(train: Callable[[], None], *, busy: bool) -> None:
    """The stack, what does not fit in it, and the chosen block's settings. `train` begins a training with it."""
    plain = layers()
    plans = check_network(plain, INPUT, classes=classes())
    blocks, broken = blocks_of(plain), first_misfit(plans)
    starts = edit.first_layers(blocks)
    place = None if broken is None else max(n for n, start in enumerate(starts) if start <= broken)
    chosen = min(state.get("block", 0), len(blocks) - 1)
    component("network_builder")(
        key=KEY, data=stack_data(blocks, plans, chosen), on_picked_change=_pick, on_accept_change=_accept_suggestion
    )
    if broken is not None and place is not None:
        _suggestions(place, plans[broken])
    _edit_block(blocks, chosen, edit.of_blocks(blocks, plans)[chosen])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("**Train this**", key="train_this", on_click=train, disabled=busy or broken is not None)
        where = f"in {len(blocks)} blocks" if place is None else f"up to block {place + 1}, which does not fit"
        st.markdown(f"**{parameter_count(plans):,}** parameters {where}")


def stack_data(blocks: list[Block], plans: list[LayerCheck], chosen: int) -> dict[str, Any]:
    """What the picture shows: the image, then each block with its shape, parameters and whether it fits."""
    drawn: list[dict[str, Any]] = [
        {"name": image_word(chosen_data().names), "lines": [], "shape": list(INPUT), "note": ""}
    ]
    for block, own in zip(blocks, edit.of_blocks(blocks, plans), strict=True):
        out = own[-1].output_shape
        reads = LAYER_SPECS[block[0]["layer"]].reads
        count = sum(each.parameters for each in own)
        drawn.append(
            {
                "name": edit.NAMES[block[0]["layer"]],
                "lines": edit.detail(block)[1 if out and reads == "vector" else 0 :],  # its shape says its units
                "shape": list(out) if out else [],
                "note": f"{count:,} parameters" if count else "",
                "left": list(own[0].leftover),
                "broken": any(each.error for each in own),
            }
        )
    broken = first_misfit(plans)
    suggestions = () if broken is None else plans[broken].suggestions
    return {"blocks": drawn, "chosen": chosen, "suggestion": suggestions[0].words if suggestions else ""}


def _pick() -> None:
    picked = st.session_state[KEY].get("picked")
    if isinstance(picked, int) and not isinstance(picked, bool) and 0 <= picked < limits.LAYERS:
        state.block = picked


def _accept_suggestion() -> None:
    """The picture's own button: the nearest that fits."""
    plans = check_network(layers(), INPUT, classes=classes())
    broken = first_misfit(plans)
    if broken is not None and plans[broken].suggestions:
        set_layers(plans[broken].suggestions[0].layers)


def _suggestions(place: int, broken: LayerCheck) -> None:
    """What does not fit, and a button for each suggestion."""
    st.warning(f"Block {place + 1} does not fit. {broken.error}")
    with st.container(horizontal=True):
        for number, suggestion in enumerate(broken.suggestions):
            st.button(suggestion.words, key=f"suggestion_{number}", on_click=set_layers, args=(suggestion.layers,))


def _edit_block(blocks: list[Block], at: int, own: tuple[LayerCheck, ...]) -> None:
    """The chosen block: its settings, its place, what may follow it."""
    block, answering = blocks[at], edit.answers(blocks) == at
    with st.container(border=True, key="block_editor"):
        st.markdown(f"**Block {at + 1}: {edit.NAMES[block[0]['layer']]}**{_sizes(own[0], own[-1])}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _settings(blocks, at, answering)
        _whole_sizes(blocks, at, own[0])
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.button("← Earlier", key="block_back", on_click=_move, args=(at, -1), disabled=at == 0)
            st.button("Later →", key="block_on", on_click=_move, args=(at, 1), disabled=at == len(blocks) - 1)
            st.button("Remove", key="block_out", on_click=_remove, args=(at,), disabled=answering or len(blocks) == 1)
            full = len(layers_of(blocks)) + 2 > limits.LAYERS
            kinds, key = list(edit.NEW), state.key("block_new")
            st.selectbox("Add behind it", kinds, key=key, format_func=edit.NAMES.__getitem__, width=190)
            st.button("Add", key="block_add", on_click=_add, args=(at,), disabled=full)


def _sizes(first: LayerCheck, last: LayerCheck) -> str:
    if first.input_shape is None or last.output_shape is None:
        return ""
    return f"  ·  {_times(first.input_shape)} → {_times(last.output_shape)}"


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def _settings(blocks: list[Block], at: int, answering: bool) -> None:
    """The chosen block's widgets, filled from the network: it alone says what they show."""
    for entry in blocks[at]:
        for setting in LAYER_SPECS[entry["layer"]].settings:
            _setting(at, setting, entry, answering)
        if entry["layer"] in edit.ACTIVATED and not answering:
            state.block_activation = edit.activation_of(blocks[at])
            st.selectbox(
                "Activation",
                list(edit.ACTIVATIONS),
                key=state.key("block_activation"),
                format_func=edit.ACTIVATIONS.__getitem__,
                **_changes(at),
            )


def _setting(at: int, setting: LayerSetting, entry: dict[str, Any], answering: bool) -> None:
    value = entry.get(setting.name, setting.default)
    if value is None:  # a pooling moves by its own size
        value = entry["size"]
    if setting.named:
        key = f"block_{setting.name}"
        options = (setting.default, *setting.named.values(), "number")
        state[key] = value if isinstance(value, str) else "number"
        names = {"number": "cells"}
        st.selectbox(setting.label, options, key=state.key(key), format_func=lambda p: names.get(p, p), **_changes(at))
        if not isinstance(value, str):
            _number(at, setting.counted.capitalize(), f"{setting.name}_number", setting.bound, value)
        return
    fixed = setting.name == "units" and answering
    help_ = "As many as there are classes: the network answers here" if fixed else setting.help
    _number(at, setting.label, setting.name, setting.bound, setting.number(value), disabled=fixed, help=help_)


def _changes(at: int) -> dict[str, Any]:
    return {"on_change": _change, "args": (at,), "width": 150}


def _number(at: int, label: str, name: str, bound: limits.Bound, value: int, **more: Any) -> None:
    state[f"block_{name}"] = min(max(value, int(bound.low)), int(bound.high))
    st.number_input(label, int(bound.low), int(bound.high), key=state.key(f"block_{name}"), **_changes(at), **more)


def _change(at: int) -> None:
    """Read the chosen block's widgets back into the network."""
    blocks = blocks_of(layers())
    if at >= len(blocks):
        return
    block, activation = blocks[at], state.get("block_activation", "none")
    if block[0]["layer"] not in edit.ACTIVATED or edit.answers(blocks) == at:
        activation = edit.activation_of(block)
    entries = [edit.with_settings(entry, _values(entry)) for entry in block]
    blocks[at] = edit.changed(entries, activation)
    set_layers(layers_of(blocks))


def _values(entry: dict[str, Any]) -> dict[str, Any]:
    """The values of a layer's widgets."""
    values: dict[str, Any] = {}
    for setting in LAYER_SPECS[entry["layer"]].settings:
        number = state[f"block_{setting.name}"]
        if number == "number":
            number = state.get(f"block_{setting.name}_number", entry["size"] // 2)
        elif setting.default is None and number in (values["size"], entry["size"] if _follows(entry) else None):
            number = None  # by its own size, and still so where the size alone was changed
        values[setting.name] = setting.value(number) if isinstance(number, int) else number
    return values


def _follows(entry: dict[str, Any]) -> bool:
    """Whether a pooling moves by its own size."""
    return entry.get("stride") is None


def _whole_sizes(blocks: list[Block], at: int, own: LayerCheck) -> None:
    """Where the size is not whole: what is left over, and the nearest that leaves nothing."""
    if own.input_shape is None or not any(own.leftover):
        return
    rows, columns = own.leftover
    entry = blocks[at][0]
    small_text(
        f"The size is not whole, so it is floored: {rows} row{'s' * (rows != 1)} and "
        f"{columns} column{'s' * (columns != 1)} at the end are not read. It works all the same; whole it is with:"
    )
    with st.container(horizontal=True):
        for words, values in whole_neighbours(entry, own.input_shape):
            st.button(words, key=f"whole_{words}", on_click=_correct_size, args=(at, values))


def whole_neighbours(entry: dict[str, Any], shape: tuple[int, ...]) -> list[tuple[str, dict[str, Any]]]:
    """The nearest settings of a convolution or pooling that leave nothing over on (H, W, C): words and settings."""
    padded = LAYER_SPECS[entry["layer"]].setting("padding") is not None
    stride = entry.get("stride", 1) if padded else entry.get("stride") or entry["size"]
    window = Window(entry["size"], stride=stride, padding=entry.get("padding", "half") if padded else 0)
    found: list[tuple[str, dict[str, Any]]] = []
    for other in window.suggest_without_leftover((shape[0], shape[1])):
        if other.strides != window.strides and other.strides[0] in limits.BUILT_STRIDE:
            found.append((f"Stride {other.strides[0]}", {"stride": other.strides[0]}))
        elif other.size != window.size and padded and other.size in limits.FILTER_SIZE:
            found.append((f"Size {other.size}", {"size": other.size, "padding": other.border}))
        elif other.size != window.size and not padded and other.size in limits.BUILT_POOL:
            found.append((f"Size {other.size}, stride {stride}", {"size": other.size, "stride": stride}))
        elif other.border != window.border and padded and other.border in limits.PADDING:
            found.append((f"Padding {other.border}", {"padding": other.border}))
    return found


def _correct_size(at: int, values: dict[str, Any]) -> None:
    blocks = blocks_of(layers())
    blocks[at] = edit.changed(blocks[at], edit.activation_of(blocks[at]), **values)
    set_layers(layers_of(blocks))


def _move(at: int, by: int) -> None:
    set_layers(layers_of(edit.moved(blocks_of(layers()), at, by)))
    state.block = at + by


def _remove(at: int) -> None:
    set_layers(layers_of(edit.without(blocks_of(layers()), at)))
    state.block = max(at - 1, 0)


def _add(at: int) -> None:
    set_layers(layers_of(edit.with_new(blocks_of(layers()), at, state.block_new)))
    state.block = at + 1
