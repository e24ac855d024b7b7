"""What typical mistakes would give on the way back: wrong options beside a gradient that is to be predicted."""

import numpy as np

from cnncore.nn.arrays import Array
from cnncore.teaching.options import Distractor
from cnncore.tracing.backward import BackwardTrace, RotatedTrace
from cnncore.tracing.finite_differences import FiniteDifference
from cnncore.tracing.gradient_descent import GradientDescentTrace
from cnncore.tracing.gradient_paths import OutputPath
from cnncore.tracing.windows import window_cells


def perturbation_distractors(step: FiniteDifference, touched: list[OutputPath], filter_: Array) -> list[Distractor]:
    """Wrong slopes, each (1,): the flip forgotten, missing outputs counted, one output only, the whole loss."""
    there = [touch for touch in touched if touch.exists]
    found = []
    if step.operand == "input":
        turned = np.flip(filter_).ravel()
        found.append(
            _one("the filter was taken the wrong way round", sum(turned[t.weight_index] * t.output_grad for t in there))
        )
        everyone = sum(touch.factor * (touch.output_grad if touch.exists else 1.0) for touch in touched)
        found.append(_one("an output that does not exist was counted", everyone))
    else:
        shifted = sum(np.roll([touch.factor for touch in there], 1) * [touch.output_grad for touch in there])
        found.append(_one("the weight met each patch one cell further", shifted))
    if there:
        found.append(_one("only one output was counted", there[0].term))
        found.append(_one("the outputs were counted, not their weights", float(len(there))))
    found.append(_one("the sign was lost", -step.numerical_grad))
    found.append(_one("only the amount of the nudge", step.amount))
    found.append(_one("the loss after, not its change", step.loss_after))
    found.append(_one("the largest weight", float(filter_.max())))
    found.append(_one("every output was counted", float(len(step.outputs_before.ravel()))))
    return found


def asked_cells(trace: BackwardTrace) -> Array:
    """The cell to ask for at each step (steps,): the first of the window that is no padding, as a number in
    the padded input; -1 where the whole window is padding."""
    columns, spread = trace.padded.shape[1], trace.window.dilation * np.arange(trace.window.size)
    taps = (spread[: len(trace.filter), None] * columns + spread).ravel()
    inside = ~trace.lost_to_padding.reshape(len(trace.lost_to_padding), -1)
    cells = trace.starts @ [columns, 1] + taps[inside.argmax(axis=1)]
    return np.where(inside.any(axis=1), cells, -1)


def backward_distractors(trace: BackwardTrace, asked: Array) -> list[Distractor]:
    """Wrong running gradients (steps,) of the cells `asked` (steps,), numbers in the padded input or -1."""
    steps = np.arange(len(asked))
    columns = trace.padded.shape[1]
    running = trace.input_grads.reshape(len(asked), -1)
    before = np.vstack([np.zeros_like(running[:1]), running[:-1]])
    right = running[steps, asked]
    term = right - before[steps, asked]
    flipped = _flipped(trace, asked)
    kept = np.array([_kept(trace, k, cell) for k, cell in enumerate(asked)])
    beside = running[steps, np.minimum(asked + 1, (asked // columns + 1) * columns - 1)]
    return [
        Distractor("the filter was flipped", flipped),
        Distractor("what earlier outputs gave was forgotten", term),
        Distractor("the padding's terms were kept", kept),
        Distractor("one cell further", beside),
        Distractor("this output's share was left out", before[steps, asked]),
        Distractor("the output's gradient, without the weight", trace.output_grad),
        Distractor("a sign was lost", -right),
    ]


def _flipped(trace: BackwardTrace, asked: Array) -> Array:
    """The running gradient had the filter been turned before it scattered."""
    grads = np.zeros(trace.padded.shape)
    found = np.zeros(len(asked))
    for k, (row, column) in enumerate(trace.starts):
        taps = (
            s + trace.window.dilation * np.arange(n) for s, n in zip((row, column), trace.filter.shape, strict=True)
        )
        grads[np.ix_(*taps)] += trace.input_terms[k][::-1, ::-1]
        found[k] = grads.flat[asked[k]]
    return found


def _kept(trace: BackwardTrace, step: int, cell: int) -> float:
    """The cell's gradient with the terms that this step loses to the padding added to it."""
    return float(trace.input_grads[step].flat[cell] + trace.input_terms[step][trace.lost_to_padding[step]].sum())


def rotated_distractors(trace: RotatedTrace) -> list[Distractor]:
    """Wrong values (steps,) of the full convolution with the turned filter."""
    convolution = trace.convolution
    steps = len(convolution.outputs)
    turned_back = convolution.filter[::-1, ::-1]
    patches = _patches(trace)
    middle = convolution.products.reshape(steps, -1)[:, convolution.filter.size // 2]
    return [
        Distractor("the filter was not turned", (patches * turned_back).sum(axis=(1, 2))),
        Distractor("the output's gradients were added without weights", patches.sum(axis=(1, 2))),
        Distractor("the overlap was forgotten: only the middle product", middle),
        Distractor("one cell further", np.roll(convolution.outputs, -1)),
        Distractor("a sign was lost", -convolution.outputs),
        # Over zeros all of these are 0.
        Distractor("the weights were added, without the gradients", np.full(steps, turned_back.sum())),
        Distractor("the products were counted, not added", np.full(steps, float(turned_back.size))),
        Distractor("the largest weight", np.full(steps, turned_back.max())),
    ]


def _patches(trace: RotatedTrace) -> Array:
    """(steps, F, F) the cells under each position of the turned filter."""
    convolution = trace.convolution
    cells = window_cells(convolution.starts, convolution.filter.shape, convolution.window.dilation)
    return convolution.padded[cells]


def descent_distractors(trace: GradientDescentTrace) -> list[tuple[str, Array]]:
    """Wrong moves (rows, F) of the weights: along the gradient, in the wrong order, all alike."""
    return [
        ("along the gradient, not against it: the minus was forgotten", -trace.updates),
        ("the filter was taken the wrong way round", trace.updates[:, ::-1]),
        (
            "every weight moves by itself",
            np.abs(trace.updates).max(axis=1, keepdims=True) * np.ones_like(trace.updates),
        ),
        ("a low loss is reached by small weights alone", -np.abs(trace.updates)),
    ]


def _one(why: str, value: float) -> Distractor:
    return Distractor(why, np.array([float(value)]))
