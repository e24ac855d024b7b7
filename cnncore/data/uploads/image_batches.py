"""Read arrays of images in batches, so that only what is kept takes memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isqrt

import numpy as np

from cnncore import limits
from cnncore.data.uploads.dataset_builder import DatasetBuilder, balanced
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
    read_batch: Callable[[int, int], Array],
    layout: ImageLayout,
    names: Sequence[str | None],
    builder: DatasetBuilder,
    *,
    most: int = limits.DATA_IMAGES,
    test: bool = False,
) -> None:
    """Add images to `builder`, as many of each class where there are more than `most`.

    read_batch(start, stop) returns those of that range, in order, of any numbers.
    """
    kept = balanced(names, most)
    left = layout.count - int(kept.sum())
    if left:
        builder.skip(f"only {most:,} images are kept, as many of each class", "", left)
    step = images_per_batch(layout)
    for start in range(0, layout.count, step):
        stop = min(start + step, layout.count)
        images = grey_images(read_batch(start, stop), layout)
        numbers = []
        for number in np.flatnonzero(kept[start:stop]).tolist():
            if names[start + number] is None:
                builder.skip("its label is no class name", f"image {start + number + 1:,}")
            else:
                numbers.append(number)
        if numbers:
            labels = [str(names[start + number]) for number in numbers]
            where = [f"image {start + number + 1:,}" for number in numbers]
            builder.add_block(images[numbers], labels, where, test=test)
        builder.progress(stop / layout.count)


def images_per_batch(layout: ImageLayout, itemsize: int = 1) -> int:
    """Return how many images are read at once."""
    return max(1, _BATCH_BYTES // (layout.height * layout.width * layout.channels * itemsize))


def grey_images(images: Array, layout: ImageLayout) -> Array:
    """Images of the layout's axes -> (n, H, W), of whole numbers where they were."""
    n = len(images)
    if layout.channels == 1:
        return images.reshape(n, layout.height, layout.width)
    last = np.moveaxis(images, 1, 3) if layout.channel_axis == 1 else images
    grey = last @ _LUMA
    return np.rint(grey) if images.dtype.kind in "bui" else grey


def _shown(shape: Shape) -> str:
    return f"({', '.join(str(n)[:20] for n in shape[:6])})"
