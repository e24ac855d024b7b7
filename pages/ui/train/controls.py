"""The settings of a training: the sidebar, the link, and what they come to."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnncore import Settings, limits
from cnncore.architecture import PRESETS, Plain
from cnncore.augmentation import Augmentation
from cnncore.classes import answering
from cnncore.network_text import STARTS, from_text, start_of, started, to_text, words_of
from cnncore.planning import breaks_at, plan
from cnncore.settings import DECAYS, OPTIMIZERS
from pages.ui.chrome import remark
from pages.ui.links import Link
from pages.ui.train.board import NAMES, layers_in_words
from pages.ui.train.data import DATA_SETTINGS, MNIST, chosen_data, described_data, read_data, to_data
from pages.ui.train.experiments import EXPERIMENTS
from pages.ui.train.letters import HELP, letters

OWN = "own"  # the architecture whose layers stand in `net`
INPUT = (28, 28, 1)
PIXELS = {"off": "in order", "on": "scrambled"}
START_NAMES = {"glorot": "Glorot", "he": "He", "equal": "all equal"}
DISTORTIONS = {
    "shift": ("Shift, cells", limits.SHIFT_CELLS, 0.5),
    "rotate": ("Rotate, degrees", limits.ROTATE, 1.0),
    "scale": ("Scale, share", limits.SCALE, 0.05),
    "shear": ("Shear, cells a cell", limits.SHEAR, 0.05),
}
SETTINGS = ("architecture", "epochs", "batch", "optimiser", "rate", "momentum", "decay", "digits", "seed", "scramble")
RARE = (
    DATA_SETTINGS | {"net": "", "init": "glorot", "experiment": "none"} | {name: 0.0 for name in DISTORTIONS}
)  # shown if not so
_ALL = int(limits.TRAIN_DIGITS.high)
state = st.session_state


def usual() -> dict[str, Any]:
    """Every setting as it is before anything is touched."""
    return plain_settings(Settings(), "twice") | {"experiment": "none"}


def read_settings(link: Link) -> dict[str, Any]:
    """Every setting, from a link."""
    start = usual()
    net = link.text("net", _net, {"net": ""})
    named = link.choice("architecture", (*PRESETS, OWN), OWN if net["net"] else "twice")
    read = {
        "architecture": named if named != OWN or net["net"] else "twice",
        "epochs": link.whole("epochs", limits.EPOCHS, start["epochs"]),
        "batch": link.whole("batch", limits.BATCH_SIZE, start["batch"]),
        "optimiser": link.choice("optimiser", OPTIMIZERS, start["optimiser"]),
        "rate": link.real("rate", limits.LEARNING_RATE, start["rate"]),
        "momentum": link.real("momentum", limits.MOMENTUM, start["momentum"]),
        "decay": link.choice("decay", DECAYS, start["decay"]),
        "digits": link.whole("digits", limits.TRAIN_DIGITS, start["digits"]),
        "seed": link.whole("seed", limits.SEED_OFFERED, start["seed"]),
        "scramble": link.choice("scramble", ("off", "on"), start["scramble"]),
        "init": link.choice("init", STARTS, net.get("init", "glorot")),
        "experiment": link.choice("experiment", ("none", *EXPERIMENTS), "none"),
        "net": net["net"],
    }
    return read | read_data(link) | {name: link.real(name, bound, 0.0) for name, (_, bound, _) in DISTORTIONS.items()}


def _net(text: str) -> dict[str, str]:
    """A link's network: its layers, and where its weights start if the text says so."""
    plain = from_text(text)
    start = _short(start_of(plain))
    return {"net": words_of(plain)} | ({} if start == "glorot" else {"init": start})


def shown_settings() -> list[str]:
    """The settings that the link names: those that are rare only where they matter."""
    rare = [name for name, value in RARE.items() if state[name] != value and (name != "net" or is_own())]
    return [*SETTINGS, *rare]


def plain_settings(chosen: Settings, architecture: str) -> dict[str, Any]:
    """A training's settings as the controls hold them; `architecture` is a preset's name or text."""
    plain = from_text(architecture)
    named = to_text(started(plain, "glorot_uniform"))
    return (
        {
            "architecture": named if named in PRESETS else OWN,
            "net": "" if named in PRESETS else named,
            "init": _short(start_of(plain)),
            "epochs": chosen.epochs,
            "batch": chosen.batch_size,
            "optimiser": chosen.optimizer,
            "rate": chosen.learning_rate,
            "momentum": chosen.momentum,
            "decay": chosen.decay,
            "digits": chosen.digits or _ALL,
            "seed": chosen.seed,
            "scramble": "on" if chosen.scramble else "off",
        }
        | DATA_SETTINGS
        | {name: float(getattr(chosen.augmentation, name)) for name in DISTORTIONS}
    )


def settings() -> Settings:
    """Of the controls. Raises InputError."""
    return Settings(
        epochs=state.epochs,
        batch_size=state.batch,
        optimizer=state.optimiser,
        learning_rate=state.rate,
        momentum=state.momentum,
        decay=state.decay,
        seed=state.seed,
        digits=None if state.digits == _ALL else state.digits,
        augmentation=Augmentation(**{name: state[name] for name in DISTORTIONS}),
        scramble=state.scramble == "on",
    )


def classes() -> int:
    """How many the data has."""
    return len(chosen_data().names)


def for_ten(plain: Plain) -> Plain:
    """A network as links and presets hold it: written for ten classes, whatever the data."""
    return answering(plain, len(MNIST.names), before=classes())


def is_own() -> bool:
    """Whether the network is a person's own, not a preset."""
    return state.architecture == OWN


def layers() -> Plain:
    """The network of the controls; its layers need not fit one another."""
    plain = started(from_text(state.net if is_own() else state.architecture), STARTS[state.init])
    return answering(plain, classes())


def architecture() -> str:
    """The network of the controls as a preset's name or text."""
    return to_text(for_ten(layers()))


def set_layers(plain: Plain) -> None:
    """Make this the network of the controls, as a callback does."""
    plain = for_ten(plain)
    named = to_text(started(plain, "glorot_uniform"))
    state.architecture, state.net = (named, "") if named in PRESETS else (OWN, words_of(plain))


def trouble() -> str:
    """What does not fit in the network, in one sentence; empty where all does."""
    plans = plan(layers(), INPUT, classes=classes())
    at = breaks_at(plans)
    return "" if at is None else f"Layer {at + 1} does not fit. {plans[at].error}"


def controls(build: Callable[[], None], change_rate: Callable[[], None]) -> None:
    """The sidebar below the views; every value lives in the session state under its link's name."""
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
    with st.expander("Guided experiments"):
        for name, experiment in EXPERIMENTS.items():
            st.button(
                experiment.title, key=f"try_{name}", on_click=set_up, args=(name, 0), width="stretch", type="tertiary"
            )
    with st.expander("How it learns"):
        st.radio("Optimiser", OPTIMIZERS, key="optimiser", horizontal=True, help=HELP["optimiser"])
        low, high, _ = limits.MOMENTUM
        st.number_input("Momentum μ", low, high, step=0.05, format="%g", key="momentum", help=HELP["momentum"])
        st.radio("Decay of the learning rate", DECAYS, key="decay", horizontal=True, help=HELP["decay"])
        _whole("Batch", "batch", limits.BATCH_SIZE)
        _whole("Epochs", "epochs", limits.EPOCHS)
        st.radio(
            "Weights start by",
            list(STARTS),
            key="init",
            format_func=START_NAMES.get,
            help=HELP["init"],
            horizontal=True,
        )
        _whole("Seed", "seed", limits.SEED_OFFERED)
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
        st.markdown(letters())


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


def _whole(label: str, key: str, bound: limits.Bound) -> None:
    st.number_input(label, int(bound.low), int(bound.high), key=key, help=HELP[key])


def _short(initializer: str) -> str:
    return next(name for name, rule in STARTS.items() if rule == initializer)
