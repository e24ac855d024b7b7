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
    "laplacian": Example("Two strokes, the Laplacian", _STROKES, "Which stroke lights up?"),
    "edges": Example("A photograph, the Laplacian", {}),
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
    "blur-then-edges": Example("Two in a row: blur, Laplacian", {"layout": "row", "first": "blur"}),
    "sharpen": Example(
        "In colour: sharpen",
        {"picture": "cat", "colour": "on", "first": "sharpen", "column": 80},
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
    ),
}
FIRST = "two-diagonals"
