"""The whole lecture by a two-button clicker: PageDown to the last scene, PageUp back to the first."""

import numpy as np
import pytest
from playwright.sync_api import expect

from cnncore import conv1d, conv1d_gradients, conv2d, max_pool2d
from cnncore.teaching.facts import fact
from pages.ui.lecture.scenes import LECTURE_FILE, read_scenes
from pages.ui.session import pretrained
from pages.ui.shared.filter_library import CLASSIC, PICTURE

SCENES = read_scenes(LECTURE_FILE.read_bytes())
SIGNAL = np.arange(1.0, 6)
STATE = """() => {
    const strip = window.convoscope.lecture.root.dataset, stage = window.convoscope.stage;
    const shown = stage?.steps === undefined ? null : [stage.step, stage.hidden];
    return [Number(strip.scene), strip.revealed === "true", shown];
}"""
SETTLED = """() => !document.getElementById("convoscope-cover") && !window.convoscope.moving
    && window.convoscope.lecture?.root.dataset.ready === window.convoscope.lecture?.root.dataset.scene"""
FITS = """() => { const root = window.convoscope.stage?.root;
    return !root || root.getBoundingClientRect().bottom <= innerHeight; }"""


def press(page, key):
    page.keyboard.press(key)
    page.wait_for_function(SETTLED)
    page.wait_for_timeout(60)
    return page.evaluate(STATE)


def picture(size, filter_name, **settings):
    maps = conv2d(PICTURE[:size, :size][None, ..., None], CLASSIC[filter_name][None, ..., None], **settings)
    return maps[0, ..., 0]


def expected_values():
    """What the stage's value is at the reveal, by scene, from cnncore alone."""
    ones = np.ones(3)
    half = picture(5, "diagonal /", padding="half")
    shifted = np.zeros((1, 28, 28, 1), np.uint8)
    shifted[:, :, 6:] = pretrained.test_digits().images[730][None, :, :-6]
    return {
        "Nine products": half[2, 2],
        "Bias and activation": max(half[2, 2] - 7, 0),
        "One dimension, no padding": conv1d(SIGNAL, ones)[0],
        "One dimension, half padding": conv1d(SIGNAL, ones, padding="half")[0],
        "One dimension, full padding": conv1d(SIGNAL, ones, padding="full")[0],
        "It shrinks": picture(4, "diagonal /")[0, 0],
        "The border": conv2d(np.full((1, 5, 5, 1), 3.0), CLASSIC["Laplacian"][None, ..., None], padding="half")[
            0, -1, -1, 0
        ],
        "Stride": picture(5, "diagonal /", stride=2)[0, 0],
        "Odd": picture(6, "diagonal /", stride=2, padding=1)[0, 0],
        "Maximum and mean": max_pool2d([[[[1.0], [3.0]], [[3.0], [0.0]]]], 2).item(),
        "Flatten": 968,
        "The 7 again": pretrained.pretrained().predict(shifted)[0].argmax(),
    }


def expected_last():
    """What it is at the scene's last beat."""
    slopes, _ = conv1d_gradients(SIGNAL, [1.0, 2.0, 3.0], np.ones(5), padding="half")
    return {
        "It shrinks": picture(4, "diagonal /")[1, 1],
        "Stride": picture(5, "diagonal /", stride=2)[1, 1],
        "Odd": picture(6, "diagonal /", stride=2, padding=1)[2, 2],
        "Add one": fact(["conv1d_slope", [1, 2, 3, 4, 5], [1, 1, 1], 5]),
        "Add one under [1, 2, 3]": slopes[4],
        "The rotated filter": slopes[3],
    }


@pytest.mark.parametrize("scenes_back", [3, pytest.param(len(SCENES), marks=pytest.mark.soak)])
def test_the_whole_lecture_forward_and_back(page, app, scenes_back):
    page.goto(app)
    page.get_by_role("button", name="Give the lecture").click()
    strip = page.locator(".lecture")
    expect(strip).to_have_attribute("data-scene", "1")
    page.wait_for_function(SETTLED)
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.locator(".pad .answer")).to_be_hidden()  # the first scene does not answer itself
    stage = page.locator(".stage")
    values, last = expected_values(), expected_last()
    walked, checked = [page.evaluate(STATE)], set()
    for _ in range(400):
        before = walked[-1]
        scene = SCENES[before[0] - 1]
        if scene.hide == "value" and not before[1] and before[2]:
            assert before[2][1], f"{scene.name}: the value is hidden before the reveal"
            assert stage.get_attribute("data-value") == ""
        if scene.name in last and walked[-1][1]:
            final = float(stage.get_attribute("data-value"))
        now = press(page, "PageDown")
        if now == before and before[0] == len(SCENES):
            break
        walked.append(now)
        name = SCENES[now[0] - 1].name
        if now[0] == before[0] and now[1] and not before[1]:  # the reveal
            _, options, caption = scene.texts()
            expect(strip.locator(".caption")).to_have_text(caption)
            if options:
                expect(strip.locator(".option.right .number").first).to_have_text(f"{options[0]['text']} ✓")
                expect(strip.locator(".option.wrong")).to_have_count(len(options) - 1)
            if name in values:
                assert float(stage.get_attribute("data-value")) == values[name], name
                checked.add(name)
        if now[0] != before[0]:
            if scene.name in last:
                assert final == last[scene.name], scene.name
                checked.add(scene.name)
            assert now == [before[0] + 1, not SCENES[now[0] - 1].question, now[2]], "a scene begins with its question"
        assert page.evaluate(FITS), f"{name} is higher than the window"
    assert [state[0] for state in walked if not state[1] or not SCENES[state[0] - 1].question][-1] == len(SCENES)
    assert checked == values.keys() | last.keys()

    for then in reversed(walked[:-1]):  # the beats again, in the other order
        if then[0] <= len(SCENES) - scenes_back:
            return
        if SCENES[then[0] - 1].name == "Five seconds":
            continue  # a recording that is played has no steps to go back
        now = press(page, "PageUp")
        while SCENES[now[0] - 1].name == "Five seconds":
            now = press(page, "PageUp")
        assert now == then
    assert press(page, "PageUp") == walked[0]


def test_a_show_of_hands_and_leaving(page, app):
    page.goto(f"{app}/convolution?preset=none&lecture=6")
    strip = page.locator(".lecture")
    expect(strip.locator(".option")).to_have_count(4)
    for key in "aab":
        page.keyboard.press(key)
    expect(strip.locator(".option .votes").nth(0)).to_have_text("●● 2")
    expect(strip.locator(".option .votes").nth(1)).to_have_text("● 1")
    page.keyboard.press("Backspace")
    expect(strip.locator(".option .votes").nth(1)).to_have_text("")
    expect(page.locator("[data-name=output]")).to_be_hidden()
    page.keyboard.press("PageDown")
    expect(page.locator("[data-name=output]")).to_be_visible()
    page.keyboard.press("b")  # locked
    expect(strip.locator(".option .votes").nth(1)).to_have_text("")
    page.keyboard.press("f")
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    page.keyboard.press("f")
    page.get_by_role("button", name="End the lecture").click()
    expect(strip).to_have_count(0)
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    assert "lecture" not in page.url and "preset=none" in page.url


def test_a_scene_can_be_left_out_and_the_file_saved_and_loaded(page, app, tmp_path):
    page.goto(app)
    page.get_by_text("Edit the lecture").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    saved = read_scenes(download.value.path().read_bytes())
    assert saved == SCENES
    short = tmp_path / "short.json"
    from pages.ui.lecture.scenes import write_scenes

    short.write_text(write_scenes([SCENES[5], SCENES[3]]), encoding="utf-8")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(short)
    expect(page.get_by_text("2 scenes, walked with one button")).to_be_visible()
    page.get_by_role("button", name="Give the lecture").click()
    expect(page.locator(".lecture .place")).to_have_text("1 / 2")
    expect(page.locator(".lecture")).to_have_attribute("data-name", "It shrinks")
