"""Whether probabilities are worth what they say: among predictions of probability 0.8, about 80 % should be correct.

Guo, Pleiss, Sun & Weinberger, "On calibration of modern neural networks", 2017.
"""

from typing import NamedTuple

import numpy as np

from cnncore.nn.arrays import Array

BINS = 10


class ReliabilityBin(NamedTuple):
    """The predictions whose probability lies between `low` and `high`; the last bin contains its upper end.

    size        how many there are
    confidence  their mean probability
    accuracy    the share of them that is correct
    """

    low: float
    high: float
    size: int
    confidence: float
    accuracy: float


def reliability(confidences: Array, correct: Array, bins: int = BINS) -> list[ReliabilityBin]:
    """Return the bins that are not empty, of equal width between 0 and 1, by increasing probability.

    confidences  (N,) the probability of each predicted class; those that are not finite are left out
    correct      (N,) bool, whether each prediction is correct
    """
    known = np.isfinite(confidences)
    confidences, correct = np.asarray(confidences, np.float64)[known], np.asarray(correct)[known]
    places = np.minimum((confidences * bins).astype(int), bins - 1)
    return [
        ReliabilityBin(
            place / bins,
            (place + 1) / bins,
            int((places == place).sum()),
            float(confidences[places == place].mean()),
            float(correct[places == place].mean()),
        )
        for place in np.unique(places).tolist()
    ]


def calibration_error(bins: list[ReliabilityBin]) -> float:
    """Return the mean distance of accuracy from confidence, each bin weighted by its count; NaN without predictions."""
    total = sum(each.size for each in bins)
    return sum(each.size * abs(each.accuracy - each.confidence) for each in bins) / total if total else float("nan")


def choose_threshold(
    confidences: Array, correct: Array, others: Array, *, refused: float = 0.95, wrong: float = 0.006
) -> float:
    """Return the smallest multiple of 0.01 from which predictions may count as sure.

    confidences  (N,) the probabilities of the predictions for digits
    correct      (N,) bool, whether each is correct
    others       (M,) the probabilities of the predictions for what is no digit
    refused      the share of `others` that must be below the threshold
    wrong        the largest share of wrong predictions among those at or above it

    Where no threshold reaches both, it is 0.99.
    """
    for percent in range(50, 99):
        threshold = percent / 100
        sure = confidences >= threshold
        if (others < threshold).mean() >= refused and sure.any() and (~correct[sure]).mean() <= wrong:
            return threshold
    return 0.99
