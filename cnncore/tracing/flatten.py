"""Flatten: the cell that each value of the vector comes from, and a dense layer that reads the vector in another order.

The vector and the restored maps are the results of the Flatten layer's own forward and backward pass.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore.errors import ShapeError
from cnncore.nn.arrays import Array
from cnncore.nn.layers import Dense, Flatten


@dataclass(frozen=True)
class FlattenTrace:
    """Maps flattened to a vector.

    maps      (H, W, C)
    vector    (H·W·C,) in the order rows, columns, channels
    cells     (H·W·C, 3) row, column and channel of each value, counted from 0
    restored  (H, W, C) the vector reshaped to maps
    """

    maps: Array
    vector: Array
    cells: Array
    restored: Array


@dataclass(frozen=True)
class Reordered:
    """The outputs of a dense layer that reads the vector in another order.

    order             (H·W·C,) index in the original vector of each value of the reordered one
    scores            (units,) for the original vector and weights
    both_reordered    (units,) for the reordered vector and weights with reordered rows
    vector_reordered  (units,) for the reordered vector and the original weights
    """

    order: Array
    scores: Array
    both_reordered: Array
    vector_reordered: Array

    @property
    def largest_difference(self) -> float:
        """Return the largest difference of `both_reordered` from `scores`, which rounding in another order causes."""
        return float(np.abs(self.scores - self.both_reordered).max())


def trace_flatten(maps: Any) -> FlattenTrace:
    """Trace the flattening of maps (H, W, C). Raises ShapeError for another number of axes."""
    maps = np.asarray(maps, np.float64)
    if maps.ndim != 3:
        raise ShapeError(f"Expected maps (H, W, C), received {maps.shape}.")
    layer = Flatten()
    vector, cache = layer.forward(maps[None])
    restored, _ = layer.backward(vector, cache)
    assert restored is not None
    return FlattenTrace(maps, vector[0], flattened_cells(maps.shape), restored[0])


def flattened_cells(shape: tuple[int, ...]) -> Array:
    """Return (H·W·C, 3): row, column and channel, from 0, of each value that Flatten makes of maps (H, W, C)."""
    indices, _ = Flatten().forward(np.indices(shape))  # three "images", one for each axis
    return indices.T


def reorder(vector: Any, weights: Any, order: Any) -> Reordered:
    """Compute a dense layer's outputs before and after its input is put into `order`.

    vector (in,) and weights (in, units) are the layer's input and weights; order (in,) is a permutation of indices.
    """
    vector, weights, order = np.asarray(vector, np.float64), np.asarray(weights, np.float64), np.asarray(order)
    return Reordered(
        order,
        _scores(vector, weights),
        _scores(vector[order], weights[order]),
        _scores(vector[order], weights),
    )


def _scores(vector: Array, weights: Array) -> Array:
    layer = Dense(weights.shape[1])
    layer.params = {"weights": weights, "bias": np.zeros(weights.shape[1])}
    scores, _ = layer.forward(vector[None])
    return scores[0]
