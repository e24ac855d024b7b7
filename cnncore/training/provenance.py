"""The origin of a run's data in its model file: enough to recognise the data and to show the run, never the data."""

import re
from typing import Any

import numpy as np

from cnncore import limits
from cnncore.data.digit_set import MONITORED_DIGITS, DigitSet
from cnncore.data.source import DataOrigin, DataSource, validate_title
from cnncore.errors import ModelError
from cnncore.nn.arrays import Array
from cnncore.nn.network import Network

_FINGERPRINT = re.compile(r"[0-9a-f]{64}", re.ASCII)


def origin_to_dict(origin: DataOrigin) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the JSON description of the data, and the tensors of its few monitored images."""
    if origin.monitored is None:
        return {"classes": list(origin.classes)}, {}
    images, labels, _ = origin.monitored
    plain = {"fingerprint": origin.fingerprint, "title": origin.title, "learned": origin.n_train}
    return plain, {"watched.images": images, "watched.labels": labels}


def origin_from_dict(saved: Any, tensors: dict[str, Array], network: Network) -> DataOrigin | None:
    """Rebuild the origin from a file's description; None if there is none, as in files older than this field.

    Raises ConvoscopeError, KeyError, TypeError or AttributeError for a description that this app did not save.
    """
    if saved is None:
        return None
    if "classes" in saved:
        data = DataSource(tuple(saved["classes"]))
        if data.names != network.names:
            raise ModelError("The model file's run was trained on other classes than its network names: save it again.")
        return DataOrigin(data.classes)
    images, labels = tensors["watched.images"], tensors["watched.labels"]
    count, shape = len(labels), network.input_shape
    fits = images.dtype == labels.dtype == np.uint8 and images.shape == (count, *shape) and labels.shape == (count,)
    if not fits or not 0 < count <= MONITORED_DIGITS or labels.max() >= network.classes:
        raise ModelError("The model file's images of its data do not fit its network: save it again.")
    fingerprint, n_train = saved["fingerprint"], saved["learned"]
    if not isinstance(fingerprint, str) or not _FINGERPRINT.fullmatch(fingerprint) or type(n_train) is not int:
        raise ModelError("The model file does not say what its run was trained on: save it again.")
    if not 0 < n_train <= limits.DATA_IMAGES:
        raise ModelError(
            "The model file's run was trained on a number of images that this app does not allow: save it again."
        )
    return DataOrigin((), fingerprint, validate_title(saved["title"]), n_train, DigitSet(images, labels, network.names))
