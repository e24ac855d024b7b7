"""What a person made is there after a reload and after the server was started anew, for this browser alone."""

import re

import pytest
from playwright.sync_api import expect
from screens import rests
from servers import free_port, served
from test_draw import SEVEN, draw

from pages.ui.lecture.scenes import LECTURE_FILE, read_scenes, write_scenes
from pages.ui.store import sqlite

ONE = [[(0.5, 0.15), (0.5, 0.85)]]
SCENES = read_scenes(LECTURE_FILE.read_bytes())
TOKEN_ITEM = "() => localStorage.getItem('convoscope-token')"


@pytest.fixture
def keep(page):
    """Draw these strokes and keep them under a label."""

    def keep(strokes, label):
        mine = page.locator(".mine")
        count = int(mine.get_attribute("data-count"))
        draw(page, strokes)
        expect(mine.locator(".label").first).to_be_enabled()
        page.keyboard.press(label)
        expect(mine).to_have_attribute("data-count", str(count + 1))

    return keep


def opened(page, app):
    page.goto(f"{app}/draw?view=mine")
    rests(page)
    return page.locator(".mine")


def test_digits_and_their_undo_survive_a_reload(page, stranger, app, keep):
    mine = opened(page, app)
    expect(mine).to_have_attribute("data-count", "0")
    assert page.get_by_text("kept on this server").count() == 0
    keep(SEVEN, "7")
    keep(ONE, "1")
    expect(
        page.get_by_text(re.compile("Your digits are kept on this server for this browser alone until"))
    ).to_be_visible()
    token = page.evaluate(TOKEN_ITEM)
    assert re.fullmatch("[0-9a-f]{32}", token) and token not in page.url and token not in page.content()
    page.reload()
    expect(mine).to_have_attribute("data-count", "2")
    expect(mine.locator(".label").first).to_be_disabled()  # the sheet is as empty as it was left
    assert page.evaluate(TOKEN_ITEM) == token
    mine.get_by_role("button", name="Undo").click()
    expect(mine).to_have_attribute("data-count", "1")
    keep(ONE, "4")

    theirs = opened(stranger, app)
    stranger.wait_for_function(TOKEN_ITEM)
    stranger.wait_for_timeout(1000)
    expect(theirs).to_have_attribute("data-count", "0")
    assert stranger.evaluate(TOKEN_ITEM) != token


def test_two_tabs_of_a_browser_lose_nothing(page, profile, app, keep):
    mine = opened(page, app)
    other = profile.new_page()
    elsewhere = opened(other, app)
    expect(elsewhere).to_have_attribute("data-count", "0")
    keep(SEVEN, "7")
    draw(other, ONE)
    expect(elsewhere.locator(".label").first).to_be_enabled()
    other.keyboard.press("1")
    expect(elsewhere).to_have_attribute("data-count", "2")
    page.reload()
    expect(mine).to_have_attribute("data-count", "2")


def test_all_that_is_kept_can_be_deleted(page, app, keep):
    mine = opened(page, app)
    keep(SEVEN, "7")
    page.get_by_role("button", name="Delete what is kept").click()
    page.get_by_role("button", name="Delete all of it now").click()
    expect(mine).to_have_attribute("data-count", "0")
    expect(page.get_by_text("kept on this server")).to_have_count(0)
    page.reload()
    rests(page)
    page.wait_for_timeout(1000)
    expect(mine).to_have_attribute("data-count", "0")


def test_a_lecture_of_ones_own_survives_a_reload(page, stranger, app, tmp_path):
    file = tmp_path / "short.json"
    file.write_text(write_scenes([SCENES[5], SCENES[3]]), encoding="utf-8")
    page.goto(app)
    page.get_by_text("Edit the lecture").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect(page.get_by_text("2 scenes, walked with one button")).to_be_visible()
    page.reload()
    expect(page.get_by_text("2 scenes, walked with one button")).to_be_visible()
    page.get_by_role("button", name="Give the lecture").click()
    expect(page.locator(".lecture .place")).to_have_text("1 / 2")
    page.reload()  # the link names a scene of it
    expect(page.locator(".lecture .place")).to_have_text("1 / 2")
    expect(page.locator(".lecture")).to_have_attribute("data-name", SCENES[5].name)
    stranger.goto(page.url)
    expect(stranger.locator(".lecture .place")).to_have_text(f"1 / {len(SCENES)}")


def test_a_lecture_with_more_scenes_than_the_apps_own_keeps_its_place(page, app, tmp_path):
    file = tmp_path / "long.json"
    file.write_text(write_scenes([*SCENES, *SCENES][:100]), encoding="utf-8")
    page.goto(app)
    page.get_by_text("Edit the lecture").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    count = min(2 * len(SCENES), 100)
    expect(page.get_by_text(f"{count} scenes, walked with one button")).to_be_visible()
    page.goto(f"{app}/convolution?lecture={len(SCENES) + 6}")
    expect(page.locator(".lecture .place")).to_have_text(f"{len(SCENES) + 6} / {count}")


def test_switching_off_can_be_undone_after_a_reload(page, app):
    page.goto(f"{app}/inside?view=off&layer=1&map=6&digit=18")
    rests(page)
    stage = page.locator(".stage")
    stage.get_by_role("button", name="Switch it off").click()
    expect(stage).to_have_attribute("data-changes", "1")
    page.wait_for_url(re.compile("off=1.6"))
    rests(page)
    page.wait_for_timeout(1000)  # the browser says once whose the changes are, in a run of its own
    page.reload()
    expect(stage).to_have_attribute("data-changes", "1")
    undo = stage.get_by_role("button", name="Undo")
    expect(undo).to_be_enabled()
    undo.click()
    expect(stage).to_have_attribute("data-changes", "0")


def test_digits_survive_a_new_start_of_the_server(page, keep, tmp_path):
    port, folder = free_port(), tmp_path / "state"
    with served(port, CONVOSCOPE_RUNS=str(folder)) as app:
        mine = opened(page, app)
        keep(SEVEN, "7")
        token = page.evaluate(TOKEN_ITEM)
        assert all(token.encode() not in path.read_bytes() for path in folder.iterdir())
        page.goto("about:blank")  # else the page looks for its server
    assert (folder / sqlite.FILE).exists()
    with served(port, CONVOSCOPE_RUNS=str(folder)):
        page.goto(f"{app}/draw?view=mine")
        expect(mine).to_have_attribute("data-count", "1")
        mine.get_by_role("button", name="Undo").click()
        expect(mine).to_have_attribute("data-count", "0")


def test_a_browser_that_keeps_nothing_shows_the_page_and_says_so(page, app, keep):
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('off'); } });")
    mine = opened(page, app)
    expect(mine).to_have_attribute("data-count", "0")
    keep(SEVEN, "7")
    expect(page.get_by_text("because this browser keeps nothing for pages")).to_be_visible()
