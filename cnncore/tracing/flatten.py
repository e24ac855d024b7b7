"""Flatten: where every value of the maps goes, and that the dense layer behind it loses nothing.

Both ways are the layer's own: forward makes the vector, backward makes the maps again.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore.errors import ShapeError
from cnncore.nn.arrays import Array
from cnncore.nn.layers import Dense, Flatten


@dataclass(frozen=True)
class FlattenTrace:
    """maps (H, W, C) as a vector.

    vector    (H·W·C,) in the order rows, columns, channels
    cells     (H·W·C, 3) row, column and channel that each value came from, counted from 0
    restored  (H, W, C) the vector made maps again
    """

    maps: Array
    vector: Array
    cells: Array
    restored: Array


@dataclass(frozen=True)
class Reordered:
    """A dense layer that reads the vector in another order.

    order      (H·W·C,) the place in the first vector of each value of the second
    scores     (units,) of the vector as it was
    together   (units,) of the vector and the rows of the weights, both reordered
    forgotten  (units,) of the reordered vector under the weights as they were
    """

    order: Array
    scores: Array
    together: Array
    forgotten: Array

    @property
    def largest_difference(self) -> float:
        """Between scores and together: rounding at most, since only the order of a sum has changed."""
        return float(np.abs(self.scores - self.together).max())


def trace_flatten(maps: Any) -> FlattenTrace:
    """Trace maps (H, W, C). Raises ShapeError for another shape."""
    maps = np.asarray(maps, np.float64)
    if maps.ndim != 3:
        raise ShapeError(f"Expected maps (H, W, C), received {maps.shape}.")
    layer = Flatten()
    vector, cache = layer.forward(maps[None])
    restored, _ = layer.backward(vector, cache)
    axes = np.stack(np.meshgrid(*(np.arange(n) for n in maps.shape), indexing="ij"))
    cells, _ = layer.forward(axes)  # the axes take the way of the values: three maps of places
    assert restored is not None
    return FlattenTrace(maps, vector[0], cells.T, restored[0])


def reorder(vector: Any, weights: Any, order: Any) -> Reordered:
    """Scores of vector (in,) under weights (in, units), before and after both are put into `order` (in,)."""
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
