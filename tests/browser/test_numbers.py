"""Numbers as people write them, in the app's own number fields."""

import pytest
from screens import visit

ONE_TAB = True


@pytest.mark.parametrize("typed, read", [("0,05", "0.05"), ("0.02", "0.02"), ("1", "1")])
def test_a_decimal_comma_is_a_point(page, app, typed, read):
    visit(page, app, "train")
    field = page.get_by_test_id("stNumberInput").filter(has_text="Learning rate").locator("input")
    field.fill("0.3")
    field.press("ControlOrMeta+a")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**rate={read}&**")
    field.press("ControlOrMeta+a")
    page.keyboard.insert_text(f"0,0{read[-1]}1")  # pasted
    page.keyboard.press("Enter")
    page.wait_for_url(f"**rate=0.0{read[-1]}1&**")
