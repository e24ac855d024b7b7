"""Look closer at a run: pause, scrub back, compare, resume, open a cell; each number held against cnncore."""

import re
from functools import cache

import numpy as np
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from screens import PHONE, PROJECTOR, fits
from test_draw import SEVEN, draw
from test_train import leave_to, number_of, press, until

from cnncore import Network, Settings
from cnncore.analysis.evaluation import confusion, per_class_sample
from cnncore.architecture.spec import preset
from cnncore.data.digit_set import fixed_sample, sample_indices
from cnncore.data.mnist import FOLDER, load_mnist_test
from cnncore.training import checkpoint

VIEWS = {
    "Wall of 50": "wall",
    "Confusion": "confusion",
    "Worst mistakes": "worst",
    "Filters and maps": "maps",
    "Sizes and rate": "sizes",
}


@cache
def past():
    """The pretrained network's steps, its network at each, and the test digits."""
    network, run = checkpoint.load(FOLDER.parent / "models" / "convolutional.safetensors")
    snapshots = run.history.snapshots
    return sorted(snapshots), lambda step: network.copy(snapshots[step]), load_mnist_test()


def look_at(page, view):
    look = page.locator(".insight")
    look.get_by_role("button", name=view).click()
    expect(look).to_have_attribute("data-view", VIEWS[view])
    return look


def scrub(look, name, index):
    slider = look.get_by_label(f"Step {name}", exact=True)
    slider.evaluate("(node, to) => { node.value = to; node.dispatchEvent(new Event('input')); }", index)


def shows(look, *steps):
    expect(look).to_have_attribute("data-steps", " ".join(map(str, steps)))


def answers(look, panel=0):
    return look.locator(".panel").nth(panel).locator(".verdict").all_inner_texts()


def test_the_pretrained_networks_past(page, app):
    steps, network, digits = past()
    wall = sample_indices(10_000)[per_class_sample(fixed_sample(digits).labels)]
    page.goto(f"{app}/train?show=pretrained")
    look = page.locator(".insight")
    shows(look, steps[-1])  # the wall is open at once

    def answers_at(step):
        given = network(step).predict(digits.images[wall]).argmax(axis=1)
        return [f"{a} {'✓' if a == b else '✗'}" for a, b in zip(given, digits.labels[wall], strict=True)]

    assert answers(look) == answers_at(steps[-1])
    scrub(look, "A", 8)
    shows(look, steps[8])
    assert answers(look) == answers_at(steps[8]) != answers_at(steps[-1])
    expect(look.locator(".panel canvas").nth(49)).to_be_visible()
    assert look.locator(".panel canvas").nth(49).evaluate("node => !!node.painted")

    look.get_by_role("button", name="Two steps side by side").click()
    shows(look, steps[8], steps[-1])
    assert [answers(look, n) for n in (0, 1)] == [answers_at(steps[8]), answers_at(steps[-1])]
    changed = sum(a[0] != b[0] for a, b in zip(answers_at(steps[8]), answers_at(steps[-1]), strict=True))
    expect(look.locator(".changed")).to_have_count(changed)

    look_at(page, "Confusion")
    sample = fixed_sample(digits)
    counts = confusion(sample.labels, network(steps[8]).predict(sample.images).argmax(axis=1), 10)
    cells = look.locator(".panel").first.locator(".matrix button")
    assert [int(text or 0) for text in cells.all_inner_texts()] == counts.ravel().tolist()
    wrong = int(counts.sum() - np.trace(counts))
    expect(look.locator(".words")).to_contain_text(f"step {steps[8]}: wrong {wrong} of a fixed sample of 1,000")
    errors = np.where(np.eye(10, dtype=bool), 0, counts)
    at = int(errors.argmax())
    cells.nth(at).click()
    found = look.locator(".panel").first.locator(".found button")
    expect(found).to_have_count(int(errors.max()))
    expect(found.last.locator("canvas")).to_have_js_property("width", 28)
    page.wait_for_function("node => !!node.painted", arg=found.last.locator("canvas").element_handle())
    cells.nth(at).press("ArrowDown" if at < 90 else "ArrowUp")  # by keyboard to the next cell
    moved = at + (10 if at < 90 else -10)
    page.keyboard.press("Enter")
    expect(cells.nth(moved)).to_have_attribute("aria-pressed", "true")
    expect(found).to_have_count(int(counts.ravel()[moved]))

    look_at(page, "Worst mistakes")
    label, answer = look.locator(".panel").first.locator(".verdict").first.inner_text().split(" → ")
    assert counts[int(label), int(answer)] > 0 and label != answer
    look.get_by_role("button", name="Two steps side by side").click()
    look_at(page, "Wall of 50")
    shows(look, steps[8])
    page.keyboard.press("l")  # the film runs to the end
    shows(look, steps[-1])
    expect(look.get_by_role("button", name="Film")).to_contain_text("▶")


def test_train_pause_look_back_and_resume(page, app):
    page.goto(f"{app}/draw")
    pad = page.locator(".pad")
    expect(pad.locator(".answer")).to_have_text("Draw a digit.")
    draw(page, SEVEN)
    expect(pad).to_have_attribute("data-answer", "7")
    leave_to(page, "Train")
    board = page.locator(".training")
    expect(board).to_have_attribute("data-state", "idle")
    press(page, "Train")
    until(page, board, "right", 0.5)
    look = look_at(page, "Wall of 50")
    expect(board).to_have_class(re.compile("small"))  # the closer look takes the room
    before = number_of(board, "step")
    page.wait_for_function(  # it follows the run
        "([node, step]) => Number(node.dataset.steps) > step", arg=[look.element_handle(), before]
    )
    look_at(page, "Sizes and rate")
    expect(look.get_by_role("rowheader")).to_have_text(["1 Conv2D", "4 Conv2D", "8 Dense"])
    line = look.locator(".size path").first.element_handle()
    page.wait_for_function("node => node.getAttribute('d').length > 20", arg=line)
    look_at(page, "Confusion")
    expect(look.locator(".words")).to_contain_text("of a fixed sample of 1,000")

    page.keyboard.press("k")
    expect(board).to_have_attribute("data-state", "paused")
    page.wait_for_timeout(1000)  # the last snapshot of what was under way
    expect(look).to_have_attribute("data-view", "confusion")  # the view stays
    statistics_of_past_steps(page, look, board)
    look_at(page, "Wall of 50")
    both = [look.element_handle(), board.element_handle()]
    page.wait_for_function("([look, board]) => look.dataset.steps === board.dataset.step", arg=both)
    step = str(int(number_of(board, "step")))
    last = answers(look)
    assert sum("✓" in text for text in last) > 25
    scrub(look, "A", 0)
    shows(look, 0)
    first = answers(look)
    assert first != last and sum("✓" in text for text in first) < 25
    assert answers(look) == untrained()
    look_at(page, "Filters and maps")
    expect(look.locator(".words")).to_contain_text("Your drawing: step 0 answers")
    then = look.locator(".shares .number").all_inner_texts()
    scrub(look, "A", 1_000)
    expect(look.locator(".words")).to_contain_text(f"Your drawing: step {int(step):,} answers")
    assert look.locator(".shares .number").all_inner_texts() != then
    expect(look.locator(".layer")).to_have_count(9)  # filters of two convolutions, the digit, six layers

    page.keyboard.press("k")
    expect(board).to_have_attribute("data-state", "running")
    until(page, board, "step", int(step) + 5)
    press(page, "Stop")
    expect(board).to_have_attribute("data-state", "stopped")
    look.get_by_role("button", name="Filters and maps").click()  # pressed again: closed
    expect(board).not_to_have_class(re.compile("small"))
    expect(look.locator(".panel").first).to_be_hidden()


def statistics_of_past_steps(page, look, board):
    """Where a run rests, figures show its layers at one step or at two."""
    look_at(page, "Sizes and rate")
    step = page.get_by_role("figure", name=re.compile("^Layer statistics"))
    expect(step.locator(".scatterlayer .trace")).to_have_count(3)
    expect(step.locator(".annotation-text")).to_have_text(["weights", "gradient", "update"])
    expect(step.locator(".xtick")).to_have_text(["1 Conv2D", "4 Conv2D", "8 Dense"])
    expect(look.get_by_role("rowheader").first).to_be_hidden()
    weights = step.locator(".textpoint").first.text_content()
    scrub(look, "A", 0)
    expect(step).to_have_attribute("aria-label", "Layer statistics, Step 1")  # the first that was measured
    expect(step.locator(".textpoint").first).not_to_have_text(weights)
    look.get_by_role("button", name="Two steps side by side").click()
    expect(step).to_have_count(2)
    expect(step.locator(".gtitle").first).to_have_text("A: step 1: RMS by layer")
    expect(page.get_by_role("figure", name="RMS of the gradient").locator(".scatterlayer .trace")).to_have_count(3)
    expect(page.get_by_role("figure", name="Learning rate").locator(".shapelayer path")).to_have_count(2)
    fits(page, PHONE)
    assert not [v["id"] for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    page.set_viewport_size(PROJECTOR)
    look.get_by_role("button", name="Two steps side by side").click()
    expect(step).to_have_count(1)
    scrub(look, "A", 10_000)


def untrained():
    """The wall before any step: the network of the page's usual settings, with its random weights."""
    digits = load_mnist_test()
    wall = sample_indices(10_000)[per_class_sample(fixed_sample(digits).labels)]
    network = Network(preset("twice"), input_shape=(28, 28, 1), seed=Settings().seed)
    params = {(n, name): v.astype(np.float16) for n, name, v in network.parameters()}
    given = network.copy(params).predict(digits.images[wall]).argmax(axis=1)
    return [f"{a} {'✓' if a == b else '✗'}" for a, b in zip(given, digits.labels[wall], strict=True)]


def test_a_phone_looks_closer_without_scrolling_sideways(page, app):
    page.set_viewport_size(PHONE)
    page.goto(f"{app}/train?show=pretrained")
    expect(page.locator(".insight .verdict").first).to_be_visible()
    for view in ("Confusion", "Worst mistakes", "Filters and maps"):
        look_at(page, view)
        fits(page)
        violations = Axe().run(page).response["violations"]
        assert not [v["id"] for v in violations if v["impact"] in ("serious", "critical")]
