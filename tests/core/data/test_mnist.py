"""MNIST as published, and clear words where a file is not."""

import gzip
import shutil

import numpy as np
import pytest

from cnncore import DataError
from cnncore.data import mnist

LABELS = "t10k-labels-idx1-ubyte.gz"


def test_all_seventy_thousand():
    train, test = mnist.load_mnist()
    assert train.images.shape == (60_000, 28, 28, 1) and test.images.shape == (10_000, 28, 28, 1)
    assert np.bincount(train.labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert train.labels[:5].tolist() == [5, 0, 4, 1, 9] and test.labels[:3].tolist() == [7, 2, 1]
    assert train.images[0, 0].max() == 0 and train.images.max() == 255  # blank border, ink high


@pytest.mark.parametrize(
    "content, message",
    [
        (None, "is missing"),
        (b"no gzip", "is damaged"),
        (gzip.compress(b"\0" * 10_008)[:40], "is damaged"),
        (gzip.compress(b"\0" * 10_008), "is not the original"),
        (gzip.compress(b"\0" * 200_000_000, 1), "is not the original"),  # read no further than belongs there
    ],
    ids=["missing", "no gzip", "cut short", "zeros", "too long"],  # gzip writes the time into its bytes
)
def test_a_bad_file_is_named(tmp_path, content, message):
    shutil.copy(mnist.FOLDER / "t10k-images-idx3-ubyte.gz", tmp_path)
    if content is not None:
        (tmp_path / LABELS).write_bytes(content)
    with pytest.raises(DataError, match=f"{LABELS} {message}"):
        mnist.load_mnist_test(tmp_path)
