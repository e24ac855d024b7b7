"""A photo with digits: uploaded, read, corrected by hand."""

from itertools import pairwise

import papers
from playwright.sync_api import expect
from screens import PHONE, fits

SIZE = (800, 500)


def photographed():
    """Five digits, tilted, on unevenly lit paper."""
    placed = papers.line_of([0, 7, 3, 4, 1], left=120, top=130, height=100, tilt=9)
    return papers.jpeg(papers.coloured(papers.paper(placed, SIZE, light=papers.gradient(SIZE, 0.4), noise=5)))


def sent(page, name, data):
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": data})


def test_a_number_on_paper_is_read_and_corrected(page, app):
    page.goto(f"{app}/draw?view=photo")
    view = page.locator(".photo")
    expect(view).to_have_attribute("data-read", "0 7 3 4 1 / 9 5 2 6 8")  # the sample
    page.locator("label").filter(has_text="A file …").click()
    expect(view).to_have_count(0)
    sent(page, "number.jpg", photographed())
    expect(view).to_have_attribute("data-read", "0 7 3 4 1")
    expect(view.locator(".line")).to_have_text("0 7 3 4 1")
    expect(view.locator(".frame")).to_have_count(5)
    boxes = [view.locator(".frame").nth(n).bounding_box() for n in range(5)]
    assert all(a["x"] < b["x"] and a["y"] < b["y"] for a, b in pairwise(boxes))  # it falls

    view.locator(".card").nth(1).click()
    page.keyboard.press("2")
    expect(view).to_have_attribute("data-read", "0 2 3 4 1")
    expect(view.locator(".card").nth(1)).to_contain_text("2*")
    expect(view.locator(".words")).to_contain_text("1 by hand")
    view.get_by_label("The digit's right class").select_option("8")
    expect(view).to_have_attribute("data-read", "0 8 3 4 1")
    page.keyboard.press("Escape")
    view.locator(".card").nth(4).focus()
    page.keyboard.press("Delete")
    expect(view).to_have_attribute("data-read", "0 8 3 4")

    # A box drawn by hand around what was dropped.
    view.get_by_role("button", name="Draw a box").click()
    box = boxes[4]
    page.mouse.move(box["x"] - 6, box["y"] - 6)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 6, box["y"] + box["height"] + 6, steps=4)
    page.mouse.up()
    expect(view).to_have_attribute("data-read", "0 8 3 4 1")

    # What cannot be read is refused in a sentence, and what was there stays.
    sent(page, "broken.jpg", photographed()[:4000])
    expect(page.get_by_text("is damaged or incomplete: try a PNG or JPEG.")).to_be_visible()
    expect(page.get_by_text("Below is still the photo before it")).to_be_visible()
    expect(view).to_have_attribute("data-read", "0 8 3 4 1")
    page.get_by_role("button", name="Keep these with their labels").click()
    expect(page.get_by_text("5 more kept under My digits")).to_be_visible()
    page.get_by_role("button", name="As it was read at first").click()
    expect(view).to_have_attribute("data-read", "0 7 3 4 1")
    fits(page, PHONE)
