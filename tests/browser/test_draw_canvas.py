"""The sheet's tools, its keyboard and its memory; what the network sees, with a stage switched off."""

import numpy as np
import pytest
from playwright.sync_api import expect
from test_draw import SEVEN, ZERO, draw, ink, opened

from cnncore.data.strokes import PreprocessingSteps, checked_strokes, draw_strokes
from pages.ui.session import pretrained

ONE_TAB = True


def test_tools_keyboard_and_reload(page, app):
    pad = opened(page, app)
    spoken, paper = pad.locator(".spoken"), page.locator(".paper")
    draw(page, SEVEN)
    expect(pad).to_have_attribute("data-answer", "7")
    whole = ink(page)

    # the eraser takes the bar away, in one piece that can be taken back and brought again
    page.get_by_role("button", name="Eraser").click()
    draw(page, [[(0.2, 0.2), (0.72, 0.2)]])
    expect(pad).to_have_attribute("data-answer", "1")
    erased = ink(page)
    assert erased < 0.8 * whole
    page.keyboard.press("Control+z")
    expect(pad).to_have_attribute("data-answer", "7")
    assert ink(page) == pytest.approx(whole, rel=0.02)
    page.keyboard.press("Control+Shift+z")
    expect(pad).to_have_attribute("data-answer", "1")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Redo").click()
    expect(pad).to_have_attribute("data-answer", "1")
    expect(page.get_by_role("button", name="Redo")).to_be_disabled()

    # a wider pen is seen on the sheet, and it is said what it means
    page.keyboard.press("Control+z")
    page.get_by_role("button", name="Thick pen").click()
    expect(pad.locator(".remark")).to_contain_text("MNIST's pen")
    assert ink(page) > 1.3 * whole
    page.get_by_role("button", name="Medium pen").click()

    # clearing can be taken back; a sample can be started from, and a reload keeps what is drawn
    page.get_by_role("button", name="Clear").click()
    expect(pad.locator(".answer")).to_have_text("Draw a digit.")
    page.keyboard.press("Control+z")
    expect(pad).to_have_attribute("data-answer", "7")
    page.get_by_role("button", name="Start from a 3").click()
    expect(pad).to_have_attribute("data-answer", "3")
    drawn = ink(page)
    page.reload()
    expect(pad).to_have_attribute("data-answer", "3")
    assert ink(page) == pytest.approx(drawn, rel=0.02)

    # with the keyboard alone: a line of ink through the middle is a 1, and every move is said
    page.get_by_role("button", name="Clear").click()
    paper.focus()
    expect(spoken).to_contain_text("Arrow keys move")
    for _ in range(9):
        page.keyboard.press("ArrowUp")
    expect(spoken).to_have_text("row 5, column 14, no ink")
    page.keyboard.press("Space")
    for _ in range(18):
        page.keyboard.press("ArrowDown")
    expect(spoken).to_have_text("row 23, column 14, ink, pen down")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    expect(spoken).to_have_text("row 22, column 14, ink")
    expect(pad).to_have_attribute("data-answer", "1")
    page.keyboard.press("Backspace")
    expect(spoken).to_have_text("row 22, column 14, no ink")
    expect(pad).to_have_attribute("data-answer", "1")


def test_a_scene_keeps_its_sample_and_its_keys(page, app):
    opened(page, app)
    draw(page, ZERO)
    expect(page.locator(".pad")).to_have_attribute("data-answer", "0")
    page.goto(f"{app}/draw?sample=7&lecture=1")
    pad, lecture = page.locator(".pad"), page.locator(".lecture")
    expect(pad).to_have_attribute("data-answer", "7")  # not the drawing of before
    expect(pad.locator(".samples")).to_be_hidden()
    expect(lecture).to_have_attribute("data-ready", "1")
    page.locator(".paper").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    expect(pad.locator(".spoken")).to_have_text("row 14, column 15, ink")
    expect(lecture).to_have_attribute("data-revealed", "false")  # the sheet had the keys
    page.keyboard.press("Control+z")
    page.locator(".paper").blur()
    draw(page, [[(0.6, 0.5), (0.62, 0.5)]])  # a pointer does not take the keys
    page.keyboard.press("ArrowRight")
    expect(lecture).to_have_attribute("data-revealed", "true")


def test_a_stage_switched_off_changes_the_bars(page, app):
    opened(page, app, "draw?view=sees")
    sees = page.locator(".sees")
    expect(sees.locator(".said")).to_contain_text("Draw a digit")
    page.get_by_role("button", name="Thick pen").click()
    draw(page, [[(0.05 + 0.35 * x, 0.05 + 0.35 * y) for x, y in SEVEN[0]]])  # small, and in a corner
    expect(sees).to_have_attribute("data-now", "7")
    expect(sees.locator(".pair .part:visible")).to_have_count(0)
    page.get_by_role("button", name="scale to 20 × 20").click()
    expect(sees.locator(".said")).to_contain_text("Without scale to 20 × 20")
    page.get_by_role("button", name="centre of mass").click()
    expect(page.get_by_role("button", name="centre of mass")).to_have_attribute("aria-pressed", "false")
    expect(sees.locator(".said")).to_contain_text("Without scale to 20 × 20, centre of mass")
    assert page.url.endswith("without=box-centre")
    drawn = page.evaluate("JSON.parse(sessionStorage.getItem('convoscope-drawing'))")
    strokes = checked_strokes(drawn["strokes"])
    images = np.stack(
        [draw_strokes(strokes), draw_strokes(strokes, PreprocessingSteps(box=False, centre=False), drawn["pen"])]
    )
    shares = pretrained.pretrained().predict(images)
    assert np.abs(shares[0] - shares[1]).max() > 0.1
    for bars, expected in zip((".pair .whole", ".pair .part"), shares, strict=True):
        shown = sees.locator(bars).evaluate_all("bars => bars.map((bar) => Number(bar.dataset.share))")
        assert shown == pytest.approx(expected.tolist(), abs=1e-3)
    page.get_by_role("button", name="Clear").click()
    draw(page, ZERO, lift=False)  # and it is live
    expect(sees).to_have_attribute("data-all", "0")
    page.mouse.up()
