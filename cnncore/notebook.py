"""A scene as a small notebook (nbformat 4.5): its numbers, its settings, and the call that convolves them."""

import json
from typing import Any

import numpy as np

from cnncore.errors import ShapeError
from cnncore.memory import Array
from cnncore.window import Padding, Stride

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
