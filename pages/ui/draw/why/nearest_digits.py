"""The training images among which the nearest are searched: by pixels, and by a network's last hidden layer."""

from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from cnncore import classify
from cnncore.analysis.attribution import nearest_digits, squared_norms
from cnncore.analysis.prediction import with_article
from cnncore.data.permutation import permute_pixels
from cnncore.nn.arrays import Array, to_nhwc
from cnncore.nn.blas import one_blas_thread
from pages.ui import bounds
from pages.ui.components.loader import packed
from pages.ui.session import pretrained
from pages.ui.session.current_network import SessionNetwork
from pages.ui.session.training_images import other_data_note, training_images
from pages.ui.shared.wording import image_word

_KEY = "why_hidden"
_MOST = float(np.finfo(np.float16).max)


class ReferenceSet(NamedTuple):
    """values (N, …) of the first N training images, and their squared norms (N,)."""

    values: Array
    norms: Array


class HiddenFeatures:
    """The activations of a network's last hidden layer for the first training images, as many as memory allows.

    They are computed in parts, so that progress can be shown and an interruption loses nothing.
    """

    def __init__(self, current: SessionNetwork) -> None:
        self.network, self.scramble = current.network, current.scramble
        self.images = training_images(current).digits.images
        size = self._features(self.images[:1]).shape[1]
        self.count = min(len(self.images), bounds.NEIGHBOURS, bounds.NEIGHBOUR_BYTES // (2 * size))
        self.values = to_nhwc(np.empty((size, self.count), np.float16))
        self.done, self.among, self._lock = 0, None, Lock()  # type: int, ReferenceSet | None, Lock

    def compute_some(self) -> float:
        """Compute some more; return the fraction that is done then, 0 to 1."""
        with self._lock, one_blas_thread():
            if self.among is None:
                some = np.s_[self.done : min(self.done + bounds.NEIGHBOURS_AT_ONCE, self.count)]
                self.values[some] = self._features(self.images[some])
                self.done = some.stop
                if self.done == self.count:
                    self.among = ReferenceSet(self.values, squared_norms(self.values))
            return self.done / self.count

    def features_of(self, seen: Array) -> Array:
        """Return the features (values,) of a preprocessed image (28, 28, 1)."""
        return _small(self.network.penultimate(seen[None])[0])

    def _features(self, images: Array) -> Array:
        return _small(self.network.penultimate(permute_pixels(images) if self.scramble else images))


def hidden_of(current: SessionNetwork) -> HiddenFeatures:
    """The session's, or of the pretrained network the one that all sessions fill and read."""
    if not current.name:
        return _of_pretrained()
    kept = st.session_state.get(_KEY)
    if kept is None or kept.network is not current.network:
        kept = st.session_state[_KEY] = HiddenFeatures(current)
    return kept


def nearest_data(image: Array, current: SessionNetwork, by: str, other: str) -> dict[str, Any] | None:
    """The nearest training images, and the nearest of those that are `other`; None where they are not known yet."""
    digits, norms = training_images(current)
    if by == "pixels":
        among, wanted = ReferenceSet(digits.images, norms), image
    else:
        hidden = hidden_of(current)
        if hidden.among is None:
            return None
        among, wanted = hidden.among, hidden.features_of(current.sees(image))
    labels = digits.labels[: len(among.values)]
    rows: list[tuple[str, int | None]] = [(f"All {image_word(digits.names)}s", None)]
    if other in digits.names:
        rows.append((f"Only {with_article(other)}", digits.names.index(other)))
    shown = []
    for title, only in rows:
        found = nearest_digits(among.values, labels, wanted, bounds.NEAREST, label=only, norms=among.norms)
        shown.append(
            {
                "title": title,
                "pictures": packed(digits.images[[n.digit_index for n in found], ..., 0]),
                "labels": [digits.names[n.label] for n in found],
                "distances": [n.distance for n in found],
            }
        )
    return {"rows": shown, "by": by, "of": len(labels), "note": other_data_note(current)}


def answered_so(image: Array, current: SessionNetwork, target: int) -> Array | None:
    """The nearest training image, as the network sees it, that is named like the class and surely answered so."""
    name, (digits, norms) = current.network.names[target], training_images(current)
    if name not in digits.names:
        return None
    only = digits.names.index(name)
    for found in nearest_digits(digits.images, digits.labels, image, bounds.NEAREST, label=only, norms=norms):
        seen = current.sees(digits.images[found.digit_index])
        prediction = classify(current.network, seen[None])[0]
        if prediction.label == target and prediction.sure:
            return seen
    return None


def _small(values: Array) -> Array:
    return np.nan_to_num(values, nan=0, posinf=_MOST, neginf=-_MOST).clip(-_MOST, _MOST).astype(np.float16)


@st.cache_resource
def _of_pretrained() -> HiddenFeatures:
    return HiddenFeatures(SessionNetwork(pretrained.pretrained()))
