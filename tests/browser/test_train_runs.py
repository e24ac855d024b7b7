"""Runs on the train page: compared, saved, opened again in another visit, and continued with the same curves."""

import re

from playwright.sync_api import expect
from test_train import number_of, opened, press, until

LONG = 90_000


def state_is(board, state):
    expect(board).to_have_attribute("data-state", state, timeout=LONG)


def test_two_runs_are_compared_and_a_saved_one_goes_on_with_the_same_curves(page, app, tmp_path):
    board = opened(page, app, "?digits=2000&epochs=6&architecture=once&rate=0.05")
    page.keyboard.press("t")
    until(page, board, "step", 1)
    page.keyboard.press("m")
    expect(page.get_by_role("button", name=re.compile("^Full speed"))).to_be_visible()
    page.get_by_role("radio", name="10 a second").click()
    page.keyboard.press("k")
    state_is(board, "paused")
    page.keyboard.press("m")
    page.keyboard.press("e")  # to the end of the epoch
    page.wait_for_function(
        "node => node.dataset.state === 'paused' && node.dataset.step % 16 == 0 && node.dataset.step > 0",
        arg=board.element_handle(),
        timeout=LONG,
    )
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

    page.keyboard.press("a")  # the same from the same weights, and thrown away
    page.wait_for_function(
        "([n, run]) => n.dataset.run !== run", arg=[board.element_handle(), board.get_attribute("data-run")]
    )
    state_is(board, "finished")
    assert board.locator(".words").inner_text().partition("wrong")[2] == ends
    runs = page.get_by_test_id("stExpander").filter(has_text="Runs: 2")
    expect(runs.locator(".js-plotly-plot .scatterlayer .trace")).to_have_count(2, timeout=LONG)
    runs.get_by_role("textbox", name="Name").first.fill("the first")
    runs.get_by_role("textbox", name="Name").first.press("Enter")
    expect(runs.get_by_role("table")).to_contain_text("the first")
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
