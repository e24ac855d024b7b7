"""Which classes get a bar where probabilities are drawn, and in which order."""

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
