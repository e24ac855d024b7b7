"""Options of predictions as data for a stage."""

from collections.abc import Iterable, Sequence
from typing import Any

from cnncore.nn.arrays import Array
from cnncore.teaching.options import Distractor, Option, options_by_step
from pages.ui import bounds


def options_data(values: Array, distractors: Sequence[Distractor]) -> dict[str, Any]:
    """The options of every step of a stage; none where the steps are too many.

    values: (steps,) or (steps, K), the right ones.
    """
    too_many = values.size > bounds.STEPS_WITH_OPTIONS
    return listed([] if too_many else options_by_step(values, distractors))


def listed(steps: Iterable[Sequence[Option]]) -> dict[str, Any]:
    """Options as data: each reason once, and for every step its options as [text, number of the reason]."""
    reasons: dict[str, int] = {}
    numbered = [[[text, reasons.setdefault(why, len(reasons))] for text, why in options] for options in steps]
    return {"reasons": list(reasons), "steps": numbered}
