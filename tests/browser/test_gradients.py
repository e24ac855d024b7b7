"""The gradient page as a person uses it: keys, clicks, edits. Numbers are compared with cnncore."""

import re

import numpy as np
from playwright.sync_api import expect
from screens import expect_numbers, open_afresh

from cnncore import conv1d, conv1d_gradients, conv2d_gradients
from pages.ui.gradients.settings import relevant_settings, settings_of
from pages.ui.shared.grid_text import parse_grid

ONE_TAB = True
LEARNS = np.array([0, 0, 1, 3, 1, 0, 0, 2.0])


def opened(page, app, scene):
    settings = settings_of(scene)
    link = "&".join(f"{name}={settings[name]}" for name in relevant_settings(settings["view"], settings["loss"]))
    open_afresh(page, app, f"gradients?{link}")
    stage = page.locator(".stage")
    expect(stage).to_have_attribute("data-step", "1", timeout=30_000)  # a cold server reads its modules first
    return stage


def gives(stage, number):
    """Wait for the step's number."""
    expect(stage).to_have_attribute("data-value", f"{number:g}")


def at(stage, step):
    expect(stage).to_have_attribute("data-step", str(step))


def cells(stage, name):
    texts = stage.locator(f"[data-name='{name}'] .cell").all_inner_texts()
    return [float(text.replace("−", "-")) for text in texts]


def shows(page, title):
    """Whether this view alone is shown."""
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(page.locator(".stage")).to_have_count(1)


def press(page, key, times=1):
    for _ in range(times):
        page.keyboard.press(key)


def test_add_one_to_the_fifth_element(page, app):
    stage = opened(page, app, "ones")
    ledger = stage.locator(".ledger")
    gives(stage, conv1d([1, 2, 3, 4, 5], [1, 1, 1], padding="half").sum())
    press(page, "p")
    press(page, "PageDown", 2)
    expect(stage.locator(".option")).to_have_count(4)  # 41 − 39?
    expect(ledger).not_to_contain_text("41")
    press(page, "PageDown")
    gives(stage, 2)
    expect(stage.locator(".option.right")).to_contain_text("2 ✓")
    expect(ledger).to_contain_text("slope (41 − 39)/1")
    assert cells(stage, "after") == conv1d([1, 2, 3, 4, 6], [1, 1, 1], padding="half").tolist()
    expect(stage.locator("[data-name=after] .lit")).to_have_count(2)
    press(page, "p")
    press(page, "PageDown", 3)
    expect(stage.locator(".terms s")).to_have_text("o₆ would need t₈: it does not exist → 0 × 1")
    press(page, "PageDown")
    expect(stage.locator(".line")).to_have_text("Step 6 of 6: gradient 2, slope 2, difference 0.")


def test_a_click_nudges_a_cell_and_typing_changes_it(page, app):
    stage = opened(page, app, "flip")
    for cell, slope in ((5, 5), (1, 3)):  # the padding's zero comes before the first
        stage.locator("[data-name=input] .cell").nth(cell).click()
        gives(stage, slope)
        at(stage, 2)
    expect(page).to_have_url(re.compile("part=input.*cell=1&"))
    stage.locator("[data-name=filter] .cell").first.click()
    gives(stage, 10)
    expect(stage.locator("[data-name=after] .lit")).to_have_count(5)
    # by keyboard: into the grid, one cell on, a new weight
    press(page, "ArrowRight")
    page.keyboard.type("-1")
    press(page, "Enter")
    expect(page).to_have_url(re.compile("weights=1%2C-1%2C3"))
    expected = conv1d([1, 2, 3, 4, 5], [2, -1, 3], padding="half").tolist()
    expect_numbers(page, lambda: cells(stage, "after"), expected)


def test_the_backward_pass_of_a_picture_step_by_step(page, app):
    stage = opened(page, app, "picture")
    settings = settings_of("picture")
    picture, filter_ = parse_grid(settings["input"]), parse_grid(settings["weights"])
    press(page, "PageDown", 12)
    at(stage, 13)
    for done in (13, 25):
        press(page, "PageDown", done - int(stage.get_attribute("data-step")))
        at(stage, done)
        grad = (np.arange(25) < done).astype(float).reshape(1, 5, 5, 1)
        found = conv2d_gradients(picture[None, :, :, None], filter_[None, :, :, None], grad, padding="half")
        shown = np.array(cells(stage, "input gradient")).reshape(7, 7)
        np.testing.assert_array_equal(shown[1:-1, 1:-1], found[0][0, ..., 0])
        assert cells(stage, "filter gradient") == found[1].ravel().tolist()
        assert cells(stage, "bias gradient") == [done]
    expect(stage.locator("[data-name='scattered'] .dropped")).to_have_count(5)  # the corner's terms in the padding
    expect(stage.locator(".check")).to_contain_text("by 0")
    stage.locator("[data-name='filter gradient'] .cell").nth(4).hover()
    expect(stage.locator(".check")).to_contain_text(f"dL/dw₂₂ in the end {found[1].ravel()[4]:.0f}\nby")


def test_an_edited_output_gradient(page, app):
    stage = opened(page, app, "signal")
    stage.locator("[data-name='output gradient'] .cell").nth(1).dblclick()
    page.keyboard.type("-2")
    press(page, "Enter")
    expect(page).to_have_url(re.compile("grads=1%2C-2%2C1%2C1%2C1"))
    press(page, "Escape")
    press(page, "End")
    at(stage, 5)
    expected = conv1d_gradients([1, 2, 3, 4, 5], [1, 2, 3], [1, -2, 1, 1, 1], padding="half")
    expect_numbers(page, lambda: cells(stage, "input gradient")[1:-1], expected[0].tolist())
    assert cells(stage, "filter gradient") == expected[1].tolist()


def test_the_rotated_filter_gives_the_same_numbers(page, app):
    stage = opened(page, app, "rotated")
    assert cells(stage, "turned filter") == [3, 2, 1]
    press(page, "End")
    at(stage, 7)
    expected = conv1d_gradients([1, 2, 3, 4, 5], [1, 2, 3], [1] * 5, padding="half")[0]
    assert cells(stage, "convolution") == cells(stage, "scattered back") == [1, *expected, 3]
    press(page, "p")
    expect(stage.locator(".terms")).to_contain_text("which sum?")
    expect(stage.locator(".option")).to_have_count(4)
    page.get_by_test_id("stSidebar").get_by_text("Backward pass").click()
    shows(page, "Backward pass")


def test_three_weights_learn_by_one_button(page, app):
    stage = opened(page, app, "learn")
    press(page, "p")
    expect(stage.locator(".option.right")).to_have_count(0)
    press(page, "PageDown")
    expect(stage.locator(".option.right")).to_contain_text("w₁ up, w₂ stays, w₃ down ✓")
    press(page, "p")
    weights, target = np.zeros(3), conv1d(LEARNS, [1, 0, -1], padding="half")
    for step in range(1, int(stage.get_attribute("data-steps")) + 1):
        at(stage, step)
        error = conv1d(LEARNS, weights, padding="half") - target
        loss = float(stage.get_attribute("data-value"))
        np.testing.assert_allclose(loss, (error**2).mean(), atol=1e-12)
        np.testing.assert_allclose(cells(stage, "weights"), weights, atol=0.0051)
        weights = weights - 0.25 * conv1d_gradients(LEARNS, weights, error / 4, padding="half")[1]
        if step < 10:
            press(page, "PageDown")
    at(stage, 10)
    assert cells(stage, "hidden filter") == [1, 0, -1]
    expect(stage.locator(".line")).to_contain_text("Found in 9 steps: 1.00, 0.00, −1.00 is the hidden filter.")


def test_scenes_by_digit_key_back_and_forward(page, app):
    opened(page, app, "ones")
    press(page, "4")
    shows(page, "Backward pass")
    expect(page).to_have_url(re.compile("view=backward"))
    page.go_back()
    shows(page, "Add one")
    page.go_forward()
    shows(page, "Backward pass")
