"""What a training learns from and is tested on, as far as the session knows it: MNIST, or a data set of its own."""

from functools import lru_cache
from typing import Any, NamedTuple

import streamlit as st

from cnncore import Run, limits
from cnncore.data.digit_set import DigitSet
from cnncore.data.mnist import training_balance
from cnncore.data.rehearsal import rehearsal_size
from cnncore.data.source import DataOrigin, DataSource
from cnncore.data.uploads.reader import Report
from pages.ui.session import pretrained

MNIST = DataSource()
_UPLOAD = "train_upload"


class UploadedData(NamedTuple):
    """The session's own data set, and how it was read.

    key     the files and the way of reading them, to see whether they were read already
    report  what was found in them
    """

    key: Any
    data: DataSource
    report: Report


def uploaded_data() -> UploadedData | None:
    """The session's own data set, if it has one."""
    return st.session_state.get(_UPLOAD)


def set_uploaded_data(uploaded: UploadedData) -> None:
    """Make it the session's own data set."""
    st.session_state[_UPLOAD] = uploaded


def data_of_run(run: Run) -> DataSource:
    """The data that a run from a file was trained on.

    A data set from outside is `missing`, with what the file says of it, unless the session has uploaded it.
    """
    origin, uploaded = run.origin or DataOrigin(), uploaded_data()
    if not origin.fingerprint:
        return DataSource(origin.classes)
    if uploaded and uploaded.data.fingerprint == origin.fingerprint:
        return uploaded.data
    return DataSource(missing=origin, title=origin.title)


def test_set(data: DataSource) -> DigitSet:
    """The test set, read only; of missing data the few images that its file holds. Raises DataError."""
    if data.missing is not None and data.missing.monitored is not None:
        return data.missing.monitored
    return data.train_and_test[1] if data.upload is not None else _mnist_test_set(data.classes)


def n_train(data: DataSource) -> int:
    """How many training images there are. Raises DataError."""
    if data.missing is not None:
        return data.missing.n_train
    if data.user_digits is not None:
        return rehearsal_size(len(data.user_digits))
    if data.upload is not None:
        return len(data.train_and_test[0])
    return sum(training_balance()[int(name)] for name in data.names) if data.classes else int(limits.TRAIN_DIGITS.high)


@lru_cache(maxsize=4)
def _mnist_test_set(classes: tuple[int, ...]) -> DigitSet:
    return DataSource(classes).filter_classes(pretrained.test_digits())
