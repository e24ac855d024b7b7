"""The view Photo: what is read stays through refusals, and what a person says of it is kept apart."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import papers
import pytest
from streamlit.testing.v1 import AppTest

from cnncore import InputError, limits
from cnncore.data.digit_set import DIGITS
from cnncore.data.photo.reader import find_digits, read_photo
from pages.ui.draw.photo import view as photo
from pages.ui.draw.photo.state import begin, data_of
from pages.ui.session import my_digits, pretrained
from pages.ui.session.current_network import SessionNetwork

ROOT = Path(__file__).parents[2]
SIZE = (480, 200)


def bytes_of(digits):
    return papers.jpeg(papers.paper(papers.line_of(digits, left=40, top=60, height=70), SIZE))


@pytest.fixture
def reading():
    return begin("one", read_photo(bytes_of([0, 7, 3, 4])))


def names(reading):
    data = data_of(reading, SessionNetwork(pretrained.pretrained()))
    return [digit["byHand"] or digit["answer"] for digit in data["digits"]]


def test_the_page_opens_with_the_sample_and_the_camera_waits_to_be_asked():
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    test.query_params["view"] = "photo"
    test.query_params["photo"] = "webcam"
    test.switch_page("pages/draw.py").run()
    assert not test.exception and test.session_state["draw.photo"] == "upload"
    test.sidebar.radio(key="draw.photo").set_value("sample").run()
    assert not test.exception and len(test.session_state["draw.readings"]["sample"].entries) == 10


def test_the_answers_are_the_networks(reading):
    data = data_of(reading, SessionNetwork(pretrained.pretrained()))
    assert [digit["answer"] for digit in data["digits"]] == ["0", "7", "3", "4"]
    images = [entry.found.image for entry in reading.entries]
    for digit, image in zip(data["digits"], images, strict=True):
        assert digit["share"] == pytest.approx(pretrained.pretrained().predict(image[None])[0].max(), rel=1e-4)


def test_corrected_dropped_and_boxed(reading):
    changed = reading.corrected(2, "1").without(3)
    assert names(changed) == ["0", "1", "4"] and names(reading) == ["0", "7", "3", "4"]
    left, top, right, bottom = reading.entries[2].found.box
    again = changed.with_box([right / SIZE[0], top / SIZE[1], left / SIZE[0], bottom / SIZE[1]])
    assert names(again) == ["0", "1", "3", "4"] and again.entries[2].number == 5
    assert names(again.corrected(2, None)) == ["0", "7", "3", "4"]
    assert names(begin("x", reading.photo._replace(digits=()))) == []


@pytest.mark.parametrize("box", [[0, 0, 0.02, 0.05], [float("nan")] * 4, [0, 0, 1e300, 1], [-2, -2, -1, -1]])
def test_a_box_without_ink_is_refused(reading, box):
    with pytest.raises(InputError, match="a digit"):
        reading.with_box(box)


def test_boxes_are_bounded(reading):
    full = reading._replace(entries=reading.entries[:1] * limits.PHOTO_DIGITS)
    with pytest.raises(InputError, match="drop one first"):
        full.with_box([0, 0, 1, 1])


class State(dict):
    __getattr__, __setattr__ = dict.__getitem__, dict.__setitem__


def test_a_photo_without_a_digit_is_shown_instead_of_the_last_one(monkeypatch):
    state = State(photo="upload")
    monkeypatch.setattr(photo, "state", state)
    blank = papers.jpeg(np.full((120, 160), 235, np.uint8))
    files = iter(
        [
            SimpleNamespace(file_id="good", getvalue=lambda: bytes_of([5, 2])),
            SimpleNamespace(file_id="blank", getvalue=lambda: blank),
            SimpleNamespace(file_id="good", getvalue=lambda: bytes_of([5, 2])),
            SimpleNamespace(file_id="bad", getvalue=lambda: b"<svg/>"),
            SimpleNamespace(file_id="bad", getvalue=None),  # not read again, and still refused
        ]
    )
    monkeypatch.setattr(photo.st, "file_uploader", lambda *_, **__: next(files))
    readings = {}
    photo._take(readings)
    assert names(readings["upload"]) == ["5", "2"]
    photo._take(readings)  # it is shown, so that a box can be drawn
    assert readings["upload"].mark == "blank" and names(readings["upload"]) == []
    assert readings["upload"].photo.picture.shape == (120, 160, 1)
    with pytest.raises(InputError, match="no ink in this box"):
        readings["upload"].with_box([0.1, 0.1, 0.9, 0.9])
    photo._take(readings)
    for _ in range(2):
        with pytest.raises(InputError, match="not a picture"):
            photo._take(readings)
        assert readings["upload"].mark == "good"  # a file that is no picture takes nothing away


def test_a_box_can_be_drawn_where_nothing_was_taken_for_a_digit():
    picture = np.full((300, 400), 235, np.uint8)
    picture[150:154, 190:206] = 30  # ink, and too small to count
    found = begin("x", find_digits(papers.jpeg(picture)))
    assert found.entries == ()
    with_box = found.with_box([0.4, 0.4, 0.6, 0.6])
    assert len(with_box.entries) == 1 and with_box.entries[0].found.image.max() > 100


@pytest.mark.parametrize(
    "action",
    [
        None,
        {},
        {"correct": "1", "name": "2"},
        {"correct": 99, "name": "2"},
        {"drop": 10**30},
        {"box": [1, 2]},
        {"box": "abcd"},
        {"box": [0, 0, float("inf"), 1]},
        {"box": [0, 0, 10**400, 1]},
        {"correct": 1, "name": "<b>"},
    ],
)
def test_nonsense_changes_nothing(action, reading, monkeypatch):
    state = State(photo="upload", readings={"upload": reading})
    monkeypatch.setattr(photo, "state", state)
    monkeypatch.setattr(photo.st, "session_state", State(draw_photo={"action": action}))
    photo._apply_event()
    assert state.readings["upload"] == reading


def test_a_press_that_comes_after_another_photo_was_chosen_changes_nothing(reading, monkeypatch):
    state = State(photo="webcam", readings={"upload": reading})
    monkeypatch.setattr(photo, "state", state)
    photo._save_digits()
    photo._again()
    assert state == {"photo": "webcam", "readings": {"upload": reading}}


def test_digits_are_kept_once_with_the_labels_they_were_given(reading, monkeypatch):
    state = State(photo="upload", readings={"upload": reading.corrected(2, "1")})
    monkeypatch.setattr(photo, "state", state)
    monkeypatch.setattr(my_digits.st, "session_state", State())
    for more in (4, 0):
        photo._save_digits()
        assert state.photo_saved.startswith(f"{more} more kept")
    assert [each.label for each in my_digits.user_digits()] == [0, 1, 3, 4]
    np.testing.assert_array_equal(my_digits.user_digits()[1].image, reading.entries[1].found.image)
    unsure = {"byHand": None, "answer": "5", "sure": False}
    found = [unsure, unsure | {"byHand": "6"}, unsure | {"byHand": "cat"}]
    assert photo.to_keep({"digits": found, "names": list(DIGITS)}) == [(1, 6)]
    assert photo.to_keep({"digits": found, "names": ["dog", "cat"]}) == [(2, 1)]
