"""A convolutional network from scratch in NumPy: the reference implementation of the lecture.

Shapes are the lecture's: images (N, H, W, C), filters (C_in, F, F, C_out),
dense weights (in, out). Nothing here knows of Streamlit, Plotly or HTML.

Each public name is loaded from its module when it is first used, so that `import cnncore` is quick
and the network itself needs NumPy alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

# ruff: noqa: F401
if TYPE_CHECKING:  # what type checkers and editors read; the table below is what runs
    from cnncore.analysis.prediction import Prediction, classify
    from cnncore.data.augmentation import Augmentation
    from cnncore.data.mnist import load_mnist
    from cnncore.data.photo.reader import read_photo
    from cnncore.data.strokes import checked_strokes, draw_strokes, read_digit
    from cnncore.data.uploads.reader import read_upload
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

# The module that defines each public name. Layers and optimizers are the classes of their tables.
_MODULES = {
    "Augmentation": "cnncore.data.augmentation",
    "Constant": "cnncore.nn.optimizers",
    "ConvoscopeError": "cnncore.errors",
    "DataError": "cnncore.errors",
    "Diverged": "cnncore.training.events",
    "Evaluated": "cnncore.training.events",
    "Exponential": "cnncore.nn.optimizers",
    "Finished": "cnncore.training.events",
    "History": "cnncore.training.run",
    "InputError": "cnncore.errors",
    "Layer": "cnncore.nn.layers",
    "Linear": "cnncore.nn.optimizers",
    "ModelError": "cnncore.errors",
    "Network": "cnncore.nn.network",
    "Prediction": "cnncore.analysis.prediction",
    "Run": "cnncore.training.run",
    "Settings": "cnncore.training.settings",
    "ShapeError": "cnncore.errors",
    "Snapshot": "cnncore.training.events",
    "StepDone": "cnncore.training.events",
    "Window": "cnncore.nn.window",
    "Workspace": "cnncore.nn.arrays",
    "avg_pool2d": "cnncore.nn.pooling",
    "avg_pool2d_gradient": "cnncore.nn.pooling",
    "checked_strokes": "cnncore.data.strokes",
    "classify": "cnncore.analysis.prediction",
    "conv1d": "cnncore.nn.convolution",
    "conv1d_gradients": "cnncore.nn.convolution",
    "conv2d": "cnncore.nn.convolution",
    "conv2d_gradients": "cnncore.nn.convolution",
    "draw_strokes": "cnncore.data.strokes",
    "evaluate": "cnncore.training.trainer",
    "load": "cnncore.training.checkpoint",
    "load_mnist": "cnncore.data.mnist",
    "max_pool2d": "cnncore.nn.pooling",
    "max_pool2d_gradient": "cnncore.nn.pooling",
    "read_digit": "cnncore.data.strokes",
    "read_photo": "cnncore.data.photo.reader",
    "read_upload": "cnncore.data.uploads.reader",
    "save": "cnncore.training.checkpoint",
    "softmax": "cnncore.nn.loss",
    "softmax_cross_entropy": "cnncore.nn.loss",
    "train": "cnncore.training.trainer",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module. Raises AttributeError for any other name."""
    if name in _MODULES:
        return getattr(import_module(_MODULES[name]), name)
    if name == "__all__":
        return sorted({*_MODULES, *_classes_of_tables()})
    if name[0].isupper() and name in (classes := _classes_of_tables()):  # in lower case it may be a module's name
        return classes[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES, *_classes_of_tables()})


def _classes_of_tables() -> dict[str, type]:
    """Layers and optimizers by the names of their classes."""
    layers = import_module("cnncore.architecture.layer_specs").LAYER_SPECS
    optimizers = import_module("cnncore.nn.optimizer_specs").OPTIMIZER_SPECS
    return {spec.kind.__name__: spec.kind for table in (layers, optimizers) for spec in table.values()}
