"""The reliability diagram: what a probability of the network is worth, on its test set and on writers it never saw."""

from math import isnan

import streamlit as st

from cnncore.data.digit_set import DIGITS, DigitSet
from cnncore.training.calibration import ReliabilityBin, calibration_error, reliability
from cnncore.training.metrics import top_predictions
from cnncore.training.pretraining import validation_digits
from pages.ui.inside.test_set.answers import evaluated_set
from pages.ui.session.current_network import SessionNetwork
from pages.ui.session.evaluation_set import EvaluationSet
from pages.ui.shared import figures

_HEIGHT = 560
_STRANGERS = "strangers"
_FEWEST = 10  # predictions in a bin that is drawn


@st.cache_resource(show_spinner="Reading the handwriting of strangers …")
def strangers() -> DigitSet:
    """The digits that validation writers drew; read only. Raises DataError."""
    return validation_digits()[0]


def reliability_view(current: SessionNetwork, tests: EvaluationSet) -> None:
    """Draw the diagram and what it tells. Raises ConvoscopeError."""
    answered = evaluated_set(current, tests)
    name = "its test images" if tests.is_own else "MNIST"
    sets = {name: reliability(answered.given.confidences, ~answered.wrong)}
    if current.network.names == DIGITS:
        digits = strangers()
        given = top_predictions(current.network.predict(current.sees_all(digits.images)))
        sets[_STRANGERS] = reliability(given.confidences, given.labels == digits.labels)
    lines = [figures.Line("perfectly calibrated", [0, 1], [0, 1], ["perfectly calibrated"] * 2)]
    lines += [_line(name, bins) for name, bins in sets.items()]
    chart = figures.figure(
        "Share that is right", lines, x_title="Probability", log=False, bounds=(0, 1), height=_HEIGHT
    )
    figures.mark(chart, current.network.sure_threshold, "sure from here")
    figures.show(chart, key="inside_reliability", name="Reliability diagram")
    st.markdown(_explanation(sets))


def _line(name: str, bins: list[ReliabilityBin]) -> figures.Line:
    """A line through the bins of enough predictions that their share means something."""
    bins = [each for each in bins if each.size >= _FEWEST]
    return figures.Line(
        name,
        [each.confidence for each in bins],
        [each.accuracy for each in bins],
        [
            f"{name}: of {each.size:,} predictions with a probability of {each.low:.0%} to {each.high:.0%}, "
            f"{each.accuracy:.1%} are right"
            for each in bins
        ],
    )


def _explanation(sets: dict[str, list[ReliabilityBin]]) -> str:
    parts = []
    for name, bins in sets.items():
        error = calibration_error(bins)
        if not isnan(error):
            parts.append(f"by {100 * error:.1f} for {name}")
    text = (
        "On the diagonal, a probability is worth what it says. On average the share that is right and the probability "
        f"differ, in percentage points, {' and '.join(parts)}."
    )
    if _STRANGERS in sets:
        text += (
            f" The strangers' digits are {len(strangers()):,} by people of the Unipen data "
            "set whose drawings the pretrained network never learned from."
        )
    return text
