"""What the panels of "Why" show of one drawing, computed by the core."""

from typing import Any

import numpy as np

from cnncore import InputError, classify
from cnncore.analysis.attribution import counterfactual, input_times_gradient, occlusion
from cnncore.architecture.layer_specs import spec_of
from cnncore.data.permutation import permute_pixels, unpermute_pixels
from cnncore.nn.arrays import Array
from cnncore.nn.blas import one_blas_thread
from pages.ui.components.loader import packed
from pages.ui.draw.why.nearest_digits import answered_so
from pages.ui.session.current_network import SessionNetwork


def stride_of(patch: int) -> int:
    """By how many cells a patch moves: a larger one by two, for four times fewer questions."""
    return 1 if patch < 4 else 2


def classes_of(image: Array, current: SessionNetwork, name: str) -> tuple[int, int, int]:
    """The answer, the class to explain, and the one that it is set against: the answer, or the answer's runner-up.

    `name` is a class's, or "" for the answer. Raises InputError where the network answers no number.
    """
    (prediction,) = classify(current.network, current.sees(image)[None])
    if prediction.label is None:
        raise InputError(prediction.sentence)
    answer, second = prediction.ranking[:2]
    label = current.network.names.index(name) if name in current.network.names else answer
    return answer, label, second if label == answer else label


def explanation(image: Array, current: SessionNetwork, name: str, patch: int) -> dict[str, Any]:
    """The panels' data, without the nearest digits. image (28, 28, 1) uint8; raises ConvoscopeError."""
    with one_blas_thread():
        return _explanation(image, current, name, patch)


def _explanation(image: Array, current: SessionNetwork, name: str, patch: int) -> dict[str, Any]:
    network = current.network
    answer, label, target = classes_of(image, current, name)
    seen = current.sees(image)
    blanked = occlusion(
        network,
        image,
        label,
        patch=patch,
        stride=stride_of(patch),
        preprocess=permute_pixels if current.scramble else None,
    )
    attribution = input_times_gradient(network, seen, label)
    changed = counterfactual(network, seen, target, start=answered_so(image, current, target))
    cells, other = attribution.cells, changed.image
    if current.scramble:
        cells, other = unpermute_pixels(cells[None])[0], unpermute_pixels(other[None])[0]
    difference = other.astype(np.int16) - image
    before, after = (each.probabilities for each in classify(network, np.stack([seen, changed.image])))
    bends = not all(spec_of(layer).piecewise_linear for layer in network.layers)
    return {
        "image": packed(image[..., 0]),
        "names": list(network.names),
        "answer": answer,
        "label": label,
        "target": target,
        "logit": attribution.logit,
        "probability": float(before[label]),
        "patch": patch,
        "occlusion": {"logit": packed(blanked.logit_drop), "probability": packed(blanked.probability_drop)},
        "largest": {
            "logit": int(np.abs(blanked.logit_drop).argmax()),
            "probability": int(np.abs(blanked.probability_drop).argmax()),
        },
        "single": {"logit": blanked.largest[1], "probability": blanked.largest[0]},
        "gradient": {
            "cells": packed(cells[..., 0]),
            "sum": float(cells.sum()),
            "rest": attribution.bias_residual,
            "restName": "rest" if bends else "biases",
        },
        "other": {
            "image": packed(other[..., 0]),
            "difference": packed(difference[..., 0]),
            "found": changed.success,
            "inked": int((difference > 0).sum()),
            "blanked": int((difference < 0).sum()),
            "ink": float(np.abs(difference).sum() / 255),
            "ofInk": float(image.sum() / 255),
            "before": [float(before[k]) for k in (answer, target)],
            "after": [float(after[k]) for k in (answer, target)],
        },
    }
