"""The session's own digits: kept, changed, taken back, split, packed and read back; hostile labels and pictures."""

from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cnncore import InputError, limits
from cnncore.data.strokes import checked_strokes, draw_strokes
from cnncore.data.uploads.reader import read_upload
from cnncore.data.uploads.zip_writer import class_folders
from cnncore.training import checkpoint
from pages.ui.components import drawing_canvas
from pages.ui.components.drawing_canvas import DRAWING, SAMPLES, Drawing
from pages.ui.draw import my_digits as mine
from pages.ui.session import current_network, my_digits, pretrained


@pytest.fixture(autouse=True)
def _nothing_kept():
    yield
    for key in (my_digits._KEY, my_digits._PAST.key, my_digits._NEXT_ID, DRAWING, "draw.my_digits_answers"):
        st.session_state.pop(key, None)


def some(count):
    digits = pretrained.test_digits()
    return [my_digits.add(digits.images[n], int(digits.labels[n])) for n in range(count)]


def test_kept_relabelled_removed_and_taken_back():
    image = pretrained.test_digits().images[0].copy()
    first = my_digits.add(image, 7)
    image[:] = 0  # what is kept is the session's own
    assert my_digits.user_digits()[0].image.any()
    second = my_digits.add(pretrained.test_digits().images[1], 3)
    my_digits.relabel(second.id, 2)
    my_digits.relabel(second.id, 2)  # changes nothing, so there is nothing to take back
    my_digits.remove(first.id)
    my_digits.remove(99)
    assert [each.label for each in my_digits.user_digits()] == [2]
    my_digits.undo()
    my_digits.undo()
    assert [each.label for each in my_digits.user_digits()] == [7, 3]
    my_digits.undo()
    my_digits.undo()
    assert my_digits.user_digits() == () and not my_digits.can_undo()
    third = my_digits.add(pretrained.test_digits().images[2], 1)
    assert third.id not in (first.id, second.id)  # a number means one digit for ever


@pytest.mark.parametrize("label", [-1, 10, 3.0, "3", None, True, [3], float("nan"), "<img>"])
def test_a_label_is_one_of_ten(label):
    image = pretrained.test_digits().images[0]
    with pytest.raises(InputError, match="0 to 9"):
        my_digits.add(image, label)
    kept = my_digits.add(image, 7)
    with pytest.raises(InputError, match="0 to 9"):
        my_digits.relabel(kept.id, label)
    assert my_digits.user_digits()[0].label == 7


@pytest.mark.parametrize(
    "image", [None, "7", np.zeros((28, 28, 1), np.uint8), np.ones((28, 28, 1)), np.ones((28, 28), np.uint8)]
)
def test_only_a_digit_is_kept(image):
    with pytest.raises(InputError, match="28 × 28"):
        my_digits.add(image, 7)
    assert my_digits.user_digits() == ()


def test_a_drawing_is_kept_once_and_there_is_an_end_of_room(monkeypatch):
    monkeypatch.setattr(limits, "MY_DIGITS", 3)
    some(2)
    with pytest.raises(InputError, match="already"):
        my_digits.add(pretrained.test_digits().images[1], 9)
    my_digits.add(pretrained.test_digits().images[2], 1)
    with pytest.raises(InputError, match="room"):
        my_digits.add(pretrained.test_digits().images[3], 0)


def test_every_fifth_of_ten_is_held_back_and_stays_so():
    some(9)
    assert [len(half) for half in my_digits.train_test_split()] == [9, 0]
    my_digits.add(pretrained.test_digits().images[9], 9)
    learned, held = my_digits.train_test_split()
    assert [each.id for each in held] == [4, 9] and len(learned) == 8
    some_more = [my_digits.add(pretrained.test_digits().images[n], 1) for n in (10, 11, 12)]
    my_digits.remove(0)
    my_digits.remove(some_more[0].id)
    assert [each.id for each in my_digits.train_test_split()[1]] == [4, 9]


def test_the_zip_reads_back_as_it_was():
    some(40)
    mine = my_digits.to_digit_set(my_digits.user_digits())
    read, report = read_upload([("mine.zip", class_folders(mine))])
    assert report.format == "ZIP of class folders" and not report.skipped and report.inverted == 0
    assert pictures(read) == pictures(mine)


def pictures(digits):
    """Each with its class, in no order."""
    return sorted((digits.names[k], image.tobytes()) for image, k in zip(digits.images, digits.labels, strict=True))


def drawing(image):
    return Drawing([], image)


SEVEN, ONE = SAMPLES["7"], [[[0.5, 0.15], [0.5, 0.85]]]


def keep(label, strokes=SEVEN, drawn=None):
    return {
        "do": "keep",
        "label": label,
        "drawing": {"generation": drawing_canvas.generation() if drawn is None else drawn, "strokes": strokes},
    }


def test_what_is_pressed_keeps_relabels_removes_and_takes_back():
    mine._apply_event(keep(7))  # and the sheet is empty
    assert st.session_state[DRAWING]["strokes"] == []
    number = my_digits.user_digits()[0].id
    mine._apply_event({"do": "relabel", "number": number, "label": 1})
    assert my_digits.user_digits()[0].label == 1
    mine._apply_event({"do": "remove", "number": number})
    assert not my_digits.user_digits()
    mine._apply_event({"do": "undo"})
    mine._apply_event({"do": "clear"})
    mine._apply_event({"do": "undo"})
    assert [each.label for each in my_digits.user_digits()] == [1]


def test_the_drawing_that_was_seen_is_kept_and_not_the_one_sent_last():
    st.session_state[DRAWING] = {"number": 4, "strokes": ONE, "pen": 0.05}
    mine._apply_event(keep(7, SEVEN))
    np.testing.assert_array_equal(my_digits.user_digits()[0].image, draw_strokes(checked_strokes(SEVEN)))
    cleared = st.session_state[DRAWING]
    late = {"generation": 0, "number": 9, "strokes": SEVEN, "pen": 0.05, "resting": True}
    assert (
        drawing_canvas.validate_update(late, cleared) is cleared and cleared["pen"] == 0.05
    )  # what was under way when it was kept
    assert drawing_canvas.validate_update(late | {"generation": 1}, cleared)["strokes"] == SEVEN


def test_a_second_press_for_one_drawing_is_not_heard():
    first = keep(7)
    mine._apply_event(first)
    mine._apply_event(first | {"label": 1})
    assert [each.label for each in my_digits.user_digits()] == [7]


@pytest.mark.parametrize(
    "action",
    [
        {},
        {"do": "keep"},
        {"do": "keep", "label": 3},
        {"do": "keep", "label": 3, "drawing": None},
        {"do": "keep", "label": 3, "drawing": {"strokes": SEVEN}},
        {"do": "keep", "label": 3, "drawing": {"strokes": SEVEN, "generation": "0"}},
        {"do": "relabel", "number": "x", "label": 3},
        {"do": "remove", "number": [1]},
        {"do": "open", "number": None, "page": "inside"},
        {"do": "open", "number": 0, "page": "../draw"},
        {"do": "<script>", "label": 1},
        {"do": None, "more": 10**400},
    ],
)
def test_nonsense_changes_nothing(action):
    some(2)
    before = my_digits.user_digits()
    mine._apply_event(action)
    assert my_digits.user_digits() is before


@pytest.mark.parametrize("label", [10, -1, "7", None, 1.5])
def test_a_hostile_label_is_one_sentence(label):
    with pytest.raises(InputError, match="0 to 9"):
        mine._apply_event(keep(label))


@pytest.mark.parametrize("strokes", [None, [], [[]], "7", [[[float("nan"), 0]]], [[[1, 2, 3]]], [[[0, 0]] * 20_001]])
def test_hostile_strokes_are_one_sentence(strokes):
    with pytest.raises(InputError):
        mine._apply_event(keep(1, strokes))
    assert not my_digits.user_digits()


def test_the_wall_says_what_the_network_answers():
    some(30)
    current = current_network.pretrained()
    data = mine.wall_data(current, drawing(pretrained.test_digits().images[0]))
    answers = current.network.predict(pretrained.test_digits().images[:30]).argmax(axis=1)
    assert data["answers"] == [str(answer) for answer in answers] and data["says"] == "7"
    assert data["right"] == int((answers == pretrained.test_digits().labels[:30]).sum())
    my_digits.relabel(my_digits.user_digits()[3].id, 9)
    relabelled = mine.wall_data(current, drawing(None))
    assert relabelled["right"] == data["right"] - 1
    assert [n for n in range(30) if relabelled["correct"][n] != data["correct"][n]] == [3]


def test_the_view_opens_and_offers_what_is_kept():
    test = AppTest.from_file(str(Path(__file__).parents[2] / "app.py"), default_timeout=60)
    test.switch_page("pages/draw.py")
    test.query_params["view"] = "mine"
    test.run()
    assert not test.exception and not test.button_group
    digits = pretrained.test_digits()
    kept = tuple(my_digits.UserDigit(n, int(digits.labels[n]), digits.images[n]) for n in range(12))
    test.session_state[my_digits._KEY] = kept
    test.run()
    assert not test.exception
    assert any(
        "on 10 of these among 4,000 of MNIST's" in text.value and "2 are held back" in text.value
        for text in test.markdown
    )
    letters = checkpoint.load(pretrained.MODELS / "dense.safetensors")[0]  # its own, for it is renamed
    letters.names = tuple("abcdefghij")
    test.session_state["workbench_network"] = current_network.SessionNetwork(letters, "letters")
    test.run()
    assert test.button(key="draw_mine_train").disabled
