"""Many digits as a map: the two directions in which a layer's values vary most, by principal component analysis.

Pearson, "On lines and planes of closest fit to systems of points in space", 1901.
"""

from typing import NamedTuple

import numpy as np

from cnncore import limits
from cnncore.nn.arrays import Array


class PrincipalAxes(NamedTuple):
    """mean (D,); directions (k, D), each of length 1; shares (k,) of the variance that each direction holds."""

    mean: Array
    directions: Array
    shares: Array


def principal_axes(features: Array, count: int = 2) -> PrincipalAxes:
    """features (N, D) -> the `count` directions of largest variance, in float64.

    Each points to where its largest coordinate is positive, so that the same features give the same map. Where
    there are fewer directions with any variance than `count`, the rest are zero.
    """
    features = np.asarray(features, np.float64)
    mean = features.mean(axis=0)
    centred = features - mean
    # The smaller of the two squares tells the same: covariance, or all pairs of rows.
    wide = features.shape[1] > len(features)
    values, vectors = np.linalg.eigh(centred @ centred.T if wide else centred.T @ centred)
    order = np.argsort(-values, kind="stable")[:count]
    total = max(float((centred**2).sum()), np.finfo(np.float64).tiny)
    directions = np.zeros((count, features.shape[1]))
    shares = np.zeros(count)
    for k, n in enumerate(order):
        direction = centred.T @ vectors[:, n] if wide else vectors[:, n]
        length = np.linalg.norm(direction)
        if values[n] > 1e-12 * total and length > 0:
            direction = direction / length
            directions[k] = direction * np.sign(direction[np.abs(direction).argmax()])
            shares[k] = values[n] / total
    return PrincipalAxes(mean, directions, shares)


def project(axes: PrincipalAxes, features: Array) -> Array:
    """features (N, D) -> their places (N, k) on the map."""
    return (np.asarray(features, np.float64) - axes.mean) @ axes.directions.T


def pca_sample_size(features: int, digits: int) -> int:
    """From how many of `digits` the axes are found, so that neither they nor the eigenvalues take too long."""
    if features <= limits.MAP_FEATURES:
        return digits
    return min(digits, limits.MAP_DIGITS, max(limits.MAP_BYTES // (8 * features), 2))


def class_medians(places: Array, labels: Array, classes: int) -> Array:
    """places (N, k), labels (N,) -> the median place (classes, k) of each class, not a number where there is none."""
    found = np.full((classes, places.shape[1]), np.nan)
    for k in range(classes):
        if (labels == k).any():
            found[k] = np.median(places[labels == k], axis=0)
    return found
