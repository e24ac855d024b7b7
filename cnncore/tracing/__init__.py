"""The steps an animation shows, read off the real forward and backward pass, in float64."""

from cnncore.tracing.channels import ChannelsTrace, trace_channels, without_slices
from cnncore.tracing.convolution import Trace, trace_conv1d, trace_conv2d
from cnncore.tracing.edges import trace_edges
from cnncore.tracing.flattening import FlattenTrace, Reordered, reorder, trace_flatten
from cnncore.tracing.loop import LoopTrace, trace_loop
from cnncore.tracing.matrix import MatrixTrace, trace_matrix
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
from cnncore.tracing.transposed import Transposed, spread, trace_transposed

__all__ = [
    "CellTrace",
    "ChannelsTrace",
    "FlattenTrace",
    "LoopTrace",
    "MapTrace",
    "MatrixTrace",
    "NetworkTrace",
    "PoolingBackward",
    "PoolingTrace",
    "Reordered",
    "SoftmaxTrace",
    "Trace",
    "Transposed",
    "UnitTrace",
    "receptive_field",
    "reorder",
    "shifted",
    "spread",
    "survivors",
    "trace_cell",
    "trace_channels",
    "trace_conv1d",
    "trace_conv2d",
    "trace_edges",
    "trace_flatten",
    "trace_loop",
    "trace_map",
    "trace_matrix",
    "trace_network",
    "trace_pooling",
    "trace_pooling_gradient",
    "trace_softmax",
    "trace_transposed",
    "trace_unit",
    "without_slices",
]
