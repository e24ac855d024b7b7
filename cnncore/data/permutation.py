"""Permute the 784 pixels of all images in one fixed order.

No information is lost, but pixels that were neighbours no longer are: a dense layer, which does not use which pixels
are neighbours, learns as before; a convolution looks for patterns among unrelated pixels.
"""

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.nn.rng import Purpose, generator


def pixel_permutation(pixels: int = 784) -> Array:
    """Return the fixed order: for each position the pixel that moves there, counted row by row."""
    return generator(0, Purpose.SCRAMBLE).permutation(pixels)


def permute_pixels(images: Array) -> Array:
    """images (N, H, W, 1), any dtype -> the same pixels in the fixed order."""
    flat = images.reshape(len(images), -1)
    return np.take(flat, pixel_permutation(flat.shape[1]), axis=1).reshape(images.shape)


def unpermute_pixels(images: Array) -> Array:
    """images (N, H, W, 1) with their pixels in the fixed order -> as they were."""
    flat = images.reshape(len(images), -1)
    return np.take(flat, np.argsort(pixel_permutation(flat.shape[1])), axis=1).reshape(images.shape)
