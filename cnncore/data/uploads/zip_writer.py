"""Labelled digits as a ZIP of class folders of PNGs, which `cnncore.data.uploads.reader` reads back as they were."""

import io
import zipfile

from PIL import Image

from cnncore.data.digit_set import DigitSet

_MADE = (1980, 1, 1, 0, 0, 0)  # the same digits always give the same bytes


def class_folders(digits: DigitSet) -> bytes:
    """A folder for each class that has digits, named like it, and in it its pictures, numbered in their order."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as zipped:  # a PNG is packed already
        for number, (image, label) in enumerate(zip(digits.images, digits.labels, strict=True)):
            picture = io.BytesIO()
            Image.fromarray(image[..., 0]).save(picture, "PNG")
            member = zipfile.ZipInfo(f"{digits.names[label]}/{number + 1:05}.png", _MADE)
            zipped.writestr(member, picture.getvalue())
    return file.getvalue()
