"""The images that the session's current network was trained on, as far as they are here; else MNIST's."""

from typing import NamedTuple

import streamlit as st

from cnncore.analysis.attribution import squared_norms
from cnncore.data.digit_set import DIGITS, DigitSet
from cnncore.data.source import DataSource
from cnncore.nn.arrays import Array, to_batch_last, to_nhwc
from pages.ui.session import pretrained
from pages.ui.session.current_network import SessionNetwork
from pages.ui.shared.wording import named_classes

_KEY = "training_images"


class TrainingImages(NamedTuple):
    """digits: read only, the batch last in memory; norms: their squared norms (N,)."""

    digits: DigitSet
    norms: Array


def training_images(current: SessionNetwork) -> TrainingImages:
    """What it was trained on, where the session or the disk holds that; else MNIST's training digits.

    Raises DataError.
    """
    data = current.data
    if data is None or data.missing is not None or not (data.upload or data.classes):
        return _mnist()
    kept: tuple[DataSource, TrainingImages] | None = st.session_state.get(_KEY)
    if kept is None or kept[0] is not data:
        source = pretrained.training_digits()
        digits = data.filter_classes(source) if data.upload is None else data.train_and_test[0]
        images = to_nhwc(to_batch_last(digits.images))
        kept = data, TrainingImages(DigitSet(images, digits.labels, digits.names), squared_norms(images))
        st.session_state[_KEY] = kept
    return kept[1]


def other_data_note(current: SessionNetwork) -> str:
    """One sentence where `training_images` are not what the network was trained on; else empty."""
    data = current.data
    if data is not None and data.missing is not None and data.missing.fingerprint and data.user_digits is None:
        return f"These are MNIST's digits: the network was trained on «{data.title}», which is not here."
    if data is None and not set(current.network.names) <= set(DIGITS):
        names = named_classes(current.network.names)
        return f"These are MNIST's digits: what the network was trained on ({names}) is not here."
    return ""


@st.cache_resource
def _mnist() -> TrainingImages:
    """Read only. Raises DataError."""
    digits = pretrained.training_digits()
    return TrainingImages(digits, squared_norms(digits.images))
