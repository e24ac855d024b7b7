"""A convolutional network from scratch in NumPy: the reference implementation of the lecture.

Shapes are the lecture's: images (N, H, W, C), filters (C_in, F, F, C_out),
dense weights (in, out). Nothing here knows of Streamlit, Plotly or HTML.
"""

from cnncore.augmentation import Augmentation
from cnncore.checkpoint import load, save
from cnncore.errors import ConvoscopeError, DataError, InputError, ModelError, ShapeError
from cnncore.events import Diverged, Evaluated, Finished, Snapshot, StepDone
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
from cnncore.network import Network
from cnncore.optimizers import SGD, Adam, Constant, Exponential, Linear
from cnncore.run import History, Run
from cnncore.settings import Settings
from cnncore.training import evaluate, train
from cnncore.window import Window

__all__ = [
    "SGD",
    "Adam",
    "Augmentation",
    "AvgPool2D",
    "Constant",
    "Conv2D",
    "ConvoscopeError",
    "DataError",
    "Dense",
    "Diverged",
    "Dropout",
    "Evaluated",
    "Exponential",
    "Finished",
    "Flatten",
    "History",
    "InputError",
    "Layer",
    "Linear",
    "MaxPool2D",
    "ModelError",
    "Network",
    "ReLU",
    "Run",
    "Settings",
    "ShapeError",
    "Sigmoid",
    "Snapshot",
    "StepDone",
    "Tanh",
    "Window",
    "Workspace",
    "avg_pool2d",
    "avg_pool2d_gradient",
    "conv1d",
    "conv1d_gradients",
    "conv2d",
    "conv2d_gradients",
    "evaluate",
    "load",
    "max_pool2d",
    "max_pool2d_gradient",
    "save",
    "softmax",
    "softmax_cross_entropy",
    "train",
]
