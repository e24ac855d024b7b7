"""A network as the text of a plain PyTorch module with the same weights.

The module needs PyTorch alone and reads images as PyTorch does: (N, C, H, W), values 0 to 1.
Before it flattens it permutes its maps to this package's order (N, H, W, C), so that dense weights fit.
"""

import base64
from typing import Any

import numpy as np

from cnncore.architecture.layer_specs import spec_of
from cnncore.nn.network import Network

_LINE = 96  # characters of base64 in a line


def torch_module(network: Network, *, title: str = "A network trained with Convoscope") -> str:
    """Python text of a `torch.nn.Module` with the same weights, which it holds as base64 of float32.

    Raises InputError for a layer that is not in LAYER_SPECS.
    """
    modules, weights = [], []
    input_shapes = [network.input_shape, *network.shapes]
    for index, (layer, input_shape) in enumerate(zip(network.layers, input_shapes, strict=False)):
        spec = spec_of(layer)
        modules.append(f"            {spec.torch(layer, input_shape)},  # {spec.name}")
        for name, (torch_name, axes) in spec.torch_params.items():
            values = layer.params[name].transpose(axes)
            shape = ", ".join(map(str, values.shape))
            weights.append(f'    "layers.{index}.{torch_name}": (({shape},), """\\\n{_lines(values)}"""),')
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


def _lines(values: Any) -> str:
    text = base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()
    return "\n".join(text[i : i + _LINE] for i in range(0, len(text), _LINE))
