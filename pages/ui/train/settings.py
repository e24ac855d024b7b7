"""The settings of a training: in the session's state, in the link, and what they come to."""

from typing import Any

import streamlit as st

from cnncore import Settings, limits
from cnncore.architecture.checker import check_network, first_misfit
from cnncore.architecture.spec import PRESETS, LayerDicts, with_output_units
from cnncore.architecture.text import (
    INITIALIZER_WORDS,
    format_network,
    initializer_of,
    layers_to_text,
    parse_network,
    with_initializer,
)
from cnncore.data.augmentation import Augmentation
from cnncore.data.source import DataSource
from cnncore.training.settings import DECAYS, OPTIMIZERS
from pages.ui import bounds
from pages.ui.frame.url_state import UrlParams
from pages.ui.train.data.choice import DATA_SETTINGS, MNIST, chosen_data, read_data, settings_of
from pages.ui.train.presets import EXPERIMENTS

OWN = "own"  # the architecture whose layers stand in `net`
INPUT = (28, 28, 1)
ENDS = {"epochs": "after epochs", "stopped": "when stopped"}
DISTORTIONS = {
    "shift": ("Shift, cells", limits.SHIFT_CELLS, 0.5),
    "rotate": ("Rotate, degrees", limits.ROTATE, 1.0),
    "scale": ("Scale, share", limits.SCALE, 0.05),
    "shear": ("Shear, cells a cell", limits.SHEAR, 0.05),
}
SETTINGS = ("architecture", "epochs", "batch", "optimiser", "rate", "momentum", "decay", "digits", "seed", "scramble")
_RARELY = {"net": "", "init": "glorot", "experiment": "none", "ends": "epochs", "runs": ""}
RARE = DATA_SETTINGS | _RARELY | {name: 0.0 for name in DISTORTIONS}  # shown if not so
_OF_AN_END = ("epochs", "decay")  # mean nothing where training has none
_ALL = int(limits.TRAIN_DIGITS.high)
state = st.session_state


def default_settings() -> dict[str, Any]:
    """Every setting as it is before anything is touched."""
    return plain_settings(Settings(), "twice") | {"experiment": "none"}


def read_settings(link: UrlParams) -> dict[str, Any]:
    """Every setting, from a link."""
    start = default_settings()
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
        "seed": link.whole("seed", bounds.SEED_OFFERED, start["seed"]),
        "scramble": link.choice("scramble", ("off", "on"), start["scramble"]),
        "init": link.choice("init", INITIALIZER_WORDS, net.get("init", "glorot")),
        "experiment": link.choice("experiment", ("none", *EXPERIMENTS), "none"),
        "net": net["net"],
        "ends": link.choice("ends", ENDS, "epochs"),
    }
    return read | read_data(link) | {name: link.real(name, bound, 0.0) for name, (_, bound, _) in DISTORTIONS.items()}


def _net(text: str) -> dict[str, str]:
    """A link's network: its layers, and where its weights start if the text says so."""
    plain = parse_network(text)
    start = _short(initializer_of(plain))
    return {"net": layers_to_text(plain)} | ({} if start == "glorot" else {"init": start})


def shown_settings() -> list[str]:
    """The settings that the link names: those that are rare only where they matter."""
    rare = [name for name, value in RARE.items() if state[name] != value and (name != "net" or is_own())]
    return [*(name for name in SETTINGS if name not in _OF_AN_END or not is_endless()), *rare]


def plain_settings(chosen: Settings, architecture: str) -> dict[str, Any]:
    """A training's settings as the controls hold them; `architecture` is a preset's name or text."""
    plain = parse_network(architecture)
    named = format_network(with_initializer(plain, "glorot_uniform"))
    return (
        {
            "architecture": named if named in PRESETS else OWN,
            "net": "" if named in PRESETS else named,
            "init": _short(initializer_of(plain)),
            "epochs": chosen.epochs or int(limits.EPOCHS.default),
            "ends": "epochs" if chosen.epochs else "stopped",
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
        epochs=None if is_endless() else state.epochs,
        batch_size=state.batch,
        optimizer=state.optimiser,
        learning_rate=state.rate,
        momentum=state.momentum,
        decay="none" if is_endless() else state.decay,
        seed=state.seed,
        digits=None if state.digits == _ALL else state.digits,
        augmentation=Augmentation(**{name: state[name] for name in DISTORTIONS}),
        scramble=state.scramble == "on",
    )


def is_endless() -> bool:
    """Whether a training only ends when it is stopped."""
    return state.ends == "stopped"


def follow(chosen: Settings, architecture: str, data: DataSource) -> None:
    """Set the controls as a training has them; a seed that they do not offer leaves theirs."""
    values = plain_settings(chosen, architecture) | settings_of(data)
    if values["seed"] not in bounds.SEED_OFFERED:
        del values["seed"]
    state.update(values | {"experiment": "none"})


def classes() -> int:
    """How many the data has."""
    return len(chosen_data().names)


def for_ten(plain: LayerDicts) -> LayerDicts:
    """A network as links and presets hold it: written for ten classes, whatever the data."""
    return with_output_units(plain, len(MNIST.names), before=classes())


def is_own() -> bool:
    """Whether the network is a person's own, not a preset."""
    return state.architecture == OWN


def layers() -> LayerDicts:
    """The network of the controls; its layers need not fit one another."""
    plain = with_initializer(
        parse_network(state.net if is_own() else state.architecture), INITIALIZER_WORDS[state.init]
    )
    return with_output_units(plain, classes())


def architecture() -> str:
    """The network of the controls as a preset's name or text."""
    return format_network(for_ten(layers()))


def set_layers(plain: LayerDicts) -> None:
    """Make this the network of the controls, as a callback does."""
    plain = for_ten(plain)
    named = format_network(with_initializer(plain, "glorot_uniform"))
    state.architecture, state.net = (named, "") if named in PRESETS else (OWN, layers_to_text(plain))


def trouble() -> str:
    """What does not fit in the network, in one sentence; empty where all does."""
    plans = check_network(layers(), INPUT, classes=classes())
    at = first_misfit(plans)
    return "" if at is None else f"Layer {at + 1} does not fit. {plans[at].error}"


def _short(initializer: str) -> str:
    return next(name for name, rule in INITIALIZER_WORDS.items() if rule == initializer)
