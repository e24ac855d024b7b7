"""No page scrolls sideways, neither on a phone nor on a small laptop."""

import pytest
from playwright.sync_api import expect
from screens import LAPTOP, PHONE, fits, visit

from pages.ui.gradients.presets import SCENES
from pages.ui.gradients.settings import relevant_settings, settings_of


def link_of(scene):
    settings = settings_of(scene)
    return "&".join(f"{name}={settings[name]}" for name in relevant_settings(settings["view"], settings["loss"]))


# What is on the page when it is complete, and the links.
PAGES = {
    "convolution": (
        ".stage[data-step='1']",
        "preset=full",
        "preset=digit",
        "kind=signal&size=16&padding=number&cells=13",
        "preset=channels&padding=half",
        "view=loop&preset=signal",
        "view=matrix&preset=signal",
    ),
    "filters": (".stage[data-step]", "", "row=8&column=12"),
    "pooling": (".stage[data-step='1']", "map=odd", "view=shift", "view=backward&map=digit", "view=flatten"),
    "gradients": (".stage[data-step='1']", *map(link_of, list(SCENES)[4:9])),
    "train": (".training, .scrambled, .stack, .wall", "", "show=scrambled", "show=build", "show=data&classes=137"),
    "inside": (
        ".stage[data-step]",
        "",
        "view=open",
        "view=cell",
        "layer=8",
        "layer=10",
        "view=filters",
        "view=filter",
        "view=off",
        "view=shift",
    ),
    "draw": (".pad, .photo", "", "view=photo", "view=why&sample=7", "view=change&sample=7"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_does_not_scroll_sideways(page, app, name):
    complete, *links = PAGES[name]
    for link in links:
        page.set_viewport_size(PHONE)
        visit(page, app, f"{name}?{link}")
        expect(page.locator(complete).first).to_be_visible()
        if link == "view=filter":
            expect(page.locator(".excited")).to_have_count(10)  # they come later
        fits(page)
        fits(page, LAPTOP)
