"""The steps an animation shows, read off the real forward and backward pass, in float64."""

from cnncore.tracing.convolution import Trace, trace_conv1d, trace_conv2d
from cnncore.tracing.flattening import FlattenTrace, Reordered, reorder, trace_flatten
from cnncore.tracing.network import (
    CellTrace,
    MapTrace,
    NetworkTrace,
    SoftmaxTrace,
    UnitTrace,
    receptive_field,
    trace_cell,
    trace_map,
    trace_network,
    trace_softmax,
    trace_unit,
)
from cnncore.tracing.pooling import (
    PoolingBackward,
    PoolingTrace,
    shifted,
    survivors,
    trace_pooling,
    trace_pooling_gradient,
)

__all__ = [
    "CellTrace",
    "FlattenTrace",
    "MapTrace",
    "NetworkTrace",
    "PoolingBackward",
    "PoolingTrace",
    "Reordered",
    "SoftmaxTrace",
    "Trace",
    "UnitTrace",
    "receptive_field",
    "reorder",
    "shifted",
    "survivors",
    "trace_cell",
    "trace_conv1d",
    "trace_conv2d",
    "trace_flatten",
    "trace_map",
    "trace_network",
    "trace_pooling",
    "trace_pooling_gradient",
    "trace_softmax",
    "trace_unit",
]
