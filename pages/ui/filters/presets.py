"""What the filters page offers ready made, and its questions."""

from typing import Any, NamedTuple

from cnncore import ModelError
from pages.ui.frame.quiz import Question
from pages.ui.shared.filter_library import filter_named
from pages.ui.shared.grid_text import format_grid


class Example(NamedTuple):
    """A scene of the filters page: settings that differ from the usual ones, and what may be asked of it."""

    title: str
    settings: dict[str, Any]
    question: str = ""
    options: tuple[tuple[str, str], ...] = ()  # text, and why it is wrong; the right one says nothing


DEFAULTS: dict[str, Any] = {
    "picture": "camera",
    "digit": 0,
    "colour": "off",
    "layout": "one",
    "first": "Laplacian",
    "first_bias": 0.0,
    "first_relu": "off",
    "second": "Laplacian",
    "second_bias": 0.0,
    "second_relu": "off",
    "map": 1,
    "row": 60,
    "column": 120,
}
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
            "row": 102,
            "column": 133,
        }
        | {"first_relu": "on", "second_relu": "on", "row": 102, "column": 133},
    ),
}
FIRST = "two-diagonals"


def settings_of(name: str) -> dict[str, Any]:
    """Every setting of the page as an example has them."""
    settings = {"example": name} | DEFAULTS | EXAMPLES[name].settings
    return settings | {f"{which}_cells": cells_of(settings[which]) for which in ("first", "second")}


def cells_of(name: str) -> str:
    """A filter's weights as a link holds them; of one that is missing, a single 1: the stage says what is wrong."""
    try:
        return format_grid(filter_named(name))
    except ModelError:
        return "1"


QUESTIONS = [
    Question(
        "Which stroke lights up under which filter?",
        "The filter's large weights lie along one diagonal. Where the ink lies the same way, all of it meets them and "
        "adds up to 6; where it lies the other way, only the middle meets a 2, and two −1 take it away again.",
        {"example": "two-diagonals"},
    ),
    Question(
        "The weights of the Laplacian add up to 0. What does it give where a picture is even?",
        "0: four neighbours less four times the middle. Only where the brightness changes something is left, "
        "and at the border, where the padding's zeros make an edge that is not in the picture.",
        {"example": "edges", "row": 30, "column": 40},
    ),
    Question(
        "Blur, then the Laplacian: what is missing, compared with the Laplacian alone?",
        "The finest grain. The blur has averaged it away, so the second filter finds only the larger edges. "
        "Two filters of 3×3 in a row see 5×5 pixels of the picture.",
        {"example": "blur-then-edges"},
    ),
]
