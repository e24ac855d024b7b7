"""Sizes of screens, and what has to hold on each."""

from urllib.parse import urlparse

from playwright.sync_api import expect

PROJECTOR = {"width": 1600, "height": 900}
LAPTOP = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}

_COLD = 90_000  # milliseconds
_TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
_WIDTHS = "node => [node.scrollWidth, node.clientWidth]"

# Goes to a link as Back and Forward do, and waits for the run of the page's script that follows.
_FOLLOW = """link => new Promise(done => {
  const app = document.querySelector("[data-testid=stApp]");
  const watch = new MutationObserver(changes => {  // a short run may be over before its first change is told
    const ran = changes.some(change => change.oldValue === "running");
    if (ran && app.dataset.testScriptState === "notRunning") finish();
  });
  const finish = () => { watch.disconnect(); done(); };
  watch.observe(app, { attributeOldValue: true, attributeFilter: ["data-test-script-state"] });
  setTimeout(finish, 5000);
  History.prototype.pushState.call(history, null, "", link);  // an entry of its own, without a press
  dispatchEvent(new PopStateEvent("popstate"));
})"""


def visit(page, app, link):
    """Open a link of the app; within the app without loading it anew, which takes most of a test's time."""
    if page.url.startswith(app):
        rests(page)  # Back and Forward wait for the end of a run, and so would this
        page.evaluate(_FOLLOW, f"{app}/{link}")
    else:
        page.goto(f"{app}/{link}")
    rests(page)


def open_afresh(page, app, link):
    """Open a link as `visit` does, by way of another page, so that nothing stays of what the last test did there."""
    if page.url.startswith(app):
        visit(page, app, "pooling" if urlparse(page.url).path != "/pooling" else "gradients")
    visit(page, app, link)


def rests(page):
    """Wait until the page's script has run and its component is there; a cold server reads its modules first."""
    expect(page.locator(".root").first).to_be_visible(timeout=_COLD)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=_COLD)


def expect_numbers(page, read, expected):
    """Wait until `read()` gives these numbers: a link changes before the component gets what belongs to it."""
    for _ in range(200):
        if read() == expected:
            return
        page.wait_for_timeout(50)
    assert read() == expected


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
