"""Data set files and what becomes of them: refused in words, or accepted; built from tests/hostile/datasets.py."""

import gzip
import re
import struct
import zipfile
import zlib

import numpy as np
from datasets import (
    COUNT,
    CSV,
    IDX,
    IMAGES,
    LABELS,
    NPZ,
    SOUND,
    ZIP,
    claimed,
    csv,
    folders,
    idx,
    link,
    npy,
    npz,
    one_wrong,
    overlapping,
    picture,
    with_directory_changed,
    with_nameless_member,
    zipped,
)

_BIG = zlib.compress(bytes(2**20), 9)
_floats = IMAGES.astype(np.float64) / 255
_nan, _inf = _floats.copy(), _floats.copy()
_nan[3, 3, 3], _inf[3, 3, 3] = np.nan, np.inf
_objects = np.array([os_ for os_ in (print, "a")], object)

REFUSED = {  # name: (what makes the files, for some are large, and words of the refusal)
    "empty file": (lambda: (b"",), "is empty"),
    "129 MB": (lambda: (bytes(129 * 2**20),), "larger than 128 MB"),
    "noise": (lambda: (np.random.default_rng(1).bytes(5000),), "none of the formats"),
    "a picture": (lambda: (picture(),), "none of the formats"),
    "three files": (lambda: (*IDX, IDX[0]), "2 files of images but 1 of labels"),
    "63 files": (lambda: (CSV,) * 63, "One file is read"),
    "one NPY file": (lambda: (npy((40, 28, 28), IMAGES.tobytes()),), "two classes or more"),
    "two ZIPs": (lambda: (ZIP, ZIP), "only as an IDX pair"),
    # ZIP
    "only members with ../": (lambda: (zipped([(f"../{n}/{n}.png", picture(n)) for n in range(COUNT)]),), "leads out"),
    "only absolute members": (
        lambda: (zipped([(f"/a{n % 4}/{n}.png", picture(n)) for n in range(COUNT)]),),
        "leads out",
    ),
    "only members on a drive": (
        lambda: (zipped([(f"C:\\a{n % 4}\\{n}.png", picture(n)) for n in range(40)]),),
        "leads out",
    ),
    "only symlinks": (lambda: (zipped([link(f"a{n % 4}/{n}.png") for n in range(COUNT)]),), "is a link"),
    "a bomb as a picture": (lambda: (zipped([("a/1.png", bytes(100 * 2**20))]),), "larger than 4 MB"),
    "many bombs": (lambda: (zipped([(f"a{n % 4}/{n}.png", bytes(4 * 2**20)) for n in range(70)]),), "too large in all"),
    "nested ZIPs": (lambda: (zipped([(f"a/{n}.zip", ZIP) for n in range(3)]),), "is no picture"),
    "nested ZIPs named .png": (lambda: (zipped([(f"a{n % 4}/{n}.png", ZIP) for n in range(40)]),), "not a picture"),
    "overlapping entries": (lambda: (overlapping(),), "overlap"),
    "100,000 empty members": (
        lambda: (zipped([(f"a/{n}.png", b"") for n in range(100_000)]),),
        "more than 80,000 members",
    ),
    "encrypted": (lambda: (with_directory_changed(ZIP, 8, b"\x01\x00"),), "encrypted"),
    "bad CRC everywhere": (lambda: (with_directory_changed(ZIP, 16, b"\1\2\3\4"),), "damaged within the ZIP"),
    "size declared too large": (
        lambda: (with_directory_changed(ZIP, 24, struct.pack("<I", 3_000_000)),),
        "damaged within",
    ),
    "size declared too small": (lambda: (with_directory_changed(ZIP, 24, struct.pack("<I", 9)),), "damaged within"),
    "size declared 4 GB": (lambda: (with_directory_changed(ZIP, 24, b"\xff\xff\xff\xfe"),), "larger than 4 MB"),
    "one class": (lambda: (zipped([(f"a/{n}.png", picture(n)) for n in range(COUNT)]),), "only one class"),
    "300 classes": (lambda: (zipped([(f"{n}/{k}.png", picture()) for n in range(300) for k in "ab"]),), "300 classes"),
    "no folders": (lambda: (zipped([(f"{n}.png", picture(n)) for n in range(COUNT)]),), "lies in no class folder"),
    "an empty ZIP": (lambda: (zipped([]),), "no image that can be used"),
    "only empty folders": (lambda: (zipped([("a/", b""), ("b/", b"")]),), "no image that can be used"),
    "cut in half": (lambda: (ZIP[: len(ZIP) // 2],), "ZIP is damaged"),
    "bzip2": (lambda: (zipped(folders(), zipfile.ZIP_BZIP2),), "unusual way"),
    "LZMA": (lambda: (zipped(folders(), zipfile.ZIP_LZMA),), "unusual way"),
    "pictures too large in all": (
        lambda: (zipped([(f"a{n % 4}/{n}.png", picture(n % 40, side=1000)) for n in range(105)]),),
        "too large in all",
    ),
    # IDX
    "wrong magic": (lambda: (b"\1\2\3\4" + IDX[0][4:], IDX[1]), "only as an IDX pair"),
    "wrong kind of numbers": (lambda: (idx(IMAGES, 0x0D), IDX[1]), "other numbers than bytes"),
    "count larger than the data": (lambda: (idx(IMAGES)[:-784], IDX[1]), "holds less than"),
    "count 2³²−1": (lambda: (IDX[0][:4] + b"\xff\xff\xff\xff" + IDX[0][8:], IDX[1]), "says it holds"),
    "labels' count 2³²−1": (lambda: (IDX[0], IDX[1][:4] + b"\xff\xff\xff\xff" + IDX[1][8:]), "says it holds"),
    "trailing bytes": (lambda: (IDX[0] + b"x", IDX[1]), "holds more than"),
    "labels with trailing bytes": (lambda: (IDX[0], IDX[1] + b"x"), "holds more than"),
    "truncated gzip": (lambda: (gzip.compress(IDX[0])[:-20], IDX[1]), "cut short"),
    "gzip bomb": (lambda: (gzip.compress(bytes(200 * 2**20)), IDX[1]), "begin as an IDX"),
    "gzip bomb with a header": (lambda: (gzip.compress(IDX[0] + bytes(200 * 2**20)), IDX[1]), "holds more than"),
    "gzip bomb that says so": (
        lambda: (gzip.compress(idx(np.zeros((350_000, 28, 28), np.uint8)), 1), idx(np.zeros(350_000, np.uint8))),
        "says it holds",
    ),
    "label 255": (lambda: (IDX[0], idx(np.where(LABELS == 3, 255, LABELS).astype(np.uint8))), "hold 255"),
    "unequal lengths": (lambda: (IDX[0], idx(LABELS[:-1])), "40 images but 39 labels"),
    "images twice": (lambda: (IDX[0], IDX[0]), "images without labels"),
    "labels alone": (lambda: (IDX[1],), "labels without images"),
    "images alone": (lambda: (IDX[0],), "images without labels"),
    "images of 2 × 2": (lambda: (idx(IMAGES[:, :2, :2]), IDX[1]), "sides of 8"),
    "IDX cut within its header": (lambda: (IDX[0][:9], IDX[1]), "within its header"),
    # NPZ
    "object array": (lambda: (npz(x=_objects, y=LABELS),), "a pickle"),
    "object labels": (lambda: (npz(x=IMAGES, y=_objects),), "a pickle"),
    "shape (10¹⁵,)": (lambda: (claimed((10**15,)),), "more than the file has"),
    "shape (10¹⁵, 28, 28)": (lambda: (claimed((10**15, 28, 28)),), "more than the file has"),
    "shape (0, 10¹⁸)": (lambda: (claimed((0, 10**18)),), "at least 1"),
    "negative shape": (lambda: (claimed((-1, 28, 28)),), "at least 1"),
    "shape of text": (lambda: (claimed(("a", 28, 28)),), "at least 1"),
    "a small NPZ that grows to 400 MB": (
        lambda: (zipped([("x.npy", npy((535_000, 28, 28)) + bytes(420_000_000)), ("y.npy", npy((9,), bytes(9)))]),),
        "more than 256 MB",
    ),
    "NaN": (lambda: (npz(x=_nan, y=LABELS),), "no numbers"),
    "Inf": (lambda: (npz(x=_inf, y=LABELS),), "no numbers"),
    "pixels of −5": (lambda: (npz(x=IMAGES.astype(np.int16) - 5, y=LABELS),), "run from -5 to"),
    "pixels of 1e9": (lambda: (npz(x=IMAGES * 1e9, y=LABELS),), "run from 0 to"),
    "complex": (lambda: (npz(x=IMAGES * 1j, y=LABELS),), "a pickle"),
    "images of text": (lambda: (npz(x=np.full((COUNT, 784), "a"), y=LABELS),), "save them as uint8"),
    "labels missing": (lambda: (npz(x=IMAGES),), "no images with their labels"),
    "images missing": (lambda: (npz(y=LABELS),), "no images with their labels"),
    "other names": (lambda: (npz(pictures=IMAGES, y=LABELS),), "name the images x"),
    "doubled key": (lambda: (zipped([("x.npy", npy((1,), b"a")), ("X.npy", npy((1,), b"a"))]),), "twice"),
    "labels of other length": (lambda: (npz(x=IMAGES, y=LABELS[:-1]),), "40 images but 39 labels"),
    "labels of 1.5": (lambda: (npz(x=IMAGES, y=LABELS + 0.5),), "hold 0.5"),
    "labels of NaN": (lambda: (npz(x=IMAGES, y=np.where(LABELS == 1, np.nan, LABELS)),), "no numbers"),
    "labels of −1": (lambda: (npz(x=IMAGES, y=LABELS.astype(int) - 1),), "hold -1"),
    "labels in two columns of 7": (lambda: (npz(x=IMAGES, y=np.full((COUNT, 2), 7)),), "without a single 1"),
    "header of nonsense": (lambda: (zipped([("x.npy", b"\x93NUMPY\1\0\4\0(((("), ("y.npy", npy((40,)))]),), "header"),
    "header nested deep": (
        lambda: (zipped([("x.npy", b"\x93NUMPY\1\0" + struct.pack("<H", 9000) + b"(" * 9000), ("y.npy", npy((40,)))]),),
        "header",
    ),
    "no array at all": (lambda: (zipped([("x.npy", b"hello"), ("y.npy", b"you")]),), "is no array"),
    "array cut short": (
        lambda: (zipped([("x.npy", npy((40, 28, 28), bytes(99))), ("y.npy", npy((40,)))]),),
        "more than",
    ),
    # CSV
    "CSV without label": (lambda: (CSV.replace(b"label", b"digit"),), "names no column"),
    "CSV with label twice": (lambda: (CSV.replace(b"pixel5,", b"label,"),), "names 2 columns"),
    "783 pixels": (lambda: (csv(IMAGES.reshape(COUNT, 784)[:, 1:]),), "783 columns"),
    "785 pixels": (
        lambda: (csv(np.concatenate([IMAGES.reshape(COUNT, 784), LABELS[:, None]], axis=1)),),
        "785 columns",
    ),
    "ragged rows": (lambda: (CSV.replace(b",0,0\n", b",0\n"),), "has not 785 columns"),
    "pixel −1": (lambda: (one_wrong("-1"),), "run from -1 to 255"),
    "pixel 65,536": (lambda: (one_wrong("65536"),), "run from 0 to 65536"),
    "pixel 1e309": (lambda: (one_wrong("1e309"),), "is no number"),
    "pixel nan": (lambda: (one_wrong("nan"),), "is no number"),
    "text as a pixel": (lambda: (one_wrong("ink"),), "is no number"),
    "header only": (lambda: (CSV[: CSV.index(b"\n") + 1],), "no line after"),
    "one line of 10 MB": (lambda: (b"1," * 5_000_000,), "none of the formats"),
    "a first line of 10 MB": (lambda: (b"label," + b"1," * 5_000_000 + b"\n1\n",), "first line is too long"),
    "a second line of 10 MB": (
        lambda: (CSV[: CSV.index(b"\n") + 1] + b"1," * 5_000_000,),
        "Line 2 of the CSV is too long",
    ),
    "NULs": (lambda: (CSV.replace(b"0", b"\0"),), "none of the formats"),
    "UTF-16 cut short": (lambda: (CSV.decode().encode("utf-16")[:-1],), "UTF-16"),
    "labels of 1e9": (lambda: (csv(labels=LABELS.astype(int) + 10**9),), "its label is"),
    "many short lines": (lambda: (CSV[: CSV.index(b"\n") + 1] + b"1\n" * 3_000_000,), "has not 785 columns"),
}

_many = np.concatenate([IMAGES] * 5).astype(int)
_many[199, 5, 5] = 70_000


def _table(images=IMAGES, separator=",", *, names=True, last=False, index=False):
    """A table as others save it: without a first line, with the label at the end, with row numbers."""
    first, *lines = csv(images, separator=separator).decode().splitlines()
    rows = [line.split(separator) for line in (first, *lines)]
    rows = [[*row[1:], row[0]] if last else row for row in rows]
    if index:
        rows = [["" if n == 0 else str(n - 1), *row] for n, row in enumerate(rows)]
    return ("\n".join(separator.join(row) for row in rows[not names :]) + "\n").encode()


def _four():
    """MNIST's four files in a ZIP."""
    names = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte", "t10k-labels-idx1")
    parts = (gzip.compress(IDX[0]), gzip.compress(IDX[1]), *IDX)
    return zipped(list(zip(names, parts, strict=True)))


def _split(folder):
    """A ZIP whose pictures lie in folders for training and for testing."""
    return zipped([(f"{folder(n % 4, 'test' if n >= 32 else 'train')}/{n}.png", picture(n)) for n in range(COUNT)])


_mixed = [
    (f"{'abcd'[n % 4]}/{n}.{kind.lower()}", picture(n, kind, mode, side, light))
    for n, (kind, mode, side, light) in enumerate(
        [("PNG", "RGB", 40, True), ("BMP", "L", 28, True), ("PNG", "LA", 64, False), ("GIF", "P", 90, True)] * 10
    )
]
ACCEPTED = {  # name: (what makes the files, classes, images)
    "ZIP": (lambda: SOUND["zip"], 4, 40),
    "IDX": (lambda: IDX, 4, 40),
    "IDX, labels first": (lambda: IDX[::-1], 4, 40),
    "IDX, gzipped": (lambda: tuple(gzip.compress(data) for data in IDX), 4, 40),
    "NPZ": (lambda: SOUND["npz"], 4, 40),
    "CSV": (lambda: SOUND["csv"], 4, 40),
    "ZIP with what a Mac leaves": (
        lambda: (zipped([*folders(), ("__MACOSX/a/._1.png", b"x"), ("class 1/.DS_Store", b"x"), ("Thumbs.db", b"x")]),),
        4,
        40,
    ),
    "ZIP with a member without a name": (lambda: (with_nameless_member(folders()),), 4, 40),
    "ZIP of mixed sizes, channels and inks": (lambda: (zipped(_mixed),), 4, 40),
    "ZIP with an empty class": (lambda: (zipped([*folders(), ("empty/", b"")]),), 4, 40),
    "ZIP with a class of one": (lambda: (zipped([*folders(), ("lonely/1.png", picture())]),), 4, 40),
    "ZIP with ../ and a link": (
        lambda: (zipped([*folders(), ("../a/1.png", picture()), link("a/2.png")]),),
        4,
        40,
    ),
    "ZIP with a damaged picture": (lambda: (zipped([*folders(), ("class 1/x.png", picture()[:80])]),), 4, 40),
    "ZIP of classes a and A": (lambda: (zipped([(f"{'aA'[n % 2]}/{n}.png", picture(n)) for n in range(40)]),), 2, 40),
    "ZIP stored": (lambda: (zipped(folders(), zipfile.ZIP_STORED),), 4, 40),
    "NPZ, big-endian float64": (lambda: (npz(x=_floats.astype(">f8"), y=LABELS.astype(">i8")),), 4, 40),
    "NPZ, Fortran order": (lambda: (npz(x=np.asfortranarray(IMAGES), y=LABELS),), 4, 40),
    "NPZ, −1 to 1": (lambda: (npz(x=_floats * 2 - 1, y=LABELS),), 4, 40),
    "NPZ, 0 to 16": (lambda: (npz(x=_floats * 16, y=LABELS),), 4, 40),
    "NPZ of bool": (lambda: (npz(x=IMAGES > 100, y=LABELS),), 4, 40),
    "NPZ, uint16": (lambda: (npz(x=IMAGES.astype(np.uint16) * 257, y=LABELS),), 4, 40),
    "NPZ, flat": (lambda: (npz(X=IMAGES.reshape(COUNT, 784), Y=LABELS),), 4, 40),
    "NPZ, colours last": (lambda: (npz(images=np.stack([IMAGES] * 3, axis=3), labels=LABELS),), 4, 40),
    "NPZ, colours first": (lambda: (npz(images=np.stack([IMAGES] * 3, axis=1), labels=LABELS),), 4, 40),
    "NPZ, one-hot": (lambda: (npz(x=IMAGES, y=np.eye(4)[LABELS]),), 4, 40),
    "NPZ, labels in a column": (lambda: (npz(x=IMAGES, y=LABELS[:, None]),), 4, 40),
    "NPZ, names": (lambda: (npz(x=IMAGES, y=np.array(["cat", "dog", "<img onerror=alert(1)>", "ä"])[LABELS]),), 4, 40),
    "NPZ, training and test": (lambda: (npz(x_train=IMAGES, y_train=LABELS, x_test=IMAGES, y_test=LABELS),), 4, 80),
    "NPZ, images and target": (lambda: (npz(data=IMAGES.reshape(COUNT, 784), images=IMAGES, target=LABELS),), 4, 40),
    "NPY files, one a class": (lambda: tuple(npy((10, 784), IMAGES[k::4].tobytes()) for k in range(4)), 4, 40),
    "ZIP of NPY files": (
        lambda: (zipped([(f"{k}.npy", npy((10, 28, 28), IMAGES[k::4].tobytes())) for k in range(4)]),),
        4,
        40,
    ),
    "ZIP around a CSV": (lambda: (zipped([("train.csv", CSV), ("test.csv", b"pixel0\n1\n")]),), 4, 40),
    "ZIP around an NPZ": (lambda: (zipped([("a.npz", NPZ)]),), 4, 40),
    "ZIP in a ZIP": (lambda: (zipped([("a.zip", ZIP)]),), 4, 40),
    "ZIP of four IDX files": (lambda: (_four(),), 4, 80),
    "ZIP of pictures without endings": (lambda: (zipped([(f"{n % 4}/{n}", picture(n)) for n in range(COUNT)]),), 4, 40),
    "ZIP of train and test folders": (lambda: (_split(lambda k, part: f"{part}/{k}"),), 4, 40),
    "ZIP of train and test folders below": (lambda: (_split(lambda k, part: f"ds/{k}/{part}"),), 4, 40),
    "NPZ, arr_0 and arr_1": (lambda: (npz(arr_0=IMAGES, arr_1=LABELS),), 4, 40),
    "CSV with ;": (lambda: (csv(separator=";"),), 4, 40),
    "CSV with a BOM and Windows' line ends": (lambda: (b"\xef\xbb\xbf" + CSV.replace(b"\n", b"\r\n"),), 4, 40),
    "CSV with names": (lambda: (csv(labels=np.array(["cat", "dog", "=1+1", "fish"])[LABELS]),), 4, 40),
    "CSV of decimals": (lambda: (csv(images=IMAGES.astype(float)),), 4, 40),
    "CSV in UTF-16": (lambda: (CSV.decode().encode("utf-16"),), 4, 40),
    "CSV without a first line": (lambda: (_table(names=False),), 4, 40),
    "CSV without a first line, label last": (lambda: (_table(names=False, last=True),), 4, 40),
    "CSV with the class last": (lambda: (_table(last=True).replace(b"label", b"class"),), 4, 40),
    "CSV with row numbers": (lambda: (_table(index=True),), 4, 40),
    "CSV without a first line, with row numbers": (lambda: (_table(names=False, index=True),), 4, 40),
    "CSV, quoted": (lambda: (re.sub(rb"([^,\n]+)", rb'"\1"', CSV),), 4, 40),
    "CSV with decimal commas": (lambda: (_table(_floats.round(4), ";").replace(b".", b","),), 4, 40),
    "CSV with a sep= line": (lambda: (b"sep=;\n" + csv(separator=";"),), 4, 40),
    "CSV with an old Mac's line ends": (lambda: (CSV.replace(b"\n", b"\r"),), 4, 40),
    "CSV, 0 to 1": (lambda: (csv(images=_floats),), 4, 40),
    "CSV with an outlier": (lambda: (csv(images=_many, labels=np.arange(200) % 4),), 4, 199),
    "CSV with some bad rows": (lambda: (CSV + b"1,2\n" + b"1," * 784 + b"x\n",), 4, 40),
}
SKIPPED = {  # of those above: the reasons told
    "ZIP with a class of one": ["its class has only one image, and one to learn from and one to test on are needed"],
    "ZIP with ../ and a link": ["has a path that leads out of the ZIP", "is a link, not a file"],
    "ZIP with a member without a name": ["has no name"],
    "ZIP with a damaged picture": ["is damaged or incomplete: try a PNG or JPEG."],
    "CSV with an outlier": ["a pixel lies outside 0 to 255"],
    "CSV with some bad rows": ["has not 785 columns as the first line has", "a pixel is no number"],
}
