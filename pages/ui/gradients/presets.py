"""The ready-made scenes of the gradients page: the lecture's, and variants of them."""

from typing import Any

_PICTURE = {"input": "0,0,1,3,0;0,1,3,1,0;1,3,1,0,0;0,1,0,0,2;0,0,0,2,1", "weights": "1,2,0;0,3,0;0,0,-1"}
LEARNS = {"view": "learn", "input": "0,0,1,3,1,0,0,2"}

# By name: title, and the settings that differ from the defaults.
SCENES: dict[str, tuple[str, dict[str, Any]]] = {
    "ones": ("Add one: [1, 1, 1]", {"weights": "1,1,1"}),
    "flip": ("Add one: [1, 2, 3]", {}),
    "weight": ("Add one to a weight", {"part": "filter", "cell": 1}),
    "signal": ("Backward pass of a signal", {"view": "backward"}),
    "picture": ("Backward pass of a picture: half padding", _PICTURE | {"view": "backward"}),
    "stride": ("Backward pass: stride 2", _PICTURE | {"view": "backward", "padding": "number", "stride": 2}),
    "error": ("Backward pass of a squared error", {"view": "backward", "loss": "squared", "targets": "6,14,22,26,10"}),
    "rotated": ("Rotated filter: the signal", {"view": "rotated"}),
    "rotated picture": ("Rotated filter: stride 2", _PICTURE | {"view": "rotated", "padding": "number", "stride": 2}),
    "learn": ("Three weights learn", LEARNS),
    "too fast": ("Too high a learning rate", LEARNS | {"rate": 0.4}),
}
