"""The sidebar of a training: every setting, and the experiments that set them all."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnncore import limits
from cnncore.architecture.spec import PRESETS
from cnncore.architecture.text import INITIALIZER_WORDS
from cnncore.training.settings import DECAYS, OPTIMIZERS
from pages.ui import bounds
from pages.ui.frame.page_frame import small_text
from pages.ui.session.page_state import PageState
from pages.ui.shared.wording import image_word, said_of
from pages.ui.train.dashboard.payload import NAMES, layers_in_words
from pages.ui.train.data.choice import chosen_data, describe_data, show_data_section
from pages.ui.train.glossary import HELP, glossary
from pages.ui.train.presets import EXPERIMENTS
from pages.ui.train.settings import DISTORTIONS, ENDS, OWN, VIEWS, architecture, classes, is_endless, plain_settings

PIXELS = {"off": "in order", "on": "scrambled"}
START_NAMES = {"glorot": "Glorot", "he": "He", "equal": "all equal"}
state = PageState("train")


def choose_view() -> None:
    """The views. Where Python chose one, as a press of Train does, the choice is another widget.

    A timer of the page may send a rerun with the old choice before the browser knows the new one. As a choice of
    a widget that is gone it changes nothing.
    """
    if state.get(_view_name(), state.show) != state.show:
        state.n_views_set = state.get("n_views_set", 0) + 1
    key = state.key(_view_name())
    index = list(VIEWS).index(state.show)
    st.radio("Show", list(VIEWS), index, key=key, format_func=VIEWS.__getitem__, on_change=_set_view, args=(key,))


def _view_name() -> str:
    return f"view_{state.get('n_views_set', 0)}"


def _set_view(key: str) -> None:
    if key == state.key(_view_name()):
        state.show = st.session_state[key]


def controls(build: Callable[[], None], change_rate: Callable[[], None], *, under_way: bool) -> None:
    """The sidebar below the views.

    build        shows the network's blocks
    change_rate  changes the learning rate of the training under way
    under_way    whether there is one
    """
    names = [*PRESETS, *([OWN] if state.net else [])]
    st.selectbox("Architecture", names, key=state.key("architecture"), format_func=lambda n: NAMES.get(n, "your own"))
    small_text(layers_in_words(architecture(), classes()))
    st.button("Change its layers", key="train_build", on_click=build, width="stretch")
    low, high, _ = limits.LEARNING_RATE
    st.number_input(
        "Learning rate η",
        low,
        high,
        step=0.01,
        format="%g",
        key=state.key("rate"),
        on_change=change_rate,
        help=HELP["rate"],
    )
    if under_way:
        st.checkbox("Change it in the training under way", True, key=state.key("rate_now"))
    with st.expander("Guided experiments"):
        for name, experiment in EXPERIMENTS.items():
            st.button(
                experiment.title, key=f"try_{name}", on_click=set_up, args=(name, 0), width="stretch", type="tertiary"
            )
    with st.expander("How it learns"):
        st.radio("Optimiser", OPTIMIZERS, key=state.key("optimiser"), horizontal=True, help=HELP["optimiser"])
        low, high, _ = limits.MOMENTUM
        st.number_input(
            "Momentum μ", low, high, step=0.05, format="%g", key=state.key("momentum"), help=HELP["momentum"]
        )
        endless = is_endless()
        falls = "Decay of the learning rate"
        st.radio(falls, DECAYS, key=state.key("decay"), horizontal=True, help=HELP["decay"], disabled=endless)
        if endless:
            small_text("It ends when stopped: the rate stays as it is set, since a decay needs an end to fall to.")
        _whole("Batch", "batch", limits.BATCH_SIZE)
        _radio("It ends", "ends", ENDS)
        _whole("Epochs", "epochs", limits.EPOCHS, disabled=endless)
        _radio("Weights start by", "init", {name: START_NAMES[name] for name in INITIALIZER_WORDS})
        _whole("Seed", "seed", bounds.SEED_OFFERED)
    noun = _noun()
    with st.expander("What it learns from"):
        small_text(describe_data(chosen_data()))
        st.button("Choose the data", key="train_data", on_click=show_data_section, width="stretch")
        _whole(f"Training {noun}s", "digits", limits.TRAIN_DIGITS)
        if state.batch > state.digits:
            small_text(f"A batch larger than the data: every step learns from all {state.digits:,} {noun}s.")
        _radio("Pixels", "scramble", PIXELS)
        small_text(f"Distort every {noun} anew each time, by up to")
        for name, (label, bound, step) in DISTORTIONS.items():
            help_ = said_of(HELP[name], noun)
            st.number_input(label, bound.low, bound.high, step=step, format="%g", key=state.key(name), help=help_)
    with st.expander("What the letters mean"):
        st.markdown(glossary(noun))


def set_up(name: str, variant: int) -> None:
    """Set every setting to those of an experiment's run, as a callback."""
    state.update(experiment_settings(name, variant) | {"show": "live"})


def experiment_settings(name: str, variant: int) -> dict[str, Any]:
    """Every setting of one run of an experiment."""
    run = EXPERIMENTS[name].runs[variant]
    return plain_settings(run.settings, run.architecture) | {"experiment": name}


def experiment_strip() -> None:
    """The chosen experiment: what to look at, and its runs, with a mark at the one that is set."""
    if state.experiment == "none":
        return
    experiment = EXPERIMENTS[state.experiment]
    with st.container(key="experiment_strip", gap="small"):
        st.markdown(f"**{experiment.title}.** {experiment.look}")
        with st.container(horizontal=True):
            for index, run in enumerate(experiment.runs):
                run_settings = experiment_settings(state.experiment, index)
                is_set = all(state[key] == value for key, value in run_settings.items())
                label = f"✓ Set: {run.label}" if is_set else f"Set: {run.label}"
                args = (state.experiment, index)
                st.button(label, key=f"run_{index}", on_click=set_up, args=args)
            st.button("End the experiment", key="experiment_end", on_click=_end, type="tertiary")


def _noun() -> str:
    """What the images of the next training are called."""
    return image_word(chosen_data().names)


def _end() -> None:
    state.experiment = "none"


def _radio(label: str, name: str, options: dict[str, str]) -> None:
    key, help_ = state.key(name), said_of(HELP[name], _noun())
    st.radio(label, list(options), key=key, horizontal=True, format_func=options.__getitem__, help=help_)


def _whole(label: str, name: str, bound: limits.Bound, *, disabled: bool = False) -> None:
    key, help_ = state.key(name), said_of(HELP[name], _noun())
    st.number_input(label, int(bound.low), int(bound.high), key=key, help=help_, disabled=disabled)
