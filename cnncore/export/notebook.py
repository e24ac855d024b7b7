"""A scene as a small notebook (nbformat 4.5): its numbers, its settings, and the call that convolves them."""

import json
from typing import Any

import numpy as np

from cnncore.architecture.spec import layers_to_dicts
from cnncore.data.source import DataOrigin
from cnncore.errors import ShapeError
from cnncore.nn.arrays import Array
from cnncore.nn.network import Network
from cnncore.nn.window import Padding, Stride
from cnncore.training.run import Run

_CONVOLVE = {
    1: """output = conv1d(input_, filter_, stride=stride, padding=padding, dilation=dilation) + bias
{relu}print(input_.shape, "*", filter_.shape, "->", output.shape)
output""",
    2: """images, filters = input_[None, :, :, None], filter_[None, :, :, None]  # (N, H, W, C), (C_in, F, F, C_out)
maps = conv2d(images, filters, [bias], stride=stride, padding=padding, dilation=dilation)
print(images.shape, "*", filters.shape, "->", maps.shape)
output = maps[0, :, :, 0]
{relu}output""",
    3: """images = input_[None]  # (N, H, W, C)
maps = conv2d(images, filter_, bias, stride=stride, padding=padding, dilation=dilation)
print(images.shape, "*", filter_.shape, "->", maps.shape)
output = maps[0]  # (H', W', C_out)
{relu}np.moveaxis(output, 2, 0)  # map by map""",
}

_LOOP = {
    1: """window = Window(len(filter_), stride=stride, padding=padding, dilation=dilation)
input_pad = np.pad(input_, window.border)
by_hand = np.zeros(output.shape)
for o in range(output.shape[0]):
    for p in range(len(filter_)):
        by_hand[o] += filter_[p] * input_pad[o * stride + p * dilation]
    by_hand[o] += bias""",
    2: """window = Window(len(filter_), stride=stride, padding=padding, dilation=dilation)
input_pad = np.pad(input_, window.border)
down, right = window.strides
by_hand = np.zeros(output.shape)
for r, c in np.ndindex(output.shape):
    for i, j in np.ndindex(filter_.shape):
        by_hand[r, c] += filter_[i, j] * input_pad[r * down + i * dilation, c * right + j * dilation]
    by_hand[r, c] += bias""",
    3: """window = Window(filter_.shape[1], stride=stride, padding=padding, dilation=dilation)
edge = (window.border, window.border)
input_pad = np.pad(input_, (edge, edge, (0, 0)))
down, right = window.strides
by_hand = np.zeros(output.shape)
for r, c, k in np.ndindex(output.shape):
    for channel, i, j in np.ndindex(filter_.shape[:3]):
        cell = input_pad[r * down + i * dilation, c * right + j * dilation, channel]
        by_hand[r, c, k] += filter_[channel, i, j, k] * cell
    by_hand[r, c, k] += bias[k]""",
}


def convolution_notebook(
    input_: Any,
    filter_: Any,
    *,
    bias: Any = 0.0,
    stride: Stride = 1,
    padding: Padding = "none",
    dilation: int = 1,
    relu: bool = False,
    title: str = "Convolution",
) -> bytes:
    """The notebook as UTF-8 JSON. It needs `cnncore` and NumPy, and ends by checking itself against plain loops.

    input_ (L,) with filter_ (F,); (H, W) with (F, F); or (H, W, C) with (C, F, F, K) and bias (K,).
    Raises ShapeError for other shapes.
    """
    input_, filter_ = np.asarray(input_, np.float64), np.asarray(filter_, np.float64)
    kind = input_.ndim
    if (kind, filter_.ndim) not in ((1, 1), (2, 2), (3, 4)):
        raise ShapeError(
            f"Expected a signal, a picture or a picture with channels and its filter, received {input_.shape} and "
            f"{filter_.shape}: try (5, 5) and (3, 3)."
        )
    function = "conv1d" if kind == 1 else "conv2d"
    numbers = [
        "import numpy as np",
        f"from cnncore import Window, {function}",
        "",
        f"input_ = {_literal(input_)}",
        f"filter_ = {_literal(filter_)}",
        f"bias = {_literal(np.asarray(bias, np.float64)) if kind == 3 else repr(float(bias))}",
        f"stride, padding, dilation = {stride!r}, {padding!r}, {dilation!r}",
    ]
    after = "output = np.maximum(output, 0)  # ReLU\n" if relu else ""
    hand = _LOOP[kind] + ("\nby_hand = np.maximum(by_hand, 0)  # ReLU" if relu else "")
    cells = [
        markdown_cell("about", f"# {title}\n\nRun this where `cnncore` can be imported: in the folder of Convoscope."),
        code_cell("numbers", "\n".join(numbers)),
        code_cell("convolve", _CONVOLVE[kind].format(relu=after)),
        markdown_cell("loop", "The same, one product after the other. Python counts from 0."),
        code_cell("by-hand", hand + "\nassert np.allclose(by_hand, output)"),
    ]
    return notebook_bytes(cells)


def notebook_bytes(cells: list[dict[str, Any]]) -> bytes:
    """Cells as a notebook."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    book = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, ensure_ascii=False, indent=1).encode()


def _literal(values: Array) -> str:
    """Python that makes the same array, to the last bit; whole numbers bare."""
    plain = values.astype(int) if (values == np.rint(values)).all() and np.abs(values).max(initial=0) < 1e9 else values
    lines = json.dumps(plain.tolist())
    lines = lines if len(lines) < 80 else lines.replace("], [", "],\n    [")
    return f"np.array({lines}, float)" if "\n" not in lines else f"np.array(\n    {lines},\n    float,\n)"


def markdown_cell(name: str, text: str) -> dict[str, Any]:
    """A cell of text; `name` is its id."""
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}


def code_cell(name: str, text: str) -> dict[str, Any]:
    """A cell of code, not run yet; `name` is its id."""
    source = text.splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "id": name, "metadata": {}, "outputs": [], "source": source}


def run_notebook(network: Network, run: Run, *, title: str) -> bytes:
    """A notebook (nbformat 4.5) that trains the same again, with `cnncore`, and says how it compares."""
    tests = [event for event in run.history.evaluations if event.digits > 1_000] or run.history.evaluations
    last = f"wrong {tests[-1].wrong:,} of {tests[-1].digits:,} at step {tests[-1].step:,}" if tests else "not tested"
    plain = json.dumps(layers_to_dicts(network.layers), indent=4)
    for word, python in (("null", "None"), ("true", "True"), ("false", "False")):
        plain = plain.replace(f": {word}", f": {python}")
    settings = {name: value for name, value in run.settings.to_dict().items() if name != "augmentation"}
    named = "".join(f"    {name}={value!r},\n" for name, value in settings.items())
    augmentation = run.settings.to_dict()["augmentation"]
    changed = run.learning_rate != run.settings.learning_rate
    note = f"\n\nIts learning rate was changed on the way, at last to {run.learning_rate:g}." if changed else ""
    imported, read = _sets_in_python(run.origin or DataOrigin())
    return notebook_bytes(
        [
            markdown_cell(
                "about",
                f"# {title}\n\nA run of Convoscope: {last}, after {run.step:,} steps.{note}\n\n"
                "Run this in the folder of Convoscope, where `cnncore` can be imported, after "
                "`pip install -r requirements.txt` there. The same seed and settings give the same weights.",
            ),
            code_cell(
                "settings",
                "from cnncore import Augmentation, Evaluated, Network, Run, Settings, StepDone, train\n"
                "from cnncore.architecture.spec import layers_from_dicts\n"
                f"{imported}\n\n"
                f"layers = {plain}\n"
                f"settings = Settings(\n{named}    augmentation=Augmentation(**{augmentation!r}),\n)\n"
                f"{read}",
            ),
            code_cell(
                "train",
                f"shape = {network.input_shape!r}\n"
                "network = Network(layers_from_dicts(layers, input_shape=shape), input_shape=shape, "
                "seed=settings.seed)\n"
                "run = Run(settings)\n"
                "for event in train(network, *sets, settings, resume=run):\n"
                "    if isinstance(event, Evaluated):\n"
                '        print(f"step {event.step:,}: wrong {event.wrong:,} of {event.digits:,}")\n'
                f"    if isinstance(event, StepDone) and event.step >= {run.step}:  # the last event of its step\n"
                "        break",
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


def _sets_in_python(origin: DataOrigin) -> tuple[str, str]:
    """Imports, and `sets`: what the run learned from and was tested on."""
    if not origin.fingerprint and not origin.classes:
        return "from cnncore import load_mnist", "sets = load_mnist()"
    imported = "from cnncore.data.source import DataSource"
    if not origin.fingerprint:
        return imported, f"sets = DataSource({origin.classes!r}).load()"
    return (
        f"from pathlib import Path\n\nfrom cnncore import read_upload\n{imported}",
        f"file = Path({origin.title!r})  # what it learned from: put it beside this notebook\n"
        "upload = read_upload([(file.name, file.read_bytes())])\n"
        "data = DataSource(upload=upload.digits, test_images=upload.report.test_images)\n"
        f'assert data.fingerprint == "{origin.fingerprint}", "That is other data, or it was read in another way."\n'
        "sets = data.load()",
    )
