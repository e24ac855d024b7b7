"""Digits that several tests learn from."""

import numpy as np
import pytest

from cnncore.data.digit_set import DigitSet
from cnncore.data.mnist import load_mnist_test


@pytest.fixture(scope="session")
def digits() -> DigitSet:
    return load_mnist_test()


@pytest.fixture
def few(digits) -> DigitSet:
    return digits.subset(np.s_[:300])
