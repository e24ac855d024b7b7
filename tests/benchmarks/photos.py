"""How many digits of a photographed number are found and read rightly.

    python tests/benchmarks/photos.py [STROKES.jsonl]

A hundred numbers of seven digits, drawn with thin pens on noisy, unevenly lit,
tilted paper: with test digits of MNIST, and with pen strokes, each line of whose file
is {"label": 7, "strokes": [[[x, y], …], …]}. A digit counts as found where
one box lies over it (their common part more than half of both together).
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1] / "core"))
import papers

from cnncore import InputError, load
from cnncore.data.mnist import load_mnist_test
from cnncore.data.photo import reader

NUMBERS, DIGITS, SIZE = 100, 7, (1000, 600)
NETWORK, _ = load(papers.ROOT / "assets" / "models" / "convolutional.safetensors")


def light(rng, size):
    shade = papers.gradient(size, rng.uniform(0.35, 0.9))
    if rng.random() < 0.5:
        shade = shade * papers.shadow(size, rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.5), rng.uniform(20, 150))
    return shade


def manner(rng, size=SIZE):
    """Pen, light, noise and squares of one photograph."""
    rules = (rng.integers(25, 60), 2, rng.uniform(0.7, 0.9)) if rng.random() < 0.3 else None
    return {
        "ink": rng.uniform(0.2, 0.55),
        "light": light(rng, size),
        "noise": rng.uniform(2, 8),
        "rules": rules,
        "chalk": rng.random() < 0.2,
        "seed": int(rng.integers(1000)),
    }


def of_strokes(drawings, rng):
    """A photograph of drawings, the boxes and labels of its digits."""
    height, width = rng.uniform(55, 110), rng.uniform(2.5, 6)
    chosen = [drawings[n] for n in rng.integers(len(drawings), size=DIGITS)]
    shapes = []
    for drawing in chosen:
        points = np.concatenate([np.array(line, float) for line in drawing["strokes"]])
        low, extent = points.min(axis=0), np.ptp(points, axis=0)
        shapes.append(
            [(np.array(line, float) - low) / max(extent[1], 0.5 * extent[0], 1) for line in drawing["strokes"]]
        )
    # Each begins where the one before ends.
    place, placed, turn = 0.0, [], np.radians(rng.uniform(-10, 10))
    turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    top = 270 - 250 * np.sin(turn)
    for drawing, shape in zip(chosen, shapes, strict=True):
        wide = np.concatenate(shape)[:, 0].max()
        lines = [(line + np.array([place, rng.uniform(-0.08, 0.08)])) * height @ turned + (70, top) for line in shape]
        placed.append(papers.Placed(drawing["label"], lines))
        place += wide + rng.uniform(0.2, 0.5)
    scale = min(1, 860 / (place * height))
    placed = [papers.Placed(p.label, [(line - (70, top)) * scale + (70, top) for line in p.strokes]) for p in placed]
    picture = papers.paper(placed, SIZE, pen=width, **manner(rng))
    return picture, [p.box(width) for p in placed], [p.label for p in placed]


def of_mnist(digits, rng):
    """The same of test digits, as large as handwriting, printed onto the paper."""
    ink = np.zeros(SIZE[::-1])
    boxes, labels, side = [], [], int(rng.uniform(80, 120))
    turn, x = rng.uniform(-0.15, 0.15), 60
    for n in rng.integers(len(digits.labels), size=DIGITS):
        image = np.asarray(Image.fromarray(digits.images[n, ..., 0]).resize((side, side), Image.Resampling.BICUBIC))
        y = round(250 - 400 * turn + turn * x)
        ink[y : y + side, x : x + side] = np.maximum(ink[y : y + side, x : x + side], image / 255)
        rows, columns = np.nonzero(image > 127)
        boxes.append((x + columns.min(), y + rows.min(), x + columns.max() + 1, y + rows.max() + 1))
        labels.append(int(digits.labels[n]))
        x += side + int(rng.uniform(-0.1, 0.1) * side)
    return papers.paper([], SIZE, line=ink, **manner(rng)), boxes, labels


def common(a, b):
    """The share of both boxes together that lies in both."""
    inside = max(min(a[2], b[2]) - max(a[0], b[0]), 0) * max(min(a[3], b[3]) - max(a[1], b[1]), 0)
    whole = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return inside / (whole - inside)


def report(name, make):
    found = right = extra = whole = 0
    seconds = []
    wrong = np.zeros(10, int)
    for n in range(NUMBERS):
        picture, boxes, labels = make(np.random.default_rng(n))
        data, begin = papers.jpeg(picture, 75), time.perf_counter()
        try:
            read = reader.read_photo(data).digits
        except InputError:
            read = ()
        seconds.append(time.perf_counter() - begin)
        answers = NETWORK.predict(np.stack([d.image for d in read])).argmax(axis=1) if read else []
        here = 0
        for box, label in zip(boxes, labels, strict=True):
            which = max(range(len(read)), key=lambda k: common(read[k].box, box), default=None)
            is_found = which is not None and common(read[which].box, box) > 0.5
            found += is_found
            is_right = is_found and answers[which] == label
            here += is_right
            wrong[label] += is_found and not is_right
        right += here
        extra += max(len(read) - len(boxes), 0)
        whole += here == len(boxes) == len(read)
    total = NUMBERS * DIGITS
    print(
        f"{name}: {found / total:.1%} of {total} digits found, {right / found:.1%} of these read rightly; {whole} of "
        f"{NUMBERS} numbers without a mistake; {extra} boxes too many; median {np.median(seconds):.2f} s, "
        f"longest {max(seconds):.2f} s; misread by digit {wrong.tolist()}"
    )


def main():
    digits = load_mnist_test()
    sources = {"MNIST": lambda rng: of_mnist(digits, rng)}
    if len(sys.argv) > 1:
        drawings = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
        sources["pen strokes"] = lambda rng: of_strokes(drawings, rng)
    for name, make in sources.items():
        report(name, make)
    usual = reader.normalize_stroke_width
    reader.normalize_stroke_width = lambda ink, tilt=0.0: usual(ink, tilt=tilt, pen=None)
    for name, make in sources.items():
        report(f"{name}, the line left as wide as it was", make)
    reader.normalize_stroke_width = lambda ink, tilt=0.0: usual(ink)
    for name, make in sources.items():
        report(f"{name}, the tilt left", make)
    reader.normalize_stroke_width = usual


if __name__ == "__main__":
    main()
