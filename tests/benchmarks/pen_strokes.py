"""How a model answers digits drawn with a pen by people who are not in MNIST.

    python tests/benchmarks/pen_strokes.py STROKES.jsonl [MODEL.safetensors]

Each line of the file is {"label": 7, "strokes": [[[x, y], …], …]}.
"""

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))
from cnncore import load
from cnncore.data.strokes import checked_strokes, draw_strokes, scribbles
from cnncore.limits import SURE

MODEL = Path(__file__).parents[2] / "assets" / "models" / "convolutional.safetensors"


def main():
    drawings = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    network, _ = load(sys.argv[2] if len(sys.argv) > 2 else MODEL)
    labels = np.array([drawing["label"] for drawing in drawings])
    images = np.stack([draw_strokes(checked_strokes(drawing["strokes"])) for drawing in drawings])
    probabilities = network.predict(images)
    right = probabilities.argmax(axis=1) == labels
    print(f"{right.mean():.1%} of {len(labels):,} right; unsure of {(probabilities.max(axis=1) < SURE).mean():.1%}")
    for digit in range(10):
        print(f"  {digit}: {right[labels == digit].mean():.1%}")
    others = network.predict(scribbles(500, seed=1)).max(axis=1)
    print(f"unsure of {(others < SURE).mean():.1%} of 500 scribbles made by another seed than those it learned from")


if __name__ == "__main__":
    main()
