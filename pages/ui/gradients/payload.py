"""The traces of the gradients page as data for its components, which draw and play them; float64 throughout."""

from typing import Any

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.teaching.distractors.backward import (
    asked_cells,
    backward_distractors,
    descent_distractors,
    perturbation_distractors,
    rotated_distractors,
)
from cnncore.teaching.options import Option, options_of
from cnncore.tracing.backward import BackwardTrace, RotatedTrace
from cnncore.tracing.finite_differences import FiniteDifference
from cnncore.tracing.gradient_descent import GradientDescentTrace
from cnncore.tracing.gradient_paths import OutputPath, paths_from
from pages.ui.components.loader import packed
from pages.ui.shared.options import listed, options_data

LOSS_NAMES = {"sum": "Σ o", "edited": "Σ g·o", "squared": "½ Σ (o − y)²"}
_NO_DIFFERENCE = 1e-6
_DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def small(value: float) -> str:
    """A difference that should be 0, as text."""
    if value == 0:
        return "0"
    return "less than 0.000001" if abs(value) < _NO_DIFFERENCE else f"{value:.3f}".replace("-", "−")


def cell_name(letter: str, cell: tuple[int, ...]) -> str:
    """t₆, w₂₃: a cell by its place counted from 0; the name counts from 1."""
    numbers = [str(n + 1).translate(_DIGITS) for n in cell]
    return letter + ("," if max(cell) > 8 else "").join(numbers)


def nudge_data(step: FiniteDifference, trace: BackwardTrace, loss: str) -> dict[str, Any]:
    """A nudged cell beside the backward pass."""
    flat = len(step.index) == 1
    border = trace.border[-len(step.index) :] if step.operand == "input" else (0,) * len(step.index)
    at = tuple(n + b for n, b in zip(step.index, border, strict=True))
    full = (0, *at)[-2:]
    owner = trace.padded if step.operand == "input" else trace.filter
    nudged = owner.copy()
    nudged[full] += step.amount
    paths = paths_from(trace, step.operand, step.index)
    name = cell_name("t" if step.operand == "input" else "w", at)
    curved = loss == "squared" and abs(step.difference) > _NO_DIFFERENCE
    running = np.cumsum([path.term for path in paths])
    mistakes = [(each.why, float(each.values[0])) for each in perturbation_distractors(step, paths, trace.filter)]
    terms = [_term_options(path, float(sum_), trace) for path, sum_ in zip(paths, running, strict=True)]
    slopes = [options_of(slope, mistakes) for slope in (step.numerical_grad, step.analytic_grad)]
    return {
        "padded": packed(trace.padded),
        "nudged": packed(nudged if step.operand == "input" else trace.padded),
        "filter": packed(trace.filter),
        "nudgedFilter": packed(nudged if step.operand == "filter" else trace.filter),
        "before": packed(step.outputs_before.ravel()),
        "after": packed(step.outputs_after.ravel()),
        "changed": packed(step.affected.ravel()),
        "border": list(trace.border),
        "shape": list(trace.shape),
        "flat": flat,
        "part": step.operand,
        "cell": full[0] * owner.shape[1] + full[1],
        "cellName": name,
        "old": float(owner[full]),
        "amount": step.amount,
        "count": int(step.affected.sum()),
        "reach": trace.window.effective_size,
        "dilation": trace.window.dilation,
        "lossName": LOSS_NAMES[loss],
        "lossBefore": step.loss_before,
        "lossAfter": step.loss_after,
        "slope": step.numerical_grad,
        "analytic": step.analytic_grad,
        "difference": small(step.difference),
        "curved": "The loss is curved: a smaller nudge brings the slope nearer." if curved else "",
        "touches": [_path_data(path, float(sum_), trace, flat) for path, sum_ in zip(paths, running, strict=True)],
        "options": listed([[], slopes[0], *terms, slopes[1]]),
        "flipped": not np.array_equal(trace.filter, trace.filter[::-1, ::-1]),
    }


def _path_data(path: OutputPath, running: float, trace: BackwardTrace, flat: bool) -> dict[str, Any]:
    """One output that reads the changed cell."""
    start, end = path.start[1], path.start[1] + trace.window.effective_size
    missing = start + 1 if start < 0 else end if end > trace.padded.shape[1] else None
    return {
        "output": path.output_index,
        "place": path.position,
        "start": path.start,
        "weight": path.weight_index,
        "factor": path.factor,
        "grad": path.output_grad,
        "term": path.term,
        "exists": path.exists,
        "stepped": path.position is None,
        "missing": missing if flat else None,
        "running": running,
    }


def _term_options(path: OutputPath, running: float, trace: BackwardTrace) -> list[Option]:
    """The options for what one output gives back to the changed cell; `running` is the sum up to it."""
    other = float(np.flip(trace.filter).flat[path.weight_index])
    mistakes = [
        ("the filter was taken the wrong way round", other * path.output_grad),
        ("the output's gradient, without the weight", path.output_grad),
        ("the weight, without the output's gradient", path.factor),
        ("the sum so far", running),
        ("nothing is handed back", 0.0),
        ("the sum of all weights", float(trace.filter.sum())),
        ("the term was counted twice", 2 * path.term),
    ]
    return options_of(path.term, mistakes)


def backward_data(trace: BackwardTrace, loss: str, targets: Array | None) -> dict[str, Any]:
    """The backward pass, a step an output."""
    rows, columns = trace.border
    last = trace.input_grads[-1]
    inner = last[rows : len(last) - rows, columns : last.shape[1] - columns].ravel()
    checks = trace.differences
    input_check = np.stack([inner, checks.input.ravel(), inner - checks.input.ravel()], axis=1)
    weights = trace.filter_grads[-1].ravel()
    filter_check = np.stack([weights, checks.filter.ravel(), weights - checks.filter.ravel()], axis=1)
    worst = max(
        np.abs(input_check[:, 2]).max(), np.abs(filter_check[:, 2]).max(), abs(trace.bias_grads[-1] - checks.bias)
    )
    asked = asked_cells(trace)
    grads = trace.input_grads.reshape(len(asked), -1)[np.arange(len(asked)), asked]
    right = np.where(asked < 0, np.nan, grads)  # a window of padding alone has nothing to ask for
    names = {"scattered": trace.input_terms, "dropped": trace.lost_to_padding, "weighted": trace.filter_terms}
    names |= {"inputGrads": trace.input_grads, "filterGrads": trace.filter_grads, "biasGrads": trace.bias_grads}
    names |= {"padded": trace.padded, "filter": trace.filter, "outputs": trace.outputs, "outputGrad": trace.output_grad}
    names |= {"inputCheck": input_check, "filterCheck": filter_check}
    data: dict[str, Any] = {name: packed(array) for name, array in names.items()}
    return data | {
        "starts": packed(trace.starts.astype("int32")),
        "asked": packed(asked.astype("int32")),
        "targets": packed(targets) if targets is not None else None,
        "options": options_data(right, backward_distractors(trace, asked)),
        "border": list(trace.border),
        "shape": list(trace.shape),
        "flat": len(trace.padded) == 1,
        "dilation": trace.window.dilation,
        "lossName": LOSS_NAMES[loss],
        "loss": trace.loss,
        "gradNote": {"sum": "g = 1: L is a sum", "edited": "g: type your own", "squared": "g = o − y"}[loss],
        "editGrads": loss != "squared",
        "worst": small(worst),
    }


def rotated_data(trace: RotatedTrace, filter_: Array) -> dict[str, Any]:
    """The turned filter's full convolution beside the scattered gradient."""
    convolution, scattered = trace.convolution, trace.input_grad.ravel()
    genuine = np.pad(trace.is_grad, convolution.window.border)
    between = "around" if trace.is_grad.all() else "around and between"
    return {
        "padded": packed(convolution.padded),
        "genuine": packed(genuine),
        "filter": packed(np.atleast_2d(filter_)),
        "rotated": packed(convolution.filter),
        "starts": packed(convolution.starts.astype("int32")),
        "products": packed(convolution.products),
        "outputs": packed(convolution.outputs),
        "scattered": packed(scattered),
        "differences": [small(value) for value in convolution.outputs - scattered],
        "options": options_data(convolution.outputs, rotated_distractors(trace)),
        "shape": list(convolution.shape),
        "border": list(trace.border),
        "flat": filter_.ndim == 1,
        "dilation": convolution.window.dilation,
        "zeros": f"zeros {between}",
    }


def descent_data(trace: GradientDescentTrace) -> dict[str, Any]:
    """A filter's descent, a step a row."""
    worst = float(np.abs(trace.grads - trace.numerical_grads).max())
    names = ("signal", "targets", "weights", "outputs", "errors", "losses", "grads")
    return {name: packed(getattr(trace, name)) for name in names} | {
        "checks": packed(trace.numerical_grads),
        "moves": packed(trace.updates),
        "hiddenFilter": packed(trace.target_filter),
        "rate": trace.learning_rate,
        "found": trace.converged,
        "mistakes": [{"why": why, "values": packed(values)} for why, values in descent_distractors(trace)],
        "note": f"η = {trace.learning_rate:g}; finite differences differ by {small(worst)}",
        "ending": _ending(trace),
    }


def _ending(trace: GradientDescentTrace) -> str:
    steps, weights = len(trace.losses) - 1, ", ".join(f"{w:.2f}".replace("-", "−") for w in trace.weights[-1] + 0.0)
    limit = np.floor(trace.max_stable_rate * 100) / 100 if np.isfinite(trace.max_stable_rate) else trace.max_stable_rate
    if trace.converged:
        return f"Found in {steps} steps: {weights} is the hidden filter."
    if trace.diverged:
        return f"η = {trace.learning_rate:g} is too high here: the error grows with each step; try {limit:g}."
    if not np.isfinite(trace.max_stable_rate):
        return "The signal is all zeros, so no weight has a gradient: give it a cell other than 0."
    if trace.learning_rate >= trace.max_stable_rate:
        return f"After {steps} steps the weights still swing to and fro: try a learning rate below {limit:g}."
    return f"Not found in {steps} steps, {weights} so far: try a learning rate nearer to {limit / 2:g}."
