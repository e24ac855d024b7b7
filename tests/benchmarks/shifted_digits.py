"""How many of the 10,000 test digits the two networks of the app get wrong, shifted to the right.

    python tests/benchmarks/shifted_digits.py

Writes assets/models/shifted.json, which the page `inside` shows as measured beforehand;
run it again when a model of assets/models/ has changed. What leaves the picture is lost, zeros enter.
"""

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))
from cnncore import load
from cnncore.data.mnist import load_mnist_test
from cnncore.tracing.pooling import shift_map

MODELS = Path(__file__).parents[2] / "assets" / "models"
SHIFTS = range(9)


def wrong(network, digits, cells):
    """How many of the digits are answered wrongly once they are shifted to the right by `cells`."""
    images = np.stack([shift_map(image, 0, cells) for image in digits.images[..., 0]])[..., None].astype(np.uint8)
    return int((network.logits(images).argmax(axis=1) != digits.labels).sum())


def main():
    digits = load_mnist_test()
    networks = {name: load(MODELS / f"{name}.safetensors")[0] for name in ("convolutional", "dense")}
    record = {name: [wrong(network, digits, cells) for cells in SHIFTS] for name, network in networks.items()}
    text = json.dumps({"digits": len(digits), "wrong by cells to the right": record})
    (MODELS / "shifted.json").write_text(text + "\n", encoding="utf-8")
    for name, counts in record.items():
        print(f"{name:14}", *(f"{count:6,}" for count in counts))


if __name__ == "__main__":
    main()
