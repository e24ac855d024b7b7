"""What the session's trainings learn from: MNIST, all or chosen classes, or a data set of its own."""

import re
from functools import lru_cache
from typing import Any, NamedTuple

import streamlit as st

from cnncore import InputError, Run, Settings, limits
from cnncore.data.digit_set import DIGITS, DigitSet
from cnncore.data.mnist import training_balance
from cnncore.data.rehearsal import rehearsal_size, repetitions
from cnncore.data.source import DataOrigin, DataSource
from cnncore.data.uploads.reader import Report
from pages.ui.frame.url_state import UrlParams
from pages.ui.session import pretrained

KINDS = {"mnist": "MNIST", "upload": "A file of your own"}
ALL = "".join(DIGITS)
DATA_SETTINGS = {"data": "mnist", "classes": ALL}  # as they are before anything is touched
MNIST = DataSource()
_OWN = "train_upload"
_CLASSES = re.compile(r"[0-9]{2,10}", re.ASCII)
state = st.session_state


class Own(NamedTuple):
    """The session's own data set, and how it came to be. key: of which files, read how."""

    key: Any
    data: DataSource
    report: Report


def read_data(link: UrlParams) -> dict[str, Any]:
    """The settings of the data, from a link; a data set of one's own is not in it, only in its session."""
    kinds = [kind for kind in KINDS if kind != "upload" or own()]
    return {
        "data": link.choice("data", kinds, "mnist"),
        "classes": link.text("classes", _read_classes, ALL),
    }


def _read_classes(text: str) -> str:
    if not _CLASSES.fullmatch(text) or len(set(text)) != len(text):
        raise InputError("Classes are two or more of the digits 0 to 9, as 37: try 37.")
    return "".join(sorted(text))


def own() -> Own | None:
    """The session's own data set, if it has one."""
    return state.get(_OWN)


def keep(mine: Own) -> None:
    """Make it the session's own."""
    state[_OWN] = mine


def chosen_data() -> DataSource:
    """What the next training learns from."""
    mine = own()
    if state.get("data") == "upload" and mine:
        return mine.data
    text = state.get("classes", ALL)
    return MNIST if text == ALL else DataSource(tuple(map(int, text)))


def settings_of(data: DataSource) -> dict[str, Any]:
    """The settings that choose this data; the usual ones where the session has it not."""
    mine = own()
    if data.upload is not None and mine and mine.data.fingerprint == data.fingerprint:
        return DATA_SETTINGS | {"data": "upload"}
    return DATA_SETTINGS | ({"classes": "".join(data.names)} if data.classes else {})


def data_of(run: Run) -> DataSource:
    """What a run from a file learned from: of one from outside only what the file tells, unless the session has it."""
    origin, mine = run.origin or DataOrigin(), own()
    if not origin.fingerprint:
        return DataSource(origin.classes)
    if mine and mine.data.fingerprint == origin.fingerprint:
        return mine.data
    return DataSource(absent=origin, title=origin.title)


def to_data() -> None:
    """The button: to the data, as a callback."""
    state.show = "data"


def test_set(data: DataSource) -> DigitSet:
    """What is tested on, read only; of data that is not here the few images that are watched. Raises DataError."""
    if data.absent is not None and data.absent.watched is not None:
        return data.absent.watched
    return data.halves[1] if data.upload is not None else _of_mnist(data.classes)


def train_digits(data: DataSource) -> int:
    """How many there are to learn from. Raises DataError."""
    if data.absent is not None:
        return data.absent.learned
    if data.own is not None:
        return rehearsal_size(len(data.own))
    if data.upload is not None:
        return len(data.halves[0])
    return sum(training_balance()[int(name)] for name in data.names) if data.classes else int(limits.TRAIN_DIGITS.high)


@lru_cache(maxsize=4)
def _of_mnist(classes: tuple[int, ...]) -> DigitSet:
    return DataSource(classes).chosen(pretrained.test_digits())


def described_data(data: DataSource) -> str:
    """In a few words."""
    if data.absent is not None:
        return f"{data.title}, which is not here"
    if data.own is not None:
        return f"{len(data.own)} digits of your own, each {repetitions(len(data.own))} times, among MNIST's"
    if data.upload is not None:
        return f"{data.title}: {len(data.upload):,} images, {len(data.names)} classes"
    return "MNIST, all digits" if not data.classes else f"MNIST, only {', '.join(data.names)}"


def learned_from(data: DataSource, settings: Settings) -> str:
    """How many digits or images a training learns from."""
    if data.own is not None:
        return described_data(data)
    count = min(settings.digits or int(limits.TRAIN_DIGITS.high), train_digits(data))
    if data.upload is not None or data.absent is not None:
        return f"{count:,} images of {data.title}"
    return f"{count:,} digits" + (f", only {', '.join(data.names)}" if data.classes else "")
