"""Runs on the train page: compared, saved, opened again in another visit, and continued with the same curves."""

import re

from playwright.sync_api import expect
from screens import PHONE, fits
from test_accessibility import grave_ones
from test_train import number_of, opened, press, until

LONG = 300_000  # milliseconds: a training yields to everything else on a busy machine


def state_is(board, state):
    expect(board).to_have_attribute("data-state", state, timeout=LONG)


def zoom_and_save(page, figure):
    """Read a value under the pointer, zoom in and out again, and take the picture."""
    figure.scroll_into_view_if_needed()
    point = figure.locator(".scatterlayer .point").first.bounding_box()
    page.mouse.move(point["x"] + point["width"] / 2, point["y"] + point["height"] / 2)
    expect(figure.locator(".hoverlayer text")).to_have_text(re.compile(r"^Run \d, step 0: \d+(\.\d+)? % wrong$"))
    ticks = figure.locator(".xtick text")
    zero = ticks.filter(has_text=re.compile("^0$"))
    expect(zero).to_have_count(1)
    figure.get_by_role("button", name="Zoom").click()
    plot = figure.locator(".nsewdrag").bounding_box()
    page.mouse.move(plot["x"] + 0.5 * plot["width"], plot["y"] + 10)
    page.mouse.down()
    page.mouse.move(plot["x"] + 0.9 * plot["width"], plot["y"] + plot["height"] - 10, steps=5)
    page.mouse.up()
    expect(zero).to_have_count(0)
    figure.get_by_role("button", name="Reset axes").click()
    expect(zero).to_have_count(1)
    with page.expect_download() as download:
        figure.get_by_role("button", name="Download plot").click()
    assert download.value.suggested_filename == "wrong-of-1-000-by-step-all-runs.png"
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_two_runs_are_compared_and_a_saved_one_goes_on_with_the_same_curves(page, app, tmp_path):
    board = opened(page, app, "?digits=20000&batch=100&epochs=2&architecture=once&rate=0.05")
    page.keyboard.press("t")
    until(page, board, "step", 1)
    page.keyboard.press("m")
    expect(page.get_by_role("button", name=re.compile("^Full speed"))).to_be_visible()
    page.get_by_role("radio", name="10 a second").click()
    page.keyboard.press("k")
    state_is(board, "paused")
    assert number_of(board, "step") < 200  # within the first epoch
    page.keyboard.press("m")
    expect(page.get_by_role("button", name=re.compile("^Slow motion"))).to_be_visible()
    page.keyboard.press("e")  # to the end of the epoch
    expect(board).to_have_attribute("data-step", "200", timeout=LONG)
    state_is(board, "paused")
    at = number_of(board, "step")
    page.keyboard.press("b")
    expect(board).to_have_attribute("data-step", str(int(at) + 1))
    with page.expect_download() as download:
        press(page, "Download")
    file = tmp_path / "run.safetensors"
    download.value.save_as(file)
    page.keyboard.press("k")
    state_is(board, "finished")
    ends = board.locator(".words").inner_text().partition("wrong")[2]
    curve = board.get_by_role("img", name="Curve of wrong answers")
    seen = curve.locator("rect").count()

    first = board.get_attribute("data-run")
    page.keyboard.press("a")  # the same from the same weights, and thrown away
    expect(board).not_to_have_attribute("data-run", first, timeout=LONG)
    state_is(board, "finished")
    assert board.locator(".words").inner_text().partition("wrong")[2] == ends
    runs = page.get_by_test_id("stExpander").filter(has_text="Runs: 2")
    figure = runs.get_by_role("figure", name="Wrong of 1,000 by step, all runs")
    expect(figure.locator(".scatterlayer .trace")).to_have_count(2, timeout=LONG)
    expect(runs.locator(".comparison .curve")).to_be_hidden()  # it was there while a run went
    zoom_and_save(page, figure)
    runs.get_by_role("textbox", name="Name").first.fill("the first")
    runs.get_by_role("textbox", name="Name").first.press("Enter")
    expect(runs.get_by_role("table")).to_contain_text("the first")
    assert "runs=" in page.url
    page.reload()  # the session is another one, the runs are the same
    expect(figure.locator(".annotation-text")).to_have_text(["the first", "Run 2"])
    assert figure.locator(".js-plotly-plot").evaluate("plot => plot.data.map((line) => line.x.at(-1))") == [400, 400]
    runs.get_by_role("button", name="Delete").last.click()
    expect(page.get_by_text("Runs: 1", exact=True)).to_be_visible()

    page.goto(f"{app}/train")  # another visit, which knows of nothing but the file
    state_is(board, "idle")
    page.get_by_text("Take it home, open a file").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    state_is(board, "stopped")
    expect(board).to_have_attribute("data-step", str(int(at) + 1))
    expect(board.locator(".words")).to_contain_text("Continue goes on exactly there")
    press(page, "Continue")
    state_is(board, "finished")
    assert board.locator(".words").inner_text().partition("wrong")[2] == ends
    assert curve.locator("rect").count() == seen
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(file.read_bytes()[:5000])
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(bad)
    expect(page.get_by_test_id("stAlert")).to_contain_text(re.compile("model file"))
    state_is(board, "finished")


def test_until_stopped_and_another_beside_it_are_compared_while_they_run(page, app):
    board = opened(page, app, "?digits=2000&batch=32&architecture=once&ends=stopped")
    page.keyboard.press("t")
    until(page, board, "step", 1)
    expect(board.get_by_role("progressbar")).to_be_hidden()
    expect(board.locator(".facts")).to_contain_text("epochs, until stopped")
    expect(board.locator(".facts")).not_to_contain_text("left")
    page.get_by_text("Change it in the training under way").click()
    rate = page.get_by_role("spinbutton", name="Learning rate η")
    rate.fill("0.02")
    rate.press("Enter")
    page.wait_for_url("**rate=0.02**")
    first = board.get_attribute("data-run")
    press(page, "Train another beside it")
    expect(board).not_to_have_attribute("data-run", first, timeout=LONG)
    expect(page.get_by_test_id("stAlert")).to_be_hidden()
    runs = page.get_by_test_id("stExpander").filter(has_text="Runs: 2")
    comparison = runs.locator(".comparison")
    grown = "node => node.dataset.steps.split(' ').every((step) => Number(step) >= 100)"
    page.wait_for_function(grown, arg=comparison.element_handle(timeout=LONG), timeout=LONG)
    expect(runs.get_by_role("table")).to_contain_text("0.02")
    curve = comparison.get_by_role("img", name="Curves of all runs")
    curve.focus()
    page.keyboard.press("ArrowLeft")
    expect(comparison.locator(".tip")).to_contain_text("of 1,000")
    page.get_by_role("radio", name="Run 1").click()
    expect(board).to_have_attribute("data-run", first)
    press(page, "Stop")
    state_is(board, "stopped")
    expect(page.get_by_role("button", name="Continue")).to_be_enabled()
    runs.get_by_role("button", name="Open").last.click()
    state_is(board, "running")
    press(page, "Stop")
    state_is(board, "stopped")
    expect(runs.get_by_role("table")).not_to_contain_text("running")
    figure = runs.get_by_role("figure", name="Wrong of 1,000 by step, all runs")
    expect(figure.locator(".scatterlayer .trace")).to_have_count(2, timeout=LONG)  # all have ended
    expect(curve).to_be_hidden()
    assert not grave_ones(page)
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    expect(figure.locator(".annotation-text").first).to_have_css("font-size", "13px")
    fits(page)
    assert not grave_ones(page)
