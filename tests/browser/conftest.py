"""The app on a free port, and a browser that notes what goes wrong and what leaves the machine."""

from urllib.parse import urlparse

import chromium
import pytest
from playwright.sync_api import expect, sync_playwright
from screens import PROJECTOR
from servers import free_port, served

LOAD, WAIT = 90_000, 60_000  # milliseconds for a page to load, for all else: a busy machine is no failure
expect.set_options(timeout=WAIT)
STORED = "local_storage,indexeddb,service_workers"  # and the cookies, before the app is loaded: uploads need its own
HERE = ("localhost", "127.0.0.1", None, "")


@pytest.fixture(scope="session")
def app():
    """The app's address; the server ends with the tests."""
    with served(free_port()) as address:
        yield address


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def profile(playwright, tmp_path_factory):
    """A browser with a profile on disk: it compiles Streamlit's scripts once, which takes a second at every load."""
    profile = playwright.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("chromium"),
        executable_path=chromium.find(),
        args=chromium.FLAGS,
        viewport={"width": 1600, "height": 900},
    )
    profile.set_default_timeout(WAIT)
    profile.set_default_navigation_timeout(LOAD)
    yield profile
    profile.close()


@pytest.fixture
def stranger(playwright):
    """A tab of another browser, which shares nothing with `page`."""
    browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
    page = browser.new_page(viewport=PROJECTOR)
    page.set_default_timeout(WAIT)
    page.set_default_navigation_timeout(LOAD)
    yield page
    browser.close()


@pytest.fixture(scope="module")
def tab(profile):
    """One tab for the tests of a module that sets ONE_TAB: they go from link to link, which saves loading the app."""
    tab = profile.new_page()
    yield tab
    tab.close()


@pytest.fixture
def page(request, profile, app):
    """A tab of projector size, with nothing stored; afterwards: no error in the console, no request elsewhere."""
    shared = getattr(request.module, "ONE_TAB", False)
    page = request.getfixturevalue("tab") if shared else profile.new_page()
    page.set_viewport_size(PROJECTOR)
    page.emulate_media(reduced_motion="null", color_scheme="null")
    session = page.context.new_cdp_session(page)
    session.send(
        "Storage.clearDataForOrigin", {"origin": app, "storageTypes": STORED if shared else f"cookies,{STORED}"}
    )
    session.detach()
    wrong, outside = [], []
    listeners = {
        "pageerror": lambda error: wrong.append(str(error)),
        "console": lambda message: wrong.append(message.text) if is_harmful(message) else None,
        "request": lambda r: outside.append(r.url) if urlparse(r.url).hostname not in HERE else None,
        "websocket": lambda ws: outside.append(ws.url) if urlparse(ws.url).hostname not in HERE else None,
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    yield page
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    for each in profile.pages[1:]:  # the first keeps the browser open
        if each is not page or not shared:
            each.close()
    assert not wrong
    assert not outside


def is_harmful(message):
    """Whether a message of the console is an error that a person could notice.

    A cold link logs two 404s, of /<page>/_stcore/health and host-config. A page that is left while Streamlit looks
    whether the file of its download button is there logs a 404 of that file; downloads have tests of their own.
    """
    address = message.location.get("url", "")
    harmless = "404" in message.text and ("_stcore" in address or "/media/" in address)
    return message.type == "error" and not (harmless or "Download Button source error" in message.text)
