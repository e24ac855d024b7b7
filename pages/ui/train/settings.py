"""The settings of the page Train: in the session's state, in the link, and as arguments of a training."""

from typing import Any

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
from pages.ui.session.page_state import PageState
from pages.ui.session.training_data import MNIST
from pages.ui.train.data.choice import DATA_SETTINGS, chosen_data, read_data, settings_for_data
from pages.ui.train.presets import EXPERIMENTS

VIEWS = {
    "live": "Live",
    "build": "The network's blocks",
    "data": "The data",
    "recorded": "A recorded run",
    "pretrained": "The pretrained network's past",
    "scrambled": "Scrambled pixels, recorded",
}
OWN = "own"  # the architecture whose layers are in the setting `net`
INPUT = (28, 28, 1)
ENDS = {"epochs": "after epochs", "stopped": "when stopped"}
DISTORTIONS = {
    "shift": ("Shift, cells", limits.SHIFT_CELLS, 0.5),
    "rotate": ("Rotate, degrees", limits.ROTATE, 1.0),
    "scale": ("Scale, share", limits.SCALE, 0.05),
    "shear": ("Shear, cells a cell", limits.SHEAR, 0.05),
}
SETTINGS = ("architecture", "epochs", "batch", "optimiser", "rate", "momentum", "decay", "digits", "seed", "scramble")
_RARE_DEFAULTS = {"net": "", "init": "glorot", "experiment": "none", "ends": "epochs", "runs": ""}
RARE = (
    DATA_SETTINGS | _RARE_DEFAULTS | {name: 0.0 for name in DISTORTIONS}
)  # in the link where they differ from these defaults
_NEEDS_AN_END = ("epochs", "decay")  # without effect where a training has no last step
_ALL = int(limits.TRAIN_DIGITS.high)
state = PageState("train")


def default_settings() -> dict[str, Any]:
    """The default of every setting."""
    return plain_settings(Settings(), "twice") | {"experiment": "none"}


def read_settings(link: UrlParams) -> dict[str, Any]:
    """Every setting, from a link."""
    start = default_settings()
    net = link.parsed("net", _net, {"net": ""})
    named = link.option("architecture", (*PRESETS, OWN), OWN if net["net"] else "twice")
    read = {
        "architecture": named if named != OWN or net["net"] else "twice",
        "epochs": link.integer("epochs", limits.EPOCHS, start["epochs"]),
        "batch": link.integer("batch", limits.BATCH_SIZE, start["batch"]),
        "optimiser": link.option("optimiser", OPTIMIZERS, start["optimiser"]),
        "rate": link.number("rate", limits.LEARNING_RATE, start["rate"]),
        "momentum": link.number("momentum", limits.MOMENTUM, start["momentum"]),
        "decay": link.option("decay", DECAYS, start["decay"]),
        "digits": link.integer("digits", limits.TRAIN_DIGITS, start["digits"]),
        "seed": link.integer("seed", bounds.SEED_OFFERED, start["seed"]),
        "scramble": link.option("scramble", ("off", "on"), start["scramble"]),
        "init": link.option("init", INITIALIZER_WORDS, net.get("init", "glorot")),
        "experiment": link.option("experiment", ("none", *EXPERIMENTS), "none"),
        "net": net["net"],
        "ends": link.option("ends", ENDS, "epochs"),
    }
    return read | read_data(link) | {name: link.number(name, bound, 0.0) for name, (_, bound, _) in DISTORTIONS.items()}


def _net(text: str) -> dict[str, str]:
    """A link's network: its layers, and its initializer where the text names one."""
    plain = parse_network(text)
    start = _short(initializer_of(plain))
    return {"net": layers_to_text(plain)} | ({} if start == "glorot" else {"init": start})


def shown_settings() -> list[str]:
    """The settings that the link names: the rare ones only where they differ from their defaults."""
    rare = [name for name, value in RARE.items() if state[name] != value and (name != "net" or is_own())]
    return [*(name for name in SETTINGS if name not in _NEEDS_AN_END or not is_endless()), *rare]


def plain_settings(chosen: Settings, architecture: str) -> dict[str, Any]:
    """The settings of the page for a training's; `architecture` is a preset's name or text."""
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
    """The settings of a training, from those of the page. Raises InputError."""
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
    """Whether a training has no last step and ends when it is stopped."""
    return state.ends == "stopped"


def apply_settings(chosen: Settings, architecture: str, data: DataSource) -> None:
    """Set the page to the settings of a training; a seed that the page does not offer is left out."""
    values = plain_settings(chosen, architecture) | settings_for_data(data)
    if values["seed"] not in bounds.SEED_OFFERED:
        del values["seed"]
    state.update(values | {"experiment": "none"})


def classes() -> int:
    """The number of classes of the chosen data."""
    return len(chosen_data().names)


def for_ten(plain: LayerDicts) -> LayerDicts:
    """A network as links and presets hold it: with ten output units, whatever the data."""
    return with_output_units(plain, len(MNIST.names), before=classes())


def is_own() -> bool:
    """Whether the network is not a preset."""
    return state.architecture == OWN


def layers() -> LayerDicts:
    """The layers of the page's network, which need not fit one another."""
    plain = with_initializer(
        parse_network(state.net if is_own() else state.architecture), INITIALIZER_WORDS[state.init]
    )
    return with_output_units(plain, classes())


def architecture() -> str:
    """The page's network as a preset's name or text."""
    return format_network(for_ten(layers()))


def set_layers(plain: LayerDicts) -> None:
    """Make this the page's network, as a callback."""
    plain = for_ten(plain)
    named = format_network(with_initializer(plain, "glorot_uniform"))
    state.architecture, state.net = (named, "") if named in PRESETS else (OWN, layers_to_text(plain))


def misfit() -> str:
    """Which layer does not fit and why; empty where all fit."""
    plans = check_network(layers(), INPUT, classes=classes())
    at = first_misfit(plans)
    return "" if at is None else f"Layer {at + 1} does not fit. {plans[at].error}"


def _short(initializer: str) -> str:
    return next(name for name, rule in INITIALIZER_WORDS.items() if rule == initializer)
