"""Digits whose 784 pixels stand in another order, the same for every digit.

Nothing is lost, but neighbours are no neighbours any more: a dense layer, which
knows of no neighbours, learns as before; a convolution looks for patterns among
pixels that have nothing to do with one another.
"""

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.nn.rng import Purpose, generator


def pixel_permutation(pixels: int = 784) -> Array:
    """The one fixed order: the pixel that moves to each place, counted row by row."""
    return generator(0, Purpose.SCRAMBLE).permutation(pixels)


def permute_pixels(images: Array) -> Array:
    """images (N, H, W, 1), any dtype -> the same pixels in the fixed order."""
    flat = images.reshape(len(images), -1)
    return np.take(flat, pixel_permutation(flat.shape[1]), axis=1).reshape(images.shape)


def unpermute_pixels(images: Array) -> Array:
    """images (N, H, W, 1) with their pixels in the fixed order -> as they were."""
    flat = images.reshape(len(images), -1)
    return np.take(flat, np.argsort(pixel_permutation(flat.shape[1])), axis=1).reshape(images.shape)
