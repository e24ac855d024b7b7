"""Every page and view with a network that tells other classes apart than the ten digits.

None ends in an exception, and no text speaks of digits as of what that network learned: a sentence that does names
MNIST, the pretrained networks or the page's own exercises with digits.
"""

import re
from functools import cache
from string import ascii_letters, digits

import numpy as np
import pytest
import streamlit as st
from page_tests import ROOT
from streamlit.testing.v1 import AppTest

from cnncore import Network
from cnncore.architecture.spec import preset
from cnncore.data.digit_set import DigitSet
from cnncore.data.source import DataOrigin, DataSource
from cnncore.data.uploads.reader import Report
from pages.ui.components import drawing_canvas
from pages.ui.components.loader import FILES, component
from pages.ui.session import current_network, my_digits, pretrained
from pages.ui.session.counterpart import compared_networks
from pages.ui.session.current_network import SessionNetwork
from pages.ui.session.training_data import UploadedData
from pages.ui.session.training_images import other_data_note, training_images

LETTERS = ("A", "B", "C")
CLOTHES = ("Ankle boot", "Bundesstraße", "a shirt, or a dress of it")
MANY = (*digits, *ascii_letters)
NAMES = {"letters": LETTERS, "clothes": CLOTHES, "many": MANY}
DRAW = ["layers", "sees", "why", "why&near=network", "change", "photo", "mine"]
INSIDE = [
    "path",
    "open",
    "cell",
    "filters",
    "filter",
    "off",
    "off&off=1.2",
    "shift",
    "shift&input=drawing",
    "tests",
    "reliability",
    "map",
    "path&layer=4",
    "path&layer=8&input=drawing",
    "path&input=upload",
]
TRAIN = ["live", "build", "data", "data&data=upload", "pretrained", "recorded", "scrambled"]
LINKS = [
    "start?",
    *(f"draw?view={view}{drawn}" for view in DRAW for drawn in ("", "&sample=7")),
    *(f"inside?view={view}" for view in INSIDE),
    *(f"train?show={show}" for show in TRAIN),
    *("convolution?preset=digit", "filters?", "pooling?view=flatten", "gradients?"),
]
PIXELS = [[[0.3, 0.2], [0.7, 0.8]], [[0.7, 0.2], [0.3, 0.8]]]
# Of the pages that the network has nothing to do with, and of the pretrained networks and their data.
NOT_ITS_OWN = re.compile(
    r"MNIST|pretrained|digits 0 to 9|ten digits|Drawing and photos of digits|10,000|Recorded|recorded run|\b200 digits"
)
OTHER_PAGES = ("convolution", "filters", "pooling", "gradients")


@cache
def own_data(names):
    """Shifted test digits under other names: what they show does not matter."""
    count = 6 * len(names)
    images = np.roll(pretrained.test_digits().images[:count], 2, axis=2)
    return DataSource(upload=DigitSet(images, np.arange(count, dtype=np.uint8) % len(names), names), title="mine")


@cache
def own(names, held=True):
    *layers, last = preset("once")
    network = Network([*layers, type(last)(len(names))], input_shape=(28, 28, 1), seed=3)
    network.names = names
    if not held:
        return SessionNetwork(network, "from a file")
    data = own_data(names)
    return SessionNetwork(network, "mine", tests=data.train_and_test[1], data=data)


def texts_in(value):
    """Every text in a payload, except what JavaScript takes for a name of its own."""
    if isinstance(value, dict):
        if "base64" not in value:
            for name, each in value.items():
                if name not in ("kind", "scene", "run"):
                    yield from texts_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts_in(each)
    elif isinstance(value, str):
        yield value


@pytest.fixture
def sent(monkeypatch):
    """The texts of every payload that a component is sent."""
    texts, register = [], st.components.v2.component

    def registered(name, **parts):
        mount = register(name, **parts)

        def mounted(*, data, **more):
            texts.extend(texts_in(data))
            return mount(data=data, **more)

        return mounted

    monkeypatch.setattr(st.components.v2, "component", registered)
    component.cache_clear()
    yield texts
    component.cache_clear()


def opened(link, current):
    page, _, settings = link.partition("?")
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    if page != "start":
        test.switch_page(f"pages/{page}.py")
    if page == "train":
        test.session_state["train_upload"] = UploadedData(
            "key", current.data or own_data(LETTERS), Report("NPZ", 9, (), (9,), 0)
        )
        settings += "&data=upload"
    test.session_state["workbench_network"] = current
    image = pretrained.test_digits().images[0]
    test.session_state[my_digits._KEY] = (my_digits.UserDigit(0, 1, image, current.network.names),)
    if "input=drawing" in link:
        test.session_state["drawing"] = {"number": 1, "strokes": PIXELS, "pen": 0.075, "resting": True}
    for setting in filter(None, settings.split("&")):
        name, value = setting.split("=")
        test.query_params[name] = value
    test.run()
    for _ in range(2):  # what is computed on the way is shown by the next run
        test.run()
    assert not test.exception, [each.value for each in test.exception]
    return test


def said(test):
    """What the page says: texts, labels, helps and options."""
    for kind in ("markdown", "caption", "info", "warning", "header", "title", "subheader"):
        yield from (element.value for element in test.get(kind))
    for kind in ("button", "radio", "selectbox", "number_input", "slider", "checkbox", "file_uploader"):
        for element in test.get(kind):
            yield element.label
            yield getattr(element, "help", None) or ""
            yield from map(str, getattr(element, "options", ()))


def of_digits(texts):
    """The sentences that speak of digits as of the network's own."""
    sentences = [each for text in texts for each in re.split(r"(?<=[.:?])\s|\n", text)]
    return [each for each in sentences if re.search(r"\bdigits?\b", each, re.I) and not NOT_ITS_OWN.search(each)]


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
def test_a_view_speaks_of_the_networks_own_classes(link, names, sent):
    test = opened(link, own(names))
    if link.split("?")[0] not in OTHER_PAGES and not re.search("show=(pretrained|recorded|scrambled)", link):
        known = {"My digits"} if link.startswith("train") else set()  # which are trained on there
        assert not set(of_digits([*said(test), *sent])) - known


@pytest.mark.parametrize("link", [link for link in LINKS if link.startswith(("draw", "inside"))])
def test_a_network_whose_data_is_not_here_opens_every_view(link):
    opened(link, own(LETTERS, held=False))


def test_what_stands_beside_a_network_tells_the_same_classes_apart(monkeypatch):
    usual, dense = current_network.pretrained(), current_network.dense()
    networks = {"convolutional": usual.network, "dense": dense.network}
    for current in (usual, dense):
        assert {kind: each.network for kind, each in compared_networks(current).items()} == networks
    mine = own(tuple(digits))
    assert list(compared_networks(mine)) == ["mine", "dense"]  # the other kind
    letters = own(LETTERS)
    assert list(compared_networks(letters)) == ["mine"]
    flat = Network([*preset("dense")[:1], type(preset("dense")[-1])(3)], input_shape=(28, 28, 1), seed=1)
    flat.names = LETTERS
    others = [SessionNetwork(flat, "flat"), own(CLOTHES)]
    monkeypatch.setattr(current_network, "own_networks", lambda: others)
    assert list(compared_networks(letters)) == ["mine", "flat"]
    assert list(compared_networks(others[0])) == ["flat"]
    monkeypatch.setattr("pages.ui.session.counterpart.lecture_is_given", lambda: True)
    assert list(compared_networks(letters)) == ["convolutional", "dense"]


def test_why_compares_with_what_the_network_was_trained_on():
    pretrained_images = training_images(current_network.pretrained())
    assert pretrained_images.digits is pretrained.training_digits()
    letters = own(LETTERS)
    learned = letters.data.train_and_test[0]
    np.testing.assert_array_equal(training_images(letters).digits.images, learned.images)
    assert training_images(letters).digits.names == LETTERS and not other_data_note(letters)
    of_two = own(("3", "7"))._replace(data=DataSource((3, 7)))
    found = training_images(of_two).digits
    assert found.names == ("3", "7") and len(found) == np.isin(pretrained.training_digits().labels, (3, 7)).sum()
    gone = letters._replace(data=DataSource(missing=DataOrigin((), "f" * 64, "my letters"), title="my letters"))
    assert training_images(gone).digits is pretrained.training_digits()
    assert "MNIST's digits" in other_data_note(gone) and "my letters" in other_data_note(gone)
    assert "A, B, C" in other_data_note(own(LETTERS, held=False)) and not other_data_note(own(("3", "7"), held=False))


def test_why_names_the_nearest_by_their_own_classes():
    test = opened("draw?view=why&sample=7", own(CLOTHES))
    nearest = test.session_state["draw.explained"][1]["nearest"]
    assert set(nearest["rows"][0]["labels"]) <= set(CLOTHES) and len(nearest["rows"]) == 2
    assert nearest["of"] == len(own_data(CLOTHES).train_and_test[0])


def test_the_labels_of_my_digits_are_the_networks_classes():
    test = opened("draw?view=mine&sample=7", own(CLOTHES))
    (kept,) = test.session_state[my_digits._KEY]
    assert kept.name == CLOTHES[1]
    test.session_state["workbench_network"] = own(("A", "Bundesstraße"))
    test.run()
    assert not test.exception and test.button(key="draw_mine_train").disabled


def test_what_is_labelled_with_other_classes_is_kept_and_not_trained_on(monkeypatch):
    monkeypatch.setattr(my_digits, "user_digits", lambda: kept)
    images = pretrained.test_digits().images
    kept = (my_digits.UserDigit(0, 7, images[0]), my_digits.UserDigit(1, 2, images[1], LETTERS))
    assert [each.name for each in my_digits.train_test_split()[0]] == ["7"]
    both = my_digits.to_digit_set(kept)
    assert [both.names[label] for label in both.labels] == ["7", "C"] and both.names[:10] == tuple(digits)
    assert my_digits.to_digit_set(kept[:1]).names == tuple(digits)


def test_samples_and_empty_bars_are_of_the_networks_classes(monkeypatch):
    for names, count in ((LETTERS, 0), (("3", "7", "x"), 3), (MANY, 12)):  # 7 and the crossed 7; all ten and two more
        monkeypatch.setattr(current_network, "current_network", lambda names=names: own(names))
        assert len(drawing_canvas._samples()) == count
        empty = drawing_canvas.classify_strokes([], False)
        assert empty["names"] == list(names) and len(empty["shown"]) == min(len(names), 10)
    assert empty["sentence"].startswith("Draw one of its classes: 0, 1, 2, 3 and 58 more")


# Sentences that are about digits whatever network answers.
ABOUT_DIGITS = [
    'test digit"',  # what MNIST's digits are described as, in filter.js
    "`digit ${what}",  # a key
    "block digit",  # a class name of the page
    "Wrong of ${recorded.digits",  # measured beforehand, of the pretrained networks
    "All 10,000 test digits are asked",
    "digits: a guess, else a scene",
    "Draw a digit, then say what it is",
]


def test_no_sentence_in_javascript_calls_every_image_a_digit():
    """A noun comes with the data; a literal that reads "test digit" is of MNIST alone."""
    for name, path in FILES.items():
        if path.parent.name not in ("draw", "inside", "views", "train", "widgets") or path.suffix != ".js":
            continue
        code = re.sub(r"^\s*//.*$|(?<=\s)//\s.*$", "", path.read_text(encoding="utf-8"), flags=re.M)
        literals = re.findall(r'"[^"\n]*"|`[^`]*`', code)
        found = [
            text
            for text in literals
            if re.search(r"\bdigits?\b", re.sub(r"\$\{[^}]*\}", "", text), re.I)
            and " " in text
            and not any(known in text for known in ABOUT_DIGITS)
        ]
        assert not found, (name, found)
