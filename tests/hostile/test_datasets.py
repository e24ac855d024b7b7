"""Data sets from outside: refused in one sentence, or read rightly, in bounded time and memory."""

import gzip
import tracemalloc
import zipfile
from time import process_time

import numpy as np
import pytest
from dataset_cases import ACCEPTED, REFUSED, SKIPPED
from datasets import COUNT, CSV, IMAGES, SOUND, idx, mutants, npz, picture, zipped

from cnncore import ConvoscopeError, limits
from cnncore.data.uploads.reader import read_upload

MEMORY = 64 * 2**20
MOST_MEMORY = 5 * limits.DATA_IMAGES * 784 // 2  # images as they were read, and as they are kept
SECONDS = 2  # of computing, far above what any takes


def read(files, **how):
    return read_upload([(f"{n}.dat", data) for n, data in enumerate(files)], **how)


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_one_sentence(name):
    make, words = REFUSED[name]
    files = make()
    tracemalloc.start()
    try:
        with pytest.raises(ConvoscopeError, match=": ") as refusal:
            read(files)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    said = str(refusal.value)
    assert words in said
    assert said.count("\n") == 0 and len(said) < 400
    assert most < MEMORY


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name):
    make, classes, count = ACCEPTED[name]
    digits, report = read(make())
    assert digits.images.shape == (count, 28, 28, 1) and digits.images.dtype == np.uint8
    assert len(digits.names) == classes == digits.labels.max() + 1
    assert sum(report.balance) == count == len(digits)
    assert [skipped.reason for skipped in report.skipped] == SKIPPED.get(name, [])
    assert digits.images.max() > 150 and np.median(digits.images) == 0  # ink on black
    if name.startswith(("IDX", "NPZ,", "CSV")) or name == "NPZ":
        assert np.abs(digits.images[:COUNT, ..., 0].astype(int) - IMAGES).max() <= 1


def test_what_is_read_does_not_depend_on_the_format():
    sums = {}
    for kind, files in SOUND.items():
        digits, _ = read(files)
        sums[kind] = sorted(zip(digits.labels.tolist(), map(bytes, digits.images), strict=True))
    assert sums["zip"] == sums["idx"] == sums["npz"] == sums["csv"]


def test_whatever_a_library_raises_is_one_sentence(monkeypatch):
    monkeypatch.setattr("cnncore.data.uploads.zip_folders.read", lambda *_: {}["missing"])
    with pytest.raises(ConvoscopeError, match="is damaged"):
        read(SOUND["zip"])


@pytest.mark.parametrize("count", [120, pytest.param(550, marks=pytest.mark.soak)])
@pytest.mark.parametrize("kind", SOUND)
def test_mutated_files_leave_no_traceback(kind, count):
    files = SOUND[kind]
    read(files)  # libraries are loaded, and MNIST's digits, before the time is taken
    slowest, read_rightly = 0.0, 0
    for number, data in enumerate(mutants(files[0], count, seed=len(kind) + ord(kind[0]))):
        begun = process_time()
        try:
            digits, report = read([data, *files[1:]])
            assert len(digits) == sum(report.balance) <= limits.DATA_IMAGES
            read_rightly += 1
        except ConvoscopeError as error:
            assert len(str(error)) < 400, number
        slowest = max(slowest, process_time() - begun)
    assert slowest < SECONDS
    assert read_rightly < count


@pytest.mark.parametrize("kind", ["npz", "idx"])
def test_the_most_that_is_read_stays_within_bounds(kind):
    count = limits.DATA_BYTES // 784 - 1000
    images = np.zeros((count, 28, 28), np.uint8)
    images[:, 8:20, 10:14] = 255
    labels = np.arange(count, dtype=np.uint8) % 10
    big = (npz(x=images, y=labels),) if kind == "npz" else (gzip.compress(idx(images), 1), idx(labels))
    del images
    tracemalloc.start()
    try:
        digits, report = read(big)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MOST_MEMORY
    assert len(digits) == limits.DATA_IMAGES and report.found == count
    assert sum(skipped.count for skipped in report.skipped) == count - limits.DATA_IMAGES
    assert set(report.balance) == {limits.DATA_IMAGES // 10}  # as many of each class


def test_names_are_kept_short_and_plain():
    members = [
        (f"{'x' * 5000 if n % 2 else 'a' + chr(7) + 'b'}/{n}.png", data)
        for n, data in enumerate(map(picture, range(COUNT)))
    ]
    digits, _ = read([zipped(members)])
    assert digits.names == ("ab", "x" * limits.CLASS_NAME)


def test_nothing_is_written(monkeypatch):
    def forbidden(*_, **__):
        raise AssertionError("extracted")

    monkeypatch.setattr(zipfile.ZipFile, "extract", forbidden)
    monkeypatch.setattr(zipfile.ZipFile, "extractall", forbidden)
    monkeypatch.setattr("tempfile.NamedTemporaryFile", forbidden)
    read([ACCEPTED["ZIP"][0]()[0]])


def test_an_unknown_way_of_reading_is_refused():
    with pytest.raises(ConvoscopeError, match="try auto"):
        read([CSV], ink="pink")
