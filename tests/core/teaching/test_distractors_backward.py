"""The wrong options are what the mistakes would give, worked out by hand on the lecture's signal."""

import numpy as np

from cnncore.teaching.distractors.backward import (
    asked_cells,
    backward_distractors,
    descent_distractors,
    perturbation_distractors,
    rotated_distractors,
)
from cnncore.tracing.backward import trace_backward, trace_rotated
from cnncore.tracing.finite_differences import perturb
from cnncore.tracing.gradient_descent import trace_gradient_descent
from cnncore.tracing.gradient_paths import paths_from

SIGNAL, FILTER = [1.0, 2, 3, 4, 5], np.array([1.0, 2, 3])


def values(mistakes):
    return {mistake.why: mistake.values.tolist() for mistake in mistakes}


def test_of_a_nudge():
    trace = trace_backward(SIGNAL, FILTER, padding="half")
    step = perturb(SIGNAL, FILTER, index=(4,), padding="half")
    found = values(perturbation_distractors(step, paths_from(trace, "input", (4,)), FILTER))
    assert found["the filter was taken the wrong way round"] == [1 + 2]  # the right slope is 3 + 2
    assert found["an output that does not exist was counted"] == [3 + 2 + 1]
    assert found["only one output was counted"] == [3]
    assert found["the outputs were counted, not their weights"] == [2]
    step = perturb(SIGNAL, FILTER, operand="filter", index=(0,), padding="half")
    found = values(perturbation_distractors(step, paths_from(trace, "filter", (0,)), FILTER))
    assert step.numerical_grad == 0 + 1 + 2 + 3 + 4 and found["only one output was counted"] == [0]


def test_of_the_backward_pass():
    trace = trace_backward(SIGNAL, FILTER, padding="half")
    asked = asked_cells(trace)
    assert asked.tolist() == [1, 1, 2, 3, 4]
    found = values(backward_distractors(trace, asked))
    assert trace.input_grads[[0, 1, 2, 3, 4], 0, [1, 1, 2, 3, 4]].tolist() == [2, 3, 6, 6, 6]
    assert found["the filter was flipped"] == [2, 5, 6, 6, 6]
    assert found["what earlier outputs gave was forgotten"] == [2, 1, 1, 1, 1]
    assert found["the padding's terms were kept"] == [3, 3, 6, 6, 9]
    assert found["this output's share was left out"] == [0, 2, 5, 5, 5]
    assert found["one cell further"] == [3, 5, 5, 5, 5]


def test_a_window_in_the_padding_asks_for_nothing():
    trace = trace_backward(np.ones((3, 3)), np.ones((2, 2)), padding=3, dilation=2)
    assert asked_cells(trace).reshape(trace.shape).tolist()[0] == [-1] * 7
    row = asked_cells(trace).reshape(trace.shape)[3]
    assert row.tolist() == [-1, 3 * 9 + 3, 3 * 9 + 4, 3 * 9 + 3, 3 * 9 + 4, 3 * 9 + 5, -1]


def test_of_the_turned_filter():
    found = values(rotated_distractors(trace_rotated(SIGNAL, FILTER, padding="half")))
    assert found["the filter was not turned"] == [3, 5, 6, 6, 6, 3, 1]  # right: 1, 3, 6, 6, 6, 5, 3
    assert found["the output's gradients were added without weights"] == [1, 2, 3, 3, 3, 2, 1]


def test_of_the_descent():
    trace = trace_gradient_descent([0, 0, 1, 3, 1, 0, 0, 2], [1, 0, -1], [0, 0, 0], learning_rate=0.25)
    assert np.sign(trace.updates[0]).tolist() == [1, 0, -1]
    signs = [np.sign(values[0]).tolist() for _, values in descent_distractors(trace)]
    assert signs == [[-1, 0, 1], [-1, 0, 1], [1, 1, 1], [-1, 0, -1]]
