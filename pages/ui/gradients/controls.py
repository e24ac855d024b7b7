"""The sidebar of the gradients page, and what each of its widgets changes beside its own setting."""

import streamlit as st

from cnncore import limits
from pages.ui import bounds
from pages.ui.gradients.inputs import cell_count
from pages.ui.gradients.presets import SCENES
from pages.ui.gradients.settings import LOSSES, PADDINGS, VIEWS, default_settings, settings_of, state
from pages.ui.shared.grid_text import plain_text


def controls() -> None:
    """The sidebar; the value of each widget is the setting of the same name."""
    titles = {name: title for name, (title, _) in SCENES.items()}
    with st.sidebar:
        st.radio("View", VIEWS, key=state.key("view"), format_func=lambda n: VIEWS[n], on_change=change_view)
        st.selectbox(
            "Scene",
            titles,
            index=None,
            key=state.key("pick"),
            format_func=lambda n: titles[n],
            on_change=pick,
            placeholder="Pick",
        )
        if state.view == "learn":
            st.text_input("Signal", key=state.key("input"), on_change=normalize, args=("input",))
            with st.expander("The hidden filter"):
                st.text_input("Hidden filter", key=state.key("hidden"), on_change=normalize, args=("hidden",))
            st.text_input("First guess", key=state.key("start"), on_change=normalize, args=("start",))
            _decimal("Learning rate η", "rate", bounds.DESCENT_RATE, 0.05)
        else:
            st.text_input(
                "Input: rows of a picture with ; between", key=state.key("input"), on_change=normalize, args=("input",)
            )
            st.text_input("Filter", key=state.key("weights"), on_change=normalize, args=("weights",))
            st.selectbox("Loss L", LOSSES, key=state.key("loss"), format_func=lambda n: LOSSES[n])
        if state.view == "add-one":
            st.radio("Nudge a cell of", ("input", "filter"), key=state.key("part"), horizontal=True)
            count = cell_count(state)
            state.cell = min(state.cell, count)  # there may be fewer than there were
            st.number_input("Cell, counted from 1", 1, count, key=state.key("cell"))
            _decimal("By", "amount", bounds.NUDGE, 0.5)
        st.radio("Padding P", PADDINGS, key=state.key("padding"), horizontal=True)
        if state.padding == "number":
            _slider("Cells of zeros on every side", "cells", bounds.BACKWARD_PADDING)
        _slider("Stride S", "stride", bounds.STRIDE)
        with st.expander("Beyond the lecture"):
            _slider("Dilation D", "dilation", bounds.DILATION)


def _slider(label: str, key: str, bound: limits.Bound) -> None:
    """A whole number within its bound."""
    st.slider(label, int(bound.low), int(bound.high), key=state.key(key))


def _decimal(label: str, key: str, bound: limits.Bound, step: float) -> None:
    """A decimal number within its bound."""
    st.number_input(label, float(bound.low), float(bound.high), step=step, format="%g", key=state.key(key))


def pick(name: str | None = None) -> None:
    """A scene brings its own settings along."""
    name = name or state.pick
    if name:
        state.update(settings_of(name) | {"pick": None, "step": 1})


def change_view() -> None:
    """Input and filter go along to another view, where it can show them."""
    state.step = 1
    if state.view == "learn" and ";" in state.input:
        state.input = default_settings("learn")["input"]


def normalize(name: str) -> None:
    """What was typed, in the form that a link has."""
    state[name] = plain_text(state[name])
