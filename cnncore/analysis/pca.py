"""Principal component analysis: the directions in which a layer's values vary most.

Pearson 1901, "On lines and planes of closest fit to systems of points in space".
"""

from typing import NamedTuple

import numpy as np

from cnncore import limits
from cnncore.nn.arrays import Array


class PrincipalAxes(NamedTuple):
    """The first k principal axes of D features.

    mean                      (D,)
    directions                (k, D), each of length 1
    explained_variance_ratio  (k,) fraction of the total variance along each direction
    """

    mean: Array
    directions: Array
    explained_variance_ratio: Array


def principal_axes(features: Array, count: int = 2) -> PrincipalAxes:
    """Return the `count` directions of largest variance of features (N, D), in float64.

    The sign of a direction is chosen so that its largest coordinate is positive; the same features therefore always
    give the same axes. Where fewer than `count` directions have any variance, the other ones are zero.
    """
    features = np.asarray(features, np.float64)
    mean = features.mean(axis=0)
    centred = features - mean
    # (D, D) and (N, N) have the same eigenvalues other than 0, so the smaller matrix is used.
    wide = features.shape[1] > len(features)
    values, vectors = np.linalg.eigh(centred @ centred.T if wide else centred.T @ centred)
    order = np.argsort(-values, kind="stable")[:count]
    total = max(float((centred**2).sum()), np.finfo(np.float64).tiny)
    directions = np.zeros((count, features.shape[1]))
    ratios = np.zeros(count)
    for k, n in enumerate(order):
        direction = centred.T @ vectors[:, n] if wide else vectors[:, n]
        length = np.linalg.norm(direction)
        if values[n] > 1e-12 * total and length > 0:
            direction = direction / length
            directions[k] = direction * np.sign(direction[np.abs(direction).argmax()])
            ratios[k] = values[n] / total
    return PrincipalAxes(mean, directions, ratios)


def project(axes: PrincipalAxes, features: Array) -> Array:
    """Return the coordinates (N, k) of features (N, D) along the axes."""
    return (np.asarray(features, np.float64) - axes.mean) @ axes.directions.T


def pca_sample_size(features: int, digits: int) -> int:
    """Return how many of `digits` samples to compute the axes from, which limits memory and time for many features."""
    if features <= limits.MAP_FEATURES:
        return digits
    return min(digits, limits.MAP_DIGITS, max(limits.MAP_BYTES // (8 * features), 2))


def class_medians(coordinates: Array, labels: Array, classes: int) -> Array:
    """Return the median coordinates (classes, k) of each class, NaN for a class without samples.

    coordinates (N, k), labels (N,).
    """
    medians = np.full((classes, coordinates.shape[1]), np.nan)
    for label in range(classes):
        if (labels == label).any():
            medians[label] = np.median(coordinates[labels == label], axis=0)
    return medians
