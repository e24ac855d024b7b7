"""The layers, one kind a file."""

from cnncore.nn.layers.activations import ReLU, Sigmoid, Tanh
from cnncore.nn.layers.base import Cache, Layer, Params, Shape
from cnncore.nn.layers.convolution import Conv2D
from cnncore.nn.layers.dense import Dense
from cnncore.nn.layers.dropout import Dropout
from cnncore.nn.layers.flatten import Flatten
from cnncore.nn.layers.pooling import AvgPool2D, MaxPool2D

__all__ = [
    "AvgPool2D",
    "Cache",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "Layer",
    "MaxPool2D",
    "Params",
    "ReLU",
    "Shape",
    "Sigmoid",
    "Tanh",
]
