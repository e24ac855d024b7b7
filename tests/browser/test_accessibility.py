"""axe-core finds nothing serious or critical on any page, by day and by night."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from screens import visit

PAGES = [
    "",
    "convolution",
    "filters",
    "pooling",
    "gradients",
    "train?show=recorded",
    "train?show=data",
    "train?show=build&net=c8.3-r-c8.4-r-p2-f-d10",
    "inside",
    "draw?sample=7",
    "draw?view=why&sample=7",
    "convolution?preset=none&lecture=6",
]
OTHER_VIEWS = [
    "?view=numbers",
    "convolution?view=channels&padding=none",
    "pooling?view=flatten",
    "gradients?view=learn",
    "train?experiment=momentum",
    "train?show=pretrained",
    "draw?view=sees&sample=7&without=centre",
    "draw?view=mine&sample=7",
    "draw?view=photo",
]
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}  # all that the night changes


@pytest.mark.parametrize("links", [PAGES, pytest.param(OTHER_VIEWS, marks=pytest.mark.soak)], ids=["pages", "views"])
def test_nothing_serious(page, app, links):
    found = {}
    for link in links:
        page.emulate_media(color_scheme="light")
        visit(page, app, link)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
            if grave := grave_ones(page, None if scheme == "light" else COLOURS):
                found[link, scheme] = grave
    assert not found


def grave_ones(page, options=None):
    """What axe finds serious or critical, and where."""
    violations = Axe().run(page, options=options).response["violations"]
    grave = [v for v in violations if v["impact"] in ("serious", "critical")]
    return [(v["id"], [node["html"][:120] for node in v["nodes"][:3]]) for v in grave]
