"""Keep ten drawings, train the network on them, see what changed; and one thread through the pages, there and back."""

import io
import re
import zipfile

from playwright.sync_api import expect
from screens import rests
from test_draw import SEVEN, draw

from pages.ui.session import pretrained

LONG = 300_000  # milliseconds for a training on a busy machine


def letter(n):
    """A letter that someone writes for a 5, a little different each time; no network can know it."""
    shift, lift = 0.02 * (n % 5) - 0.04, 0.015 * (n // 5)
    return [
        [(0.2 + shift, 0.2), (0.5, 0.85 - lift), (0.8, 0.2 + shift)],
        [(0.32, 0.42 + lift), (0.68, 0.42 + shift / 2)],
    ]


def test_ten_drawings_are_kept_learned_and_read(page, app):
    page.goto(f"{app}/draw?view=mine")
    mine, pad = page.locator(".mine"), page.locator(".pad")
    expect(mine.locator(".count")).to_have_text("No digits are kept yet.")
    page.keyboard.press("5")  # nothing is drawn, so nothing is kept
    for n in range(10):
        draw(page, letter(n))
        expect(mine.locator(".label").first).to_be_enabled()
        if n % 2:
            page.keyboard.press("5")
        else:
            mine.get_by_role("button", name="This is a 5: keep it").click()
        expect(mine).to_have_attribute("data-count", str(n + 1))
        expect(pad).to_have_attribute("data-answer", "")  # the sheet is empty for the next
        expect(mine.locator(".label").first).to_be_disabled()
    right = int(mine.get_attribute("data-right"))
    assert right < 5

    digit = mine.get_by_role("group", name="Your digits").get_by_role("button").nth(2)
    digit.click()
    mine.get_by_role("button", name="Digit 3 is a 7").click()
    expect(digit).to_have_accessible_name(re.compile("^Digit 3: a 7"))
    mine.get_by_role("button", name="Take it out").click()
    expect(mine).to_have_attribute("data-count", "9")
    for _ in range(2):
        mine.get_by_role("button", name="Undo").click()
    expect(digit).to_have_accessible_name(re.compile("^Digit 3: a 5"))
    expect(mine).to_have_attribute("data-count", "10")
    rests(page)  # else the button still offers the digits of before
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as ZIP").click()
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as zipped:
        assert len(zipped.namelist()) == 10 and all(name.startswith("5/") for name in zipped.namelist())

    page.get_by_role("button", name="Train the network on them").click()
    table = page.locator(".before-after")
    expect(table).to_be_visible(timeout=LONG)
    rows = [row.locator("td").all_inner_texts() for row in table.locator("tbody tr").all()]
    (before, after), (unseen_before, unseen_after), (wrong_before, wrong_after) = rows
    assert int(before) + int(unseen_before) == right and int(after) == 8 and int(unseen_after) == 2
    assert int(wrong_before) == pretrained.wrong_of_mnist("convolutional") and 0 < int(wrong_after) < 200
    page.get_by_role("button", name="Use in Draw").click()
    expect(mine).to_have_attribute("data-right", "10")
    back = page.get_by_role("button", name="Back to the pretrained network")
    expect(back).to_be_visible()
    draw(page, letter(7))
    expect(pad).to_have_attribute("data-answer", "5")
    back.click()
    expect(mine).to_have_attribute("data-right", str(right))
    page.get_by_test_id("stSidebar").get_by_role("combobox", name="Which network answers").click()
    page.get_by_role("option", name="Your own: pretrained + 8 of your digits").click()
    expect(mine).to_have_attribute("data-right", "10")


def open_in(page, name, there):
    page.get_by_test_id("stSidebar").get_by_role("button", name=re.compile("^Open .* in")).click()
    page.locator(f".st-key-{name}_open_in_{there}").get_by_role("button").click()


def test_the_drawing_opens_in_other_pages_and_back_finds_it(page, app):
    page.goto(f"{app}/draw?view=mine")
    pad, mine = page.locator(".pad"), page.locator(".mine")
    expect(mine).to_be_visible()
    draw(page, SEVEN)
    expect(pad).to_have_attribute("data-answer", "7")
    open_in(page, "draw", "convolution")
    expect(page.get_by_text("row 15, column 15")).to_be_visible()
    expect(page.get_by_test_id("stSidebar").get_by_text("Take the drawing as it is now")).to_be_visible()
    page.go_back()
    expect(pad).to_have_attribute("data-answer", "7")
    expect(mine).to_be_visible()
    open_in(page, "draw", "inside")
    expect(page.get_by_text("· my drawing")).to_be_visible()
    open_in(page, "inside", "filters")
    expect(page.get_by_role("heading", name="Filters")).to_be_visible()
    expect(page.get_by_role("combobox", name="Picture")).to_have_value("The drawing")
    page.go_back()
    expect(page.get_by_text("· my drawing")).to_be_visible()

    page.goto(f"{app}/convolution?preset=digit&digit=5&map=3&step=300")
    expect(page.get_by_text("Step 300 of 784:")).to_be_visible()
    open_in(page, "convolution", "inside")
    expect(page.get_by_text("test digit 5, a 1")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Step 300 of 784:")).to_be_visible()
    page.keyboard.press("f")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
