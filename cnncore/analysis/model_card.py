"""How well the networks of the app read: assets/models/card.json, written by tests/benchmarks/handwriting.py.

A model card (Mitchell et al. 2019, "Model cards for model reporting") says what a network was trained on, how well it
does on which group of inputs, and what it cannot do.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cnncore.errors import DataError
from cnncore.paths import MODELS

FILE = MODELS / "card.json"


class Share(NamedTuple):
    """`part` of `total` images."""

    part: int
    total: int

    @property
    def value(self) -> float:
        """From 0 to 1."""
        return self.part / self.total

    def interval(self) -> tuple[float, float]:
        """Return the interval of 95 % for the share, from 0 to 1."""
        return wilson_interval(self.part, self.total)


class Figures(NamedTuple):
    """What a network predicts for a set of labelled images.

    correct         of all images
    by_digit        the same, for the images of each digit
    unsure          of all images, those whose prediction is not sure
    sure_incorrect  of the sure predictions, those that are incorrect
    """

    correct: Share
    by_digit: list[Share]
    unsure: Share
    sure_incorrect: Share

    @property
    def errors(self) -> int:
        """The number of incorrect predictions, sure or not."""
        return self.correct.total - self.correct.part


class ModelCard(NamedTuple):
    """The figures of one network.

    parameters        the number of its weights and biases
    sure              the probability from which a prediction counts as sure
    mnist             MNIST's test digits
    strangers         digits of writers whom the network never learned from, of the Unipen data set
    writers           their number
    training_writers  the number of those it learned from
    pens              digits that other people drew with a pen, of the data set of E. Alpaydin and F. Alimoglu
    styles            of the strangers' digits, those in a style that is rare in MNIST: "slashed", "flagged", "crossed"
    refused           of the strangers' letters and symbols, those that are no sure digit
    """

    parameters: int
    sure: float
    mnist: Figures
    strangers: Figures
    writers: int
    training_writers: int
    pens: Figures
    styles: dict[str, Share]
    refused: Share


def load_model_cards(path: Path = FILE) -> dict[str, ModelCard]:
    """Return the cards by the name of the model file. Raises DataError where they are missing or damaged."""
    try:
        return {name: _card(entry) for name, entry in json.loads(path.read_text(encoding="utf-8")).items()}
    except OSError:
        raise DataError(f"The figures {path.name} are missing: get assets/models again.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DataError(f"The figures {path.name} are damaged: get assets/models again.") from None


def wilson_interval(count: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Return the interval for a share that Wilson gave (1927), by default with a confidence of 95 %."""
    share = count / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * np.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return float(middle - half), float(middle + half)


def _card(entry: dict[str, Any]) -> ModelCard:
    return ModelCard(
        int(entry["parameters"]),
        float(entry["sure"]),
        _figures(entry["mnist"]),
        _figures(entry["strangers"]),
        int(entry["writers"]),
        int(entry["training writers"]),
        _figures(entry["pens"]),
        {name: _share(pair) for name, pair in entry["styles"].items()},
        _share(entry["refused"]),
    )


def _figures(entry: dict[str, Any]) -> Figures:
    return Figures(
        _share(entry["correct"]),
        [_share(pair) for pair in entry["by digit"]],
        _share(entry["unsure"]),
        _share(entry["sure but incorrect"]),
    )


def _share(pair: list[int]) -> Share:
    part, total = pair
    if not 0 <= part <= total or not total:
        raise ValueError
    return Share(part, total)
