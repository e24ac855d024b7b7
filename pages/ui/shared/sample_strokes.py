"""Digits to start from, drawn by hand as a few points each, which smooth lines join; 7 is the lecture's.

Coordinates are in hundredths of the sheet's side, x to the right and y downwards.
"""

import numpy as np

from cnncore.data.handwriting_styles import catmull_rom

_PER_PART = 6  # points of a smooth line between two of its knots

# What it is called, and its strokes; "~" begins a smooth one, "-" a straight one.
_HANDS = {
    "0": ("a 0", ["~ 52,16 36,22 28,42 29,64 40,81 56,82 69,68 72,46 66,25 52,16"]),
    "1": ("a 1", ["- 54,14 50,86"]),
    "2": ("a 2", ["~ 30,32 38,19 54,15 67,24 66,40 54,57 40,72 29,83", "- 29,83 74,82"]),
    "3": ("a 3", ["~ 31,22 46,14 64,20 65,36 46,46", "~ 46,46 66,53 70,70 55,84 36,83 27,74"]),
    "4": ("a 4", ["- 58,14 28,60 78,60", "- 60,38 57,88"]),
    "5": ("a 5", ["- 70,16 36,16 33,45", "~ 33,45 50,41 67,51 68,70 54,84 36,83 26,74"]),
    "6": ("a 6", ["~ 64,15 46,26 33,48 30,68 42,84 60,82 69,68 60,54 44,54 32,66"]),
    "8": ("an 8", ["~ 66,24 50,15 35,24 38,38 54,50 68,64 64,80 48,85 33,77 34,62 50,49 66,38 66,24"]),
    "9": ("a 9", ["~ 66,32 54,17 38,21 32,36 42,49 57,46 66,32", "~ 66,32 65,55 58,86"]),
    "flag": ("a 1 with a flag and a foot", ["- 30,36 54,14 54,84", "- 32,84 76,84"]),
    "crossed": ("a crossed 7", ["- 26,18 74,18 44,86", "- 36,52 68,52"]),
}
DIGIT_OF = {"flag": "1", "crossed": "7"}  # what the samples show that are not named by their digit
_SEVEN = [[[0.27, 0.22], [0.5, 0.21], [0.74, 0.2], [0.6, 0.48], [0.5, 0.66], [0.43, 0.84]]]


def _stroke(text: str) -> list[list[float]]:
    kind, *places = text.split()
    knots = np.array([place.split(",") for place in places], dtype=np.float64) / 100
    return (catmull_rom(knots, _PER_PART) if kind == "~" else knots).round(4).tolist()


def _all() -> dict[str, tuple[str, list[list[list[float]]]]]:
    drawn = {name: (said, [_stroke(text) for text in strokes]) for name, (said, strokes) in _HANDS.items()}
    return {name: drawn.get(name, ("a 7", _SEVEN)) for name in [*"0123456789", *(n for n in _HANDS if len(n) > 1)]}


NAMED = _all()  # what each is called, and its strokes, as a payload of the canvas holds them
