"""Components outlive the orders in which Streamlit mounts them and ends a mounting that a newer one follows.

Streamlit calls the component again for each change of its data. Where that is superseded before the module is loaded,
it is called all the same and its clean-up runs at once: before or after the next call.
"""

import pytest

from pages.ui.components.drawing_canvas import Drawing
from pages.ui.components.loader import bundle, packed
from pages.ui.draw import my_digits as mine
from pages.ui.session import current_network, my_digits

MOUNT = """async ([script, data, order]) => {
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const { default: mount } = await import(url);
    const host = document.createElement("div");
    document.body.append(host);
    const parentElement = host.attachShadow({ mode: "open" });
    parentElement.innerHTML = '<div><div class="root"></div></div>';
    window.told = [];
    const set = (name, value) => window.told.push(value);
    const cleanups = {};
    for (const step of order) {
        if (step.startsWith("mount")) {
            cleanups[step.at(-1)] = mount({ data, parentElement, setTriggerValue: set, setStateValue: set });
        } else {
            cleanups[step.at(-1)]();
        }
    }
}"""
ORDERS = {
    "once": ["mount 1"],
    "ended before the next": ["mount 1", "end 1", "mount 2"],
    "ended after the next": ["mount 1", "mount 2", "end 1"],
    "two ended": ["mount 1", "mount 2", "end 1", "end 2", "mount 3"],
}


@pytest.mark.parametrize("order", ORDERS)
def test_the_wall_of_ones_own_digits_stays(page, order):
    data = mine.wall_data(current_network.pretrained(), Drawing([], None))
    data |= {"numbers": [4], "labels": [7], "answers": ["7"], "images": PICTURE, "right": 1}
    page.evaluate(MOUNT, [bundle("my_digits")[0], data, ORDERS[order]])
    assert page.locator(".label").count() == 10 and page.locator(".digit").count() == 1
    page.locator(".digit").click()
    page.keyboard.press("3")
    assert page.evaluate("window.told") == [{"do": "relabel", "number": 4, "label": 3}]  # heard once


PICTURE = packed(my_digits.to_digit_set(()).images[..., 0]) | {"shape": [1, 28, 28], "base64": "A" * 1046 + "=="}
