"""One row an optimizer: all that training settings, the command line and the pages know of it.

A new optimizer takes two files: its class in `cnncore/nn/optimizers.py`, and its row in OPTIMIZER_SPECS here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cnncore.nn.optimizers import SGD, Adam, Optimizer, RMSprop


@dataclass(frozen=True)
class OptimizerSpec:
    """One optimizer.

    kind         the class
    label        template of its name with its settings, filled by `str.format` with the momentum
    explanation  how it changes the weights, in one sentence with its formulas
    make         (learning rate, momentum) -> a new optimizer
    """

    kind: type
    label: str
    explanation: str
    make: Callable[[float, float], Optimizer]

    @property
    def uses_momentum(self) -> bool:
        """Whether the momentum setting changes what it does."""
        return "{momentum" in self.label

    @property
    def state_names(self) -> tuple[str, ...]:
        """The names of the arrays that it keeps for each parameter."""
        return tuple(self.make(1.0, 0.0).state)


# By the name that settings, files and links hold.
OPTIMIZER_SPECS: dict[str, OptimizerSpec] = {
    "momentum": OptimizerSpec(
        SGD,
        label="momentum {momentum:g}",
        explanation="Momentum steps along the running sum v of gradients: v ← μ·v + g, w ← w − ηₜ·v.",
        make=SGD,
    ),
    "adam": OptimizerSpec(
        Adam,
        label="Adam",
        explanation=(
            "Adam divides the mean m of the gradients by their usual size √s, for each weight apart: "
            "w ← w − ηₜ·m/(√s + ε), m ← 0.9·m + 0.1·g, s ← 0.999·s + 0.001·g², both freed of their start at 0; "
            "ε = 10⁻⁸."
        ),
        make=lambda learning_rate, momentum: Adam(learning_rate),
    ),
    "rmsprop": OptimizerSpec(
        RMSprop,
        label="RMSprop",
        explanation=(
            "RMSprop divides each gradient by its usual size √s alone: w ← w − ηₜ·g/(√s + ε), s ← 0.9·s + 0.1·g²; "
            "ε = 10⁻⁸."
        ),
        make=lambda learning_rate, momentum: RMSprop(learning_rate),
    ),
}
