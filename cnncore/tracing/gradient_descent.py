"""Gradient descent on a filter: a few weights learn to reproduce the output of a target filter on one signal.

Each step is w ← w − η·g (lecture, "Gradients"); outputs are computed by conv1d, gradients by conv1d_gradients.
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

CONVERGED_TOLERANCE = 0.005  # each weight then rounds to the target weight at two decimals
DIVERGED_FACTOR = 1e3  # the descent has diverged when the loss exceeds this multiple of the first loss


@dataclass(frozen=True)
class GradientDescentTrace:
    """All steps of a gradient descent. Row n is the state before step n + 1; the last row is the final state.

    signal           (L,)
    target_filter    (F,)
    targets          (L',) output of the target filter on the signal
    learning_rate    η
    weights          (rows, F)
    outputs          (rows, L') outputs of these weights
    errors           (rows, L') outputs − targets
    losses           (rows,) mean squared error, (1/n) Σ (o − target)²
    grads            (rows, F) dL/dw = (2/n) Σ error · patch
    numerical_grads  (rows, F) the same gradients by central differences
    updates          (rows, F) −η·g, which the next step adds to the weights
    converged        whether the last weights equal the target filter at two decimals
    diverged         whether the loss has exceeded DIVERGED_FACTOR times its first value
    max_stable_rate  learning rate above which the error of some combination of weights grows at each step
    """

    window: Window
    signal: Array
    target_filter: Array
    targets: Array
    learning_rate: float
    weights: Array
    outputs: Array
    errors: Array
    losses: Array
    grads: Array
    numerical_grads: Array
    updates: Array
    converged: bool
    diverged: bool
    max_stable_rate: float


def trace_gradient_descent(
    signal: Any,
    target_filter: Any,
    initial: Any,
    *,
    learning_rate: float,
    steps: int = limits.DESCENT_STEPS,
    stride: int = 1,
    padding: Padding = "half",
    dilation: int = 1,
) -> GradientDescentTrace:
    """Descend from the weights `initial` until the target filter is reached, the loss diverges or `steps` are done.

    signal is (L,), target_filter and initial are (F,). Raises ShapeError where they do not fit together, and
    InputError for numbers that are not finite and for a learning rate that is not above 0.
    """
    signal, target_filter = validate(signal, target_filter)
    signal, weights = validate(signal, initial)
    if target_filter.ndim != 1 or weights.shape != target_filter.shape:
        raise ShapeError(
            f"The target filter has {target_filter.size} cells and the initial filter {weights.size}: "
            "give both the same number."
        )
    if not np.isfinite(learning_rate) or learning_rate <= 0:
        raise InputError("The learning rate must be a number above 0: try 0.25.")
    window = window_of(target_filter, stride, padding, dilation)
    targets = forward(signal, target_filter, window)
    half_squared = loss_of(output_shape(signal, window), targets=targets)
    to_mean = 2 / targets.size  # from ½ Σ error² to (1/n) Σ error²

    names = ("weights", "outputs", "errors", "losses", "grads", "numerical_grads", "updates")
    rows: dict[str, list[Any]] = {name: [] for name in names}
    converged = diverged = False
    while not converged and not diverged and len(rows["losses"]) <= steps:
        outputs = forward(signal, weights, window)
        errors = half_squared.gradient(outputs)
        _, grad, _ = gradients(signal, weights, errors * to_mean, window)
        numerical_grad = central_differences(signal, weights, half_squared, window).filter * to_mean
        loss = half_squared.value(outputs) * to_mean
        row = (weights, outputs, errors, loss, grad, numerical_grad, -learning_rate * grad)
        for name, value in zip(names, row, strict=True):
            rows[name].append(value)
        converged = bool((np.abs(weights - target_filter) < CONVERGED_TOLERANCE).all())
        diverged = loss > DIVERGED_FACTOR * max(rows["losses"][0], 1e-12)
        weights = weights - learning_rate * grad
    return GradientDescentTrace(
        window=window,
        signal=signal,
        target_filter=target_filter,
        targets=targets,
        learning_rate=float(learning_rate),
        converged=converged,
        diverged=diverged,
        max_stable_rate=_max_stable_rate(signal, window, to_mean),
        **{name: np.array(values) for name, values in rows.items()},
    )


def _max_stable_rate(signal: Array, window: Window, to_mean: float) -> float:
    """Return 2 / λ, where λ is the largest eigenvalue of the loss's Hessian; infinity for a signal of zeros."""
    patches = np.stack([forward(signal, row, window) for row in np.eye(window.size)])
    largest = float(np.linalg.eigvalsh(to_mean * patches @ patches.T)[-1])
    return 2 / largest if largest > 0 else np.inf
