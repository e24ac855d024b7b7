"""A filter found by descent: a few weights, a signal, and what the hidden filter makes of it.

w ← w − η·g, a step at a time; outputs by conv1d, gradients by conv1d_gradients.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncore import limits
from cnncore.errors import InputError, ShapeError
from cnncore.nn.arrays import Array
from cnncore.nn.window import Padding, Window
from cnncore.tracing.finite_differences import central_differences, loss_of
from cnncore.tracing.single_channel import forward, gradients, output_shape, validate, window_of

CONVERGED_FACTOR = 0.005  # found: every weight rounds to the hidden one at two decimals
DIVERGED_FACTOR = 1e3  # diverged: the loss has grown this many times over its first value


@dataclass(frozen=True)
class GradientDescentTrace:
    """Every step of the descent; row n holds what stands before step n + 1, the last row where it ended.

    signal   (L,), hidden (F,), targets (L',): what the hidden filter makes of the signal
    weights  (rows, F)
    outputs  (rows, L')   of these weights
    errors   (rows, L')   outputs − targets
    losses   (rows,)      mean squared error, (1/n) Σ (o − target)²
    grads    (rows, F)    dL/dw = (2/n) Σ error · patch
    checks   (rows, F)    the same by central differences
    moves    (rows, F)    −η·g, what the next step adds
    found    whether the last row is the hidden filter, to two decimals
    diverged whether it ran away
    largest_rate  the rate from which the error of some combination of weights grows
    """

    window: Window
    signal: Array
    hidden: Array
    targets: Array
    rate: float
    weights: Array
    outputs: Array
    errors: Array
    losses: Array
    grads: Array
    checks: Array
    moves: Array
    found: bool
    diverged: bool
    largest_rate: float


def trace_gradient_descent(
    signal: Any,
    hidden: Any,
    start: Any,
    *,
    rate: float,
    steps: int = limits.DESCENT_STEPS,
    stride: int = 1,
    padding: Padding = "half",
    dilation: int = 1,
) -> GradientDescentTrace:
    """Descend from `start` until the hidden filter is found, the loss runs away, or `steps` are done.

    signal (L,), hidden and start (F,), rate η > 0. Raises ConvoscopeError.
    """
    signal, hidden = validate(signal, hidden)
    signal, weights = validate(signal, start)
    if hidden.ndim != 1 or weights.shape != hidden.shape:
        raise ShapeError(
            f"The hidden filter has {hidden.size} cells and the first guess {weights.size}: give both the same number."
        )
    if not np.isfinite(rate) or rate <= 0:
        raise InputError("The learning rate must be a number above 0: try 0.25.")
    window = window_of(hidden, stride, padding, dilation)
    targets = forward(signal, hidden, window)
    count = targets.size
    squared = loss_of(output_shape(signal, window), targets=targets)  # ½ Σ error²; the mean is 2/n of it

    rows: dict[str, list[Any]] = {
        name: [] for name in ("weights", "outputs", "errors", "losses", "grads", "checks", "moves")
    }
    found = diverged = False
    while not found and not diverged and len(rows["losses"]) <= steps:
        outputs = forward(signal, weights, window)
        errors = squared.gradient(outputs)
        _, grad, _ = gradients(signal, weights, errors * (2 / count), window)
        checks = central_differences(signal, weights, squared, window).filter * (2 / count)
        loss = squared.value(outputs) * (2 / count)
        for name, value in zip(rows, (weights, outputs, errors, loss, grad, checks, -rate * grad), strict=True):
            rows[name].append(value)
        found = bool((np.abs(weights - hidden) < CONVERGED_FACTOR).all())
        diverged = loss > DIVERGED_FACTOR * max(rows["losses"][0], 1e-12)
        weights = weights - rate * grad
    return GradientDescentTrace(
        window=window,
        signal=signal,
        hidden=hidden,
        targets=targets,
        rate=float(rate),
        found=found,
        diverged=diverged,
        largest_rate=_largest_rate(signal, window, count),
        **{name: np.array(values) for name, values in rows.items()},
    )


def _largest_rate(signal: Array, window: Window, count: int) -> float:
    """2 / λ, λ being the steepest curvature of the loss: a step longer than that overshoots by more each time."""
    patches = np.stack([forward(signal, row, window) for row in np.eye(window.size)])
    steepest = float(np.linalg.eigvalsh(2 / count * patches @ patches.T)[-1])
    return 2 / steepest if steepest > 0 else np.inf
