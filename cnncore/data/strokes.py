"""From pen strokes or a picture to a 28×28 digit as MNIST would hold it.

MNIST scaled each digit into a 20×20 box and centred it by its mass. Shrinking a
drawn picture would thin or thicken its line with its size, so the strokes
themselves are scaled to the box and then drawn with a pen of MNIST's thickness.
"""

import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from cnncore import limits
from cnncore.data.image_files import read_picture, to_grey
from cnncore.errors import InputError
from cnncore.nn.arrays import Array
from cnncore.nn.rng import Purpose, generator

SIZE = 28
BOX_CELLS = 19.0  # MNIST's box of 20, less the half cell that smoothing adds on each side
PEN_CELLS = 2.4  # width of the line, in cells of the 28×28 image
SHEET_PEN = limits.PEN_WIDTH.default  # width of the line on the sheet one draws on, as a share of its side
_FINE = 8  # the pen draws this much finer than the cells
_APART = 3.0  # points nearer than this, on the fine grid, are one
_SMALLEST = 1e-9

Strokes = list[Array]  # each (points, 2): x to the right, y downwards, in any unit


def checked_strokes(data: Any) -> Strokes:
    """Strokes from outside: a list of lists of [x, y]. Raises InputError for anything else."""
    if not isinstance(data, list) or len(data) > limits.STROKES:
        raise InputError(f"A drawing is a list of at most {limits.STROKES} strokes: clear the canvas and draw again.")
    if sum(len(stroke) if isinstance(stroke, list) else 0 for stroke in data) > limits.POINTS:
        raise InputError(f"A drawing has at most {limits.POINTS:,} points: clear the canvas and draw again.")
    try:
        strokes = [np.asarray(stroke, dtype=np.float64) for stroke in data if len(stroke)]
    except (TypeError, ValueError, OverflowError):
        raise InputError("A stroke is a list of [x, y]: clear the canvas and draw again.") from None
    for stroke in strokes:
        if stroke.ndim != 2 or stroke.shape[1] != 2 or not (np.abs(stroke) < limits.COORDINATE).all():
            raise InputError("A stroke's points are pairs of ordinary numbers: clear the canvas and draw again.")
    return strokes


class PreprocessingSteps(NamedTuple):
    """What is done to strokes before a network sees them; MNIST's digits went through all of it."""

    box: bool = True  # scaled to MNIST's box, where they would stay as large as they are on the sheet
    pen: bool = True  # drawn with MNIST's pen, where the sheet's would be scaled along
    centre: bool = True  # moved until their mass is in the middle


class PreprocessingStages(NamedTuple):
    """How a drawing becomes what a network sees. Pictures are (28, 28) uint8, ink high.

    sheet   as it is on the sheet, with the sheet's pen
    corners left, top, right, bottom of its ink there, in cells
    box     scaled to MNIST's box, the sheet's pen along with it
    pen     drawn with MNIST's pen
    centre  moved, so that its mass is in the middle: the last stage, and `image` (28, 28, 1)
    """

    sheet: Array
    corners: tuple[float, float, float, float]
    box: Array
    pen: Array
    centre: Array

    @property
    def image(self) -> Array:
        return self.centre[..., None]


ALL_STEPS = PreprocessingSteps()


def draw_strokes(strokes: Strokes, rules: PreprocessingSteps = ALL_STEPS, pen: float = SHEET_PEN) -> Array:
    """Strokes -> (28, 28, 1) uint8, ink high: scaled to MNIST's box, drawn there, centred by mass.

    Without a rule the sheet counts, whose side is 1, and `pen`, a share of it. Raises InputError where there is no ink.
    """
    return _rasterize_and_centre(_require_strokes(strokes), rules, pen)[-1][..., None]


def preprocessing_stages(
    strokes: Strokes, rules: PreprocessingSteps = ALL_STEPS, pen: float = SHEET_PEN
) -> PreprocessingStages:
    """Every stage on the way to what `draw_strokes` gives; what is ruled out changes nothing. Raises InputError."""
    sheet, width = _fit_to_box(_require_strokes(strokes), False, False, pen)
    points = np.concatenate(sheet)
    left, top = (points.min(axis=0) - width / 2).tolist()
    right, bottom = (points.max(axis=0) + width / 2).tolist()
    drawn, moved = _rasterize_and_centre(strokes, rules, pen)
    box = _rasterize(*_fit_to_box(strokes, rules.box, False, pen))
    return PreprocessingStages(_rasterize(sheet, width), (left, top, right, bottom), box, drawn, moved)


def _require_strokes(strokes: Strokes) -> Strokes:
    if not strokes:
        raise InputError("Nothing is drawn yet: draw a digit.")
    return strokes


def _rasterize_and_centre(strokes: Strokes, rules: PreprocessingSteps, pen: float) -> tuple[Array, Array]:
    """As the pen draws it, and moved to the middle: both (28, 28)."""
    placed, width = _fit_to_box(strokes, rules.box, rules.pen, pen)
    drawn = _rasterize(placed, width)
    if not rules.centre:
        return drawn, drawn
    return drawn, _rasterize([stroke + centring_offset(drawn) for stroke in placed], width)


def _fit_to_box(strokes: Strokes, box: bool, mnist_pen: bool, pen: float) -> tuple[Strokes, float]:
    """Strokes in cells of the 28×28 image, and the width of their line there."""
    if not box:
        return [stroke * SIZE for stroke in strokes], PEN_CELLS if mnist_pen else pen * SIZE
    points = np.concatenate(strokes)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    longest = float(extent.max())
    scale = (BOX_CELLS - PEN_CELLS) / max(longest, _SMALLEST) if mnist_pen else BOX_CELLS / (longest + pen)
    if mnist_pen and longest <= _SMALLEST:
        scale = 1.0  # a single dot stays a dot
    middle = (SIZE / 2) - scale * (low + extent / 2)
    return [stroke * scale + middle for stroke in strokes], PEN_CELLS if mnist_pen else pen * scale


def _rasterize(strokes: Strokes, width: float = PEN_CELLS) -> Array:
    """Strokes in cells -> (28, 28) uint8, drawn finely with round ends and averaged."""
    picture = Image.new("L", (SIZE * _FINE, SIZE * _FINE))
    pen, radius = ImageDraw.Draw(picture), width * _FINE / 2
    for stroke in strokes:
        line = _simplify([(float(x), float(y)) for x, y in stroke * _FINE])
        pen.line(line, fill=255, width=round(2 * radius))
        for x, y in line:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(picture.reduce(_FINE))


def _simplify(line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The line without the points that the pen cannot tell from the one before: a slow hand leaves thousands."""
    kept = line[:1]
    for x, y in line[1:]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= _APART:
            kept.append((x, y))
    return kept if kept[-1] == line[-1] else [*kept, line[-1]]


def centre_of_mass(image: Array) -> tuple[float, float]:
    """The centre of mass (x, y) of an image (H, W), in cells from its left upper corner."""
    height, width = image.shape
    mass = image.sum(dtype=np.float64) or 1.0
    x, y = image.sum(axis=0) @ (np.arange(width) + 0.5), image.sum(axis=1) @ (np.arange(height) + 0.5)
    return float(x / mass), float(y / mass)


def centring_offset(image: Array) -> Array:
    """The shift (x, y) in cells that moves the centre of mass of an image (H, W) to its middle."""
    height, width = image.shape
    return np.array([width / 2, height / 2]) - centre_of_mass(image)


def read_image(path: str | os.PathLike[str]) -> Array:
    """A picture file of one digit -> (28, 28, 1) uint8, ink high. Raises InputError."""
    name = Path(path).name
    try:
        with open(path, "rb") as file:
            data = file.read(limits.UPLOAD_BYTES + 1)
    except (OSError, ValueError):  # ValueError: a name with a NUL
        raise InputError(f"There is no picture {name[:80]!r} that can be opened: check its name.") from None
    return read_digit(data, name)


def read_digit(data: bytes, name: str = "The picture") -> Array:
    """A picture file's bytes, of one digit -> (28, 28, 1) uint8, ink high. Raises InputError, which calls it `name`.

    Dark on light and light on dark are told apart by the border, which is ground: whether it is
    nearer to the darkest or to the lightest of the picture. In pictures other
    than 28×28 the paper becomes 0 and the darkest ink 255; then they are cropped to
    their ink, scaled to MNIST's box and centred by mass.
    """
    image = to_grey(read_picture(data, name)).astype(np.float64)[..., 0]
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    few = max(image.size // 5000, 2)  # single pixels are neither ink nor ground
    darkest, lightest = np.partition(image, (few, -few - 1), axis=None)[[few, -few - 1]]
    light = np.median(border) < (darkest + lightest) / 2  # the ink is lighter than its ground
    ink, paper = (image, np.median(border)) if light else (255 - image, 255 - np.median(border))
    if ink.max() - ink.min() < 8:
        raise InputError(f"{name} shows no ink: try a picture with a digit on it.")
    if ink.shape == (SIZE, SIZE):
        return ink.round().astype(np.uint8)[..., None]
    inked = np.clip(ink - paper, 0, None)
    return fit_to_mnist_box(inked * (255 / inked.max()) if inked.any() else ink)


def fit_to_mnist_box(ink: Array) -> Array:
    """Ink (H, W), 0 to 255, not all alike -> (28, 28, 1) uint8: cropped, scaled to MNIST's box, centred by mass."""
    rows, columns = np.nonzero(ink > ink.min() + 0.3 * (ink.max() - ink.min()))
    cut = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    scale = BOX_CELLS / max(cut.shape)
    size = (max(round(cut.shape[1] * scale), 1), max(round(cut.shape[0] * scale), 1))
    small = np.asarray(Image.fromarray(cut.astype(np.uint8)).resize(size, Image.Resampling.BOX))
    out = np.zeros((SIZE, SIZE), np.uint8)
    top, left = (SIZE - small.shape[0]) // 2, (SIZE - small.shape[1]) // 2
    out[top : top + small.shape[0], left : left + small.shape[1]] = small
    x, y = np.round(centring_offset(out)).astype(int)
    return np.roll(out, (y, x), axis=(0, 1))[..., None]


def scribbles(count: int, seed: int = 0) -> Array:
    """Drawings of no digit, (count, 28, 28, 1) uint8: zigzags, tangles, scattered strokes and dots."""
    return np.stack([draw_strokes(_scribble(generator(seed, Purpose.SCRIBBLE, n))) for n in range(count)])


def _scribble(rng: np.random.Generator) -> Strokes:
    kind = rng.integers(4)
    if kind == 0:  # back and forth, as one blackens a field
        turns, slant = rng.integers(5, 16), rng.uniform(0, np.pi)
        line = np.stack([np.tile([0.0, 1.0], turns)[:turns], np.linspace(0, rng.uniform(0.3, 1.2), turns)], axis=1)
        line += rng.normal(0, 0.08, line.shape)
        turn = np.array([[np.cos(slant), -np.sin(slant)], [np.sin(slant), np.cos(slant)]])
        return [line @ turn]
    if kind == 1:  # a tangle: a smooth line through random places
        knots = rng.uniform(0, 1, (rng.integers(7, 20), 2))
        t = np.linspace(0, len(knots) - 1, 12 * len(knots))
        line = np.stack([np.interp(t, np.arange(len(knots)), axis) for axis in knots.T], axis=1)
        window = np.ones(9) / 9
        return [np.stack([np.convolve(axis, window, "valid") for axis in line.T], axis=1)]
    if kind == 2:  # scattered straight strokes
        return [rng.uniform(0, 1, (rng.integers(2, 4), 2)) for _ in range(rng.integers(4, 10))]
    centres = rng.uniform(0, 1, (rng.integers(3, 8), 1, 2))  # loops or dots over one another
    angles = np.linspace(0, 2 * np.pi, 24)[:, None]
    radius = rng.choice([0.01, 0.15, 0.3])
    ring = np.concatenate([np.cos(angles), np.sin(angles)], axis=1)
    return [centre + rng.uniform(0.5, 1) * radius * ring for centre in centres]
