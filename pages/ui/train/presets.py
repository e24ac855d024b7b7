"""Guided experiments: each a few runs that differ in one setting, and what to look at while they train."""

from typing import NamedTuple

from cnncore import Settings


class Run(NamedTuple):
    """One run: what it is, its network (a preset's name or text), its settings."""

    label: str
    architecture: str
    settings: Settings


class Experiment(NamedTuple):
    """A question that runs answer. look says what to look at; it never gives the answer away."""

    title: str
    look: str
    runs: tuple[Run, ...]


_SHORT = Settings(epochs=2)
_FEW = Settings(epochs=1, digits=10_000)
_TINY = Settings(epochs=40, digits=200, batch_size=20, learning_rate=0.02)

EXPERIMENTS: dict[str, Experiment] = {
    "dense": Experiment(
        "Dense against convolution",
        "Both have about 9,000 parameters. Train each for two epochs: which answers fewer of the 10,000 "
        "test digits wrongly? Look at the wrong count, and at the filters.",
        (Run("convolutions", "twice", _SHORT), Run("dense layers", "f-d11-r-d10", _SHORT)),
    ),
    "scrambled": Experiment(
        "Scrambled pixels",
        "All pixels change places, in the same way for every digit. Guess which network suffers; then look at the "
        "wrong count after two epochs, against the same network with its pixels in order.",
        (
            Run("convolutions, scrambled", "twice", Settings(epochs=2, scramble=True)),
            Run("dense, scrambled", "dense", Settings(epochs=2, scramble=True)),
            Run("convolutions, in order", "twice", _SHORT),
            Run("dense, in order", "dense", _SHORT),
        ),
    ),
    "rate": Experiment(
        "Too high a learning rate",
        "The same network at two learning rates. Look at the loss of the first twenty steps: does it fall? "
        "Guessing blindly has a loss of ln 10 = 2.30.",
        (
            Run("η = 2", "twice", Settings(epochs=1, digits=10_000, learning_rate=2.0)),
            Run("η = 0.05", "twice", Settings(epochs=1, digits=10_000, learning_rate=0.05)),
        ),
    ),
    "momentum": Experiment(
        "No momentum",
        "The same small learning rate, without and with momentum. Look how far the loss has fallen after fifty steps.",
        (
            Run("μ = 0", "twice", Settings(epochs=1, digits=10_000, learning_rate=0.02, momentum=0.0)),
            Run("μ = 0.9", "twice", Settings(epochs=1, digits=10_000, learning_rate=0.02)),
        ),
    ),
    "symmetry": Experiment(
        "A symmetric start",
        "All weights of a layer start alike. Look at the eight filters while it learns: will they ever differ?",
        (Run("all equal", "equal-c8.3-r-p2-f-d10", _FEW), Run("random (Glorot)", "once", _FEW)),
    ),
    "overfitting": Experiment(
        "Overfitting 200 digits",
        "Only 200 digits to learn from, forty times over. The training loss falls towards 0: look whether the wrong "
        "count on the test digits goes on falling with it, and what dropout changes on either curve.",
        (
            Run("no dropout", "c16.3-r-p2-f-d128-r-d10", _TINY),
            Run("dropout 50 %", "c16.3-r-p2-o50-f-d128-r-o50-d10", _TINY),
        ),
    ),
    "stride": Experiment(
        "Stride against pooling",
        "Maps can be halved by pooling, or by filters that move two cells at a time. Look at the images a second, "
        "and at the wrong count after two epochs.",
        (Run("pooling", "twice", _SHORT), Run("stride 2", "strides", _SHORT)),
    ),
}
