"""Sizes of screens, and what has to hold on each."""

from playwright.sync_api import expect

PROJECTOR = {"width": 1600, "height": 900}
LAPTOP = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}

_COLD = 90_000  # milliseconds
_TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
_WIDTHS = "node => [node.scrollWidth, node.clientWidth]"


def rests(page):
    """Wait until the page's script has run and its component is there; a cold server reads its modules first."""
    expect(page.locator(".root").first).to_be_visible(timeout=_COLD)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=_COLD)


def fits(page, size=None):
    """Assert that the page does not scroll sideways, on a screen of `size` if that is given."""
    if size:
        page.set_viewport_size(size)
    for _ in range(10):  # components lay themselves out anew for a new width
        page.evaluate(_TWO_FRAMES)
        content, width = page.get_by_test_id("stMain").evaluate(_WIDTHS)
        if content <= width + 1:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{page.url} is {content} pixels wide on a screen with room for {width}")
