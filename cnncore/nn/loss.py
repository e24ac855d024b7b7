"""Softmax and the cross-entropy loss, with the gradient of the loss."""

from typing import Any

import numpy as np

from cnncore.errors import InputError, ShapeError
from cnncore.nn.arrays import Array, common_dtype


def softmax(logits: Any) -> Array:
    """Logits (N, classes) -> probabilities (N, classes); the largest logit is taken off first, so none overflows."""
    (logits,) = common_dtype(logits)
    if logits.ndim != 2:
        raise ShapeError(f"Expected logits (N, classes), received {logits.shape}: try logits.reshape(1, -1).")
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def softmax_cross_entropy(logits: Any, labels: Any) -> tuple[float, Array]:
    """Mean surprise at the labels, and its gradient (probabilities - labels) / N.

    logits (N, classes); labels (N,) class numbers, or (N, classes) the
    probabilities aimed at. Returns loss, logits_grad (N, classes).
    """
    (logits,) = common_dtype(logits)
    targets = _targets(logits, np.asarray(labels))
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    total = exponentials.sum(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(total)
    loss = -(targets * log_probabilities).sum(dtype=np.float64) / len(logits)
    return float(loss), (exponentials / total - targets) / logits.dtype.type(len(logits))


def _targets(logits: Array, labels: Array) -> Array:
    if logits.ndim != 2 or 0 in logits.shape or not labels.ndim or len(labels) != len(logits):
        raise ShapeError(f"Expected logits (N, classes) and N labels, received {logits.shape} and {labels.shape}.")
    if labels.shape == logits.shape:
        return labels.astype(logits.dtype, copy=False)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise InputError(f"Labels are whole class numbers (N,), received {labels.dtype} of shape {labels.shape}.")
    if labels.min() < 0 or labels.max() >= logits.shape[1]:
        raise InputError(f"Labels must lie in 0 to {logits.shape[1] - 1}, received {labels.min()} to {labels.max()}.")
    targets = np.zeros_like(logits)
    targets[np.arange(len(labels)), labels] = 1
    return targets
