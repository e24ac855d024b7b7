"""The view of the training data: MNIST, the session's own digits or a file, shown before they are used."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from cnncore import ConvoscopeError, DataError, limits
from cnncore.data.digit_set import DIGITS, DigitSet
from cnncore.data.mnist import training_balance
from cnncore.data.source import DataSource, plain_title
from cnncore.data.uploads.reader import CHOICES, range_in_words, read_upload
from pages.ui.components.loader import component, packed
from pages.ui.frame.page_frame import show_error, small_text
from pages.ui.session import my_digits
from pages.ui.session.current_network import current_network, show_network
from pages.ui.session.page_state import PageState
from pages.ui.session.training_data import MNIST, UploadedData, set_uploaded_data, test_set, uploaded_data
from pages.ui.train.data.choice import ALL, KINDS, chosen_data, describe_data
from pages.ui.train.fine_tuning import fine_tune, own_data
from pages.ui.train.settings import is_endless

_MINE = "mine"
_IMAGES_PER_CLASS = 12  # most images shown of each class
_FEW_STEPS, _SMALL_BATCH, _MORE_EPOCHS = 100, 16, 20
_FORMATS = (
    "A **ZIP** with a folder of pictures for each class, an **IDX** pair (both files, gzipped or not), an **NPZ** "
    "with `x` and `y`, a **CSV** with a label and the pixels of an image a line, or **NPY** files, one a class; "
    f"up to {limits.DATA_UPLOAD_BYTES >> 20} MB a file, {limits.CLASSES.low} to {limits.CLASSES.high} classes; of more "
    f"than {limits.DATA_IMAGES:,} images as many of each class are kept. The file stays on this machine, in memory."
)
_BY_ITSELF = {"auto": "found by itself"}
# How a file is read, where that is not left to the reader: by the keyword of read_upload, its title and its choices.
_READING = {
    "ink": ("Ink", {"dark": "dark on light", "light": "light on dark"}),
    "values": ("Values", {name: range_in_words(name) for name in CHOICES["values"]}),
    "turn": ("Orientation", {"as is": "as it is", "transposed": "rows and columns swapped"}),
    "placing": ("Pictures", {"auto": "centred, unless 28 × 28", "centred": "centred", "as is": "as they are"}),
    "split": (
        "Test set",
        {
            "auto": "the file's own, if it has one",
            "ignored": "a fifth of every class",
            "classes": "a fifth; train and test are classes",
        },
    ),
}
state = PageState("train")


def data_section(train: Callable[[], None]) -> None:
    """Draw the view. `train` begins a training. Raises DataError."""
    if "data_kind" not in state:
        state.data_kind = state.data
    names = KINDS | {_MINE: "My digits"}
    st.radio("Learn from", list(names), key=state.key("data_kind"), format_func=names.__getitem__, horizontal=True)
    if state.data_kind == "mnist":
        _mnist(train)
    elif state.data_kind == _MINE:
        _my_digits()
    else:
        _upload(train)


def _mnist(train: Callable[[], None]) -> None:
    if "data_classes" not in state or state.get("data_classes_of") != state.classes:  # the link may have changed
        state.data_classes, state.data_classes_of = list(state.classes), state.classes
    st.pills("Classes", DIGITS, selection_mode="multi", key=state.key("data_classes"), on_change=_choose_classes)
    if len(state.data_classes) < limits.CLASSES.low:
        st.info("Choose two digits or more: a network of one class has nothing to tell apart.")
        return
    classes = "".join(sorted(state.data_classes))
    data = MNIST if classes == ALL else DataSource(tuple(map(int, classes)))
    balance = [training_balance()[int(name)] for name in data.names]
    _use(train, "mnist", data)
    small_text("How many of the training digits are used is chosen in the sidebar, under What it learns from.")
    component("data_wall")(key="data_wall", data=wall_data(test_set(data), balance))


def _choose_classes() -> None:
    if len(state.data_classes) >= limits.CLASSES.low:
        state.classes = state.data_classes_of = "".join(sorted(state.data_classes))


def _my_digits() -> None:
    """The digits of Draw's view My digits, to fine-tune the current network on."""
    data, current = own_data(), current_network()
    st.button("**Train the network on them**", key="data_fine_tune", on_click=fine_tune)
    name = current.name or "the pretrained network"
    st.markdown(f"It goes on from the weights of **{name}**, on {describe_data(data)}, so that it does not forget.")
    show_network()
    training, held_back = (my_digits.to_digit_set(half) for half in my_digits.train_test_split())
    balance = np.bincount(training.labels, minlength=len(DIGITS)).tolist()
    title = f"{len(training)} to learn from, {len(held_back)} held back"
    component("data_wall")(key="data_wall", data=wall_data(training, balance, held_back) | {"title": title})


def _upload(train: Callable[[], None]) -> None:
    files = st.file_uploader(
        "One file, the two of an IDX pair, or NPY files",
        accept_multiple_files=True,
        max_upload_size=limits.DATA_UPLOAD_BYTES >> 20,
        key="data_files",
        help=_FORMATS,
    )
    reading = _reading()
    if files:
        try:
            _read(files, reading)
        except ConvoscopeError as error:
            show_error(DataError(_unmarked(str(error))))
    uploaded = uploaded_data()
    if uploaded is None:
        st.markdown(_FORMATS)
        return
    learn, test = uploaded.data.train_and_test
    _use(train, "upload", uploaded.data)
    _more_steps(len(learn))
    balance = np.bincount(learn.labels, minlength=len(learn.names)).tolist()
    report = {"notes": list(uploaded.report.notes), "file": uploaded.data.title}
    component("data_wall")(key="data_wall", data=wall_data(learn, balance, test) | report)


def _reading() -> dict[str, str]:
    """Draw how a file is read, and return it by the keywords of read_upload."""
    chosen = {}
    with st.expander("Read it in another way"), st.container(horizontal=True):
        for setting, (title, own) in _READING.items():
            names = _BY_ITSELF | own
            chosen[setting] = st.selectbox(
                title, list(names), key=state.key(f"data_{setting}"), format_func=names.__getitem__
            )
    return chosen


def _read(files: Any, reading: dict[str, str]) -> None:
    """Read the uploaded files, once for each way of reading them. Raises DataError, InputError."""
    key = ([file.file_id for file in files], reading)
    uploaded = uploaded_data()
    if uploaded and uploaded.key == key:
        return
    if state.get("data_refused", (None, None))[0] == key:
        raise state.data_refused[1]
    bar = st.progress(0.0, "Reading …")
    try:
        contents = [(file.name, file.getvalue()) for file in files[: int(limits.CLASSES.high) + 1]]
        digits, report = read_upload(contents, **reading, progress=lambda share: bar.progress(min(share, 1.0)))
    except ConvoscopeError as error:
        state.data_refused = key, error
        raise
    finally:
        bar.empty()
    data = DataSource(upload=digits, title=plain_title(files[0].name), test_images=report.test_images)
    set_uploaded_data(UploadedData(key, data, report))


def _unmarked(text: str) -> str:
    """A sentence that may name files, without the characters of which Markdown makes links, images or tags."""
    return text.translate(dict.fromkeys(map(ord, "[]<>"), ""))


def _use(train: Callable[[], None], kind: str, data: DataSource) -> None:
    chosen = chosen_data()
    is_chosen = state.data == kind and chosen.upload is data.upload and chosen.classes == data.classes
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("**Train on it**", key="data_train", on_click=_train, args=(kind, train))
        st.button("Use it", key="data_use", on_click=_adopt, args=(kind,), disabled=is_chosen)
        if is_chosen:
            st.markdown("✓ The next training learns from it.")


def _more_steps(images: int) -> None:
    """A warning where few images and large batches make few steps, with a button for more."""
    steps = state.epochs * -(-min(images, state.digits) // state.batch)
    if steps >= _FEW_STEPS or is_endless():
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"With batches of {state.batch}, {state.epochs} epochs are only {steps} steps.")
        st.button(f"Set batches of {_SMALL_BATCH}, {_MORE_EPOCHS} epochs", key="data_more", on_click=_set_more)


def _set_more() -> None:
    state.batch, state.epochs = _SMALL_BATCH, _MORE_EPOCHS


def _adopt(kind: str) -> None:
    state.data = kind
    if kind == "mnist":
        state.classes = "".join(sorted(state.data_classes))


def _train(kind: str, train: Callable[[], None]) -> None:
    _adopt(kind)
    train()


def wall_data(digits: DigitSet, learn: list[int], test: DigitSet | None = None) -> dict[str, Any]:
    """Some images of each class, and the numbers of images for training and for testing."""
    tested = np.bincount((digits if test is None else test).labels, minlength=len(digits.names)).tolist()
    shown = [np.flatnonzero(digits.labels == k)[:_IMAGES_PER_CLASS] for k in range(len(digits.names))]
    return {
        "names": list(digits.names),
        "learn": learn,
        "test": tested,
        "shown": [len(which) for which in shown],
        "images": packed(digits.images[np.concatenate(shown)][..., 0]),
        "notes": [],
        "title": f"{sum(learn):,} to learn from, {sum(tested):,} to be tested on",
    }
