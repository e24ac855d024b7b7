"""The pooling page as a person uses it: windows, gradients, a shift and flatten, numbers compared with cnncore."""

import numpy as np
from playwright.sync_api import expect
from screens import open_afresh

from cnncore import avg_pool2d, avg_pool2d_gradient, conv2d, max_pool2d, max_pool2d_gradient
from pages.ui.pooling.inputs import SMALL, filter_of, small_maps
from pages.ui.shared.filter_library import PICTURE

ONE_TAB = True


def opened(page, app, link="?view=forward"):
    open_afresh(page, app, f"pooling{link}")
    stage = page.locator(".stage")
    expect(stage).to_have_attribute("data-step", "1", timeout=30_000)  # a cold server reads its modules first
    return stage


def at(stage, step):
    expect(stage).to_have_attribute("data-step", str(step))


def cells(stage, name):
    texts = stage.locator(f'[data-name="{name}"] .cell').all_inner_texts()
    return [float(text.replace("−", "-")) if text else None for text in texts]


def rounded(values):
    return np.round(np.asarray(values), 2).ravel().tolist()


def test_max_mean_and_stride_window_by_window(page, app):
    stage = opened(page, app)
    image = SMALL[None, :, :, None]
    largest = max_pool2d(image, 2).ravel()
    seen = []
    for step in range(1, 5):
        at(stage, step)
        seen.append(float(stage.get_attribute("data-value")))
        page.keyboard.press("PageDown")
    np.testing.assert_array_equal(seen, largest)
    assert cells(stage, "max pooling") == largest.tolist()
    assert cells(stage, "average pooling") == rounded(avg_pool2d(image, 2))
    strided = conv2d(image, filter_of("edge", 2)[None, :, :, None], stride=2)
    assert cells(stage, "strided convolution") == rounded(strided)
    # the winners are marked, all else is thrown away
    assert stage.locator("[data-name=map] .cell.won").count() == 4
    assert stage.locator("[data-name=map] .cell.dropped").count() == 12
    page.keyboard.press("Home")
    said = "Window 1 of 4: row 1, column 1. Max keeps 3 from row 1, column 2 (of 2 equals the first wins), 1, 3, 0"
    expect(stage.locator(".line")).to_contain_text(said)
    stage.locator('[data-name="average pooling"] .cell').nth(3).click()
    at(stage, 4)


def test_predict_offers_typical_mistakes(page, app):
    stage = opened(page, app)
    page.keyboard.press("p")
    expect(stage).to_have_attribute("data-hidden", "true")
    expect(stage.locator(".option")).to_have_count(4)
    options = {text.replace("−", "-") for text in stage.locator(".option .number:nth-child(2)").all_inner_texts()}
    assert options == {"3", "1.75", "7", "0"}  # the maximum; the mean, the sum, the last cell
    assert stage.locator("[data-name=map] .cell.won").count() == 0
    page.keyboard.press("PageDown")
    expect(stage.locator(".option.right .number").first).to_have_text("3 ✓")


def test_an_edited_cell_changes_the_outputs_and_the_link(page, app):
    stage = opened(page, app)
    stage.locator("[data-name=map] .cell").first.click()
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    expect(stage).to_have_attribute("data-value", "9")
    page.wait_for_url("**map=own**")
    assert cells(stage, "map")[0] == 9


def test_backward_step_by_step(page, app):
    stage = opened(page, app, "?view=backward&map=strokes&window=3&stride=1")
    image, ones = PICTURE[None, :, :, None], np.ones((1, 4, 4, 1))
    for step in (1, 7, 16):
        page.get_by_label("Step", exact=True).fill(str(step))
        at(stage, step)
        paid = np.where(np.arange(16) < step, 1.0, 0.0).reshape(1, 4, 4, 1) * ones
        assert cells(stage, "max gradient") == rounded(max_pool2d_gradient(image, paid, 3, stride=1))
        assert cells(stage, "mean gradient") == rounded(avg_pool2d_gradient(image, paid, 3, stride=1))
    stage.locator('[data-name="output gradient"] .cell').first.dblclick()
    page.keyboard.type("-2")
    page.keyboard.press("Enter")
    page.wait_for_url("**grads=-2**")
    expect(stage.locator('[data-name="output gradient"] .cell').first).to_have_text("−2")


def test_what_survives_a_shift(page, app):
    stage = opened(page, app, "?view=shift")
    for step, left in ((1, "2"), (2, "0"), (3, "0")):
        at(stage, step)
        expect(stage).to_have_attribute("data-value", left)
        page.keyboard.press("PageDown")
    assert stage.locator('[data-name="max pooling after"] .won').count() == 2
    page.get_by_role("button", name="Shift back").click()
    page.wait_for_url("**right=0**")
    page.get_by_role("button", name="Shift by one pixel left").click()
    page.wait_for_url("**right=-1**")
    page.keyboard.press("Home")
    expect(stage).to_have_attribute("data-value", "3")


def test_flatten_shows_where_a_value_went_on_either_side(page, app):
    stage = opened(page, app, "?view=flatten")
    vector = small_maps(3, 3, 2).reshape(-1)
    page.keyboard.press("End")
    at(stage, 18)
    assert cells(stage, "vector") == vector.tolist()
    stage.locator('[data-name="channel 2"] .cell').nth(5).hover()
    expect(stage).to_have_attribute("data-pointed", "12")
    expect(stage.locator(".line")).to_have_text("56 from row 2, column 3 of channel 2 goes to place 12 of 18.")
    expect(stage.locator(".sums")).to_contain_text("((2 − 1)·3 + 3 − 1)·2 + 2 = 12")
    stage.locator("[data-name=vector] .cell").nth(4).hover()
    expect(stage.locator(".line")).to_contain_text("13 from row 1, column 3 of channel 1 goes to place 5")
    stage.locator("[data-name=vector] .cell").first.focus()  # and by keyboard
    page.keyboard.press("ArrowRight")
    expect(stage.locator(".line")).to_contain_text("51 from row 1, column 1 of channel 2 goes to place 2")
    page.goto(f"{app}/pooling?view=flatten&part=back")
    expect(stage.locator(".head h2")).to_have_text("And back again")
    page.keyboard.press("End")
    at(stage, 18)
    assert cells(stage, "channel 2") == small_maps(3, 3, 2)[..., 1].ravel().tolist()


def test_nothing_is_lost(page, app):
    stage = opened(page, app, "?view=flatten&part=lost&flat=lecture")
    expect(stage).to_have_attribute("data-value", "968")
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    at(stage, 3)
    rows = [row.locator("td").all_inner_texts() for row in stage.locator(".scores tr").all()]
    assert len(rows[0]) == 10 and rows[0] == rows[1]
    expect(stage.locator(".sums .verdict")).to_contain_text("below 10⁻")
    page.keyboard.press("PageDown")
    at(stage, 4)
    rows = [row.locator("td").all_inner_texts() for row in stage.locator(".scores tr").all()]
    assert rows[0] != rows[1]
