"""Recorded runs, which the app shows where there is no time to train: `python -m cnncore record`.

A recording is one JSON file: architecture, settings, and the arrays of RunMonitor.to_arrays
(curves, tests, views) with the seconds at which they were reported.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from cnncore.architecture.spec import PRESETS, preset
from cnncore.data.digit_set import DigitSet
from cnncore.errors import DataError
from cnncore.nn.arrays import Array
from cnncore.nn.network import Network
from cnncore.paths import ASSETS
from cnncore.training.events import Event
from cnncore.training.progress import RunMonitor, one_per_class
from cnncore.training.run import SNAPSHOTS
from cnncore.training.settings import Settings
from cnncore.training.trainer import train

FOLDER = ASSETS / "runs"
_DECIMALS = 4

# name: (architecture, settings, whether weights and probabilities are recorded too)
RUNS: dict[str, tuple[str, Settings, bool]] = {
    "default": ("twice", Settings(), True),
    "convolution": ("twice", Settings(epochs=2), False),
    "convolution-scrambled": ("twice", Settings(epochs=2, scramble=True), False),
    "dense": ("dense", Settings(epochs=2), False),
    "dense-scrambled": ("dense", Settings(epochs=2, scramble=True), False),
}


def record(architecture: str, settings: Settings, train_set: DigitSet, test_set: DigitSet, *, views: bool) -> Any:
    """Train a preset and return its recording as plain data."""
    network = Network(preset(architecture), input_shape=(28, 28, 1), seed=settings.seed)
    monitor = RunMonitor(PRESETS[architecture][1], settings, one_per_class(test_set))
    start = perf_counter()
    events: Iterable[Event] = train(network, train_set, test_set, settings)
    for event in events:
        monitor.update(event, perf_counter() - start)
    arrays = monitor.to_arrays(views=SNAPSHOTS + 2 if views else 1)
    if not views:
        arrays["weights"] = arrays["weights"][:, :0]
    return {
        "architecture": architecture,
        "settings": settings.to_dict(),
        "steps": monitor.steps,
        "picture": {name: np.round(values.astype(np.float64), _DECIMALS).tolist() for name, values in arrays.items()},
    }


def read(name: str, folder: Path = FOLDER) -> tuple[str, Settings, int, dict[str, Array]]:
    """Return the architecture, settings, number of steps and arrays of a recording.

    Raises DataError for a missing or damaged file.
    """
    path = folder / f"{name}.json"
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        arrays = {key: np.array(values, np.float32) for key, values in plain["picture"].items()}
        return plain["architecture"], Settings.from_dict(plain["settings"]), plain["steps"], arrays
    except OSError:
        raise DataError(f"The recorded run {path.name} is missing: make it by python -m cnncore record.") from None
    except (ValueError, KeyError, TypeError):
        raise DataError(f"The recorded run {path.name} is damaged: make it by python -m cnncore record.") from None
