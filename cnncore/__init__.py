"""A convolutional network from scratch in NumPy: the reference implementation of the lecture.

Shapes are the lecture's: images (N, H, W, C), filters (C_in, F, F, C_out),
dense weights (in, out). Nothing here knows of Streamlit, Plotly or HTML.
"""

from cnncore.errors import ConvoscopeError, DataError, InputError, ModelError, ShapeError
from cnncore.functional import (
    avg_pool2d,
    avg_pool2d_gradient,
    conv1d,
    conv1d_gradients,
    conv2d,
    conv2d_gradients,
    max_pool2d,
    max_pool2d_gradient,
    softmax,
    softmax_cross_entropy,
)
from cnncore.layers import AvgPool2D, Conv2D, Dense, Dropout, Flatten, Layer, MaxPool2D, ReLU, Sigmoid, Tanh
from cnncore.memory import Workspace
from cnncore.window import Window

__all__ = [
    "AvgPool2D",
    "Conv2D",
    "ConvoscopeError",
    "DataError",
    "Dense",
    "Dropout",
    "Flatten",
    "InputError",
    "Layer",
    "MaxPool2D",
    "ModelError",
    "ReLU",
    "ShapeError",
    "Sigmoid",
    "Tanh",
    "Window",
    "Workspace",
    "avg_pool2d",
    "avg_pool2d_gradient",
    "conv1d",
    "conv1d_gradients",
    "conv2d",
    "conv2d_gradients",
    "max_pool2d",
    "max_pool2d_gradient",
    "softmax",
    "softmax_cross_entropy",
]
