"""A digit's ink on a photograph -> 28×28 as MNIST would hold it, drawn with MNIST's pen.

A photographed line may be a hair or a finger wide. Its outline is scaled so that the
digit fits MNIST's box, then moved outwards or inwards (by the distance to it) until the
line is as wide as the pen that drew the training digits: as `draw_strokes` does, without knowing the strokes.
"""

import numpy as np
from PIL import Image
from scipy import ndimage

from cnncore.data.strokes import BOX_CELLS, PEN_CELLS, SIZE, centring_offset
from cnncore.nn.arrays import Array

_FINE = 4  # pixels a cell of the 28×28 image, a side
_SIDE = SIZE * _FINE
_THINNER = 0.35  # of its width is the most that a line is pared down on each side, or it would break
_LEAST = 0.3  # of its size that a digit keeps beyond its line: less is a dot


def normalize_stroke_width(ink: Array, *, tilt: float = 0.0, pen: float | None = PEN_CELLS) -> Array:
    """Ink (H, W), 0 to 1, of one digit -> (28, 28, 1) uint8, ink high.

    tilt: by how many degrees it leans clockwise, which is undone. pen: the line's width in cells; None leaves it.
    """
    if tilt:
        ink = ndimage.rotate(ink, tilt, order=1)
    solid = ink / max(float(np.percentile(ink[ink > 0.4 * ink.max()], 80)), 1e-6)
    rows, columns = np.nonzero(solid > 0.5)
    solid = solid[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    box = BOX_CELLS * _FINE
    scale = box / max(solid.shape)
    outline = _distance(_resized(solid, scale))
    width = 4 * float(outline[outline > 0].mean())  # a line's places lie a quarter of its width inside, on average
    grow = 0.0
    if pen is not None:
        wanted = pen * _FINE
        more = (box - wanted) / max(box - width, _LEAST * box)
        outline = _distance(_resized(solid, scale * more))
        grow = float(np.clip((wanted - width * more) / 2, -_THINNER * width * more, wanted / 2))
    drawn = np.clip(outline + grow + 0.5, 0, 1)
    drawn = ndimage.shift(drawn, centring_offset(drawn)[::-1], order=1)
    cells = drawn.reshape(SIZE, _FINE, SIZE, _FINE).mean(axis=(1, 3))
    return np.rint(255 * cells).astype(np.uint8)[..., None]


def _resized(solid: Array, scale: float) -> Array:
    """Scaled and laid into the middle of the fine sheet, as inked or not."""
    size = [min(max(round(n * scale), 1), _SIDE) for n in solid.shape[::-1]]
    image = Image.fromarray(solid.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    sheet = np.zeros((_SIDE, _SIDE), np.float32)
    top, left = (_SIDE - size[1]) // 2, (_SIDE - size[0]) // 2
    sheet[top : top + size[1], left : left + size[0]] = np.asarray(image)
    sheet[_SIDE // 2, _SIDE // 2] += not (sheet > 0.5).any()  # what scaling lost is a dot
    return sheet > 0.5


def _distance(inked: Array) -> Array:
    """How far inside the outline each place lies; outside it is negative."""
    inside = ndimage.distance_transform_edt(inked)
    return np.where(inked, inside - 0.5, 0.5 - ndimage.distance_transform_edt(~inked))
