"""The settings of one training run, as plain data that can be sent, saved and shown."""

from dataclasses import asdict, dataclass, field, fields
from math import isfinite
from typing import Any

from cnncore import limits
from cnncore.data.augmentation import Augmentation
from cnncore.errors import InputError
from cnncore.nn.optimizer_specs import OPTIMIZER_SPECS
from cnncore.nn.optimizers import Constant, Decay, Exponential, Linear, Optimizer

OPTIMIZERS = tuple(OPTIMIZER_SPECS)
DECAYS = ("none", "linear", "exponential")


@dataclass(frozen=True)
class Settings:
    """The settings of a training run. Raises InputError for a value out of bounds (cnncore.limits).

    epochs         passes over the training set; None trains until it is stopped, or limits.STEPS steps are done
    batch_size     images in a batch
    optimizer      a name in OPTIMIZER_SPECS (cnncore.nn.optimizer_specs)
    learning_rate  before decay
    momentum       of SGD
    decay          of the learning rate: "none", "linear" to zero, "exponential" to 1 %; "none" if epochs is None
    seed           of weights, batches, augmentation and dropout
    digits         the number of training digits that are used; None for all
    augmentation   random changes of each training image
    evaluate_every steps between tests on a fixed sample of 1,000 digits; all are tested at the end of each epoch
    threads        threads that compute the chunks of a batch; the result does not depend on their number
    scramble       whether the pixels of all images are permuted in one fixed order
    """

    epochs: int | None = int(limits.EPOCHS.default)
    batch_size: int = int(limits.BATCH_SIZE.default)
    optimizer: str = "momentum"
    learning_rate: float = limits.LEARNING_RATE.default
    momentum: float = limits.MOMENTUM.default
    decay: str = "linear"
    seed: int = 0
    digits: int | None = None
    augmentation: Augmentation = field(default_factory=Augmentation)
    evaluate_every: int = 50
    threads: int = int(limits.THREADS.default)
    scramble: bool = False

    def __post_init__(self) -> None:
        for name, bound in _BOUNDS.items():
            value = getattr(self, name)
            if name == "epochs" and value is None:
                continue
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not isfinite(value) or value not in bound:
                raise InputError(
                    f"The {name.replace('_', ' ')} lies in {bound.low:g} to {bound.high:g}, not {value!r}: "
                    f"try {bound.default:g}."
                )
            if isinstance(bound.default, int) and not isinstance(value, int):
                raise InputError(f"The {name.replace('_', ' ')} is a whole number, not {value!r}: try {bound.default}.")
        if self.optimizer not in OPTIMIZERS:
            raise InputError(f"Unknown optimiser {self.optimizer!r}: try one of {', '.join(OPTIMIZERS)}.")
        if self.decay not in DECAYS:
            raise InputError(f"Unknown decay {self.decay!r}: try one of {', '.join(DECAYS)}.")
        if self.epochs is None and self.decay != "none":
            raise InputError(f"Until it is stopped, {self.decay} decay has no end to fall to: try decay none.")
        if not isinstance(self.scramble, bool):
            raise InputError(f"Scramble is true or false, not {self.scramble!r}: try false.")
        if self.digits is not None and (not isinstance(self.digits, int) or self.digits not in limits.TRAIN_DIGITS):
            low, high, _ = limits.TRAIN_DIGITS
            raise InputError(f"The number of digits lies in {low:,} to {high:,}, not {self.digits!r}.")

    def steps(self, digits: int) -> int:
        """The number of steps of a whole run on `digits` training digits."""
        return limits.STEPS if self.epochs is None else self.epochs * self.steps_per_epoch(digits)

    def steps_per_epoch(self, digits: int) -> int:
        """The number of batches in one epoch on `digits` training digits."""
        return -(-min(self.digits or digits, digits) // self.batch_size)

    def make_optimizer(self) -> Optimizer:
        """A new optimizer with these settings."""
        return OPTIMIZER_SPECS[self.optimizer].make(self.learning_rate, self.momentum)

    @property
    def optimizer_label(self) -> str:
        """The optimizer with its own setting, in words: "momentum 0.9", "Adam"."""
        return OPTIMIZER_SPECS[self.optimizer].label.format(momentum=self.momentum)

    def make_schedule(self, steps: int) -> Decay:
        """The schedule of the learning rate over a run of `steps` steps."""
        if self.decay == "linear":
            return Linear()
        if self.decay == "exponential":
            return Exponential(0.01 ** (1 / max(steps, 1)))
        return Constant()

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Settings":
        """Build settings from the plain data of `to_dict`. Raises InputError for an unknown name."""
        unknown = sorted(set(plain) - {f.name for f in fields(cls)})
        if unknown:
            raise InputError(f"Unknown training setting {unknown[0]!r}: remove it.")
        plain = dict(plain)
        if isinstance(plain.get("augmentation"), dict):
            plain["augmentation"] = Augmentation.from_dict(plain["augmentation"])
        return cls(**plain)


_BOUNDS = {
    "epochs": limits.EPOCHS,
    "batch_size": limits.BATCH_SIZE,
    "learning_rate": limits.LEARNING_RATE,
    "momentum": limits.MOMENTUM,
    "seed": limits.SEED,
    "threads": limits.THREADS,
    "evaluate_every": limits.EVALUATE_EVERY,
}
