"""What a run learned from, as its file says it: never the data, but enough to know it again and to show the run."""

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
    """What a file says of the data, and the few images that it holds of it."""
    if origin.watched is None:
        return {"classes": list(origin.classes)}, {}
    images, labels, _ = origin.watched
    plain = {"fingerprint": origin.fingerprint, "title": origin.title, "learned": origin.learned}
    return plain, {"watched.images": images, "watched.labels": labels}


def origin_from_dict(told: Any, tensors: dict[str, Array], network: Network) -> DataOrigin | None:
    """From a file; None where it does not say, as those of before the data was noted.

    Raises ConvoscopeError, KeyError, TypeError, AttributeError for what was not saved here.
    """
    if told is None:
        return None
    if "classes" in told:
        data = DataSource(tuple(told["classes"]))
        if data.names != network.names:
            raise ModelError("The model file's run learned from other classes than its network names: save it again.")
        return DataOrigin(data.classes)
    images, labels = tensors["watched.images"], tensors["watched.labels"]
    count, shape = len(labels), network.input_shape
    fits = images.dtype == labels.dtype == np.uint8 and images.shape == (count, *shape) and labels.shape == (count,)
    if not fits or not 0 < count <= MONITORED_DIGITS or labels.max() >= network.classes:
        raise ModelError("The model file's images of its data do not fit its network: save it again.")
    mark, learned = told["fingerprint"], told["learned"]
    if not isinstance(mark, str) or not _FINGERPRINT.fullmatch(mark) or type(learned) is not int:
        raise ModelError("The model file does not say what its run learned from: save it again.")
    if not 0 < learned <= limits.DATA_IMAGES:
        raise ModelError("The model file's run learned from no number of images that this app reads: save it again.")
    return DataOrigin((), mark, validate_title(told["title"]), learned, DigitSet(images, labels, network.names))
