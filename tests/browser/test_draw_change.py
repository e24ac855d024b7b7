"""A drawn digit is changed, and what two networks answer is what they answer in the core."""

import re

from playwright.sync_api import expect
from screens import LAPTOP, fits

from cnncore.analysis.equivariance import Perturbation
from cnncore.data.strokes import checked_strokes, draw_strokes
from pages.ui.components.drawing_canvas import SAMPLES
from pages.ui.session import pretrained


def answers(change):
    image = draw_strokes(checked_strokes(SAMPLES["7"]))
    changed = change.apply(image[None])
    return [str(network.predict(changed)[0].argmax()) for network in (pretrained.pretrained(), pretrained.dense())]


def test_a_changed_seven_and_a_square_erased_by_a_click(page, app):
    change = Perturbation(right=5, down=6)
    convolutional, dense = answers(change)
    assert "7" not in (convolutional, dense)  # else nothing would be seen to change
    page.goto(f"{app}/draw?view=change&sample=7&right=5&down=6")
    board = page.locator(".change")
    expect(board).to_have_attribute("data-convolutional", convolutional)
    expect(board).to_have_attribute("data-dense", dense)
    expect(page.locator(".pad")).to_have_attribute("data-answer", "7")  # the sheet itself stays
    rows = board.locator("[data-layer]")
    expect(rows).to_have_count(6)
    first = [float(text.replace("−", "-")) for text in rows.first.locator(".number").all_text_contents()]
    assert first[0] < 0.3 and first[1] > 0.9
    page.get_by_role("button", name="The changed digit").click(position={"x": 30, "y": 30})
    expect(page).to_have_url(re.compile("erase=6&row="))
    page.get_by_role("button", name="As it was drawn").click()
    expect(board).to_have_attribute("data-convolutional", "7")
    expect(rows.first.locator(".number").first).to_have_text("1")
    # On a laptop the networks stand below the maps.
    fits(page, LAPTOP)
