"""The test set inside a network: from a cell of the matrix to a digit's path; the drawing moves over the map."""

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from screens import PHONE, PROJECTOR, fits
from test_draw import SEVEN, ZERO, draw

from cnncore import load
from cnncore.analysis.embedding import embed_image, embed_test_set
from cnncore.analysis.evaluation import hardest_indices
from cnncore.data.mnist import FOLDER, load_mnist_test
from cnncore.data.strokes import checked_strokes, draw_strokes
from cnncore.training.metrics import predict_probabilities


@pytest.fixture(scope="module")
def network():
    return load(FOLDER.parent / "models" / "convolutional.safetensors")[0]


@pytest.fixture(scope="module")
def digits():
    return load_mnist_test()


def test_from_a_cell_of_the_matrix_to_a_digits_path(page, app, network, digits):
    asked = predict_probabilities(network, digits.images)
    answers = asked.argmax(axis=1)
    page.goto(f"{app}/inside?view=tests")
    view = page.locator(".testset")
    expect(view).to_have_attribute("data-wrong", str((answers != digits.labels).sum()), timeout=60_000)
    fits(page)
    axe = Axe().run(page)
    assert not [each for each in axe.response["violations"] if each["impact"] in ("serious", "critical")]
    cell = view.locator(".matrix button").nth(49)
    found = np.flatnonzero((digits.labels == 4) & (answers == 9))
    assert cell.inner_text() == (str(len(found)) if len(found) else "")
    cell = view.locator(".matrix button").nth(94)  # nines answered 4
    found = np.flatnonzero((digits.labels == 9) & (answers == 4))
    cell.click()
    expect(view).to_have_attribute("data-cell", "9,4")
    expect(view.locator(".digits button")).to_have_count(len(found))
    surest = found[np.argsort(-asked[found, 4], kind="stable")]
    numbers = [int(node.get_attribute("data-number")) for node in view.locator(".digits button").all()]
    assert numbers == surest.tolist()
    view.locator(".digits button").nth(1).click()
    stage = page.locator(".stage")
    expect(stage).to_have_attribute("data-view", "path")
    assert f"digit={surest[1]}&" in page.url
    expect(stage.locator(".head")).to_contain_text(f"test digit {surest[1]}, a 9")
    expect(stage.locator(".answers")).to_have_attribute("data-digit", "4")
    # The hardest ones, in the sidebar.
    page.get_by_test_id("stSelectbox").filter(has_text="Class").locator("input").click()
    page.wait_for_timeout(1_000)
    if not page.get_by_role("option").count():  # what is drawn anew closes a list that is open
        page.keyboard.press("ArrowDown")
    page.get_by_role("option", name="the hardest ones").click()
    expected = hardest_indices(digits.labels, asked, 30)
    strip = page.locator(".hardest button")
    expect(strip).to_have_count(30)
    assert [int(node.get_attribute("data-number")) for node in strip.all()] == expected.tolist()
    strip.nth(2).click()
    expect(stage.locator(".head")).to_contain_text(f"test digit {expected[2]}, a {digits.labels[expected[2]]}")
    page.go_back()
    expect(stage.locator(".head")).to_contain_text(f"test digit {expected[0]}, a")


def test_the_drawing_moves_over_the_map(page, app, network, digits):
    page.goto(f"{app}/inside?view=map&digit=3")
    view = page.locator(".digitmap")
    expect(view).to_have_attribute("data-digits", "10000", timeout=60_000)
    axes = embed_test_set(network, digits.images).axes

    def place(of):
        return [float(v) for v in view.get_attribute(f"data-{of}").split(",")]

    def comes_to(strokes):
        """The pointer's path has more points than its corners, so the place is nearly the same."""
        image = draw_strokes(checked_strokes([[list(point) for point in stroke] for stroke in strokes]))
        x, y = embed_image(network, axes, image)
        near = (
            "([node, x, y]) => { const [a, b] = node.dataset.drawing.split(','); return Math.hypot(a - x, b - y) < 1; }"
        )
        page.wait_for_function(near, arg=[view.element_handle(), x, y])
        return x, y

    expect(view).to_have_attribute("data-drawing", "")
    page.wait_for_function("() => document.convoscope.points?.input")
    np.testing.assert_allclose(place("input"), embed_image(network, axes, digits.images[3]), atol=0.01)
    draw(page, SEVEN, lift=False)
    expect(page.locator(".pad")).to_have_attribute("data-answer", "7")
    page.mouse.up()
    seven = comes_to(SEVEN)
    page.get_by_role("button", name="Clear").click()
    expect(view).to_have_attribute("data-drawing", "")
    draw(page, ZERO)
    expect(page.locator(".pad")).to_have_attribute("data-answer", "0")
    zero = comes_to(ZERO)
    assert np.hypot(*np.subtract(zero, seven)) > 2
    # By keys from digit to digit; the picture is the digit's, and Enter opens its path.
    page.get_by_role("button", name="Emphasise 3").click()
    expect(view).to_have_attribute("data-chosen", "3")
    page.get_by_role("application", name="Map of").focus()
    page.keyboard.press("ArrowRight")
    line = view.locator(".line").inner_text()
    number = int(line.split(":")[0].removeprefix("Test digit ").replace(",", ""))
    assert digits.labels[number] == 3 and line.split(": ")[1].startswith("3, ")
    tip = view.locator(".tip canvas")
    dark = tip.evaluate("n => [...n.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, k) => k % 4 === 0)")
    ink = digits.images[number, ..., 0].ravel() >> 4
    order = np.argsort(-ink.astype(int), kind="stable")[:30]
    assert max(np.array(dark)[order]) < min(np.array(dark)[ink == 0])
    axe = Axe().run(page)
    assert not [each for each in axe.response["violations"] if each["impact"] in ("serious", "critical")]
    fits(page)
    fits(page, PHONE)
    page.set_viewport_size(PROJECTOR)
    page.get_by_role("application", name="Map of").press("Enter")
    expect(page.locator(".stage")).to_have_attribute("data-view", "path")
    assert f"digit={number}&" in page.url
