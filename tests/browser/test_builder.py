"""Build a network as a person does: break it, mend it by what is offered, train it; run an experiment; by keyboard."""

import re

from playwright.sync_api import expect
from screens import PHONE, fits

LONG = 90_000


def opened(page, app, link):
    page.goto(f"{app}/train{link}")
    stack = page.locator(".stack")
    expect(stack).to_be_visible()
    return stack


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def block(stack, number):
    return stack.locator(f"[data-block='{number - 1}']")


def fill(page, label, value):
    field = page.get_by_test_id("stMain").get_by_role("spinbutton", name=label)
    field.fill(str(value))
    field.press("Enter")


def test_build_break_mend_and_train(page, app):
    stack = opened(page, app, "?show=build&architecture=once&digits=2000&epochs=1&batch=32")
    expect(stack.locator("[data-block]")).to_have_count(4)
    expect(block(stack, 1)).to_contain_text("28×28×8")
    expect(block(stack, 1)).to_contain_text("80 parameters")
    assert block(stack, 1).locator(".sheet").count() == 8
    tall = block(stack, 1).locator(".sheet").first.bounding_box()["height"]
    small = block(stack, 2).locator(".sheet").first.bounding_box()["height"]
    assert abs(tall / small - 2) < 0.1  # heights by size: 28 and 14

    press(page, "Add")  # a convolution behind the first
    expect(stack.locator("[data-block]")).to_have_count(5)
    expect(block(stack, 2)).to_have_attribute("aria-pressed", "true")
    fill(page, "Filters", 12)
    expect(block(stack, 2)).to_contain_text("28×28×12")
    fill(page, "Filter size F", 4)
    expect(block(stack, 2)).to_contain_text("does not fit")
    expect(block(stack, 3)).to_contain_text("?")
    expect(page.get_by_test_id("stAlert")).to_contain_text("Block 2 does not fit. Half padding needs an odd filter")
    expect(page.get_by_role("button", name="Train this")).to_be_disabled()
    stack.get_by_role("button", name="Correct it: Size 5").click()
    expect(block(stack, 2)).to_contain_text("12 filters 5 × 5")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)

    block(stack, 4).click()  # flatten, and take it out: dense does not fit
    expect(page.get_by_text("Block 4: flatten")).to_be_visible()
    press(page, "Remove")
    expect(block(stack, 4)).to_contain_text("does not fit")
    page.reload()  # the link holds it, broken as it is
    expect(block(stack, 4)).to_contain_text("does not fit")
    press(page, "Put Flatten before it")
    expect(stack.locator(".broken")).to_have_count(0)
    assert "net=c8.3-r-c12.5-r-p2-f-d10" in page.url

    block(stack, 1).focus()
    page.keyboard.press("ArrowRight")
    expect(block(stack, 2)).to_be_focused()
    expect(block(stack, 2)).to_have_attribute("aria-pressed", "true")

    page.get_by_role("button", name="Train this").click()
    board = page.locator(".training")
    expect(board).to_have_attribute("data-state", "finished", timeout=LONG)
    expect(board).to_contain_text("convolution 8 – convolution 12 – pool – dense 10")
    assert float(board.get_attribute("data-right")) > 0.7


def test_two_experiments_are_set_by_one_press_each_run_and_compared(page, app):
    page.goto(f"{app}/train?rate=3&seed=5")
    board = page.locator(".training")
    expect(board).to_have_attribute("data-state", "idle")
    page.get_by_text("Guided experiments").click()
    press(page, "A symmetric start")
    expect(page.get_by_text("Look at the eight filters while it learns")).to_be_visible()
    expect(page.get_by_role("button", name="✓ Set: all equal")).to_be_visible()
    expect(board).to_contain_text("all weights equal at the start")
    assert "experiment=symmetry" in page.url and "init=equal" in page.url and "seed=0" in page.url
    page.get_by_role("button", name=re.compile(r"^Train\b(?! this| live| on)")).click()
    expect(board).to_have_attribute("data-state", "finished", timeout=LONG)
    filters = board.locator(".filters canvas").evaluate_all("nodes => nodes.map((node) => node.toDataURL())")
    assert len(filters) == 8 and len(set(filters)) == 1  # all alike, to the last pixel
    press(page, "Set: random (Glorot)")
    expect(page.get_by_role("button", name="✓ Set: random (Glorot)")).to_be_visible()
    assert "architecture=once" in page.url and "init=" not in page.url

    first = board.get_attribute("data-run")  # the experiment's other half, laid over the first
    page.get_by_role("button", name=re.compile(r"^Train\b(?! this| live| on)")).click()
    expect(board).not_to_have_attribute("data-run", first, timeout=LONG)
    expect(board).to_have_attribute("data-state", "finished", timeout=LONG)
    runs = page.get_by_test_id("stExpander").filter(has_text="Runs: 2")
    expect(runs.locator(".comparison .curve .trace")).to_have_count(2, timeout=LONG)
    rows = runs.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(3)  # with its head
    expect(rows.nth(1)).to_contain_text("all weights equal at the start")
    expect(rows.nth(2)).not_to_contain_text("equal")
    expect(rows.nth(2)).to_contain_text("of 10,000", timeout=LONG)  # the table looks again every second
    wrong = [int(re.search(r"([\d,]+) of 10,000", text)[1].replace(",", "")) for text in rows.all_inner_texts()[1:]]
    assert wrong[1] < wrong[0]


def test_the_blocks_fit_the_screen(page, app):
    stack = opened(page, app, "?show=build")
    expect(stack.locator("[data-block]")).to_have_count(6)
    fits(page)
    assert page.get_by_test_id("stMain").evaluate("node => node.scrollHeight <= node.clientHeight + 1")
    page.keyboard.press("f")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    page.keyboard.press("f")
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    size_of = "node => parseFloat(getComputedStyle(node).fontSize)"
    assert block(stack, 1).locator(".shape").evaluate(size_of) >= 24
    fits(page, PHONE)
    assert block(stack, 1).locator(".shape").evaluate(size_of) >= 24
