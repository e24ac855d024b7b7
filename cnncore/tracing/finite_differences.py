"""A gradient by hand: change one cell, convolve again, see how the loss answers.

The slope of a nudge stands beside the gradient that the backward functions give
(lecture, "Gradients": add 1 to the fifth element, and 39 becomes 41).
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cnncore.errors import InputError, ShapeError
from cnncore.nn.arrays import Array
from cnncore.nn.window import Padding, Stride, Window
from cnncore.tracing.single_channel import forward, gradients, output_shape, validate, window_of

Operand = Literal["input", "filter"]
_STEP = 2.0**-10  # exact in binary; central differences of a loss that is at most quadratic err by rounding alone


@dataclass(frozen=True)
class Loss:
    """A number made of the outputs: Σ weights · o, or, with targets, half the squared error ½ Σ (o − target)².

    weights and targets have the output's shape; exactly one of them is given.
    """

    weights: Array | None = None
    targets: Array | None = None

    def value(self, outputs: Array) -> float:
        if self.targets is not None:
            return float(0.5 * np.sum((outputs - self.targets) ** 2))
        return float(np.sum(self.weights * outputs))

    def gradient(self, outputs: Array) -> Array:
        """dL/d(output), of the output's shape."""
        if self.targets is not None:
            return outputs - self.targets
        return np.array(self.weights, np.float64)


def loss_of(shape: tuple[int, ...], *, weights: Any = None, targets: Any = None) -> Loss:
    """The loss over outputs of a shape: their sum, unless weights or targets say otherwise. Raises ShapeError."""
    given = targets if targets is not None else weights
    if given is None:
        return Loss(weights=np.ones(shape))
    given = np.asarray(given, np.float64)
    if given.shape != shape:
        raise ShapeError(
            f"The output has {' × '.join(map(str, shape))} cells, received {' × '.join(map(str, given.shape))}: "
            "give one number for each output cell."
        )
    return Loss(targets=given) if targets is not None else Loss(weights=given)


@dataclass(frozen=True)
class FiniteDifference:
    """One cell of input or filter changed by an amount, and the loss before and after.

    part, index    which cell, counted from 0
    before, after  the outputs, (L',) or (H', W')
    changed        mask of the outputs that read the cell (lit, even where the weight is 0)
    slope          (loss_after − loss_before) / amount
    analytic       the cell's gradient as the backward functions give it
    """

    part: Operand
    index: tuple[int, ...]
    amount: float
    before: Array
    after: Array
    changed: Array
    loss_before: float
    loss_after: float
    slope: float
    analytic: float

    @property
    def difference(self) -> float:
        return self.slope - self.analytic


def perturb(
    input_: Any,
    filter_: Any,
    *,
    part: Operand = "input",
    index: tuple[int, ...],
    amount: float = 1.0,
    loss: Loss | None = None,
    stride: Stride = 1,
    padding: Padding = "none",
    dilation: int = 1,
) -> FiniteDifference:
    """Change one cell of a signal, picture or filter by `amount`; the loss is the sum of outputs unless given.

    Raises ConvoscopeError where shapes do not fit, the cell does not exist or the amount is 0 or not finite.
    """
    input_, filter_ = validate(input_, filter_)
    window = window_of(filter_, stride, padding, dilation)
    loss = loss or loss_of(output_shape(input_, window))
    cells = {"input": input_, "filter": filter_}
    target = cells[part]
    if len(index) != target.ndim or any(not 0 <= at < side for at, side in zip(index, target.shape, strict=True)):
        raise InputError(f"The {part} has no such cell: try its first.")
    if not np.isfinite(amount) or amount == 0:
        raise InputError("A nudge needs an amount other than 0: try 1.")
    before = forward(input_, filter_, window)
    cells[part] = target.copy()
    cells[part][index] += amount
    after = forward(cells["input"], cells["filter"], window)
    input_grad, filter_grad, _ = gradients(input_, filter_, loss.gradient(before), window)
    loss_before, loss_after = loss.value(before), loss.value(after)
    slope = (loss_after - loss_before) / amount
    analytic = float((input_grad if part == "input" else filter_grad)[index])
    changed = _readers(input_, filter_, window, part, index)
    return FiniteDifference(part, index, amount, before, after, changed, loss_before, loss_after, slope, analytic)


def _readers(input_: Array, filter_: Array, window: Window, part: Operand, index: tuple[int, ...]) -> Array:
    """Which outputs read a cell: a filter's cell is read by all; an input's by those whose window holds it."""
    if part == "filter":
        return np.ones(output_shape(input_, window), bool)
    alone = np.zeros_like(input_)
    alone[index] = 1
    return forward(alone, np.ones_like(filter_), window) != 0


@dataclass(frozen=True)
class CentralDifferences:
    """Central differences of a loss: one number for every cell of input and filter, and one for the bias."""

    input: Array
    filter: Array
    bias: float


def central_differences(input_: Any, filter_: Any, loss: Loss, window: Window) -> CentralDifferences:
    """(L(cell + h) − L(cell − h)) / 2h for every cell, the whole convolution done anew for each."""
    input_, filter_ = validate(input_, filter_)
    outputs = forward(input_, filter_, window)

    def slopes(values: Array, outputs_of: Any) -> Array:
        found = np.empty_like(values)
        for index in np.ndindex(values.shape):
            pair = []
            for step in (_STEP, -_STEP):
                nudged = values.copy()
                nudged[index] += step
                pair.append(loss.value(outputs_of(nudged)))
            found[index] = (pair[0] - pair[1]) / (2 * _STEP)
        return found

    bias = (loss.value(outputs + _STEP) - loss.value(outputs - _STEP)) / (2 * _STEP)
    return CentralDifferences(
        slopes(input_, lambda cells: forward(cells, filter_, window)),
        slopes(filter_, lambda weights: forward(input_, weights, window)),
        bias,
    )
