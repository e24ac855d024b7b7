"""Picture files from outside, as arrays: checked before they are decoded, in bounded memory and time.

Pillow alone would decode an EPS named .jpg, accept a PNG that ends too early
without a word, and unfold 79 kB into 9000×9000 pixels. Here the header is read
first, a photograph is shrunk while it is decoded, and every refusal is one sentence.
"""

import io
import zlib
from contextlib import suppress

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError, features

from cnncore import limits
from cnncore.errors import InputError
from cnncore.nn.arrays import Array

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", *(["AVIF"] if features.check("avif") else []))
_WHOLE = ("WEBP", "TIFF", "AVIF")  # decoded into buffers of their own, besides Pillow's
_HEIC = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypheim", b"ftypheis", b"ftypmif1")
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"eXIf", b"IEND")  # the rest is text and profiles, which may be bombs
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # a pixel, by PNG's colour type
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def read_picture(data: bytes, name: str = "The picture", side: int = limits.GREY_SIDE) -> Array:
    """A picture file's bytes -> (H, W, 3) uint8, or (H, W, 1) where it has no colour; at most `side` a side.

    The first frame of several; turned as its EXIF says; what is transparent on white, or on
    black where the visible part is light. Raises InputError, whose sentence calls it `name`.
    """
    if not data:
        raise InputError(f"{name} is not a picture but an empty file: try a PNG or JPEG.")
    if len(data) > limits.UPLOAD_BYTES:
        raise InputError(f"{name} is larger than {limits.UPLOAD_BYTES // 2**20} MB: make it smaller.")
    try:
        return _decoded(_checked_png(data, name) if data.startswith(_SIGNATURE) else data, name, side)
    except InputError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise InputError(_too_large(name)) from None
    except Exception as error:  # Pillow's decoders raise nearly anything on damaged files
        if data[4:12] in _HEIC:
            raise InputError(f"{name} is a HEIC photo, as iPhones take them: export it as JPEG first.") from None
        damaged = not isinstance(error, UnidentifiedImageError)
        what = "is damaged or incomplete" if damaged else "is not a picture that can be read"
        raise InputError(f"{name} {what}: try a PNG or JPEG.") from None


def to_grey(picture: Array) -> Array:
    """(H, W, 1 or 3) uint8 -> (H, W, 1) uint8, by the weights of ITU-R 601."""
    if picture.shape[2] == 1:
        return picture
    return np.asarray(Image.fromarray(picture).convert("L"))[..., None]


def reduce(picture: Array, side: int) -> Array:
    """(H, W, C) uint8 -> the same within side × side, by averaging; itself where it fits."""
    height, width, channels = picture.shape
    if max(height, width) <= side:
        return picture
    size = tuple(max(round(n * side / max(height, width)), 1) for n in (width, height))
    image = Image.fromarray(picture if channels == 3 else picture[..., 0])
    return np.asarray(image.resize(size, Image.Resampling.BOX)).reshape(size[1], size[0], channels)


def _decoded(data: bytes, name: str, side: int) -> Array:
    with Image.open(io.BytesIO(data), formats=FORMATS) as file:
        _check_size(file, name, side)
        file.draft("RGB" if file.mode != "L" else "L", (side, side))  # a JPEG is shrunk while it is decoded
        file.load()
        image: Image.Image = file
        if image.mode in ("L", "RGB", "CMYK", "YCbCr"):
            image.thumbnail((side, side), Image.Resampling.BOX)
        elif max(image.size) > 2 * side:  # Pillow would average these by way of a second full copy
            image = image.resize(_within(image.size, 2 * side), Image.Resampling.NEAREST)
        with suppress(Exception):  # a damaged EXIF is no reason to refuse the picture
            image = ImageOps.exif_transpose(image)
        image = _to_grey_or_rgb(image)
        return reduce(np.asarray(image).reshape(image.height, image.width, -1), side)


def _check_size(image: Image.Image, name: str, side: int) -> None:
    """By the header alone, before anything is decoded."""
    width, height = image.size
    by_rows = image.format in ("JPEG", "MPO") and not image.info.get("progressive")
    most = limits.PICTURE_PIXELS // (2 if image.format in _WHOLE else 1)
    if max(width, height) > limits.PICTURE_SIDE or (not by_rows and width * height > most):
        raise InputError(_too_large(name, f", {width:,} × {height:,} pixels"))
    least = limits.PICTURE_LEAST
    if min(width, height) * min(1, side / max(width, height, 1)) < least:
        raise InputError(f"{name} is only {width:,} × {height:,} pixels: use one of at least {least} × {least}.")


def _too_large(name: str, size: str = "") -> str:
    return f"{name} is too large{size}: make it smaller, 2,000 × 2,000 pixels are plenty."


def _within(size: tuple[int, int], side: int) -> tuple[int, int]:
    width, height = (max(round(n * side / max(size)), 1) for n in size)
    return width, height


def _to_grey_or_rgb(image: Image.Image) -> Image.Image:
    """Any mode -> L or RGB. Grey that is 0 or 1 alone is black or white."""
    if image.mode in ("L", "RGB") and "transparency" not in image.info:
        highest = max(np.ravel(image.getextrema())[1::2])
        return image.point(lambda level: 255 * level) if highest == 1 else image
    if image.mode == "1":
        return image.convert("L")
    if image.mode.startswith("I") or image.mode == "F":
        return Image.fromarray(_bytes(np.asarray(image, np.float64), image.mode))
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        return _flatten_alpha(image.convert("RGBA"))
    return image.convert("RGB")


def _bytes(values: Array, mode: str) -> Array:
    """Grey of 16 or 32 bits, or of any real numbers, as uint8.

    Cameras and scanners keep 10, 12 or 14 bits in a file of 16: white is the largest number of so many bits as the
    brightest pixel needs.
    """
    values = np.nan_to_num(values, posinf=0, neginf=0)
    low, high = values.min(), values.max()
    if mode.startswith("I") and low >= 0:
        low, high = 0, 2 ** max(int(high).bit_length(), 8) - 1
    elif low >= 0 and high <= 1:
        low, high = 0, 1
    return np.rint((values - low) * (255 / max(high - low, 1e-12))).clip(0, 255).astype(np.uint8)


def _flatten_alpha(image: Image.Image) -> Image.Image:
    """Without its transparency: on white, or on black where what can be seen is light."""
    pixels = np.asarray(image)
    seen = pixels[..., 3].astype(np.float32)
    light = bool((seen * pixels[..., :3].mean(axis=2)).sum() > 192 * seen.sum() and seen.min() < 255)
    paper = Image.new("RGBA", image.size, (0, 0, 0, 255) if light else (255, 255, 255, 255))
    plain = Image.alpha_composite(paper, image).convert("RGB")
    bands = np.asarray(plain)
    colourless = bool((bands[..., :1] == bands).all())
    return plain.getchannel(0) if colourless else plain


def _checked_png(data: bytes, name: str) -> bytes:
    """A PNG without what is no picture; refused where its rows end early, which Pillow would accept."""
    view, at, parts = memoryview(data), len(_SIGNATURE), [memoryview(_SIGNATURE)]
    pixels: list[memoryview] = []
    header, ended = b"", False
    while not ended and at + 12 <= len(data):
        length, kind = int.from_bytes(view[at : at + 4]), bytes(view[at + 4 : at + 8])
        body = view[at + 8 : at + 8 + length]
        if len(body) < length:
            break
        if kind in _KEPT:
            parts.append(view[at : at + 12 + length])
        if kind == b"IHDR":
            header = bytes(body)
        elif kind == b"IDAT":
            pixels.append(body)
        ended = kind == b"IEND"
        at += 12 + length
    if len(header) != 13:
        return data  # no PNG: for Pillow to refuse
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:8])
    if max(width, height) > limits.PICTURE_SIDE:  # nothing is inflated for what is refused anyway
        raise InputError(_too_large(name, f", {width:,} × {height:,} pixels"))
    if not ended or not _inflates_to(pixels, _png_bytes(header)):
        raise InputError(f"{name} is damaged or incomplete: try a PNG or JPEG.")
    return b"".join(parts)


def _png_bytes(header: bytes) -> int:
    """How many bytes a PNG of this header (IHDR's 13 bytes) holds once inflated."""
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:8])
    bits = header[8] * _SAMPLES.get(header[9], 1)
    passes = _PASSES if header[12] else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + -(-columns * bits // 8))
    return total


def _inflates_to(parts: list[memoryview], needed: int) -> bool:
    """Whether the zlib stream in `parts` inflates to `needed` bytes; no more than that is ever inflated."""
    stream, found = zlib.decompressobj(), 0
    for part in parts:
        for start in range(0, len(part), 2**16):
            piece: bytes | memoryview = part[start : start + 2**16]
            while len(piece) and found < needed and not stream.eof:
                found += len(stream.decompress(piece, 2**20))
                piece = stream.unconsumed_tail
    return found >= needed
