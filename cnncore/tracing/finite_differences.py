"""Gradients by finite differences: change one cell, convolve again, and compare the losses.

The difference quotient is compared with the gradient that the backward functions return
(lecture, "Gradients": add 1 to the fifth element, and the sum of the outputs grows from 39 to 41).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cnncore.errors import InputError, ShapeError
from cnncore.nn.arrays import Array
from cnncore.nn.window import Padding, Stride, Window
from cnncore.tracing.single_channel import forward, gradients, output_shape, validate, window_of

Operand = Literal["input", "filter"]
_STEP = 2.0**-10  # exact in binary; central differences of a loss that is at most quadratic have rounding errors only


@dataclass(frozen=True)
class Loss:
    """A loss of the outputs o: Σ weights · o or, with targets, half the squared error ½ Σ (o − target)².

    `weights` and `targets` have the output's shape; exactly one of them is given.
    """

    weights: Array | None = None
    targets: Array | None = None

    def value(self, outputs: Array) -> float:
        """Return the loss of the outputs."""
        if self.targets is not None:
            return float(0.5 * np.sum((outputs - self.targets) ** 2))
        return float(np.sum(self.weights * outputs))

    def gradient(self, outputs: Array) -> Array:
        """Return dL/d(output), which has the output's shape."""
        if self.targets is not None:
            return outputs - self.targets
        return np.array(self.weights, np.float64)


def loss_of(shape: tuple[int, ...], *, weights: Any = None, targets: Any = None) -> Loss:
    """Return the loss for outputs of `shape`: their sum, unless weights or targets are given.

    Raises ShapeError where weights or targets have another shape.
    """
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
    """One cell of the input or the filter changed by `amount`, and the loss before and after the change.

    operand         "input" or "filter"
    index           (i,) or (row, column) of the changed cell, counted from 0
    outputs_before  (L',) or (H', W') the outputs before the change
    outputs_after   the outputs after it, of the same shape
    affected        mask of the outputs that read the cell, True also where the weight is 0
    numerical_grad  (loss_after − loss_before) / amount
    analytic_grad   the cell's gradient from the backward functions
    """

    operand: Operand
    index: tuple[int, ...]
    amount: float
    outputs_before: Array
    outputs_after: Array
    affected: Array
    loss_before: float
    loss_after: float
    numerical_grad: float
    analytic_grad: float

    @property
    def difference(self) -> float:
        """Return the numerical minus the analytic gradient."""
        return self.numerical_grad - self.analytic_grad


def perturb(
    input_: Any,
    filter_: Any,
    *,
    operand: Operand = "input",
    index: tuple[int, ...],
    amount: float = 1.0,
    loss: Loss | None = None,
    stride: Stride = 1,
    padding: Padding = "none",
    dilation: int = 1,
) -> FiniteDifference:
    """Change one cell of the input, (L,) or (H, W), or of the filter, (F,) or (F, F), by `amount`.

    The loss is the sum of the outputs unless another one is given. Raises ShapeError where input, filter and window
    do not fit together, and InputError where the cell does not exist or the amount is 0 or not finite.
    """
    input_, filter_ = validate(input_, filter_)
    window = window_of(filter_, stride, padding, dilation)
    loss = loss or loss_of(output_shape(input_, window))
    cells = {"input": input_, "filter": filter_}
    original = cells[operand]
    if len(index) != original.ndim or any(not 0 <= i < side for i, side in zip(index, original.shape, strict=True)):
        raise InputError(f"The {operand} has no cell with this index: try its first cell.")
    if not np.isfinite(amount) or amount == 0:
        raise InputError("The amount of the change must be a finite number other than 0: try 1.")
    before = forward(input_, filter_, window)
    cells[operand] = original.copy()
    cells[operand][index] += amount
    after = forward(cells["input"], cells["filter"], window)
    input_grad, filter_grad, _ = gradients(input_, filter_, loss.gradient(before), window)
    loss_before, loss_after = loss.value(before), loss.value(after)
    return FiniteDifference(
        operand=operand,
        index=index,
        amount=amount,
        outputs_before=before,
        outputs_after=after,
        affected=_affected_outputs(input_, filter_, window, operand, index),
        loss_before=loss_before,
        loss_after=loss_after,
        numerical_grad=(loss_after - loss_before) / amount,
        analytic_grad=float((input_grad if operand == "input" else filter_grad)[index]),
    )


def _affected_outputs(input_: Array, filter_: Array, window: Window, operand: Operand, index: tuple[int, ...]) -> Array:
    """Return the mask of outputs that read a cell: all of them for a filter's cell, else those of windows over it."""
    if operand == "filter":
        return np.ones(output_shape(input_, window), bool)
    one_hot = np.zeros_like(input_)
    one_hot[index] = 1
    return forward(one_hot, np.ones_like(filter_), window) != 0


@dataclass(frozen=True)
class CentralDifferences:
    """Central differences of a loss with respect to every cell of the input and the filter, and to the bias."""

    input: Array
    filter: Array
    bias: float


def central_differences(input_: Any, filter_: Any, loss: Loss, window: Window) -> CentralDifferences:
    """Compute (L(cell + h) − L(cell − h)) / 2h for every cell of input and filter and for the bias.

    The whole convolution is computed again for each of them. Raises ShapeError and InputError as `perturb` does.
    """
    input_, filter_ = validate(input_, filter_)
    outputs = forward(input_, filter_, window)

    def numerical_grad(values: Array, outputs_of: Callable[[Array], Array]) -> Array:
        grad = np.empty_like(values)
        for index in np.ndindex(values.shape):
            losses = []
            for step in (_STEP, -_STEP):
                changed = values.copy()
                changed[index] += step
                losses.append(loss.value(outputs_of(changed)))
            grad[index] = (losses[0] - losses[1]) / (2 * _STEP)
        return grad

    bias = (loss.value(outputs + _STEP) - loss.value(outputs - _STEP)) / (2 * _STEP)
    return CentralDifferences(
        numerical_grad(input_, lambda cells: forward(cells, filter_, window)),
        numerical_grad(filter_, lambda weights: forward(input_, weights, window)),
        bias,
    )
