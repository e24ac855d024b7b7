"""Which classes get a bar where probabilities are drawn, and in which order."""

from collections.abc import Sequence

import numpy as np

from cnncore import Prediction

_MOST, _LIKELIEST = 12, 10


def classes_shown(*predictions: Prediction) -> list[int]:
    """All classes in their own order; of more than 12 the 10 likeliest in any of the predictions, likeliest first."""
    names = predictions[0].class_names
    if len(names) <= _MOST:
        return list(range(len(names)))
    highest = np.max([each.probabilities for each in predictions], axis=0)
    return list(Prediction(highest, names).ranking[:_LIKELIEST])


def first_classes(names: Sequence[str]) -> list[int]:
    """The classes of the bars where there is no prediction yet: all, of more than 12 the first 10."""
    return list(range(len(names) if len(names) <= _MOST else _LIKELIEST))
