"""Scene files: the lecture's own, and those from outside."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnncore import InputError
from pages.ui.frame.navigation import PAGES
from pages.ui.lecture.editor import row_of, scene_of_row
from pages.ui.lecture.scenes import LECTURE_FILE, Scene, read_scenes, write_scenes

LECTURE = read_scenes(LECTURE_FILE.read_bytes())
ROOT = Path(__file__).parents[2]


def file_of(*scenes):
    return json.dumps(scenes).encode()


def test_written_scenes_are_read_again():
    assert read_scenes(write_scenes(LECTURE).encode()) == LECTURE
    assert write_scenes(LECTURE) == LECTURE_FILE.read_text(encoding="utf-8")


def test_facts_are_filled_in():
    scene = Scene("n", "start", question="{O}?", options=["{O}", ["3", "not {O}"]], facts={"O": ["output_size", 4, 3]})
    question, options, _ = scene.texts()
    assert Scene("n", "start", question="{0:>9999999999} { {O.x}").texts()[0] == "{0:>9999999999} { {O.x}"
    assert question == "2?"
    assert options == [{"text": "2", "right": True, "why": ""}, {"text": "3", "right": False, "why": "not 2"}]


@pytest.mark.parametrize(
    "data, said",
    [
        (b"", "not a scene file"),
        (b"\x00\xff", "not a scene file"),
        (b"[" * 100_000, "not a scene file"),
        (b"[]", "1 to 100 scenes"),
        (b"{}", "1 to 100 scenes"),
        (file_of(*[{"name": "a", "page": "start"}] * 101), "1 to 100 scenes"),
        (b" " * 300_000, "at most 256 kB"),
        (file_of(1), "Scene 1 is not described"),
        (file_of({"name": "a", "page": "start", "colour": "red"}), "Scene 1 is not described"),
        (file_of({"name": "a", "page": "start"}, {"name": "b", "page": "../etc"}), "Scene 2: Unknown page"),
        (file_of({"name": "a", "page": ["start"]}), "not of the right kind"),
        (file_of({"name": "", "page": "start"}), "has a name"),
        (file_of({"name": "x" * 100, "page": "start"}), "has a name"),
        (file_of({"name": "a", "page": "start", "settings": {"digit": [1]}}), "numbers and words only"),
        (file_of({"name": "a", "page": "start", "settings": {"embed": "true"}}), "which no page has"),
        (file_of({"name": "a", "page": "start", "settings": {"lecture": 3}}), "which no page has"),
        (file_of({"name": "a", "page": "start", "settings": {"a b": 3}}), "which no page has"),
        (file_of({"name": "a", "page": "start", "facts": {"O": [["x"]]}}), "Unknown fact"),
        (file_of({"name": "a", "page": "start", "step": -3}), "counted from 1"),
        (file_of({"name": "a", "page": "start", "beats": ["1"]}), "counted from 1"),
        (file_of({"name": "a", "page": "start", "hide": "me"}), 'hides "value", "all"'),
        (file_of({"name": "a", "page": "start", "question": "{O}"}), "does not define"),
        (file_of({"name": "a", "page": "start", "facts": {"O": ["eval", "1"]}}), "Unknown fact"),
        (file_of({"name": "a", "page": "start", "options": ["1", "1"]}), "read the same"),
    ],
)
def test_what_does_not_fit_is_one_sentence(data, said):
    with pytest.raises(InputError, match=said):
        read_scenes(data)


@pytest.mark.parametrize("number", range(1, len(LECTURE) + 1), ids=[scene.name for scene in LECTURE])
def test_every_scene_opens_without_a_refusal(number):
    scene = LECTURE[number - 1]
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in {**scene.settings, "lecture": number}.items():
        test.query_params[name] = str(value)
    test.switch_page(f"pages/{scene.page}.py").run()
    assert not test.exception and not test.warning
    assert not [info.value for info in test.info if "could not be used" in info.value]
    assert test.query_params["lecture"] == str(number)
    assert {name: str(value) for name, value in scene.settings.items()}.items() <= test.query_params.items()


def test_pages_of_scenes_are_pages_of_the_app():
    assert all((ROOT / "pages" / f"{page}.py").exists() for page in PAGES)
    assert {scene.page for scene in LECTURE} <= set(PAGES)


@pytest.mark.parametrize("value", ["0", "999", "-1", "abc", "٣", "", "1e1", "9" * 5000])
def test_a_lecture_number_that_is_none_shows_the_page_alone(value):
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    test.query_params["lecture"] = value
    test.run()
    assert not test.exception


def opened_editor():
    """The table of scenes alone: on the default page of an app, AppTest presses no button."""

    def script():
        from pages.ui.lecture.editor import editor

        editor()

    return AppTest.from_function(script, default_timeout=60).run()


def press(test, label):
    (button,) = [each for each in test.button if each.label == label]
    button.click().run()
    assert not test.exception


def test_the_editor_says_what_does_not_fit_and_takes_what_does(monkeypatch):
    used = []
    monkeypatch.setattr("pages.ui.lecture.strip.use_scenes", used.append)
    test = opened_editor()
    press(test, "Use these scenes")
    assert used == [LECTURE] and not test.warning
    press(test, "As it came")
    assert used == [LECTURE, LECTURE]
    with pytest.raises(InputError, match="not written as JSON"):
        scene_of_row({"name": "a", "page": "start", "settings": "{"})
    assert scene_of_row(row_of(LECTURE[4], 5)) == LECTURE[4]


def test_a_lecture_whose_file_could_not_be_read_again_is_refused(monkeypatch):
    monkeypatch.setattr("pages.ui.lecture.editor.write_scenes", lambda _: "x" * 300_000)
    monkeypatch.setattr("pages.ui.lecture.strip.use_scenes", lambda _: pytest.fail("it was used"))
    test = opened_editor()
    press(test, "Use these scenes")
    assert "at most 256 kB" in test.warning[0].value
