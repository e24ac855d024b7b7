"""The ready-made scenes of the filters page."""

from typing import Any, NamedTuple


class Example(NamedTuple):
    """A scene of the filters page: the settings that differ from the defaults, and what may be asked of it."""

    title: str
    settings: dict[str, Any]
    question: str = ""
    options: tuple[tuple[str, str], ...] = ()  # text, and why it is wrong: "" for the right one


_STROKES = {"picture": "strokes", "row": 9, "column": 6}

EXAMPLES = {
    "two-diagonals": Example(
        "Two strokes, two diagonals",
        _STROKES | {"layout": "beside", "first": "diagonal /", "second": "diagonal \\"},
        "Which stroke lights up under which filter?",
        (
            ("each under its own", ""),
            ("each under the other", "as if the filters were flipped"),
            ("both under both", "a filter adds up along its own direction"),
            ("neither", "weights that meet ink add up"),
        ),
    ),
    "laplacian": Example(
        "Two strokes, the Laplacian",
        _STROKES,
        "Which stroke lights up?",
        (
            ("both", ""),
            ("/ alone", "the filter is the same in every direction"),
            ("\\ alone", "the filter is the same in every direction"),
            ("neither", "its weights add up to 0, the strokes do not"),
        ),
    ),
    "edges": Example(
        "A photograph, the Laplacian",
        {},
        "What is the output where the picture is even?",
        (
            ("0", ""),
            ("the brightness", "four neighbours less four times the middle leave nothing of it"),
            ("four times the brightness", "the middle is subtracted four times"),
            ("bright where the picture is bright", "the weights add up to 0"),
        ),
    ),
    "across-and-down": Example(
        "Bricks: Sobel x, Sobel y",
        {"picture": "bricks", "layout": "beside", "first": "Sobel x", "second": "Sobel y"},
        "Which filter finds the upright joints?",
        (
            ("A", ""),
            ("B", "Sobel y subtracts the row above from the row below"),
            ("both", "along a joint nothing changes, so one of the two sums to about 0"),
        ),
    ),
    "blur-then-edges": Example(
        "Two in a row: blur, Laplacian",
        {"layout": "row", "first": "blur"},
        "How many pixels of the picture does one output pixel depend on?",
        (
            ("5 × 5", ""),
            ("3 × 3", "each of the 3 × 3 that the second filter reads was made from 3 × 3"),
            ("6 × 6", "neighbouring windows overlap"),
            ("9 × 9", "the sides are not multiplied"),
        ),
    ),
    "sharpen": Example(
        "In colour: sharpen",
        {"picture": "cat", "colour": "on", "first": "sharpen", "column": 80},
        "The weights of the filter add up to 1. What becomes of an even area?",
        (
            ("it keeps its colour", ""),
            ("it turns black", "weights that add up to 0 would do that"),
            ("it becomes brighter", "weights that add up to more than 1 would do that"),
            ("it turns grey", "each of the three channels is filtered for itself"),
        ),
    ),
    "learned": Example(
        "Digits, two learned diagonals",
        {
            "picture": "digits",
            "layout": "beside",
            "first": "learned 9",
            "second": "learned 3",
            "first_relu": "on",
            "second_relu": "on",
            "row": 102,
            "column": 133,
        },
        "What is left of a digit after each filter and its ReLU?",
        (
            ("the parts that look like the filter", ""),
            ("the whole digit", "parts that do not look like the filter sum to less than 0, and ReLU makes them 0"),
            ("the background", "over 0s every product is 0"),
            ("its outline, under both", "the two filters look for different directions"),
        ),
    ),
}
FIRST = "two-diagonals"
