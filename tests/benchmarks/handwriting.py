"""How the networks of the app read the handwriting of strangers, MNIST, and what is no digit.

    python tests/benchmarks/handwriting.py [--pens STROKES.jsonl] [MODEL.safetensors …]

Validation writers of the Unipen data set, whom no network was trained on: by digit, by collection and as the mean over
writers, with and without the drawings that nobody can read; styles that are rare in MNIST, with Wilson's interval of
95 % (Wilson 1927). STROKES.jsonl holds more drawings, each line {"label": 7, "strokes": [[[x, y], …], …]}.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))
from cnncore import load
from cnncore.data.mnist import load_mnist_test
from cnncore.data.pen_drawings import load_pen_drawings, load_styles
from cnncore.data.strokes import checked_strokes, draw_strokes, scribbles
from cnncore.paths import MODELS
from cnncore.training.calibration import calibration_error, reliability
from cnncore.training.pretraining import validation_drawings


def wilson(right, count, z=1.96):
    """The interval of 95 % for a share."""
    share = right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * np.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return middle - half, middle + half


def report(network, drawings, pens):
    """Print the figures of one network."""
    threshold, digits, others = network.sure_threshold, drawings.digits, drawings.others
    mnist = load_mnist_test()
    given = network.predict(mnist.images)
    print(f"MNIST: {(given.argmax(axis=1) != mnist.labels).sum()} wrong of {len(mnist):,}; sure from {threshold:.2f}")
    print(f"  unsure of {(given.max(axis=1) < threshold).mean():.2%}")
    given = network.predict(digits.images)
    right, confidences = given.argmax(axis=1) == digits.labels, given.max(axis=1)
    styles, every = load_styles(), load_pen_drawings()
    readable = ~np.isin(drawings.indices, sorted(styles["unreadable"]))
    for words, some in (("all", np.ones(len(right), bool)), ("readable", readable)):
        sure = confidences[some] >= threshold
        print(
            f"Unipen, {words}: {right[some].mean():.2%} of {some.sum():,} right; unsure of {(~sure).mean():.2%}; ",
            end="",
        )
        print(f"of the sure predictions {(~right[some][sure]).mean():.2%} are wrong")
    print("  by digit:", *(f"{k}: {right[readable & (digits.labels == k)].mean():.1%}" for k in range(10)))
    writers = np.array([every[index].writer for index in drawings.indices])
    print(
        f"  mean over writers: {np.mean([right[readable & (writers == w)].mean() for w in set(writers[readable])]):.2%}"
    )
    collections = np.array([writer.split("/")[0] for writer in writers])
    for name in sorted(set(collections)):
        here = readable & (collections == name)
        print(f"  {name}: {right[here].mean():.1%} of {here.sum()}", end=";")
    print()
    for name in ("slashed", "flagged", "crossed"):
        here = np.isin(drawings.indices, sorted(styles[name]))
        low, high = wilson(right[here].sum(), here.sum())
        print(
            f"  {name}: {right[here].sum()} of {here.sum()} right, {right[here].mean():.1%} ({low:.1%} to {high:.1%})"
        )
    bins = reliability(confidences[readable], right[readable])
    print(f"  calibration error {calibration_error(bins):.3f}")
    highest = network.predict(others).max(axis=1)
    print(f"Letters and symbols: {(highest < threshold).mean():.2%} of {len(others):,} refused; ", end="")
    print(f"{(highest > 0.99).mean():.1%} with more than 0.99")
    highest = network.predict(scribbles(500, seed=1)).max(axis=1)
    print(f"Scribbles of another seed: {(highest < threshold).mean():.1%} of 500 refused")
    if pens:
        entries = [json.loads(line) for line in Path(pens).read_text().splitlines()]
        labels = np.array([entry["label"] for entry in entries])
        given = network.predict(np.stack([draw_strokes(checked_strokes(entry["strokes"])) for entry in entries]))
        right, sure = given.argmax(axis=1) == labels, given.max(axis=1) >= threshold
        print(f"Pen strokes: {right.mean():.2%} of {len(labels):,} right; unsure of {(~sure).mean():.2%}; ", end="")
        print(f"of the sure predictions {(~right[sure]).mean():.2%} are wrong")
        print("  by digit:", *(f"{k}: {right[labels == k].mean():.1%}" for k in range(10)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", type=Path)
    parser.add_argument("--pens")
    options = parser.parse_args()
    drawings = validation_drawings(readable=False)
    for path in options.models or [MODELS / f"{name}.safetensors" for name in ("convolutional", "dense")]:
        network, _ = load(path)
        print(f"{path.stem}: {network.parameter_count:,} parameters")
        report(network, drawings, options.pens)


if __name__ == "__main__":
    main()
