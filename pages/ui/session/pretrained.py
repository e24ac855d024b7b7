"""The networks that come with the app, read once and never changed."""

import streamlit as st

from cnncore import Network
from cnncore.data.digit_set import DigitSet
from cnncore.data.mnist import FOLDER, load_mnist_test, load_mnist_training
from cnncore.nn.arrays import to_batch_last, to_nhwc
from cnncore.training import checkpoint
from pages.ui import bounds

MODELS = FOLDER.parent / "models"


@st.cache_resource
def pretrained() -> Network:
    """The pretrained convolutional network. Treat as read only: all users share it. Raises ModelError."""
    network, _ = checkpoint.load(MODELS / "convolutional.safetensors")
    return network


@st.cache_resource
def dense() -> Network:
    """The pretrained network without convolutions, of about as many parameters; read only. Raises ModelError."""
    network, _ = checkpoint.load(MODELS / "dense.safetensors")
    return network


@st.cache_resource
def wrong_of_mnist(name: str) -> int | None:
    """How many of MNIST's 10,000 test digits a model of this app answers wrongly, as its training counted them.

    Raises ModelError.
    """
    _, run = checkpoint.load(MODELS / f"{name}.safetensors")
    tests = [test for test in run.history.evaluations if test.digits > bounds.TEST_DIGIT.high] if run else []
    return tests[-1].wrong if tests else None


@st.cache_resource
def test_digits() -> DigitSet:
    """MNIST's 10,000 test digits, read only. Raises DataError."""
    return load_mnist_test()


@st.cache_resource
def training_digits() -> DigitSet:
    """MNIST's 60,000 training digits, read only, the batch last in memory. Raises DataError."""
    digits = load_mnist_training()
    return DigitSet(to_nhwc(to_batch_last(digits.images)), digits.labels)
