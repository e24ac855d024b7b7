"""The sidebar of a training: every setting, and the experiments that set them all."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnncore import limits
from cnncore.architecture.spec import PRESETS
from cnncore.architecture.text import INITIALIZER_WORDS
from cnncore.training.settings import DECAYS, OPTIMIZERS
from pages.ui import bounds
from pages.ui.frame.page_frame import remark
from pages.ui.train.dashboard.payload import NAMES, layers_in_words
from pages.ui.train.data.choice import chosen_data, described_data, to_data
from pages.ui.train.glossary import HELP, glossary
from pages.ui.train.presets import EXPERIMENTS
from pages.ui.train.settings import DISTORTIONS, ENDS, OWN, architecture, classes, is_endless, plain_settings

PIXELS = {"off": "in order", "on": "scrambled"}
START_NAMES = {"glorot": "Glorot", "he": "He", "equal": "all equal"}
state = st.session_state


def controls(build: Callable[[], None], change_rate: Callable[[], None], *, under_way: bool) -> None:
    """The sidebar below the views; every value lives in the session state under its link's name.

    While a training is under way its rate may be meant, or that of the next one.
    """
    names = [*PRESETS, *([OWN] if state.net else [])]
    st.selectbox("Architecture", names, key="architecture", format_func=lambda n: NAMES.get(n, "your own"))
    remark(layers_in_words(architecture(), classes()))
    st.button("Change its layers", key="train_build", on_click=build, width="stretch")
    low, high, _ = limits.LEARNING_RATE
    st.number_input(
        "Learning rate η",
        low,
        high,
        step=0.01,
        format="%g",
        key="rate",
        on_change=change_rate,
        help=HELP["rate"],
    )
    if under_way:
        st.checkbox("Change it in the training under way", True, key="train_rate_now")
    with st.expander("Guided experiments"):
        for name, experiment in EXPERIMENTS.items():
            st.button(
                experiment.title, key=f"try_{name}", on_click=set_up, args=(name, 0), width="stretch", type="tertiary"
            )
    with st.expander("How it learns"):
        st.radio("Optimiser", OPTIMIZERS, key="optimiser", horizontal=True, help=HELP["optimiser"])
        low, high, _ = limits.MOMENTUM
        st.number_input("Momentum μ", low, high, step=0.05, format="%g", key="momentum", help=HELP["momentum"])
        endless = is_endless()
        falls = "Decay of the learning rate"
        st.radio(falls, DECAYS, key="decay", horizontal=True, help=HELP["decay"], disabled=endless)
        if endless:
            remark("It ends when stopped: the rate stays as it is set, since a decay needs an end to fall to.")
        _whole("Batch", "batch", limits.BATCH_SIZE)
        st.radio("It ends", list(ENDS), key="ends", format_func=ENDS.get, horizontal=True, help=HELP["ends"])
        _whole("Epochs", "epochs", limits.EPOCHS, disabled=endless)
        st.radio(
            "Weights start by",
            list(INITIALIZER_WORDS),
            key="init",
            format_func=START_NAMES.get,
            help=HELP["init"],
            horizontal=True,
        )
        _whole("Seed", "seed", bounds.SEED_OFFERED)
    with st.expander("What it learns from"):
        remark(described_data(chosen_data()))
        st.button("Choose the data", key="train_data", on_click=to_data, width="stretch")
        _whole("Training digits", "digits", limits.TRAIN_DIGITS)
        if state.batch > state.digits:
            remark(f"A batch larger than the data: every step learns from all {state.digits:,} digits.")
        st.radio(
            "Pixels", ("off", "on"), key="scramble", horizontal=True, format_func=PIXELS.get, help=HELP["scramble"]
        )
        remark("Distort every digit anew each time, by up to")
        for name, (label, bound, step) in DISTORTIONS.items():
            st.number_input(label, bound.low, bound.high, step=step, format="%g", key=name, help=HELP[name])
    with st.expander("What the letters mean"):
        st.markdown(glossary())


def set_up(name: str, variant: int) -> None:
    """Set everything as an experiment's run wants it, as a callback."""
    state.update(experiment_settings(name, variant) | {"show": "live"})


def experiment_settings(name: str, variant: int) -> dict[str, Any]:
    """Every setting of one run of an experiment."""
    run = EXPERIMENTS[name].runs[variant]
    return plain_settings(run.settings, run.architecture) | {"experiment": name}


def experiment_strip() -> None:
    """Of the experiment that is under way: what to look at, and its runs, the one that is set marked."""
    if state.experiment == "none":
        return
    experiment = EXPERIMENTS[state.experiment]
    with st.container(key="experiment_strip", gap="small"):
        st.markdown(f"**{experiment.title}.** {experiment.look}")
        with st.container(horizontal=True):
            for number, run in enumerate(experiment.runs):
                wanted = experiment_settings(state.experiment, number)
                here = all(state[key] == value for key, value in wanted.items())
                label = f"✓ Set: {run.label}" if here else f"Set: {run.label}"
                args = (state.experiment, number)
                st.button(label, key=f"run_{number}", on_click=set_up, args=args)
            st.button("End the experiment", key="experiment_end", on_click=_end, type="tertiary")


def _end() -> None:
    state.experiment = "none"


def _whole(label: str, key: str, bound: limits.Bound, *, disabled: bool = False) -> None:
    st.number_input(label, int(bound.low), int(bound.high), key=key, help=HELP[key], disabled=disabled)
