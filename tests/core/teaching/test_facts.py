"""The lecture's numbers, worked out."""

import pytest

from cnncore import InputError
from cnncore.teaching.facts import FACTS, fact

CALLS = [
    (["output_size", 4, 3], 2),
    (["output_size", 5, 3, "half"], 5),
    (["output_size", 5, 3, "full"], 7),
    (["output_size", 6, 3, 1, 2], 3),
    (["leftover", 6, 3, 1, 2], 1),
    (["half_padding", 3], 1),
    (["half_padding", 7], 3),
    (["weights", 4, 3, 2], 72),
    (["multiplications", 24, 4, 3, 2], 34_848),
    (["multiplications", 24, 4, 3, 2, "none", 2], 8_712),
    (["dense_weights", 576, 10], 5_760),
    (["flat_length", 22, 22, 2], 968),
    (["conv1d_sum", [1, 2, 3, 4, 5], [1, 1, 1]], 39),
    (["conv1d_sum", [1, 2, 3, 4, 6], [1, 1, 1]], 41),
    (["conv1d_slope", [1, 2, 3, 4, 5], [1, 1, 1], 5], 2),
    (["conv1d_slope", [1, 2, 3, 4, 5], [1, 2, 3], 5], 5),
    (["conv1d_slope", [1, 2, 3, 4, 5], [1, 2, 3], 1], 3),
]


@pytest.mark.parametrize("call, number", CALLS, ids=str)
def test_the_lectures_numbers(call, number):
    assert fact(call) == number


@pytest.mark.parametrize(
    "call",
    [
        [],
        "output_size",
        ["os.system", "ls"],
        ["output_size"],
        ["output_size", 4, 3, "sideways"],
        ["output_size", 2, 3],
        ["conv1d_slope", [1, 2, 3], [1, 1, 1], 9],
        ["flat_length", 1, 2, 3, 4],
        ["half_padding", 4],
        ["conv1d_sum", "x", [1]],
        [["output_size"], 4, 3],
        [{}, 1],
        ["conv1d_sum", [1], [1], 30_000_000],
        ["conv1d_sum", [1] * 1000, [1]],
        ["weights", "a" * 1000, 300, 300],
        ["dense_weights", 10**200, 10**200],
        ["conv1d_sum", [float("nan")], [1]],
        ["conv1d_slope", [1, 2, 3], [1, 1, 1], 0],
    ],
    ids=str,
)
def test_what_cannot_be_worked_out_is_one_sentence(call):
    with pytest.raises(InputError) as error:
        fact(call)
    assert str(error.value).startswith(("Unknown fact", "The fact"))


def test_every_fact_is_tested_here():
    assert {call[0] for call, _ in CALLS} == set(FACTS)
