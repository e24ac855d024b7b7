"""Read arrays of images in batches, so that only what is kept takes memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isqrt

import numpy as np

from cnncore import limits
from cnncore.data.uploads.dataset_builder import DatasetBuilder, even_indices
from cnncore.errors import DataError
from cnncore.nn.arrays import Array

Shape = tuple[int, ...]
_BATCH_BYTES = 2**20
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R 601


@dataclass(frozen=True)
class ImageLayout:
    """The axes of an array of images: their number, height, width and channels, and which axis holds the channels."""

    count: int
    height: int
    width: int
    channels: int = 1
    channel_axis: int = 3


def image_layout(shape: Shape) -> ImageLayout:
    """(N, H, W), (N, H, W, 1 or 3), (N, 1 or 3, H, W) or (N, side²). Raises DataError for any other."""
    low, high, _ = limits.DATA_SIDE
    found = None
    if len(shape) == 2 and isqrt(shape[1]) ** 2 == shape[1]:
        found = ImageLayout(shape[0], isqrt(shape[1]), isqrt(shape[1]))
    elif len(shape) == 3 or (len(shape) == 4 and shape[3] in (1, 3)):
        found = ImageLayout(*shape)
    elif len(shape) == 4 and shape[1] in (1, 3):
        found = ImageLayout(shape[0], shape[2], shape[3], shape[1], 1)
    if found is None or not (low <= found.height <= high and low <= found.width <= high) or found.count < 1:
        raise DataError(
            f"Images of shape {_shown(shape)} are not read: try (N, 28, 28), (N, 28, 28, 1) or (N, 784), "
            f"sides of {low} to {high}."
        )
    return found


def add_images(
    read_batch: Callable[[int, int], Array], layout: ImageLayout, names: Sequence[str | None], builder: DatasetBuilder
) -> None:
    """Add images to `builder`, evenly spread where there are too many.

    read_batch(start, stop) returns those of that range, in order, as uint8.
    """
    kept = even_indices(layout.count)
    left = layout.count - int(kept.sum())
    if left:
        builder.skip(f"only {limits.DATA_IMAGES:,} images are kept, evenly spread over all", "", left)
    step = images_per_batch(layout)
    for start in range(0, layout.count, step):
        stop = min(start + step, layout.count)
        images = grey_images(read_batch(start, stop), layout)
        for number in np.flatnonzero(kept[start:stop]).tolist():
            where = f"image {start + number + 1:,}"
            name = names[start + number]
            if name is None:
                builder.skip("its label is no class name", where)
            else:
                builder.add(images[number], name, where)


def images_per_batch(layout: ImageLayout, itemsize: int = 1) -> int:
    """Return how many images are read at once."""
    return max(1, _BATCH_BYTES // (layout.height * layout.width * layout.channels * itemsize))


def grey_images(images: Array, layout: ImageLayout) -> Array:
    """uint8 of the layout's axes -> (n, H, W) uint8."""
    n = len(images)
    if layout.channels == 1:
        return images.reshape(n, layout.height, layout.width)
    last = np.moveaxis(images, 1, 3) if layout.channel_axis == 1 else images
    return np.rint(last @ _LUMA).astype(np.uint8)


def _shown(shape: Shape) -> str:
    return f"({', '.join(str(n)[:20] for n in shape[:6])})"
