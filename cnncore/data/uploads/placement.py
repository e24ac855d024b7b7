"""Bring ink to 28×28: in MNIST's box, or as it is."""

import numpy as np
from PIL import Image

from cnncore.data.strokes import SIZE, fit_to_mnist_box
from cnncore.nn.arrays import Array


def centred(ink: Array) -> Array:
    """Ink (H, W) in MNIST's box, (28, 28)."""
    return fit_to_mnist_box(ink)[..., 0]


def fitted(ink: Array) -> Array:
    """Ink (H, W) -> (28, 28), its sides' ratio kept, in the middle of its own ground."""
    scale = SIZE / max(ink.shape)
    size = (max(round(ink.shape[1] * scale), 1), max(round(ink.shape[0] * scale), 1))
    how = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    small = np.asarray(Image.fromarray(ink).resize(size, how))
    out = np.full((SIZE, SIZE), ink.min(), np.uint8)
    top, left = (SIZE - small.shape[0]) // 2, (SIZE - small.shape[1]) // 2
    out[top : top + small.shape[0], left : left + small.shape[1]] = small
    return out
