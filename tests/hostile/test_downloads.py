"""Data sets as they are downloaded, made to their size from MNIST: read in bounded memory, with progress."""

import gzip
import tracemalloc

import numpy as np
import pytest
from datasets import idx, npy, npz, zipped

from cnncore import limits
from cnncore.data.mnist import load_mnist
from cnncore.data.uploads.reader import read_upload

pytestmark = pytest.mark.soak
MOST_MEMORY = 5 * limits.DATA_IMAGES * 784 // 2


def mnist(count):
    """The first `count` of MNIST's training digits, again from the start where there are not enough."""
    train = load_mnist()[0]
    which = np.arange(count) % len(train)
    return train.images[which, ..., 0], train.labels[which]


def mnist_files():
    train, test = load_mnist()
    names = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
    arrays = (train.images[..., 0], train.labels, test.images[..., 0], test.labels)
    return list(zip(names, map(idx, arrays), strict=True))


def kaggle(count=42_000):
    """Kaggle's train.csv."""
    images, labels = mnist(count)
    lines = [
        ",".join(map(str, [label, *pixels]))
        for label, pixels in zip(labels, images.reshape(count, -1).tolist(), strict=True)
    ]
    return ("\n".join([",".join(["label", *(f"pixel{n}" for n in range(784))]), *lines]) + "\n").encode()


def emnist(count=240_000):
    """EMNIST's digits: gzipped IDX, stored transposed."""
    images, labels = mnist(count)
    return gzip.compress(idx(np.ascontiguousarray(images.transpose(0, 2, 1))), 1), gzip.compress(idx(labels), 1)


def quick_draw():
    images, labels = mnist(60_000)
    kinds = [images[labels == k].reshape(-1, 784) for k in range(10)]
    return [(f"full_numpy_bitmap_{k}.npy", npy(kind.shape, kind.tobytes())) for k, kind in enumerate(kinds)]


def keras():
    train, test = load_mnist()
    return npz(x_train=train.images[..., 0], y_train=train.labels, x_test=test.images[..., 0], y_test=test.labels)


DOWNLOADS = {  # name: (what makes the files, images used, of them for testing)
    "MNIST's four files": (mnist_files, 70_000, 10_000),
    "MNIST's training files": (lambda: mnist_files()[:2], 60_000, 0),
    "the four in a ZIP": (lambda: [("mnist.zip", zipped(mnist_files()))], 70_000, 10_000),
    "Kaggle's train.csv": (lambda: [("train.csv", kaggle())], 42_000, 0),
    "Kaggle's ZIP": (lambda: [("digit-recognizer.zip", zipped([("train.csv", kaggle())]))], 42_000, 0),
    "EMNIST digits": (lambda: list(zip(("images", "labels"), emnist(), strict=True)), 70_000, 0),
    "Keras's mnist.npz": (lambda: [("mnist.npz", keras())], 70_000, 10_000),
    "Quick, Draw!": (quick_draw, 60_000, 0),
}


@pytest.mark.parametrize("name", DOWNLOADS)
def test_the_real_files_are_read_in_bounded_memory_with_progress(name):
    make, count, tests = DOWNLOADS[name]
    files, shares = make(), []
    held = sum(len(data) for _, data in files)
    tracemalloc.start()
    try:
        digits, report = read_upload(files, progress=shares.append)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    unpacked = 0 if not name.endswith("ZIP") else 110 * 2**20  # a member is unpacked as a whole
    assert len(digits) == count and report.test_images == tests, report.notes
    assert most < MOST_MEMORY + unpacked, (most >> 20, held >> 20)
    assert len(shares) > 5 and max(shares) <= 1
    train = load_mnist()[0]
    if "Kaggle" in name or name in ("MNIST's four files", "MNIST's training files"):
        np.testing.assert_array_equal(digits.images[:1000], train.images[:1000])
        np.testing.assert_array_equal(digits.labels[:1000], train.labels[:1000])
    turned = [finding.chosen for finding in report.findings if finding.setting == "turn"]
    assert turned == ["transposed" if name == "EMNIST digits" else "as is"]
