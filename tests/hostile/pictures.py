"""Picture files that people send by mistake or on purpose; each is built here, none is stored."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

GREY = np.linspace(0, 255, 40 * 30).reshape(30, 40).astype(np.uint8)  # 40 wide, 30 high
INK = Image.fromarray(GREY)


def saved(image, kind="PNG", **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, rows, *extra, bits=8, colour=0, interlace=0):
    """A PNG whose header says one size and whose data may hold another."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlace)
    body = b"".join([chunk(b"IHDR", header), *extra, chunk(b"IDAT", zlib.compress(rows, 9)), chunk(b"IEND", b"")])
    return b"\x89PNG\r\n\x1a\n" + body


def gif(frames):
    pictures = [Image.fromarray(np.roll(GREY, n, axis=1)) for n in range(frames)]
    return saved(pictures[0], "GIF", save_all=True, append_images=pictures[1:])


def rotated():
    """Orientation 6: a camera held upright; what is stored lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(INK, "JPEG", exif=exif, quality=95)


def transparent(level):
    """A disc of one grey level on nothing."""
    pixels = np.zeros((40, 40, 4), np.uint8)
    y, x = np.mgrid[:40, :40]
    pixels[(y - 20) ** 2 + (x - 20) ** 2 < 100] = (level, level, level, 255)
    return saved(Image.fromarray(pixels))


ROW = b"\0" + bytes(40)
BAD = {
    "empty file": b"",
    "cut within its data": saved(INK)[: len(saved(INK)) // 2],
    "too few rows": png(40, 30, ROW * 12),
    "too few rows, interlaced": png(40, 30, ROW * 12, interlace=1),
    "9000×9000 in a few kB": png(9000, 9000, (b"\0" + bytes(9000)) * 9000),
    "9000×9000 that lies": png(9000, 9000, b"\0"),
    "5000×5000": png(5000, 5000, (b"\0" + bytes(5000)) * 5000),
    "60000×60000": png(60_000, 60_000, b"\0"),
    "100000×1": png(100_000, 1, b"\0" + bytes(100_000)),
    "1×1": png(1, 1, b"\0\0"),
    "zero width": png(0, 30, b"\0" * 30),
    "4000×8": png(4000, 8, (b"\0" + bytes(4000)) * 8),
    "no header": b"\x89PNG\r\n\x1a\n" + bytes(20),
    "no end": saved(INK)[:-12],
    "impossible colour type": png(40, 30, ROW * 30, colour=5),
    "wrong checksum": saved(INK).replace(b"IHDR", b"IHDr"),
    "SVG with a script": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "HTML named .png": b"<!doctype html><html><img onerror=alert(1)></html>",
    "EPS named .jpg": saved(INK.convert("L"), "EPS"),
    "PDF": b"%PDF-1.7\n1 0 obj\n",
    "JPEG cut short": saved(INK, "JPEG")[:-200],
    "BMP cut short": saved(INK, "BMP")[:-200],
    "GIF cut short": gif(1)[:-300],
    "WebP cut short": saved(INK, "WEBP", lossless=True)[:-200],
    "TIFF cut short": saved(INK, "TIFF")[:200],
    "noise": np.random.default_rng(0).bytes(5000),
    "21 MB": bytes(21 * 2**20),
}

_16 = Image.fromarray(GREY.astype(np.uint16) * 257)
_F = Image.fromarray(GREY.astype(np.float32) / 255)
GREYS = {  # each the same 30 rows of 40 columns, 0 to 255, within one or two
    "L": saved(INK),
    "with text bombs": png(
        40,
        30,
        b"".join(b"\0" + row.tobytes() for row in GREY),
        *[chunk(b"zTXt", b"bomb\0\0" + zlib.compress(bytes(50 * 2**20), 9))] * 8,
    ),
    "I;16": saved(_16),
    "I": saved(Image.fromarray(GREY.astype(np.int32)), "TIFF"),
    "F": saved(_F, "TIFF"),
    "F, 0 to 255": saved(Image.fromarray(GREY.astype(np.float32)), "TIFF"),
    "LA": saved(Image.merge("LA", [INK, Image.new("L", INK.size, 255)])),
    "RGB": saved(INK.convert("RGB"), "BMP"),
    "CMYK": saved(Image.merge("CMYK", [*[INK.point(lambda v: 255 - v)] * 3, Image.new("L", INK.size)]), "TIFF"),
    "500 frames": gif(500),
    "WebP": saved(INK, "WEBP", lossless=True),
    "progressive": saved(INK, "JPEG", progressive=True, quality=98),
    "P": saved(INK.convert("P")),
}
ODD = {  # accepted, whatever they show
    "1": saved(INK.convert("1")),
    "P, transparent": saved(INK.convert("P"), transparency=0),
    "CMYK JPEG": saved(INK.convert("CMYK"), "JPEG"),
    "uniform": saved(Image.new("L", (50, 50), 200)),
    "NaN and infinity": saved(Image.fromarray(np.where(GREY % 2, np.nan, np.inf).astype(np.float32)), "TIFF"),
}
