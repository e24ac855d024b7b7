"""What strangers drew, drawn again with the pointer: the page predicts what the core predicts."""

import json
import time

import numpy as np
import pytest
from test_draw import opened

from cnncore import checked_strokes, classify, draw_strokes
from cnncore.data.pen_drawings import load_pen_drawings
from pages.ui.session import pretrained

COUNT = 200
SHARES = """pad => [...pad.querySelectorAll(".bar")].map(bar => [bar.dataset.digit,
  parseFloat(bar.querySelector(".fill").style.width || "0") / 100])"""


def redraw(page, strokes):
    """Draw strokes, in a box of 255, in the middle of the sheet."""
    area = page.locator(".paper").bounding_box()
    for stroke in strokes:
        places = (0.2 + 0.6 * stroke / 255) * (area["width"], area["height"]) + (area["x"], area["y"])
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place)
        page.mouse.up()


def predicted(page, network):
    """Wait until the page shows the core's prediction for the strokes that it kept; return that prediction."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        kept = json.loads(page.evaluate("sessionStorage.getItem('convoscope-drawing')"))
        prediction = classify(network, draw_strokes(checked_strokes(kept["strokes"]))[None])[0]
        shown = dict(page.locator(".pad").evaluate(SHARES))
        probabilities = [shown[name] for name in network.names]
        if np.allclose(probabilities, prediction.probabilities, atol=1e-5):
            return prediction
        page.wait_for_timeout(30)
    raise AssertionError(f"The page shows {probabilities}, the core computes {prediction.probabilities}")


@pytest.mark.soak
def test_drawn_digits_get_the_cores_prediction(page, app):
    network = pretrained.pretrained()
    every = [drawing for drawing in load_pen_drawings() if not drawing.training and drawing.digit is not None]
    chosen = [every[index] for index in np.linspace(0, len(every) - 1, COUNT).astype(int)]
    pad, same, correct = opened(page, app), 0, 0
    for drawing in chosen:
        redraw(page, drawing.strokes)
        prediction = predicted(page, network)
        assert pad.get_attribute("data-answer") == (prediction.class_name if prediction.sure else "unsure")
        directly = classify(network, draw_strokes(drawing.strokes)[None])[0]
        same += prediction.label == directly.label
        correct += prediction.label == drawing.digit
        page.get_by_role("button", name="Clear").click()
    print(f"{same} of {COUNT} as without the page, {correct} correct")
    assert same >= 0.97 * COUNT  # a pointer's places are whole pixels
