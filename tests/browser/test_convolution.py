"""The stage as a person uses it: keys, mouse, links. Numbers are compared with cnncore."""

import numpy as np
import pytest
from playwright.sync_api import expect

from cnncore import Conv2D, conv1d, conv2d, load
from cnncore.digits.mnist import FOLDER, load_mnist_test
from pages.ui.inputs import PICTURE, PICTURE_FILTERS

HALF = conv2d(PICTURE[None, :5, :5, None], PICTURE_FILTERS["diagonal /"][None, :, :, None], padding="half").ravel()


def opened(page, app, link=""):
    page.goto(f"{app}/convolution{link}")
    stage = page.locator(".stage")
    expect(stage).to_have_attribute("data-step", "1")
    return stage


def value(stage):
    return float(stage.get_attribute("data-value"))


def at(stage, step):
    expect(stage).to_have_attribute("data-step", str(step))


def test_a_cold_link_opens_the_page_within_the_app(page, app):
    opened(page, app)
    expect(page).to_have_title("Convoscope")
    expect(page.get_by_test_id("stSidebarNavLink").first).to_have_text("Start")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_every_step_by_key_shows_what_the_network_computed(page, app):
    stage = opened(page, app)
    shown = [value(stage)]
    for number, key in enumerate(["PageDown", "ArrowRight", "Space"] * 8):
        page.keyboard.press(key)
        at(stage, number + 2)
        shown.append(value(stage))
    np.testing.assert_array_equal(shown, HALF)
    cells = stage.locator("[data-name=output] .cell").all_inner_texts()
    assert [float(text.replace("−", "-")) for text in cells] == HALF.tolist()
    page.keyboard.press("Space")  # the last step stays
    at(stage, 25)
    for key, step in (("PageUp", 24), ("ArrowLeft", 23), ("Home", 1), ("End", 25)):
        page.keyboard.press(key)
        at(stage, step)


def test_the_step_is_said_in_words(page, app):
    stage = opened(page, app)
    for _ in range(11):
        page.keyboard.press("PageDown")
    at(stage, 12)
    said = "Step 12 of 25: row 3, column 2. 3×2 + 3×2 = 12; plus bias 0 is 12."
    expect(stage.locator(".line")).to_have_text(said)
    expect(stage.locator(".formula")).to_contain_text("= 5")


def test_by_mouse(page, app):
    stage = opened(page, app)
    page.get_by_role("button", name="Next beat").click()
    at(stage, 2)
    page.keyboard.press("Space")  # the focus went back to the stage: one step, not two
    at(stage, 3)
    page.get_by_role("button", name="Back").click()
    at(stage, 2)
    stage.locator("[data-name=output] .cell").nth(17).click()
    at(stage, 18)
    assert value(stage) == HALF[17]
    page.get_by_label("Step", exact=True).fill("7")
    at(stage, 7)


def test_predict_first_hides_until_revealed(page, app):
    stage = opened(page, app)
    page.keyboard.press("p")
    expect(stage).to_have_attribute("data-hidden", "true")
    page.keyboard.press("PageDown")
    expect(stage).to_have_attribute("data-hidden", "false")
    page.keyboard.press("PageDown")
    at(stage, 2)
    expect(stage).to_have_attribute("data-hidden", "true")
    assert stage.get_attribute("data-value") == ""
    expect(stage.locator(".total")).to_have_text("= ?")
    expect(stage.locator(".line")).to_have_text("Step 2 of 25: row 1, column 2. Which value is it?")
    expect(stage.locator("[data-name=output] .cell").nth(1)).to_have_text("?")
    page.keyboard.press("PageDown")
    assert value(stage) == HALF[1]
    page.keyboard.press("PageUp")  # back restores the beat: hidden again
    expect(stage).to_have_attribute("data-hidden", "true")


def test_a_digit_key_picks_a_scene_and_its_link_opens_it_again(page, app, browser):
    stage = opened(page, app)
    page.keyboard.press("7")
    expect(stage).to_have_attribute("data-steps", "5")
    assert "preset=signal" in page.url
    shown = []
    for step in range(1, 6):
        at(stage, step)
        shown.append(value(stage))
        page.keyboard.press("ArrowRight")
    np.testing.assert_array_equal(shown, conv1d([1, 2, 3, 4, 5], [1, 1, 1], padding="half"))
    assert sum(shown) == 39
    page.goto(page.url)
    expect(stage).to_have_attribute("data-steps", "5")


def test_a_digit_under_a_learned_filter_plays_to_the_end(page, app):
    stage = opened(page, app, "?preset=digit&map=3")
    expect(stage).to_have_attribute("data-steps", "784")
    network, _ = load(FOLDER.parent / "models" / "convolutional.safetensors")
    first = network.layers[0]
    assert isinstance(first, Conv2D)
    image = load_mnist_test().images[:1] / 255
    expected = conv2d(image, first.params["filters"].astype(float), padding="half")[0, ..., 2].ravel()
    assert value(stage) == pytest.approx(expected[0])
    page.keyboard.press("k")
    expect(stage).to_have_attribute("data-step", "784", timeout=60_000)
    assert value(stage) == pytest.approx(expected[-1])
    assert float(stage.get_attribute("data-fps")) > 0
    area = stage.locator("[data-name=output] canvas").bounding_box()
    cell = area["width"] / 28
    page.mouse.click(area["x"] + 14.5 * cell, area["y"] + 12.5 * cell)
    at(stage, 12 * 28 + 14 + 1)
    assert value(stage) == pytest.approx(expected[12 * 28 + 14])


def test_stage_only_and_keys(page, app):
    opened(page, app)
    page.keyboard.press("f")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    page.keyboard.press("f")
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_text("F: stage only")).to_be_visible()


def test_what_does_not_fit_says_so_and_the_last_picture_stays(page, app):
    stage = opened(page, app, "?preset=none")
    expect(stage).to_have_attribute("data-steps", "4")
    page.get_by_role("combobox", name="Filter").click()
    page.get_by_role("option", name="sum of 5×5").click()
    expect(page.get_by_test_id("stAlert")).to_contain_text("larger than the padded input of 4: try a filter of 4")
    expect(stage).to_have_attribute("data-steps", "4")
    expect(stage.locator(".head span")).to_have_text("the last picture that fits")


def test_a_size_that_is_not_whole_offers_neighbours(page, app):
    stage = opened(page, app, "?preset=odd")
    expect(page.get_by_test_id("stAlert")).to_contain_text("only padding")
    page.get_by_role("button", name="Try S = 1").click()
    expect(stage).to_have_attribute("data-steps", "36")


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)])
def test_small_screens_do_not_scroll_sideways(page, app, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened(page, app, "?preset=full")
    main = page.get_by_test_id("stMain")
    assert main.evaluate("node => node.scrollWidth <= node.clientWidth + 1")
