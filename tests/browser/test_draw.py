"""Draw with the pointer, and be answered rightly while drawing."""

import pytest
from playwright.sync_api import expect
from screens import PHONE, PROJECTOR, fits, open_afresh

from cnncore.analysis.prediction import with_article
from cnncore.nn.layers.flatten import Flatten
from pages.ui.session import pretrained

ONE_TAB = True
ONE = [[(0.5, 0.15), (0.5, 0.85)]]
SEVEN = [[(0.25, 0.2), (0.75, 0.2), (0.42, 0.85)]]
ZERO = [
    [
        (0.5, 0.15),
        (0.33, 0.25),
        (0.27, 0.5),
        (0.33, 0.75),
        (0.5, 0.85),
        (0.67, 0.75),
        (0.73, 0.5),
        (0.67, 0.25),
        (0.5, 0.15),
    ]
]
SCRIBBLE = [[(0.1 + 0.8 * (n % 2), 0.1 + 0.05 * n) for n in range(16)]]


def draw(page, strokes, lift=True):
    area = page.locator(".paper").bounding_box()

    def place(x, y):
        return area["x"] + x * area["width"], area["y"] + y * area["height"]

    for stroke in strokes:
        page.mouse.move(*place(*stroke[0]))
        page.mouse.down()
        for point in stroke[1:]:
            page.mouse.move(*place(*point), steps=8)
        if lift:
            page.mouse.up()


def opened(page, app, name="draw"):
    open_afresh(page, app, name)
    pad, clear = page.locator(".pad"), page.get_by_role("button", name="Clear")
    if clear.is_enabled():
        clear.click()  # a drawing is kept on the way from page to page
    expect(pad.locator(".answer")).to_have_text("Draw a digit.")
    return pad


def layers_shown():
    """The input and every layer of the pretrained network but flatten and the last, whose outputs are the bars."""
    layers = pretrained.pretrained().layers[:-1]
    return 1 + sum(not isinstance(layer, Flatten) for layer in layers)


@pytest.mark.parametrize("digit, strokes", [("1", ONE), ("0", ZERO), ("7", SEVEN)])
def test_digits_are_answered_before_the_pen_is_lifted(page, app, digit, strokes):
    pad = opened(page, app)
    draw(page, strokes, lift=False)
    expect(pad).to_have_attribute("data-answer", digit)
    expect(pad.locator(".bar.best")).to_have_attribute("data-digit", digit)
    expect(pad.locator(".answer")).to_have_text(f"It looks like {with_article(digit)}.")
    assert pad.locator(".layer").count() == layers_shown()
    assert "100" not in pad.locator(".bar.best").inner_text()
    page.mouse.up()


def test_a_scribble_is_unsure(page, app):
    pad = opened(page, app)
    draw(page, SCRIBBLE)
    expect(pad).to_have_attribute("data-answer", "unsure")


def test_undo_and_clear(page, app):
    pad = opened(page, app)
    draw(page, SEVEN)
    expect(pad).to_have_attribute("data-answer", "7")
    draw(page, [[(0.3, 0.55), (0.7, 0.55)], *SCRIBBLE])
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    expect(pad).to_have_attribute("data-answer", "7")
    page.get_by_role("button", name="Clear").click()
    expect(pad.locator(".answer")).to_have_text("Draw a digit.")


def ink(page):
    """The share of the sheet that is inked."""
    count = """sheet => {
        const cells = sheet.getContext('2d').getImageData(0, 0, sheet.width, sheet.height).data;
        return cells.filter((value, k) => k % 4 === 3 && value > 0).length / (sheet.width * sheet.height);
    }"""
    return page.locator(".paper").evaluate(count)


def test_the_ink_stays_over_pages_and_rotation(page, app):
    pad = opened(page, app, "")
    draw(page, SEVEN)
    expect(pad).to_have_attribute("data-answer", "7")
    before = ink(page)
    fits(page, PHONE)
    assert page.locator(".paper").evaluate("node => getComputedStyle(node).touchAction") == "none"  # no scrolling
    assert ink(page) == pytest.approx(before, rel=0.1)
    page.set_viewport_size(PROJECTOR)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Draw").click()
    expect(page.get_by_role("heading", name="Draw")).to_be_visible()
    expect(page.locator(".pad .layer")).to_have_count(layers_shown())
    expect(page.locator(".pad")).to_have_attribute("data-answer", "7")
    assert ink(page) == pytest.approx(before, rel=0.1)
    draw(page, [[(0.3, 0.5), (0.7, 0.5)]])  # and it can be drawn on
    expect(page.locator(".pad")).to_have_attribute("data-answer", "7")
