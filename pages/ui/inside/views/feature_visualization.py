"""One filter or neuron: the image that maximizes its activation, and the test digits with the highest activation."""

from typing import Any

import numpy as np
import streamlit as st

from cnncore.analysis.feature_visualization import (
    OptimizedInput,
    TopActivations,
    maximize_activation,
    top_activating_images,
)
from cnncore.analysis.prediction import with_article
from cnncore.nn.layers import Conv2D
from cnncore.nn.receptive_field import receptive_field
from pages.ui.components.loader import packed
from pages.ui.session.cache import cache_result, cached_results
from pages.ui.session.current_network import SessionNetwork
from pages.ui.session.evaluation_set import evaluation_set

Data = dict[str, Any]


def excited_data(current: SessionNetwork, source: int, index: int) -> Data:
    """The results for a layer and its map, both counted from 0; None where they are not computed yet."""
    results = cached_results(current.network)
    pattern, digits = results.get(("pattern", source, index)), results.get(("exciting", source))
    return {
        "pattern": _pattern_data(pattern) if pattern else None,
        "digits": _digits_data(current, digits, source, index) if digits else None,
    }


def compute_missing(current: SessionNetwork, source: int, index: int) -> bool:
    """Compute what is missing, with a progress bar; return whether something was."""
    network, results = current.network, cached_results(current.network)
    missing = False
    if ("pattern", source, index) not in results:
        with st.spinner("Looking for what it prefers"):
            cache_result(network, ("pattern", source, index), maximize_activation(network, source, index))
        missing = True
    if ("exciting", source) not in results:
        tests = evaluation_set(current)
        images, things = current.sees_all(tests.digits.images), f"test {tests.noun}s"
        bar = st.progress(0.0, text=f"Asking {len(images):,} {things}")

        def show_progress(asked: int) -> None:
            if asked % 1024 < 64 or asked == len(images):
                bar.progress(asked / len(images), text=f"Asked {asked:,} of {len(images):,} {things}")

        cache_result(
            network, ("exciting", source), top_activating_images(network, source, images, on_progress=show_progress)
        )
        missing = True
    return missing


def _pattern_data(pattern: OptimizedInput) -> Data:
    first, last, left, right = pattern.field
    patch = pattern.image[first : last + 1, left : right + 1, 0]
    return {"image": packed(patch.astype(np.float32)), "activations": pattern.activations.tolist()}


def _digits_data(current: SessionNetwork, excited: TopActivations, source: int, index: int) -> Data:
    """The digits' pixels as the network sees them, the map's largest values there, and their receptive fields."""
    numbers = excited.indices[index]
    digits = evaluation_set(current).digits
    fields = []
    for row, column in zip(excited.rows[index], excited.columns[index], strict=True):
        whole = not isinstance(current.network.layers[source], Conv2D)
        fields.append(None if whole else list(receptive_field(current.network, source, int(row), int(column))))
    return {
        "numbers": numbers.tolist(),
        "phrases": [with_article(digits.names[label]) for label in digits.labels[numbers]],
        "of": len(digits),
        "values": excited.values[index].astype(float).tolist(),
        "pixels": packed(current.sees_all(digits.images[numbers])[..., 0]),
        "fields": fields,
    }
