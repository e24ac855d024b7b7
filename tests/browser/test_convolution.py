"""The stage as a person uses it: keys, mouse, links. Numbers are compared with cnncore."""

import numpy as np
import pytest
from playwright.sync_api import expect
from screens import expect_numbers, open_afresh

from cnncore import Conv2D, Window, conv1d, conv2d, load
from cnncore.data.mnist import FOLDER, load_mnist_test
from pages.ui.convolution.inputs import PICTURE, PICTURE_FILTERS

ONE_TAB = True
HALF = conv2d(PICTURE[None, :5, :5, None], PICTURE_FILTERS["diagonal /"][None, :, :, None], padding="half").ravel()

_LOSE_THE_NEXT_MESSAGE = """() => {
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = () => { WebSocket.prototype.send = send; };
}"""


def opened(page, app, link="?preset=half", step=1):
    open_afresh(page, app, f"convolution{link}")
    stage = page.locator(".stage")
    at(stage, step)
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


def test_a_digit_key_picks_a_scene_and_its_link_opens_it_again(page, app):
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
    page.keyboard.type("sum of 5")  # the list is long: only a part of it is in the page
    page.get_by_role("option", name="sum of 5×5").click()
    expect(page.get_by_test_id("stAlert")).to_contain_text("larger than the padded input of 4: try a filter of 4")
    expect(stage).to_have_attribute("data-steps", "4")
    expect(stage.locator(".head span").first).to_have_text("the last picture that fits")


def test_a_size_that_is_not_whole_offers_neighbours(page, app):
    stage = opened(page, app, "?preset=odd")
    expect(page.get_by_test_id("stAlert")).to_contain_text("of the padding alone")
    page.get_by_role("button", name="Try S = 1").click()
    expect(stage).to_have_attribute("data-steps", "36")


def lit(stage, name):
    return int(stage.locator(f"[data-name={name}]").get_attribute("data-lit") or 0)


def cell(stage, name, index):
    return stage.locator(f"[data-name={name}] .cell").nth(index)


def outputs(stage):
    """What the output shows once it is full."""
    return [float(text.replace("−", "-")) for text in stage.locator("[data-name=output] .cell").all_inner_texts()]


def test_cells_that_belong_together_are_lit(page, app):
    stage = opened(page, app, "?preset=padded-stride")
    window, sides = Window(3, stride=2, padding=1), (5, 5)
    starts = [(r, c) for r in window.positions(sides)[0] for c in window.positions(sides)[1]]
    for index in (0, 16, 24, 48):  # cells of the padded 7×7
        row, column = divmod(index, 7)
        readers = sum(r <= row < r + 3 and c <= column < c + 3 for r, c in starts)
        cell(stage, "input", index).hover()
        assert lit(stage, "output") == readers
    cell(stage, "filter", 4).hover()
    assert lit(stage, "input") == len(starts) and lit(stage, "output") == 0
    cell(stage, "output", 8).hover()
    assert lit(stage, "input") == 9
    boxes = [node.bounding_box() for node in stage.locator("[data-name=input] .lit").all()]
    corner = cell(stage, "input", 4 * 7 + 4).bounding_box()  # the last window starts at row 5, column 5
    assert min(box["x"] for box in boxes) == pytest.approx(corner["x"], abs=2)
    assert min(box["y"] for box in boxes) == pytest.approx(corner["y"], abs=2)
    page.mouse.move(5, 5)
    assert lit(stage, "input") == 0
    cell(stage, "filter", 0).focus()  # and by keyboard alone
    assert lit(stage, "input") == 9
    page.keyboard.press("ArrowRight")
    expect(cell(stage, "filter", 1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(cell(stage, "output", 0)).to_be_focused()
    assert lit(stage, "input") == 9
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    at(stage, 2)


def test_an_edit_that_the_connection_lost_is_sent_again(page, app):
    stage = opened(page, app)
    page.evaluate(_LOSE_THE_NEXT_MESSAGE)
    cell(stage, "filter", 0).focus()
    page.keyboard.press("5")
    page.keyboard.press("Enter")
    page.wait_for_url("**weights=5%2C**")
    expect(cell(stage, "filter", 0)).to_have_text("5")


def test_cells_and_weights_are_edited_by_mouse_and_by_keyboard(page, app):
    stage = opened(page, app, "?preset=half")
    page.keyboard.press("End")
    picture, weights = PICTURE[:5, :5].copy(), PICTURE_FILTERS["diagonal /"].copy()

    def computed():
        images, filters = picture[None, ..., None], weights[None, ..., None]
        return conv2d(images, filters, padding="half").ravel().tolist()

    inner = cell(stage, "input", 8 + 2 * 7)  # row 3, column 1 of the picture
    inner.dblclick()
    page.keyboard.type("-2.5")
    page.keyboard.press("Enter")
    picture[2, 0] = -2.5
    page.wait_for_url("**preset=own**")
    expect(inner).to_have_text("−2.50")
    at(stage, 25)  # the step stays
    expect_numbers(page, lambda: outputs(stage), computed())
    expect(cell(stage, "input", 9 + 2 * 7)).to_be_focused()  # and so does the keyboard's place

    cell(stage, "filter", 0).focus()  # keyboard alone, faster than the server answers
    for key in ("1", "Tab", "2", "Tab", "3", "Enter"):
        page.keyboard.press(key)
    weights[0] = (1, 2, 3)
    page.wait_for_url("**weights=1%2C2%2C3**")
    expect(cell(stage, "filter", 2)).to_have_text("3")
    expect_numbers(page, lambda: outputs(stage), computed())

    for text in ("", "abc", "1e308", "100", "--1"):
        cell(stage, "filter", 4).dblclick()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.press("Delete")
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(stage.locator(".line")).to_contain_text("the cell stays as it was")
        expect(cell(stage, "filter", 4)).to_have_text("2")
    cell(stage, "input", 0).dblclick()  # padding cannot be edited
    expect(stage.locator(".typed")).to_have_count(0)
    assert outputs(stage) == computed()

    page.keyboard.press("Control+z")
    expect(cell(stage, "filter", 2)).not_to_have_text("3")
    page.get_by_role("button", name="Reset").click()
    expect(inner).to_have_text("1")
    assert outputs(stage) == HALF.tolist()
    page.get_by_role("button", name="Undo").click()
    expect(inner).to_have_text("−2.50")


def test_painting_by_dragging(page, app):
    stage = opened(page, app, "?preset=none")
    page.get_by_role("button", name="Paint the input").click()
    start, end = (cell(stage, "input", n).bounding_box() for n in (0, 2))
    page.mouse.move(start["x"] + 9, start["y"] + 9)
    page.mouse.down()
    page.mouse.move(end["x"] + 9, end["y"] + 9, steps=9)
    page.mouse.up()
    page.wait_for_url("**preset=own**")
    expect(cell(stage, "input", 1)).to_have_text("3")
    page.keyboard.press("End")
    picture = PICTURE[:4, :4].copy()
    picture[0, :3] = 3
    expected = conv2d(picture[None, ..., None], PICTURE_FILTERS["diagonal /"][None, ..., None])
    at(stage, 4)
    expect_numbers(page, lambda: outputs(stage), expected.ravel().tolist())


def test_symbols_numbers_and_numpy(page, app):
    stage = opened(page, app, "?preset=half&bias=2&relu=on")
    for _ in range(12):
        page.keyboard.press("PageDown")
    page.keyboard.press("s")
    expect(stage.locator(".terms")).to_have_text(
        "o₃₃ = w₁₁·i₂₂ + w₁₂·i₂₃ + w₁₃·i₂₄ + w₂₁·i₃₂ + w₂₂·i₃₃ + w₂₃·i₃₄ + w₃₁·i₄₂ + w₃₂·i₄₃ + w₃₃·i₄₄"
    )
    page.wait_for_url("**terms=symbols**")
    page.keyboard.press("Home")
    expect(stage.locator(".terms")).to_contain_text("o₁₁ = w₁₁·0 + w₁₂·0")
    page.get_by_role("button", name="Symbols or numbers").click()
    expect(stage.locator(".terms")).to_contain_text("0×(−1)")
    evaluate_lines(page, stage, np.pad(PICTURE[:5, :5], 1), PICTURE_FILTERS["diagonal /"], 2)

    stage = opened(page, app, "?preset=signal&dilation=2&padding=full&filter=1 2 3&stride=2&step=3", step=3)
    evaluate_lines(page, stage, np.pad(np.arange(1.0, 6), 4), np.array([1.0, 2, 3]), 0)


def evaluate_lines(page, stage, padded, filter_, bias):
    """Each step's line of NumPy gives the number of the stage."""
    page.keyboard.press("Home")
    for _ in range(int(stage.get_attribute("data-steps"))):
        line = stage.locator(".code code").inner_text()
        names = {"padded": padded, "filter_": filter_, "bias": bias}
        assert float(eval(line, names)) == value(stage)
        page.keyboard.press("ArrowRight")
    expect(stage.locator(".code")).to_contain_text("Python counts from 0")


def test_options_hold_the_right_value_once_and_are_locked_by_the_reveal(page, app):
    stage = opened(page, app, "?preset=half&bias=1")
    page.keyboard.press("p")
    for step in range(1, 6):
        at(stage, step)
        options = stage.locator(".option .number:nth-child(2)").all_inner_texts()
        right = f"{HALF[step - 1] + 1:g}".replace("-", "−")
        assert 2 <= len(options) <= 4 and options.count(right) == 1 and len(set(options)) == len(options)
        page.keyboard.press("a")
        expect(stage.locator(".option .votes").first).to_have_text("● 1")
        page.keyboard.press("PageDown")
        expect(stage.locator(".option.right")).to_have_count(1)
        expect(stage.locator(".option.right")).to_contain_text(right)
        page.keyboard.press("a")
        expect(stage.locator(".option .votes").first).to_have_text("● 1")
        page.keyboard.press("PageDown")


def test_back_and_forward_restore_the_scene(page, app):
    stage = opened(page, app, "?preset=half")
    cell(stage, "output", 6).click()
    page.wait_for_url("**step=7**")
    page.keyboard.press("4")
    expect(stage).to_have_attribute("data-steps", "4")
    page.go_back()
    expect(stage).to_have_attribute("data-steps", "25")
    at(stage, 7)
    page.go_forward()
    expect(stage).to_have_attribute("data-steps", "4")
    at(stage, 1)


def test_a_big_grid_has_a_lens_and_is_edited_too(page, app):
    stage = opened(page, app, "?source=random&size=24&padding=none&stride=2&filter=sum of 5×5&seed=3")
    picture = np.random.default_rng(3).integers(0, 10, (24, 24)).astype(float)
    area = stage.locator("[data-name=input] canvas").first.bounding_box()
    side = area["width"] / 24

    def point(row, column):
        return area["x"] + (column + 0.5) * side, area["y"] + (row + 0.5) * side

    page.mouse.move(*point(10, 12))
    numbers = stage.locator(".lens .cell").all_inner_texts()
    assert [float(text) for text in numbers] == picture[8:13, 10:15].ravel().tolist()
    starts = [(r, c) for r in range(0, 20, 2) for c in range(0, 20, 2)]
    assert lit(stage, "output") == sum(r <= 10 < r + 5 and c <= 12 < c + 5 for r, c in starts)
    size = stage.locator(".lens .cell").first.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
    assert size >= 24
    page.mouse.dblclick(*point(1, 1))
    page.keyboard.type("9.5")
    page.keyboard.press("Enter")
    picture[1, 1] = 9.5
    page.wait_for_url("**preset=own**")
    expected = conv2d(picture[None, ..., None], np.ones((1, 5, 5, 1)), stride=2)[0, 0, 0, 0]
    expect(stage).to_have_attribute("data-value", f"{expected:g}")
    expect(stage.locator("[data-name=input] canvas").first).to_be_focused()


def test_learned_weights_can_be_read_from_the_last_row(page, app):
    stage = opened(page, app, "?preset=digit")
    sizes = stage.locator("[data-name=filter] .cell").evaluate_all(
        "cells => cells.map(cell => parseFloat(getComputedStyle(cell).fontSize))"
    )
    assert min(sizes) >= 24


def test_a_transposed_convolution_edits_the_filter_as_it_was_before_the_turn(page, app):
    stage = opened(page, app, "?preset=transposed")
    cell(stage, "input", 2 * 9 + 3).dblclick()  # a zero between two cells
    expect(stage.locator(".typed")).to_have_count(0)
    cell(stage, "filter", 0).dblclick()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    page.wait_for_url("**weights=-1%2C0%2C2%3B0%2C2%2C0%3B2%2C0%2C7**")
    expect(cell(stage, "filter", 0)).to_have_text("7")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(stage.locator(".terms")).to_contain_text("o₁₁ = w₃₃·0 + w₃₂·0")


def test_whoever_wants_little_motion_sees_the_end_at_once(page, app):
    page.emulate_media(reduced_motion="reduce")
    stage = opened(page, app)
    page.keyboard.press("k")
    at(stage, 25)
    assert stage.get_attribute("data-fps") is None
