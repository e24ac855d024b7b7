"""The ready-made scenes of the pooling page, picked with the digit keys."""

from typing import Any

SCENES: list[dict[str, Any]] = [  # the digit keys
    {"view": "forward", "map": "lecture"},
    {"view": "forward", "map": "strokes"},
    {"view": "forward", "map": "odd"},
    {"view": "forward", "map": "strokes", "window": 3, "stride": 1},
    {"view": "forward", "map": "digit"},
    {"view": "shift", "map": "lecture"},
    {"view": "backward", "map": "lecture"},
    {"view": "flatten", "part": "vector"},
    {"view": "flatten", "part": "lost", "flat": "lecture"},
]
