"""How the networks of the app read the handwriting of strangers, MNIST, and what is no digit.

    python tests/benchmarks/handwriting.py [--pens STROKES.jsonl] [--card FILE.json] [MODEL.safetensors …]

Validation writers of the Unipen data set, whom no network was trained on: by digit, by collection and as the mean over
writers, with and without the drawings that nobody can read; styles that are rare in MNIST, with Wilson's interval of
95 % (Wilson 1927). STROKES.jsonl holds more drawings, each line {"label": 7, "strokes": [[[x, y], …], …]}. --card
writes the figures to a file: assets/models/card.json, from which the app tells about its networks, is made so.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))
from cnncore import load
from cnncore.analysis.model_card import wilson_interval
from cnncore.data.mnist import load_mnist_test
from cnncore.data.pen_drawings import load_pen_drawings, load_styles
from cnncore.data.strokes import checked_strokes, draw_strokes, scribbles
from cnncore.paths import MODELS
from cnncore.training.calibration import calibration_error, reliability
from cnncore.training.pretraining import validation_drawings

STYLES = ("slashed", "flagged", "crossed")


def measure(network, drawings, pens):
    """The figures of one network; `pens` are the entries of STROKES.jsonl, or None.

    Shares are pairs of counts: of correct predictions, say, and of all.
    """
    mnist, every, styles = load_mnist_test(), load_pen_drawings(), load_styles()
    strangers = Predicted(network, drawings.digits.images, drawings.digits.labels)
    readable = ~np.isin(drawings.indices, sorted(styles["unreadable"]))
    writers = np.array([every[index].writer for index in drawings.indices])
    collections = np.array([every[index].collection for index in drawings.indices])
    known = set(writers[readable])
    highest = network.predict(drawings.others).max(axis=1)
    scribbled = network.predict(scribbles(500, seed=1)).max(axis=1)
    bins = reliability(strangers.confidences[readable], strangers.correct[readable])
    figures = {
        "parameters": network.parameter_count,
        "sure": network.sure_threshold,
        "mnist": Predicted(network, mnist.images, mnist.labels).figures(np.ones(len(mnist), bool)),
        "strangers": strangers.figures(readable),
        "all strangers": strangers.figures(np.ones(len(readable), bool)),
        "writers": len(known),
        "training writers": len({each.writer for each in every if each.training}),
        "mean over writers": float(np.mean([strangers.correct[readable & (writers == each)].mean() for each in known])),
        "collections": {
            name: strangers.share(readable & (collections == name)) for name in sorted(set(collections[readable]))
        },
        "styles": {name: strangers.share(np.isin(drawings.indices, sorted(styles[name]))) for name in STYLES},
        "calibration error": calibration_error(bins),
        "refused": _share(highest < network.sure_threshold),
        "taken for certain": _share(highest > 0.99),
        "scribbles refused": _share(scribbled < network.sure_threshold),
    }
    if pens:
        images = np.stack([draw_strokes(checked_strokes(entry["strokes"])) for entry in pens])
        labels = np.array([entry["label"] for entry in pens])
        figures["pens"] = Predicted(network, images, labels).figures(np.ones(len(labels), bool))
    return figures


class Predicted:
    """What a network predicts for labelled images."""

    def __init__(self, network, images, labels):
        probabilities = network.predict(images)
        self.labels, self.confidences = labels, probabilities.max(axis=1)
        self.correct = probabilities.argmax(axis=1) == labels
        self.sure = self.confidences >= network.sure_threshold

    def share(self, some):
        """How many of `some` are correct, of how many."""
        return _share(self.correct[some])

    def figures(self, some):
        """Shares of `some`: correct, by digit; unsure; of the sure predictions those that are incorrect."""
        return {
            "correct": self.share(some),
            "by digit": [self.share(some & (self.labels == digit)) for digit in range(10)],
            "unsure": _share(~self.sure[some]),
            "sure but incorrect": _share(~self.correct[some & self.sure]),
        }


def _share(some):
    return [int(some.sum()), len(some)]


def report(figures):
    """Print the figures of one network."""
    print(f"{figures['parameters']:,} parameters; sure from {figures['sure']:.2f}")
    for name in ("mnist", "strangers", "all strangers", "pens"):
        if name not in figures:
            continue
        part = figures[name]
        correct, count = part["correct"]
        print(f"{name}: {correct / count:.2%} of {count:,} correct, {count - correct} errors; ", end="")
        print(
            f"unsure {percent(part['unsure'])}; of the sure predictions {percent(part['sure but incorrect'])} incorrect"
        )
        print("  by digit:", *(f"{digit}: {percent(share, 1)}" for digit, share in enumerate(part["by digit"])))
    print(f"mean over {figures['writers']} writers: {figures['mean over writers']:.2%}")
    print("by collection:", *(f"{k}: {percent(v, 1)} of {v[1]};" for k, v in figures["collections"].items()))
    for name, (correct, count) in figures["styles"].items():
        low, high = wilson_interval(correct, count)
        print(f"{name}: {correct} of {count} correct, {correct / count:.1%} ({low:.1%} to {high:.1%})")
    print(f"calibration error {figures['calibration error']:.3f}")
    print(f"letters and symbols: {percent(figures['refused'])} of {figures['refused'][1]:,} refused; ", end="")
    print(f"{percent(figures['taken for certain'], 1)} with more than 0.99")
    print(f"scribbles of another seed: {percent(figures['scribbles refused'], 1)} refused")


def percent(share, digits=2):
    """A pair of counts in words."""
    return f"{share[0] / share[1]:.{digits}%}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", type=Path)
    parser.add_argument("--pens", type=Path)
    parser.add_argument("--card", type=Path)
    options = parser.parse_args()
    drawings = validation_drawings(readable=False)
    pens = [json.loads(line) for line in options.pens.read_text().splitlines()] if options.pens else None
    card = {}
    for path in options.models or [MODELS / f"{name}.safetensors" for name in ("convolutional", "dense")]:
        network, _ = load(path)
        card[path.stem] = measure(network, drawings, pens)
        print(f"\n{path.stem}:", end=" ")
        report(card[path.stem])
    if options.card:
        lines = (f"{json.dumps(name)}: {json.dumps(figures)}" for name, figures in card.items())
        options.card.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
