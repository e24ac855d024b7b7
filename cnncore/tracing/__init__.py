"""The steps an animation shows, read off the real forward and backward pass, in float64."""

from cnncore.tracing.convolution import Trace, trace_conv1d, trace_conv2d

__all__ = ["Trace", "trace_conv1d", "trace_conv2d"]
