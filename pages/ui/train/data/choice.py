"""The settings of the training data: MNIST, all or some of its classes, or a data set that was uploaded."""

import re
from typing import Any

from cnncore import InputError, Settings, limits
from cnncore.data.digit_set import DIGITS
from cnncore.data.rehearsal import repetitions
from cnncore.data.source import DataSource
from pages.ui.frame.url_state import UrlParams
from pages.ui.session.page_state import PageState
from pages.ui.session.training_data import MNIST, n_train, uploaded_data

KINDS = {"mnist": "MNIST", "upload": "A file of your own"}
ALL = "".join(DIGITS)
DATA_SETTINGS = {"data": "mnist", "classes": ALL}  # the defaults
_CLASSES = re.compile(r"[0-9]{2,10}", re.ASCII)
state = PageState("train")


def read_data(link: UrlParams) -> dict[str, Any]:
    """The settings of the data, from a link; "upload" only where the session has uploaded a data set."""
    kinds = [kind for kind in KINDS if kind != "upload" or uploaded_data()]
    return {
        "data": link.option("data", kinds, "mnist"),
        "classes": link.parsed("classes", _read_classes, ALL),
    }


def _read_classes(text: str) -> str:
    if not _CLASSES.fullmatch(text) or len(set(text)) != len(text):
        raise InputError("Classes are two or more of the digits 0 to 9, as 37: try 37.")
    return "".join(sorted(text))


def chosen_data() -> DataSource:
    """The data of the next training."""
    uploaded = uploaded_data()
    if state.get("data") == "upload" and uploaded:
        return uploaded.data
    text = state.get("classes", ALL)
    return MNIST if text == ALL else DataSource(tuple(map(int, text)))


def settings_for_data(data: DataSource) -> dict[str, Any]:
    """The settings that choose this data; the defaults where the session does not have it."""
    uploaded = uploaded_data()
    if data.upload is not None and uploaded and uploaded.data.fingerprint == data.fingerprint:
        return DATA_SETTINGS | {"data": "upload"}
    return DATA_SETTINGS | ({"classes": "".join(data.names)} if data.classes else {})


def show_data_section() -> None:
    """Show the data section, as a callback."""
    state.show = "data"


def describe_data(data: DataSource) -> str:
    """The data in a few words."""
    if data.missing is not None:
        return f"{data.title}, which is not here"
    if data.user_digits is not None:
        count = len(data.user_digits)
        return f"{count} digits of your own, each {repetitions(count)} times, among MNIST's"
    if data.upload is not None:
        return f"{data.title}: {len(data.upload):,} images, {len(data.names)} classes"
    return "MNIST, all digits" if not data.classes else f"MNIST, only {', '.join(data.names)}"


def describe_training_data(data: DataSource, settings: Settings) -> str:
    """How many digits or images a training uses, in words."""
    if data.user_digits is not None:
        return describe_data(data)
    count = min(settings.digits or int(limits.TRAIN_DIGITS.high), n_train(data))
    if data.upload is not None or data.missing is not None:
        return f"{count:,} images of {data.title}"
    return f"{count:,} digits" + (f", only {', '.join(data.names)}" if data.classes else "")
