"""Finite differences: the lecture's numbers for the fifth element, and numerical against analytic gradients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncore import ConvoscopeError, conv1d, conv1d_gradients
from cnncore.tracing.finite_differences import loss_of, perturb

SIGNAL = [1, 2, 3, 4, 5]


def test_the_lectures_fifth_element():
    step = perturb(SIGNAL, [1, 1, 1], index=(4,), padding="half")
    assert (step.loss_before, step.loss_after, step.numerical_grad, step.analytic_grad, step.difference) == (
        39,
        41,
        2,
        2,
        0,
    )
    assert step.affected.tolist() == [False, False, False, True, True]
    assert step.outputs_after.tolist() == [3, 6, 9, 13, 10]


@pytest.mark.parametrize(("cell", "slope"), [(4, 5), (0, 3)])
def test_the_flip_shows_under_one_two_three(cell, slope):
    step = perturb(SIGNAL, [1, 2, 3], index=(cell,), padding="half")
    assert (step.numerical_grad, step.analytic_grad) == (slope, slope)


def test_a_cell_of_the_filter_affects_every_output():
    step = perturb(SIGNAL, [1, 2, 3], operand="filter", index=(0,), padding="half")
    assert step.numerical_grad == step.analytic_grad == 10 and step.affected.all()


def test_a_weight_of_zero_still_reads_its_cell():
    step = perturb(SIGNAL, [1, 0, -1], index=(2,), padding="half")
    assert step.affected.tolist() == [False, True, True, True, False]


@given(st.integers(0, 2**32 - 1), st.integers(0, 5), st.floats(0.1, 3), st.sampled_from(["input", "filter"]))
def test_numerical_and_analytic_gradient_of_a_squared_error(seed, cell, amount, part):
    rng = np.random.default_rng(seed)
    signal, filter_, targets = rng.normal(size=6), rng.normal(size=3), rng.normal(size=6)
    index = (cell if part == "input" else cell % 3,)
    loss = loss_of((6,), targets=targets)
    step = perturb(signal, filter_, operand=part, index=index, amount=amount, loss=loss, padding="half")
    outputs = conv1d(signal, filter_, padding="half")
    assert step.loss_before == pytest.approx(0.5 * ((outputs - targets) ** 2).sum())
    by_part = dict(
        zip(("input", "filter"), conv1d_gradients(signal, filter_, outputs - targets, padding="half"), strict=True)
    )
    assert step.analytic_grad == by_part[part][index]
    # the loss is a parabola in one cell, so the two gradients differ by half its curvature times the amount
    alone = np.zeros_like(signal if part == "input" else filter_)
    alone[index] = 1
    change = conv1d(alone, filter_, padding="half") if part == "input" else conv1d(signal, alone, padding="half")
    assert step.difference == pytest.approx(0.5 * amount * (change**2).sum(), abs=1e-9)


@pytest.mark.parametrize("wrong", [{"index": (5,)}, {"index": (0, 0)}, {"index": (0,), "amount": 0.0}])
def test_invalid_changes_are_refused(wrong):
    with pytest.raises(ConvoscopeError):
        perturb(SIGNAL, [1, 1, 1], padding="half", **wrong)
