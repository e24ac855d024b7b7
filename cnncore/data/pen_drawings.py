"""Digits and other characters that real people wrote with a pen: assets/strokes/unipen.npz.

Part of the Unipen data set (I. Guyon, L. Schomaker, R. Plamondon, M. Liberman, S. Janet, "UNIPEN project of on-line
data exchange and recognizer benchmarks", 1994; doi 10.5281/zenodo.1195803), CC BY 4.0. assets/strokes/README.md says
how it was shortened. Half of the writers are for training, the others for validation: no writer is in both.
"""

import gzip
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cnncore.data.digit_set import DIGITS
from cnncore.data.strokes import Strokes
from cnncore.errors import DataError
from cnncore.nn.arrays import Array
from cnncore.nn.rng import Purpose, generator
from cnncore.paths import ASSETS

FILE = ASSETS / "strokes" / "unipen.npz"
STYLES_FILE = ASSETS / "strokes" / "styles.json"
_GRID = 255  # the longer side of a drawing, in the file's whole numbers
_TOLERANCE = 0.75  # a point that lies nearer to the line between its neighbours is left out


class PenDrawing(NamedTuple):
    """One character as its writer drew it.

    character  what was written: "7", "A", "%"
    writer     the collection and the writer, as "apa/apa13"
    training   whether it may be trained on; else its writer is for validation
    strokes    each (points, 2) float64: x to the right, y downwards, in a box of 255
    """

    character: str
    writer: str
    training: bool
    strokes: Strokes

    @property
    def digit(self) -> int | None:
        """The digit; None for letters and symbols."""
        return DIGITS.index(self.character) if self.character in DIGITS else None

    @property
    def collection(self) -> str:
        """The part of the Unipen data set that it comes from, as "apa"."""
        return self.writer.split("/")[0]


@cache
def load_pen_drawings(path: Path = FILE) -> tuple[PenDrawing, ...]:
    """All drawings: the digits, then the letters and symbols. Raises DataError where the file is missing or damaged."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return tuple(_unpack(arrays))
    except OSError:
        raise DataError(f"The pen drawings {path.name} are missing: get assets/strokes again.") from None
    except (ValueError, KeyError, IndexError, EOFError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error):
        raise DataError(f"The pen drawings {path.name} are damaged: get assets/strokes again.") from None


@cache
def load_styles(path: Path = STYLES_FILE) -> dict[str, frozenset[int]]:
    """Lists of indices of drawings, by eye: "slashed" zeros, "flagged" ones, "crossed" sevens, and the "unreadable".

    Raises DataError where the file is missing or damaged.
    """
    try:
        return {
            name: frozenset(map(int, lines)) for name, lines in json.loads(path.read_text(encoding="utf-8")).items()
        }
    except OSError:
        raise DataError(f"The styles {path.name} are missing: get assets/strokes again.") from None
    except (ValueError, TypeError, AttributeError):
        raise DataError(f"The styles {path.name} are damaged: get assets/strokes again.") from None


def read_jsonl(path: Path) -> list[PenDrawing]:
    """The drawings of a gzipped file of JSON lines {"label", "writer", "strokes"}, shortened, all for validation."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        entries = [json.loads(line) for line in file]
    return [PenDrawing(str(e["label"]), e["writer"], False, _shorten(e["strokes"])) for e in entries]


def split_by_writer(drawings: Sequence[PenDrawing], seed: int = 0) -> list[PenDrawing]:
    """Choose half of the writers of every collection for training, so that both halves have about as many drawings.

    The writers of a collection are drawn by chance, those with the most drawings first; each joins the smaller half.
    """
    count = Counter(drawing.writer for drawing in drawings)
    training: set[str] = set()
    for number, collection in enumerate(sorted({drawing.collection for drawing in drawings})):
        rng = generator(seed, Purpose.SPLIT, number)
        writers = sorted(writer for writer in count if writer.split("/")[0] == collection)
        shuffled = [writers[place] for place in rng.permutation(len(writers))]
        halves = [0, 0]
        for writer in sorted(shuffled, key=lambda writer: -count[writer]):
            half = int(rng.integers(2)) if halves[0] == halves[1] else int(np.argmin(halves))
            halves[half] += count[writer]
            if half == 0:
                training.add(writer)
    return [drawing._replace(training=drawing.writer in training) for drawing in drawings]


def save_pen_drawings(drawings: Sequence[PenDrawing], path: Path = FILE) -> None:
    """Write drawings as `load_pen_drawings` reads them; their coordinates must be whole numbers from 0 to 255."""
    strokes = [stroke for drawing in drawings for stroke in drawing.strokes]
    points = np.concatenate(strokes).astype(np.uint8)
    writers = sorted({drawing.writer for drawing in drawings})
    training = {drawing.writer for drawing in drawings if drawing.training}
    np.savez_compressed(
        path,
        steps=np.diff(points, axis=0, prepend=np.zeros((1, 2), np.uint8)),  # modulo 256; small numbers pack better
        points_of_stroke=np.array([len(stroke) for stroke in strokes], np.uint16),
        strokes_of_drawing=np.array([len(drawing.strokes) for drawing in drawings], np.uint8),
        characters=np.array([ord(drawing.character) for drawing in drawings], np.uint8),
        writer_of_drawing=np.array([writers.index(drawing.writer) for drawing in drawings], np.uint8),
        writers=np.array(writers),
        training=np.array([writer in training for writer in writers]),
    )


def _unpack(arrays: dict[str, Array]) -> list[PenDrawing]:
    points = np.cumsum(arrays["steps"], axis=0, dtype=np.uint8).astype(np.float64)
    strokes = np.split(points, np.cumsum(arrays["points_of_stroke"].astype(np.intp))[:-1])
    ends = np.cumsum(arrays["strokes_of_drawing"].astype(np.intp))
    drawings = []
    for end, count, character, writer in zip(
        ends, arrays["strokes_of_drawing"], arrays["characters"], arrays["writer_of_drawing"], strict=True
    ):
        own = strokes[end - int(count) : end]
        name, training = str(arrays["writers"][writer]), bool(arrays["training"][writer])
        drawings.append(PenDrawing(chr(character), name, training, own))
    return drawings


def _shorten(strokes: list[Any]) -> Strokes:
    """Scale to the grid, leave out points that a straight line replaces, and round."""
    lines = [np.asarray(stroke, np.float64) for stroke in strokes]
    points = np.concatenate(lines)
    scale = _GRID / max(float(np.ptp(points, axis=0).max()), 1e-9)
    return [simplify((line - points.min(axis=0)) * scale, _TOLERANCE).round() for line in lines]


def simplify(line: Array, tolerance: float) -> Array:
    """Leave out points of a line (n, 2) that are at most `tolerance` away from what remains.

    Douglas & Peucker, "Algorithms for the reduction of the number of points required to represent a digitized line",
    1973.
    """
    kept = np.zeros(len(line), bool)
    kept[[0, -1]] = True
    parts = [(0, len(line) - 1)]
    while parts:
        first, last = parts.pop()
        if last - first < 2:
            continue
        away = _distances(line[first + 1 : last], line[first], line[last])
        farthest = first + 1 + int(away.argmax())
        if away.max() > tolerance:
            kept[farthest] = True
            parts += [(first, farthest), (farthest, last)]
    return line[kept]


def _distances(points: Array, start: Array, end: Array) -> Array:
    """(n,) distances of points (n, 2) from the segment between `start` and `end`."""
    direction = end - start
    length = float(direction @ direction)
    share = np.clip((points - start) @ direction / length, 0, 1) if length else np.zeros(len(points))
    distances: Array = np.hypot(*(points - start - share[:, None] * direction).T)
    return distances
