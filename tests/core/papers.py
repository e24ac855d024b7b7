"""Photographs of digits on paper, made here: pen strokes at chosen places, tilted, unevenly lit, noisy.

`python tests/core/papers.py` makes assets/photos/paper.jpg, the app's sample.
"""

import io
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

FINE = 3  # the pen draws this much finer than the picture
ROOT = Path(__file__).parents[2]


def _arc(x, y, across, down, start, end):
    """Degrees run clockwise from the right, as y points downwards."""
    angles = np.radians(np.linspace(start, end, 24))
    return [(x + across * np.cos(a), y + down * np.sin(a)) for a in angles]


# The ten digits in a box 1 high and about 0.6 wide, as (x, y) along the pen.
STROKES = {
    0: [_arc(0.3, 0.5, 0.28, 0.5, -100, 262)],
    1: [[(0.24, 0.12), (0.34, 0.0), (0.3, 1.0)]],
    2: [[*_arc(0.3, 0.27, 0.26, 0.27, -165, 25), (0.02, 1.0), (0.62, 0.97)]],
    3: [[*_arc(0.26, 0.25, 0.26, 0.25, -150, 80), *_arc(0.25, 0.74, 0.31, 0.26, -85, 150)]],
    4: [[(0.34, 0.02), (0.02, 0.62), (0.62, 0.6)], [(0.45, 0.36), (0.43, 1.0)]],
    5: [[(0.54, 0.02), (0.12, 0.03), (0.08, 0.45), *_arc(0.24, 0.69, 0.33, 0.31, -105, 140)]],
    6: [[(0.46, 0.0), (0.22, 0.24), *_arc(0.3, 0.72, 0.27, 0.28, -178, 185)]],
    7: [[(0.0, 0.04), (0.56, 0.0), (0.36, 0.45), (0.2, 1.0)]],
    8: [[*_arc(0.3, 0.24, 0.23, 0.24, 80, -260)[::-1], *_arc(0.3, 0.74, 0.28, 0.26, -90, 272)]],
    9: [[*_arc(0.28, 0.28, 0.26, 0.28, -10, -350), (0.52, 0.25), (0.46, 0.62), (0.36, 1.0)]],
}
HAT = [[(0.14, 0.06), (0.08, 0.45), *_arc(0.24, 0.69, 0.33, 0.31, -105, 140)], [(0.24, 0.0), (0.62, -0.03)]]


class Placed(NamedTuple):
    """A digit on the paper: its strokes in pixels, as drawn."""

    label: int
    strokes: list

    def box(self, pen):
        """(left, top, right, bottom) of its ink."""
        points = np.concatenate(self.strokes)
        low, high = points.min(axis=0) - pen / 2, points.max(axis=0) + pen / 2
        return (*low, *high)


def line_of(digits, *, left, top, height, step=0.95, tilt=0.0, shapes=None):
    """Digits in a row from (left, top), as high as said, the row tilted by degrees (clockwise)."""
    turn = np.radians(tilt)
    turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    placed = []
    for n, label in enumerate(digits):
        shape = shapes[n] if shapes else STROKES[label]
        strokes = [(np.array(line, float) + np.array([n * step, 0])) * height @ turned + (left, top) for line in shape]
        placed.append(Placed(label, strokes))
    return placed


def paper(
    placed, size=(1000, 700), *, pen=5.0, ink=0.35, light=None, noise=4.0, seed=0, rules=None, chalk=False, line=None
):
    """The photograph, (H, W) float 0 to 255.

    ink: how much light the pen's line gives back; light: the paper's (H, W); chalk: on a dark board;
    line: (H, W) from 0 to 1, printed instead of the pen's;
    rules: (distance, width, how much light they give back), of squared paper; a fourth says "ruled".
    """
    width, height = size
    sheet = Image.new("L", (width * FINE, height * FINE), 0)
    draw, radius = ImageDraw.Draw(sheet), pen * FINE / 2
    for _, strokes in placed:
        for stroke in strokes:
            points = [tuple(point) for point in np.asarray(stroke) * FINE]
            draw.line(points, fill=255, width=max(round(2 * radius), 1))
            for x, y in points:
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    if line is None:
        line = np.asarray(sheet.reduce(FINE).filter(ImageFilter.GaussianBlur(0.7))) / 255
    rng = np.random.default_rng(seed)
    given = np.ones((height, width))
    if rules:
        apart, thick, back, *only = rules
        lines = [np.arange(height)[:, None] % apart < thick]
        lines += [] if only else [np.arange(width)[None] % apart < thick]
        for each in lines:
            given = np.where(each, back, given)
    given = given * (1 - line * (1 - ink)) if not chalk else 0.2 * given + (0.85 - 0.2 * given) * line * (1 - ink)
    photo = 225 * given * (np.ones((height, width)) if light is None else light)
    photo = photo + rng.normal(0, noise, photo.shape)
    return np.asarray(Image.fromarray(photo.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.6)), float)


def gradient(size=(1000, 700), low=0.35):
    """Light that falls off from the upper left to the lower right corner."""
    x, y = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    return 1 - (1 - low) * (0.6 * x + 0.4 * y)


def shadow(size=(1000, 700), edge=0.5, depth=0.45, soft=40.0):
    """A shadow across the right part, its edge aslant and soft (pixels)."""
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    return 1 - depth / (1 + np.exp(-(x - edge * size[0] - 0.3 * (y - size[1] / 2)) / (soft / 4)))


def coloured(photo, paper_colour=(1.0, 0.97, 0.88)):
    """(H, W) -> (H, W, 3), as a warm lamp shows it."""
    return (photo[..., None] * np.array(paper_colour)).clip(0, 255).astype(np.uint8)


def jpeg(photo, quality=80, **options):
    """A photograph's bytes."""
    out = io.BytesIO()
    Image.fromarray(np.asarray(photo).clip(0, 255).astype(np.uint8)).save(out, "JPEG", quality=quality, **options)
    return out.getvalue()


def sample():
    """The app's sample: two rows on squared paper in uneven light."""
    size = (960, 600)
    rng = np.random.default_rng(5)
    rows = [([0, 7, 3, 4, 1], 150, 120, 6.0), ([9, 5, 2, 6, 8], 190, 355, 2.5)]
    placed = []
    for digits, left, top, tilt in rows:
        for digit in line_of(digits, left=left, top=top, height=125, step=1.05, tilt=tilt):
            shake = [line + rng.normal(0, 1.2, line.shape) + rng.uniform(-5, 5, 2) for line in digit.strokes]
            placed.append(Placed(digit.label, shake))
    light = gradient(size, 0.5) * shadow(size, edge=0.62, depth=0.3, soft=120)
    return coloured(paper(placed, size, pen=5.5, ink=0.3, light=light, noise=5, seed=3, rules=(48, 2, 0.86)))


if __name__ == "__main__":
    where = ROOT / "assets" / "photos" / "paper.jpg"
    where.write_bytes(jpeg(sample(), quality=72))
    print(f"{where.relative_to(ROOT)}: {where.stat().st_size:,} bytes", file=sys.stderr)
