"""What each setting of a training means: one sentence and its formula."""

from cnncore import limits
from cnncore.architecture.layer_specs import LAYER_SPECS
from cnncore.nn.optimizer_specs import OPTIMIZER_SPECS
from pages.ui.shared.wording import said_of

_OTHERS = [spec.label for spec in OPTIMIZER_SPECS.values() if not spec.uses_momentum]
_WITHOUT_MOMENTUM = " and ".join(_OTHERS) + (" does" if len(_OTHERS) == 1 else " do")

# setting: (its name, one sentence with its formula). The sentence is also the setting's own help.
_SYMBOLS = {
    "rate": (
        "Learning rate η",
        "How far one step moves every weight w against its gradient g: w ← w − η·g. "
        "It can be changed while the network trains.",
    ),
    "optimiser": (
        "Optimiser",
        " ".join(spec.explanation for spec in OPTIMIZER_SPECS.values()),
    ),
    "momentum": (
        "Momentum μ",
        "The share of its speed v that a weight keeps from step to step: v ← μ·v + g. "
        f"With μ = 0 only the gradient counts; {_WITHOUT_MOMENTUM} not use it.",
    ),
    "decay": (
        "Decay",
        "How the learning rate falls over the T steps of a run: none ηₜ = η; linear ηₜ = η·(1 − t/T); "
        "exponential ηₜ = η·0.01^(t/T), to a hundredth at the end.",
    ),
    "batch": (
        "Batch B",
        "How many digits one step learns from: g is the mean of their gradients, g = (g₁ + … + g_B)/B.",
    ),
    "epochs": (
        "Epochs E",
        "How often every training digit is learned from. A run on N digits has T = E·⌈N/B⌉ steps.",
    ),
    "ends": (
        "It ends",
        f"After E epochs; or when it is stopped, with a constant rate ηₜ = η, after {limits.STEPS:,} steps at most.",
    ),
    "init": (
        "Weights start by",
        "Random numbers whose spread fits a layer with n inputs and m outputs a unit. Glorot: evenly in ±√(6/(n + m)); "
        "He, for ReLU: bell-shaped with deviation √(2/n); all equal: every weight 1/n, so that no two filters "
        "of a layer can ever become different.",
    ),
    "seed": (
        "Seed",
        "The number from which all random draws begin (weights, order, dropout, distortion): "
        "the same seed and settings give the same run.",
    ),
    "digits": ("Training digits N", "The first N of the 60,000 training digits are used; tested is on others."),
    "scramble": (
        "Pixels",
        "Scrambled: all 784 pixels change places, x′ᵢ = x at place π(i), by one fixed π for every digit, "
        "before training and before testing.",
    ),
    "shift": ("Shift d", "Each digit moves by up to d cells, up or down and sideways: x′ = x + d·u, u drawn from ±1."),
    "rotate": ("Rotate α", "Each digit turns about its middle by an angle drawn from ±α degrees."),
    "scale": ("Scale s", "Height and width are each multiplied by exp(s·u), u drawn from ±1: 0.1 is about ±10 %."),
    "shear": ("Shear k", "Each row slides by k·u times its distance from the middle, u drawn from ±1: digits lean."),
} | {spec.name: spec.glossary for spec in LAYER_SPECS.values() if spec.glossary}

HELP = {name: sentence for name, (_, sentence) in _SYMBOLS.items()}


def glossary(noun: str = "digit") -> str:
    """All of them, as Markdown, said of data whose images are called `noun`."""
    return "\n\n".join(f"**{said_of(name, noun)}.** {said_of(sentence, noun)}" for name, sentence in _SYMBOLS.values())
