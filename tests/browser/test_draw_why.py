"""Draw a seven and ask why: the panels show the core's own numbers for the same strokes."""

import re

import numpy as np
from playwright.sync_api import expect
from screens import fits
from test_draw import SEVEN, draw

from cnncore.analysis.attribution import input_times_gradient, nearest_digits, occlusion
from cnncore.data.strokes import checked_strokes, draw_strokes
from pages.ui.session import pretrained


def read(text):
    return float(text.replace("−", "-").replace("+", ""))


def image_of(page):
    """What the app makes of the strokes that were drawn: the canvas keeps them."""
    strokes = page.evaluate("document.convoscope.stage.sheet.ink.strokes")
    return draw_strokes(checked_strokes(strokes))


def point(page, name, row, column):
    """Point at a cell of a map, counted from 0."""
    grid = page.locator(f'.grid[data-name="{name}"]')
    grid.scroll_into_view_if_needed()
    area = grid.bounding_box()
    page.mouse.move(area["x"] + (column + 0.5) * area["width"] / 28, area["y"] + (row + 0.5) * area["height"] / 28)


def panel(page, name):
    return page.locator(f'.why [data-panel="{name}"]')


def test_four_panels_say_what_the_core_says(page, app):
    network, digits = pretrained.pretrained(), pretrained.training_digits()
    page.goto(f"{app}/draw?view=why")
    expect(page.get_by_text("Draw a digit and lift the pen")).to_be_visible()
    draw(page, SEVEN)
    why = page.locator(".why")
    expect(why).to_have_attribute("data-label", "7")
    expect(why).to_have_attribute("data-before", "false")
    image = image_of(page)

    blanked = occlusion(network, image, 7, patch=5, stride=2)
    drops = blanked.logit_drop
    worst = tuple(int(k) for k in np.unravel_index(np.abs(drops).argmax(), drops.shape))
    beside = panel(page, "blank").locator(".beside")
    expect(beside).to_contain_text(f"row {worst[0] + 1}, column {worst[1] + 1}")
    mean, strongest = (read(text) for text in beside.locator(".number").all_inner_texts())
    assert abs(mean + drops[worst]) < 0.006 and abs(strongest + blanked.largest[1]) < 0.006
    point(page, "blanked", 9, 12)
    expect(beside).to_contain_text("row 10, column 13")
    assert abs(read(beside.locator(".number").inner_text()) + drops[9, 12]) < 0.006

    other = page.locator('.grid[data-name="difference"]')  # the same cell is framed in every map
    area, frame = other.bounding_box(), other.locator(".cursor").bounding_box()
    assert [
        int((frame["y"] + frame["height"] / 2 - area["y"]) / area["height"] * 28),
        int((frame["x"] + frame["width"] / 2 - area["x"]) / area["width"] * 28),
    ] == [9, 12]

    told = input_times_gradient(network, image, 7)
    row, column = (int(k) for k in np.unravel_index(told.cells[..., 0].argmax(), (28, 28)))
    point(page, "input × gradient", row, column)
    numbers = panel(page, "gradient").locator(".beside .number")
    expect(numbers).to_have_count(4)
    for text, value in zip(
        numbers.all_inner_texts(),
        (told.cells[row, column, 0], told.cells.sum(), told.bias_residual, told.logit),
        strict=True,
    ):
        assert abs(read(text) - value) < 0.006
    assert why.get_attribute("data-cell") == str(28 * row + column)
    assert f"row {row + 1}, column {column + 1}" in page.locator(".why .live").inner_text()

    found = nearest_digits(digits.images, digits.labels, image, 6)
    first = panel(page, "nearest").locator(".digits").first
    assert first.locator("strong").all_inner_texts() == [str(n.label) for n in found]
    assert first.locator(".number").all_inner_texts() == [f"{n.distance:.1f}" for n in found]

    target, cells = why.get_attribute("data-target"), int(why.get_attribute("data-cells"))
    expect(panel(page, "other").locator("h3")).to_contain_text(f"What would make it {target}?")
    expect(panel(page, "other").locator(".said")).to_contain_text(f"To be surely read as {target}, {cells} cell")
    shares = [
        read(t.split(" %")[0].lstrip("<> ")) for t in panel(page, "other").locator(".duel .number").all_inner_texts()
    ]
    assert shares[0] > shares[2] and shares[3] > shares[1]  # before the answer wins, afterwards the other

    # The last explanation stays while one draws, and says whose it is; another class can be explained.
    draw(page, [[(0.3, 0.5), (0.7, 0.5)]], lift=False)
    expect(why).to_have_attribute("data-before", "true")
    expect(page.get_by_text("of the drawing before")).to_be_visible()
    page.mouse.up()
    expect(why).to_have_attribute("data-before", "false")
    page.get_by_test_id("stSelectbox").filter(has_text="Explain the class").locator("input").click()
    page.get_by_role("option", name="2", exact=True).click()
    expect(why).to_have_attribute("data-label", "2")
    expect(page).to_have_url(re.compile("class=2"))
    expect(page.locator(".why .state")).to_contain_text("Why 2?")
    logit = float(network.logits(image_of(page)[None])[0, 2])
    assert abs(read(panel(page, "gradient").locator(".beside .number").last.inner_text()) - logit) < 0.006
    fits(page)
