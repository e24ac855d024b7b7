"""Options of a prediction: the right value and wrong ones that differ from it, and from one another, as shown."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

import numpy as np

from cnncore.nn.arrays import Array

WRONG_OPTIONS = 3  # at most, beside the right one
_HUNDREDTH = Decimal("0.01")
_ROUNDING_ERROR = 1e-9  # relative; what differs less from a whole number is one


class Distractor(NamedTuple):
    """What went wrong, in a few words, and what it gives at every step."""

    why: str
    values: Array  # (steps,); (steps, K) for several filters, (iterations,) for the loop


class Option(NamedTuple):
    """A value as it is shown, and why it is wrong; "" for the right one."""

    text: str
    why: str


def number_text(value: float) -> str:
    """A number as pages show it: whole numbers bare, others with two decimals, and a true minus sign.

    Halves are rounded away from zero.
    """
    if not np.isfinite(value):
        return "not a number" if np.isnan(value) else "∞" if value > 0 else "−∞"
    rounded = _rounded(value)
    whole = abs(value - round(value)) <= _ROUNDING_ERROR * max(1.0, abs(value))
    text = str(abs(round(value))) if whole else str(abs(rounded))
    return f"−{text}" if rounded < 0 else text


def options_of(value: float, mistakes: Sequence[tuple[str, float]]) -> list[Option]:
    """The right value, then up to three wrong ones, the first that differ as shown.

    mistakes  (why it is wrong, the value) pairs, the most typical first

    Empty where the value is no number, or where nothing differs from it.
    """
    if not np.isfinite(value):
        return []
    options, shown = [Option(number_text(value), "")], {_rounded(value)}
    for why, other in mistakes:
        if len(options) > WRONG_OPTIONS:
            break
        if np.isfinite(other) and (rounded := _rounded(other)) not in shown:
            shown.add(rounded)
            options.append(Option(number_text(other), why))
    return options if len(options) > 1 else []


def options_by_step(values: Array, distractors: Sequence[Distractor]) -> list[list[Option]]:
    """The options of every step. values: (steps,) or (steps, K); several filters make steps of their own, in order."""
    columns = [np.asarray(distractor.values, np.float64).reshape(-1) for distractor in distractors]
    names = [distractor.why for distractor in distractors]
    return [
        options_of(float(value), [(why, float(column[step])) for why, column in zip(names, columns, strict=True)])
        for step, value in enumerate(np.asarray(values, np.float64).reshape(-1))
    ]


def _rounded(value: float) -> Decimal:
    """As a number with two decimals, halves away from zero."""
    return Decimal(value).quantize(_HUNDREDTH, ROUND_HALF_UP) if abs(value) < 1e20 else Decimal(value)
