"""A run in other forms: its curves as CSV, a notebook, a plain PyTorch module with the same weights as text.

The module needs PyTorch alone and reads images as PyTorch does, (N, C, H, W) of 0 to 1;
the network's own order (N, H, W, C) returns where it flattens, so that dense weights fit.
"""

import base64
import csv
import io
import json
from math import inf
from typing import Any

import numpy as np

from cnncore.architecture import layers_to_plain
from cnncore.digits.data import Origin
from cnncore.errors import InputError
from cnncore.events import Evaluated, StepDone
from cnncore.layers import AvgPool2D, Conv2D, Dense, Dropout, Flatten, Layer, MaxPool2D, ReLU, Sigmoid, Tanh
from cnncore.memory import Array
from cnncore.network import Network
from cnncore.notebook import code_cell, markdown_cell, notebook_bytes
from cnncore.progress import Progress
from cnncore.recall import recalled
from cnncore.run import Run

_LINE = 96  # characters of base64 in a line


def curves_csv(run: Run, network: Network, *, train_digits: int) -> str:
    """One line a loss or a test: kind, step, epoch, loss, rate, wrong, digits. About a thousand losses at most."""
    lines: list[list[Any]] = []
    for event, _ in recalled(run, network, train_digits=train_digits):
        match event:
            case StepDone():
                lines.append(["training", event.step, f"{event.epoch:.6g}", event.loss, event.rate, "", ""])
            case Evaluated():
                lines.append(["test", event.step, f"{event.epoch:.6g}", event.loss, "", event.wrong, event.digits])
    return _csv(lines)


def watched_csv(progress: Progress) -> str:
    """The curves of a run that is too large for a file, as they were watched: losses smoothed, tests without theirs."""
    an_epoch = progress.step / progress.epoch if progress.epoch else inf
    rates = dict(progress.rates.all())
    lines: list[list[Any]] = [
        ["training, smoothed", int(step), f"{step / an_epoch:.6g}", loss, rates.get(step, ""), "", ""]
        for step, _, loss in progress.losses.all()
    ]
    for step, _, epoch, wrong, digits in [*progress.tests.all(), *progress.full_tests]:
        lines.append(["test", int(step), f"{epoch:.6g}", "", "", int(wrong), int(digits)])
    return _csv(sorted(lines, key=lambda line: line[1]))


def _csv(lines: list[list[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["kind", "step", "epoch", "loss", "learning_rate", "wrong", "digits"])
    writer.writerows(lines)
    return text.getvalue()


def run_notebook(network: Network, run: Run, *, title: str) -> bytes:
    """A notebook (nbformat 4.5) that trains the same again, with `cnncore`, and says how it compares."""
    tests = [event for event in run.history.evaluations if event.digits > 1_000] or run.history.evaluations
    last = f"wrong {tests[-1].wrong:,} of {tests[-1].digits:,} at step {tests[-1].step:,}" if tests else "not tested"
    plain = json.dumps(layers_to_plain(network.layers), indent=4)
    for word, python in (("null", "None"), ("true", "True"), ("false", "False")):
        plain = plain.replace(f": {word}", f": {python}")
    settings = {name: value for name, value in run.settings.to_plain().items() if name != "augmentation"}
    named = "".join(f"    {name}={value!r},\n" for name, value in settings.items())
    augmentation = run.settings.to_plain()["augmentation"]
    changed = run.learning_rate != run.settings.learning_rate
    note = f"\n\nIts learning rate was changed on the way, at last to {run.learning_rate:g}." if changed else ""
    imported, read = _sets_in_python(run.origin or Origin())
    return notebook_bytes(
        [
            markdown_cell(
                "about",
                f"# {title}\n\nA run of Convoscope: {last}, after {run.step:,} steps.{note}\n\n"
                "Run this where `cnncore` can be imported: in the folder of Convoscope. The same seed and settings "
                "give the same weights.",
            ),
            code_cell(
                "settings",
                "from cnncore import Augmentation, Evaluated, Network, Run, Settings, train\n"
                "from cnncore.architecture import layers_from_plain\n"
                f"{imported}\n\n"
                f"layers = {plain}\n"
                f"settings = Settings(\n{named}    augmentation=Augmentation(**{augmentation!r}),\n)\n"
                f"{read}",
            ),
            code_cell(
                "train",
                f"shape = {network.input_shape!r}\n"
                "network = Network(layers_from_plain(layers, input_shape=shape), input_shape=shape, "
                "seed=settings.seed)\n"
                "run = Run(settings)\n"
                "for event in train(network, *sets, settings, resume=run):\n"
                f"    if event.step >= {run.step}:\n"
                "        break\n"
                "    if isinstance(event, Evaluated):\n"
                '        print(f"step {event.step:,}: wrong {event.wrong:,} of {event.digits:,}")',
            ),
            markdown_cell("curves", "The loss of every step; on a logarithmic axis, where Matplotlib is installed."),
            code_cell(
                "losses",
                "try:\n"
                "    import matplotlib.pyplot as plt\n\n"
                "    plt.semilogy(run.history.losses)\n"
                '    plt.xlabel("step")\n'
                '    plt.ylabel("loss")\n'
                "except ImportError:\n"
                "    print(run.history.losses[-10:])",
            ),
        ]
    )


def _sets_in_python(origin: Origin) -> tuple[str, str]:
    """Imports, and `sets`: what the run learned from and was tested on."""
    if not origin.fingerprint and not origin.classes:
        return "from cnncore.digits.mnist import load_mnist", "sets = load_mnist()"
    imported = "from cnncore.digits.data import Data"
    if not origin.fingerprint:
        return imported, f"sets = Data({origin.classes!r}).sets()"
    return (
        f"from pathlib import Path\n\n{imported}\nfrom cnncore.digits.uploads import read_upload",
        f"file = Path({origin.title!r})  # what it learned from: put it beside this notebook\n"
        "data = Data(upload=read_upload([(file.name, file.read_bytes())])[0])\n"
        f'assert data.fingerprint == "{origin.fingerprint}", "That is other data, or it was read in another way."\n'
        "sets = data.sets()",
    )


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
