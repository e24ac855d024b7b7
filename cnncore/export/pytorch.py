"""A run in other forms: its curves as CSV, a notebook, a plain PyTorch module with the same weights as text.

The module needs PyTorch alone and reads images as PyTorch does, (N, C, H, W) of 0 to 1;
the network's own order (N, H, W, C) returns where it flattens, so that dense weights fit.
"""

import base64
from typing import Any

import numpy as np

from cnncore.errors import InputError
from cnncore.nn.arrays import Array
from cnncore.nn.layers import AvgPool2D, Conv2D, Dense, Dropout, Flatten, Layer, MaxPool2D, ReLU, Sigmoid, Tanh
from cnncore.nn.network import Network

_LINE = 96  # characters of base64 in a line


def torch_module(network: Network, *, title: str = "A network trained with Convoscope") -> str:
    """Python text of a `torch.nn.Module` with the same weights, which stand in it as base64 of float32.

    Raises InputError for a layer that PyTorch's modules do not know.
    """
    modules, weights = [], []
    for number, layer in enumerate(network.layers):
        modules.append(f"            {_torch_layer(network, number)},  # {type(layer).__name__}")
        for name, values in _torch_weights(layer).items():
            shape = ", ".join(map(str, values.shape))
            weights.append(f'    "layers.{number}.{name}": (({shape},), """\\\n{_lines(values)}"""),')
    height, width, channels = network.input_shape
    return _MODULE.format(
        title=title.replace("\\", " ").replace('"', "'"),
        count=f"{network.parameter_count:,}",
        modules="\n".join(modules),
        weights="\n".join(weights),
        shape=f"1, {channels}, {height}, {width}",
        classes=network.classes,
    )


_MODULE = '''"""{title}: {count} parameters, written out as a plain PyTorch module.

images (N, C, H, W), ink 1 on paper 0 -> logits (N, {classes}). Save this text as a file and import it:

    model = load()
    model(torch.zeros({shape})).softmax(1)
"""

import base64

import torch
from torch import nn


class ChannelsLast(nn.Module):
    """(N, C, H, W) -> (N, H, W, C): the order in which the dense weights were learned."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1) if x.ndim == 4 else x


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
{modules}
        )

    def forward(self, x):
        return self.layers(x)


def load():
    """The network with its trained weights, ready to predict."""
    model = Network()
    state = {{name: tensor(shape, text) for name, (shape, text) in WEIGHTS.items()}}
    model.load_state_dict(state)
    return model.eval()


def tensor(shape, text):
    """Base64 of little-endian float32 -> a tensor."""
    return torch.frombuffer(bytearray(base64.b64decode(text)), dtype=torch.float32).reshape(shape)


WEIGHTS = {{
{weights}
}}

if __name__ == "__main__":
    print(load()(torch.zeros({shape})).softmax(1))
'''


def _torch_layer(network: Network, number: int) -> str:
    layer = network.layers[number]
    before = network.shapes[number - 1] if number else network.input_shape
    match layer:
        case Conv2D():
            window = layer.window
            return (
                f"nn.Conv2d({before[2]}, {layer.filters}, {window.size}, stride={tuple(window.strides)}, "
                f"padding={window.border}, dilation={window.dilation})"
            )
        case MaxPool2D() | AvgPool2D():
            kind = "MaxPool2d" if isinstance(layer, MaxPool2D) else "AvgPool2d"
            return f"nn.{kind}({layer.window.size}, stride={tuple(layer.window.strides)})"
        case Flatten():
            return "nn.Sequential(ChannelsLast(), nn.Flatten())"
        case Dense():
            return f"nn.Linear({before[0]}, {layer.units})"
        case ReLU() | Tanh() | Sigmoid():
            return f"nn.{type(layer).__name__}()"
        case Dropout():
            return f"nn.Dropout({layer.rate})"
    raise InputError(f"PyTorch has no module for {layer!r}: leave that layer out.")


def _torch_weights(layer: Layer) -> dict[str, Array]:
    """Filters (C, F, F, K) -> (K, C, F, F), dense weights (in, out) -> (out, in)."""
    match layer:
        case Conv2D():
            return {"weight": np.moveaxis(layer.params["filters"], 3, 0), "bias": layer.params["bias"]}
        case Dense():
            return {"weight": layer.params["weights"].T, "bias": layer.params["bias"]}
    return {}


def _lines(values: Any) -> str:
    text = base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()
    return "\n".join(text[i : i + _LINE] for i in range(0, len(text), _LINE))
