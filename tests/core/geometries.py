"""Hypothesis strategies for sizes that go together, and a naive convolution to compare with."""

import re

import numpy as np
from hypothesis import strategies as st

from cnncore import Window


@st.composite
def windows(draw, *, largest: int = 4, dilated: bool = True) -> Window:
    size = draw(st.integers(1, largest))
    words = ["none", "full"] + (["half"] if size % 2 else [])
    return Window(
        size,
        stride=draw(st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3)))),
        padding=draw(st.one_of(st.sampled_from(words), st.integers(0, 3))),
        dilation=draw(st.integers(1, 2)) if dilated else 1,
    )


@st.composite
def fitting(draw, **bounds):
    """A window and (height, width) that it fits on."""
    window = draw(windows(**bounds))
    least = max(window.dilation * (window.size - 1) + 1 - 2 * zeros(window), 1)
    return window, (draw(st.integers(least, least + 5)), draw(st.integers(least, least + 5)))


def keywords(window: Window) -> dict:
    return {"stride": window.stride, "padding": window.padding, "dilation": window.dilation}


def zeros(window: Window) -> int:
    """The padding as a number, by the definition and not by the code that is tested."""
    spread = window.dilation * (window.size - 1)
    return {"none": 0, "half": spread // 2, "full": spread}.get(window.padding, window.padding)


def naive_conv2d(images, filters, bias, window: Window):
    """The formula, loop by loop."""
    size, (down, right), border = window.size, window.strides, zeros(window)
    padded = np.pad(images, ((0, 0), (border, border), (border, border), (0, 0)))
    reach = window.dilation * (size - 1) + 1
    height, width = ((n - reach) // s + 1 for n, s in zip(padded.shape[1:3], (down, right), strict=True))
    out = np.zeros((len(images), height, width, filters.shape[3]))
    for n, y, x, k in np.ndindex(out.shape):
        for c, i, j in np.ndindex(filters.shape[0], size, size):
            cell = padded[n, y * down + i * window.dilation, x * right + j * window.dilation, c]
            out[n, y, x, k] += cell * filters[c, i, j, k]
        out[n, y, x, k] += bias[k]
    return out


def spaced(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Values at least 1e-2 apart and off zero, so that a step of 1e-5 crosses no kink and no tie."""
    count = int(np.prod(shape))
    values = (np.arange(count) - count // 2 + 0.5) * 0.02
    return rng.permutation(values).reshape(shape)


def one_sentence(error: Exception) -> str:
    """The message, which pages show unchanged: one sentence, one line, a full stop."""
    text = str(error)
    assert text.endswith(".") and "\n" not in text and not re.search(r"[.!?] [A-Z]", text), text
    return text


def memory_orders(values: np.ndarray) -> list[np.ndarray]:
    """The same numbers lying differently: Fortran order, batch last, reversed strides."""
    batch_last = np.ascontiguousarray(np.swapaxes(values, 0, -1)).swapaxes(0, -1)
    reversed_rows = np.ascontiguousarray(values[:, ::-1])[:, ::-1]
    return [np.asfortranarray(values), batch_last, reversed_rows]
