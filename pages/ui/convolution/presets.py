"""The ready-made scenes of the convolution page: the lecture's figures, a signal, a digit, several channels."""

from typing import Any, NamedTuple


class Preset(NamedTuple):
    """A scene of the convolution page: its title, and the settings that differ from the defaults."""

    title: str
    settings: dict[str, Any]


# The lecture's six figures, input and filter as in the animations it uses, its signal, one digit, its Laplacian.
PRESETS = {
    "none": Preset("No padding: 4×4", {"size": 4, "padding": "none"}),
    "half": Preset("Half padding: 5×5", {}),
    "full": Preset("Full padding: 5×5", {"padding": "full"}),
    "stride": Preset("Stride 2: 5×5, no padding", {"padding": "none", "stride": 2}),
    "padded-stride": Preset("Padding 1, stride 2: 5×5", {"padding": "number", "cells": 1, "stride": 2}),
    "odd": Preset("Odd: 6×6, padding 1, stride 2", {"size": 6, "padding": "number", "cells": 1, "stride": 2}),
    "signal": Preset("1-D: [1, 2, 3, 4, 5]", {"kind": "signal", "filter": "ones"}),
    "digit": Preset("A digit, a learned filter", {"source": "digit", "size": 28, "filter": "learned"}),
    "border": Preset("A constant, the Laplacian", {"source": "constant", "value": 3, "filter": "Laplacian"}),
    "transposed": Preset(
        "Transposed: 3×3 to 7×7",
        {"size": 3, "padding": "none", "stride": 2, "transposed": "on", "filter": "diagonal /"},
    ),
    "channels": Preset("Channels: 4 in, 2 filters of 3×3", {"view": "channels", "padding": "none"}),
    "own": Preset("Your own numbers", {"source": "own", "filter": "own", "input": "0", "weights": "0"}),
}
