"""One filter or neuron: the pattern it prefers, and the test digits that excite it most."""

from typing import Any

import numpy as np
import streamlit as st

from cnncore.analysis.feature_visualization import (
    OptimizedInput,
    TopActivations,
    maximize_activation,
    top_activating_images,
)
from cnncore.nn.layers import Conv2D
from cnncore.tracing.network import receptive_field
from pages.ui.components.loader import packed
from pages.ui.inside.test_set.answers import tests_of
from pages.ui.session.cache import note, remembered
from pages.ui.session.current_network import SessionNetwork

Data = dict[str, Any]


def excited_data(current: SessionNetwork, source: int, number: int) -> Data:
    """What is known so far of a layer and its map, both counted from 0; None where it is not worked out yet."""
    notes = remembered(current.network)
    pattern, digits = notes.get(("pattern", source, number)), notes.get(("exciting", source))
    return {
        "pattern": _pattern_data(pattern) if pattern else None,
        "digits": _digits_data(current, digits, source, number) if digits else None,
    }


def work_out(current: SessionNetwork, source: int, number: int) -> bool:
    """Work out what is missing, in sight; whether something was."""
    network, notes = current.network, remembered(current.network)
    missing = False
    if ("pattern", source, number) not in notes:
        with st.spinner("Looking for what it prefers"):
            note(network, ("pattern", source, number), maximize_activation(network, source, number))
        missing = True
    if ("exciting", source) not in notes:
        images = current.sees_all(tests_of(current).digits.images)
        bar = st.progress(0.0, text=f"Asking {len(images):,} test digits")

        def tell(asked: int) -> None:
            if asked % 1024 < 64 or asked == len(images):
                bar.progress(asked / len(images), text=f"Asked {asked:,} of {len(images):,} test digits")

        note(network, ("exciting", source), top_activating_images(network, source, images, tell=tell))
        missing = True
    return missing


def _pattern_data(pattern: OptimizedInput) -> Data:
    first, last, left, right = pattern.field
    patch = pattern.image[first : last + 1, left : right + 1, 0]
    return {"image": packed(patch.astype(np.float32)), "activations": pattern.activations.tolist()}


def _digits_data(current: SessionNetwork, excited: TopActivations, source: int, number: int) -> Data:
    """The digits' pixels as the network sees them, the map's values there, and where in the digit it saw them."""
    numbers = excited.numbers[number]
    digits = tests_of(current).digits
    fields = []
    for row, column in zip(excited.rows[number], excited.columns[number], strict=True):
        whole = not isinstance(current.network.layers[source], Conv2D)
        fields.append(None if whole else list(receptive_field(current.network, source, int(row), int(column))))
    return {
        "numbers": numbers.tolist(),
        "labels": [digits.names[label] for label in digits.labels[numbers]],
        "of": len(digits),
        "values": excited.values[number].astype(float).tolist(),
        "pixels": packed(current.sees_all(digits.images[numbers])[..., 0]),
        "fields": fields,
    }
