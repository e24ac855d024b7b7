"""Small facts about sizes, counts and slopes, by name: what a scene of the lecture asks for.

Each takes plain numbers and words, so that a scene file can call it, and each is
answered by the same code that the layers use.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from cnncore import limits
from cnncore.errors import InputError
from cnncore.nn.convolution import conv1d, conv1d_gradients
from cnncore.nn.window import Padding, Window
from cnncore.teaching.conv_cost import ConvolutionCost


def output_size(n: int, size: int, padding: Padding = "none", stride: int = 1) -> int:
    """O of the lecture's formula, floored."""
    return Window(size, padding=padding, stride=stride).output_size(n)


def leftover(n: int, size: int, padding: Padding = "none", stride: int = 1) -> int:
    """Cells that the floor drops."""
    return Window(size, padding=padding, stride=stride).leftover(n)


def half_padding(size: int) -> int:
    """P that keeps the size at stride 1."""
    return Window(size, padding="half").border


def weights(channels: int, size: int, filters: int) -> int:
    """Weights of a convolution, without the biases: C_in · F · F · C_out."""
    return _count(size, channels, size, filters).weights


def multiplications(n: int, channels: int, size: int, filters: int, padding: Padding = "none", stride: int = 1) -> int:
    """Multiplications of a convolution over one image of n × n."""
    return _count(n, channels, size, filters, padding, stride).multiplications


def _count(
    n: int, channels: int, size: int, filters: int, padding: Padding = "none", stride: int = 1
) -> ConvolutionCost:
    return ConvolutionCost(1, n, n, channels, filters, Window(size, padding=padding, stride=stride))


def dense_weights(inputs: int, outputs: int) -> int:
    """Weights of a dense layer: (in, out)."""
    return inputs * outputs


def flat_length(height: int, width: int, channels: int) -> int:
    """Length of the flattened vector."""
    return height * width * channels


def conv1d_sum(signal: list[float], filter_: list[float], padding: Padding = "half") -> float:
    """Sum of the outputs of a 1-D convolution."""
    return float(conv1d(np.array(signal, np.float64), filter_, padding=padding).sum())


def conv1d_slope(signal: list[float], filter_: list[float], cell: int, padding: Padding = "half") -> float:
    """How fast that sum grows with one cell of the signal, counted from 1."""
    if not 1 <= cell <= len(signal):
        raise InputError(f"The signal has cells 1 to {len(signal)}, not {cell}.")
    outputs = conv1d(np.array(signal, np.float64), filter_, padding=padding)
    gradient, _ = conv1d_gradients(np.array(signal, np.float64), filter_, np.ones_like(outputs), padding=padding)
    return float(gradient[cell - 1])


FACTS: dict[str, Callable[..., float]] = {
    function.__name__: function
    for function in (
        output_size,
        leftover,
        half_padding,
        weights,
        multiplications,
        dense_weights,
        flat_length,
        conv1d_sum,
        conv1d_slope,
    )
}


def fact(call: list[Any]) -> float:
    """[name, argument, …] -> its number. Raises InputError for an unknown name or arguments that do not fit."""
    if not isinstance(call, list) or not call or not isinstance(call[0], str) or call[0] not in FACTS:
        raise InputError(f"Unknown fact {str(call)[:60]}: try one of {', '.join(FACTS)}.")
    name, *arguments = call
    if not all(map(_is_plain, arguments)):
        raise InputError(
            f"The fact {name} takes whole numbers up to {limits.FACT_NUMBER:,}, lists of up to {limits.FACT_LIST} "
            f'numbers, and "none", "half" or "full", not {str(arguments)[:60]}.'
        )
    try:
        return FACTS[name](*arguments)
    except (TypeError, ValueError, IndexError) as error:
        raise InputError(f"The fact {name} cannot be worked out from {str(arguments)[:60]}: {error}") from None


def _is_plain(argument: Any) -> bool:
    """Whether an argument is small: it comes from a file."""
    if isinstance(argument, list):
        return len(argument) <= limits.FACT_LIST and all(
            _is_plain(cell) and not isinstance(cell, str) for cell in argument
        )
    if isinstance(argument, str):
        return argument in ("none", "half", "full")
    return type(argument) in (int, float) and abs(argument) <= limits.FACT_NUMBER
