"""How soon the canvas is answered: round trips of a stroke, and answers a second while one draws.

    python tests/benchmarks/canvas_round_trip.py [SECONDS] [LINK …]

Starts the app and a browser of its own. One long stroke is drawn at 120 pointer
events a second by the page itself, so that the script costs nothing. On a busy
machine read the processor time of an answer, in the server and in the page (of
it in scripts): their sum is what a trip takes where nothing else runs.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
import chromium
from conftest import ROOT, wait_for

STROKE = """([sheet, seconds]) => new Promise((done) => {
  const area = sheet.getBoundingClientRect(), begun = performance.now();
  const tell = (kind, share) => {
    const turn = 2 * Math.PI * share, radius = 0.36 - 0.02 * share;
    sheet.dispatchEvent(new PointerEvent(kind, { pointerId: 1, isPrimary: true, bubbles: true, composed: true,
      buttons: 1, clientX: area.left + area.width * (0.5 + radius * Math.sin(turn)),
      clientY: area.top + area.height * (0.5 - radius * Math.cos(turn)) }));
  };
  sheet.setPointerCapture = () => {};  // there is no such pointer
  tell("pointerdown", 0);
  const timer = setInterval(() => {
    const now = (performance.now() - begun) / 1000;
    if (now < seconds) { tell("pointermove", now); return; }
    clearInterval(timer);
    tell("pointerup", now);
    setTimeout(done, 500);
  }, 1000 / 120);
})"""


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    links = sys.argv[2:] or ["draw", ""]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://localhost:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", address.rpartition(":")[2]]
    server = subprocess.Popen([*command, "--server.headless", "true"], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"{address}/_stcore/health")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
            for link in links:
                measure(browser, server.pid, f"{address}/{link}", link or "start", seconds)
            browser.close()
    finally:
        server.terminate()
        server.wait(10)


def measure(browser, server, address, name, seconds):
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    page.goto(address)
    sheet = page.locator(".paper")
    sheet.wait_for()
    page.wait_for_timeout(1500)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    for _ in range(2):  # the first warms up
        page.get_by_role("button", name="Clear").evaluate("button => button.click()")
        page.locator(".pad").evaluate("pad => { pad.dataset.trips = ''; }")
        before = processor_time(session, server)
        sheet.evaluate("(sheet, seconds) => (" + STROKE + ")([sheet, seconds])", seconds)
        spent = processor_time(session, server) - before
        trips = np.array([float(trip) for trip in page.locator(".pad").get_attribute("data-trips").split()])
    median, high = np.percentile(trips, [50, 95])
    served, scripts, tasks = 1000 * spent / len(trips)
    print(
        f"{name:12} {len(trips) / (seconds + 0.5):5.1f} answers a second, round trip {median:.0f} ms, 95 % below "
        f"{high:.0f} ms (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores); processor time of an answer: "
        f"server {served:.1f} ms, page {tasks:.1f} ms (scripts {scripts:.1f} ms)",
        flush=True,
    )
    page.close()


def processor_time(session, server):
    """Seconds so far: the server's (where there is /proc), the page's in scripts, and in all."""
    stat = Path(f"/proc/{server}/stat")
    ticks = sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13])) if stat.exists() else 0
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return np.array([ticks / os.sysconf("SC_CLK_TCK"), metrics["ScriptDuration"], metrics["TaskDuration"]])


if __name__ == "__main__":
    main()
