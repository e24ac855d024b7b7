"""What the gradient page offers ready made: its views, the lecture's scenes, its questions."""

from typing import Any

from pages.ui.frame.quiz import Question

VIEWS = {
    "add-one": "Add one",
    "backward": "Backward pass",
    "rotated": "Rotated filter",
    "learn": "Three weights learn",
}
LOSSES = {
    "sum": "the sum of outputs",
    "edited": "numbers of my own for dL/d(output)",
    "squared": "half the squared error against a target",
}

_DEFAULTS: dict[str, Any] = {
    "view": "add-one",
    "input": "1,2,3,4,5",
    "weights": "1,2,3",
    "padding": "half",
    "cells": 1,
    "stride": 1,
    "dilation": 1,
    "loss": "sum",
    "grads": "1",
    "targets": "0",
    "part": "input",
    "cell": 5,
    "amount": 1.0,
    "hidden": "1,0,-1",
    "start": "0,0,0",
    "rate": 0.25,
}
_PICTURE = {"input": "0,0,1,3,0;0,1,3,1,0;1,3,1,0,0;0,1,0,0,2;0,0,0,2,1", "weights": "1,2,0;0,3,0;0,0,-1"}
_LEARNS = {"view": "learn", "input": "0,0,1,3,1,0,0,2"}

SCENES: dict[str, tuple[str, dict[str, Any]]] = {
    "ones": ("Add one: [1, 1, 1]", {"weights": "1,1,1"}),
    "flip": ("Add one: [1, 2, 3]", {}),
    "weight": ("Add one to a weight", {"part": "filter", "cell": 1}),
    "signal": ("Backward pass of a signal", {"view": "backward"}),
    "picture": ("Backward pass of a picture: half padding", _PICTURE | {"view": "backward"}),
    "stride": ("Backward pass: stride 2", _PICTURE | {"view": "backward", "padding": "number", "stride": 2}),
    "error": ("Backward pass of a squared error", {"view": "backward", "loss": "squared", "targets": "8,14,20,26,14"}),
    "rotated": ("Rotated filter: the signal", {"view": "rotated"}),
    "rotated picture": ("Rotated filter: stride 2", _PICTURE | {"view": "rotated", "padding": "number", "stride": 2}),
    "learn": ("Three weights learn", _LEARNS),
    "too fast": ("Too high a learning rate", _LEARNS | {"rate": 0.4}),
}


def settings_of(scene: str) -> dict[str, Any]:
    """Every setting of the page as a scene has it."""
    return _DEFAULTS | SCENES[scene][1]


def default_settings(view: str) -> dict[str, Any]:
    """Every setting as a view has it when nothing else is asked for."""
    return _DEFAULTS | (_LEARNS if view == "learn" else {}) | {"view": view}


def in_link(view: str, loss: str) -> list[str]:
    """The settings that a view shows, which are those that its link pins."""
    names = ["view", "input", "padding", "cells", "stride", "dilation"]
    if view == "learn":
        return [*names, "hidden", "start", "rate"]
    names += ["weights", "loss", *{"edited": ["grads"], "squared": ["targets"]}.get(loss, [])]
    return [*names, "part", "cell", "amount"] if view == "add-one" else names


QUESTIONS = [
    Question(
        "Under [1, 1, 1] with half padding, why is the slope of the fifth element 2 and not 3?",
        "Only o₄ and o₅ read t₆, the fifth element. A third output, o₆, would need t₈, which does not exist: its share "
        "is 0. The first element has slope 2 for the same reason, all others 3.",
        {"view": "add-one", "weights": "1,1,1"},
    ),
    Question(
        "For which filters does it not matter whether the way back turns them by 180°?",
        "For those that read the same from both ends, such as [1, 1, 1] or [1, 2, 1]. That is why [1, 1, 1] hides the "
        "turn and [1, 2, 3] shows it: slopes 5 and 3 at the two ends.",
        {"view": "rotated", "weights": "1,2,1"},
    ),
    Question(
        "From which learning rate on do the three weights run away instead of finding the hidden filter?",
        "For this signal from about 0.35 on: then each step overshoots by more than it mends. A larger signal is "
        "steeper and bears only smaller steps.",
        {"view": "learn", "rate": 0.35},
    ),
]
