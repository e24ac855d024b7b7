"""The app on a free port, and a browser that notes what goes wrong and what leaves the machine."""

import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import urlopen

import chromium
import pytest
from playwright.sync_api import expect, sync_playwright
from screens import PROJECTOR

ROOT = Path(__file__).parents[2]
LOAD, WAIT = 90_000, 60_000  # milliseconds for a page to load, for all else: a busy machine is no failure
expect.set_options(timeout=WAIT)
STORED = "local_storage,indexeddb,service_workers"  # and the cookies, before the app is loaded: uploads need its own
HERE = ("localhost", "127.0.0.1", None, "")


@pytest.fixture(scope="session")
def app():
    """The app's address; the server ends with the tests."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.headless", "true", "--server.fileWatcherType", "none"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://localhost:{port}/_stcore/health")
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for(address, seconds=180):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"Nothing answers at {address}")


@pytest.fixture(scope="session")
def profile(tmp_path_factory):
    """A browser with a profile on disk: it compiles Streamlit's scripts once, which takes a second at every load."""
    with sync_playwright() as playwright:
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
