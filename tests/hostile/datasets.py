"""Data set files that people send by mistake or on purpose, small sound ones beside them; each is built here."""

import io
import struct
import zipfile

import numpy as np
from PIL import Image

COUNT = 40
LABELS = np.arange(COUNT, dtype=np.uint8) % 4


def pictures(side=28, count=COUNT):
    """Four kinds of bright bars on black, (count, side, side) uint8."""
    images = np.zeros((count, side, side), np.uint8)
    for n in range(count):
        at = 4 + n % 5
        images[n][(slice(at, at + 4), slice(2, -2))[:: 1 if n % 2 else -1]] = 255 - n % 4
        images[n, 10 : 10 + 3 * (n % 4), 10:14] = 200
    return images


IMAGES = pictures()


def picture(n=0, kind="PNG", mode="L", side=28, light=False):
    image = Image.fromarray(255 - pictures(side)[n] if light else pictures(side)[n]).convert(mode)
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def zipped(members, packing=zipfile.ZIP_DEFLATED):
    """members: (name or ZipInfo, bytes)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as file:
        for name, data in members:
            file.writestr(name, data)
    return out.getvalue()


def folders(count=COUNT, **how):
    return [(f"class {n % 4}/{n}.png", picture(n, **how)) for n in range(count)]


def with_nameless_member(members):
    """A ZIP whose directory holds a member with an empty name, which zipfile itself does not write."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in members:
            file.writestr(name, data)
        file.writestr("x", b"nameless")
        file.infolist()[-1].filename = ""
    return out.getvalue()


def link(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info, b"/etc/passwd"


def idx(array, code=8):
    header = bytes([0, 0, code, array.ndim]) + b"".join(struct.pack(">I", n) for n in array.shape)
    return header + array.tobytes()


def npz(**arrays):
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def npy(shape, data=b"", dtype="|u1", fortran=False):
    text = f"{{'descr': {dtype!r}, 'fortran_order': {fortran}, 'shape': {shape!r}, }}".encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def claimed(shape, **how):
    """An NPZ whose images claim a shape."""
    return zipped([("x.npy", npy(shape, bytes(1000), **how)), ("y.npy", npy((COUNT,), LABELS.tobytes()))])


def csv(images=IMAGES, labels=LABELS, separator=",", first=None):
    flat = images.reshape(len(images), -1).tolist()
    names = first or separator.join(["label", *(f"pixel{n}" for n in range(len(flat[0])))])
    lines = [separator.join(map(str, [label, *pixels])) for label, pixels in zip(labels, flat, strict=True)]
    return ("\n".join([names, *lines]) + "\n").encode()


def one_wrong(value):
    """A CSV in which every line holds something that is no pixel."""
    return csv().replace(b",0,0\n", f",0,{value}\n".encode()).replace(b",0,0\n", f",0,{value}\n".encode())


def with_directory_changed(data, at, value):
    """A ZIP, a field of each of its directory's entries overwritten."""
    out = bytearray(data)
    start = 0
    while (start := out.find(b"PK\x01\x02", start)) >= 0:
        out[start + at : start + at + len(value)] = value
        start += 4
    return bytes(out)


def overlapping():
    """Every entry of the directory names the same bytes."""
    return with_directory_changed(zipped(folders()), 42, struct.pack("<I", 0))


def shuffled(array, n):
    return np.concatenate([array[n:], array[:n]])


ZIP = zipped(folders())
IDX = (idx(IMAGES), idx(LABELS))
NPZ = npz(x=IMAGES, y=LABELS)
CSV = csv()
SOUND = {"zip": (ZIP,), "idx": IDX, "npz": (NPZ,), "csv": (CSV,)}


def mutants(data, count, seed):
    """Variants of a file: bytes changed, pieces cut out, doubled or overwritten by what breaks parsers."""
    rng = np.random.default_rng(seed)
    spice = [b"\xff" * 4, b"\0" * 8, b"PK\x03\x04", b"-1", b"nan", b"9" * 30, b"\n", b",", b"(", b"\x1f\x8b\x08"]
    for _ in range(count):
        out = bytearray(data)
        for _ in range(rng.integers(1, 6)):
            near = len(out) if rng.random() < 0.5 else min(len(out), 300)  # headers break more than pixels
            at = int(rng.integers(0, max(near, 1)))
            at = len(out) - at if rng.random() < 0.3 else at
            size = int(rng.integers(1, 40))
            kind = rng.integers(5)
            if kind == 0:
                out[at : at + 1] = rng.bytes(1)
            elif kind == 1:
                del out[at : at + size]
            elif kind == 2:
                out[at:at] = out[at : at + size]
            elif kind == 3:
                piece = spice[rng.integers(len(spice))]
                out[at : at + len(piece)] = piece
            else:
                del out[max(at, 1) :]
        yield bytes(out)
