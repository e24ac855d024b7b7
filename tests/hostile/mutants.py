"""Pictures with bytes changed at random: every page's reader takes or refuses each, whatever was changed.

`python tests/hostile/mutants.py COUNT` says as JSON how many of each there were, the longest time and the memory they
took.
"""

import json
import resource
import struct
import sys
import time
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1] / "core"))
import papers
import pictures

from cnncore import InputError
from cnncore.data.photo.reader import read_photo
from cnncore.data.strokes import read_digit
from pages.ui.filters import inputs

_TIFF = {"compression": "tiff_deflate"}
KINDS = {"PNG": {}, "JPEG": {"quality": 85}, "GIF": {}, "WEBP": {"lossless": True}, "BMP": {}, "TIFF": _TIFF}


def originals():
    """A small photograph of two digits in every format that is read."""
    digits = papers.line_of([2, 5], left=5, top=6, height=18, step=0.8)
    photo = papers.coloured(papers.paper(digits, (44, 30), pen=2, noise=1))
    for kind, options in KINDS.items():
        for image in (Image.fromarray(photo), Image.fromarray(photo).convert("L")):
            yield kind, pictures.saved(image, kind, **options)


def mutated(data, kind, rng):
    """Bytes overwritten, cut, doubled or left out; of a PNG often its pixels, or with its checksums put right again."""
    if kind == "PNG" and rng.random() < 0.4:
        start = data.index(b"IDAT")
        rows = zlib.decompress(data[start + 4 : start + 4 + int.from_bytes(data[start - 4 : start])])
        return pictures.png(44, 30, mutated(rows, "", rng), colour=data[25])
    data = bytearray(data)
    for _ in range(rng.integers(1, 6)):
        at, length = int(rng.integers(len(data))), int(rng.integers(1, 9))
        match rng.integers(6):
            case 0 | 1:
                data[at] ^= 1 << int(rng.integers(8))
            case 2:
                data[at : at + length] = rng.bytes(length)
            case 3:
                data[at : at + length] = bytes([int(rng.choice([0, 1, 127, 128, 255]))]) * length
            case 4:
                data[at:at] = data[at : at + length * 4]
            case _:
                del data[at : at + length]
        if not data:
            return b""
    if rng.random() < 0.1:
        del data[int(rng.integers(len(data))) :]
    return with_checksums(bytes(data)) if kind == "PNG" and rng.random() < 0.7 else bytes(data)


def with_checksums(data):
    out, at = [data[:8]], 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        body = data[at + 4 : at + 8 + length]
        if len(body) < length + 4:
            break
        out += [data[at : at + 4], body, struct.pack(">I", zlib.crc32(body))]
        at += 12 + length
    return b"".join(out) + data[at:]


def answered(read, data, n):
    """What a reader makes of it; None where it refuses, in one sentence."""
    try:
        return read(data)
    except InputError as error:
        sentence = str(error)
        assert sentence.startswith("The picture ") and sentence.endswith(".") and "\n" not in sentence, n
        return None


def main(count):
    whole = list(originals())
    for _, data in whole:
        read_photo(data)  # what is loaded once
    told = {kind: [0, 0] for kind in KINDS}
    before, longest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0.0
    for n in range(count):
        kind, data = whole[n % len(whole)]
        data, begin = mutated(data, kind, np.random.default_rng(n)), time.process_time()
        photo, digit, picture = (answered(read, data, n) for read in (read_photo, read_digit, inputs.photo))
        assert photo is None or all(d.image.shape == (28, 28, 1) and d.image.dtype == np.uint8 for d in photo.digits), n
        assert digit is None or digit.shape == (28, 28, 1), n
        assert picture is None or picture.dtype == np.uint8, n
        assert (photo is None and digit is None) or picture is not None, n
        told[kind][photo is None] += 1
        longest = max(longest, time.process_time() - begin)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024  # MB on Linux
    print(json.dumps({"read and refused": told, "longest": round(longest, 3), "grown": round(grown, 1)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
