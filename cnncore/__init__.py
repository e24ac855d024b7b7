"""A convolutional network from scratch in NumPy: the reference implementation of the lecture.

Shapes are the lecture's: images (N, H, W, C), filters (C_in, F, F, C_out),
dense weights (in, out). Nothing here knows of Streamlit, Plotly or HTML.
"""

from cnncore.data.augmentation import Augmentation
from cnncore.errors import ConvoscopeError, DataError, InputError, ModelError, ShapeError
from cnncore.nn.arrays import Workspace
from cnncore.nn.convolution import conv1d, conv1d_gradients, conv2d, conv2d_gradients
from cnncore.nn.layers import AvgPool2D, Conv2D, Dense, Dropout, Flatten, Layer, MaxPool2D, ReLU, Sigmoid, Tanh
from cnncore.nn.loss import softmax, softmax_cross_entropy
from cnncore.nn.network import Network
from cnncore.nn.optimizers import SGD, Adam, Constant, Exponential, Linear
from cnncore.nn.pooling import avg_pool2d, avg_pool2d_gradient, max_pool2d, max_pool2d_gradient
from cnncore.nn.window import Window
from cnncore.training.checkpoint import load, save
from cnncore.training.events import Diverged, Evaluated, Finished, Snapshot, StepDone
from cnncore.training.run import History, Run
from cnncore.training.settings import Settings
from cnncore.training.trainer import evaluate, train

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
