"""A random walk through pages and settings: Back, Forward and a reload find each state as it was."""

import contextlib
import random

import pytest
from playwright.sync_api import TimeoutError, expect
from screens import rests

PAGES = ["Start", "Convolution", "Filters", "Pooling & flatten", "Gradients", "Train", "Inside", "Draw"]
SLOW_VIEWS = ["Test set", "Reliability", "Map of the digits"]  # seconds of work each
# What a person recognises a state by: the page, its link, its sidebar, its main part; and what it complains of.
STATE = """() => {
  const texts = (selector, read) => [...document.querySelectorAll(selector)].map(read);
  const sidebar = "[data-testid=stSidebar] ", main = "[data-testid=stMain] ";
  return {
    link: location.pathname.replace("/start", "/") + location.search,
    page: texts(sidebar + "a[aria-current=page]", (node) => node.textContent),
    chosen: texts(sidebar + "[data-testid=stRadio] label:has(input:checked)", (node) => node.textContent),
    selected: texts(sidebar + "[data-testid=stSelectbox] input", (node) => node.value),
    numbers: texts(sidebar + "[data-testid=stNumberInput] input", (node) => node.value),
    components: texts(main + ".root", (node) => node.className.replace(" lectured", "")),
    complaints: texts("[data-testid=stAlert], [data-testid=stException]", (node) => node.textContent)
      .filter((text) => /could not be used|error|Traceback/.test(text)),
  };
}"""

# Counts the runs of a page's script that have ended.
COUNT_RUNS = """() => {
  window.runs = 0;
  new MutationObserver((changes) => changes.forEach(({ target, oldValue }) => {
    if (oldValue === "running" && target.dataset.testScriptState !== "running") window.runs += 1;
  })).observe(document.body, { subtree: true, attributeOldValue: true, attributeFilter: ["data-test-script-state"] });
}"""
# Whether the lecture's strip, the link and the stage belong to one scene.
LECTURE_STATE = """() => ({
  scene: Number(window.convoscope.lecture.root.dataset.scene),
  link: location.pathname + location.search,
  steps: window.convoscope.stage.root.dataset.steps,
})"""
PATIENCE = 5_000  # milliseconds for a run to end, where there is one


class Walk:
    """A tab and the state of each entry of its history, so that Back and Forward can be compared with them."""

    def __init__(self, tab, app, seed, most_back):
        self.tab, self.random, self.trail, self.most_back = tab, random.Random(seed), [], most_back
        tab.goto(app)
        rests(tab)
        tab.evaluate(COUNT_RUNS)
        self.first, self.states = self.entry(), {self.entry(): self.look()}

    def entry(self):
        """Return the key of the current entry of the tab's history."""
        return self.tab.evaluate("navigation.currentEntry.key")

    def look(self):
        """Return the state of the page once it is at rest."""
        before = None
        for _ in range(200):
            rests(self.tab)
            state = self.tab.evaluate(STATE)
            if state == before:
                assert not state["complaints"], (self.trail, state["complaints"])
                return state
            before = state
            self.tab.wait_for_timeout(200)
        raise AssertionError(f"{self.tab.url} does not come to rest after {self.trail}")

    def take_step(self):
        """Take one step of any kind that is possible here."""
        kinds = {"open a page": 4, "choose": 5, "press a key": 2, "reload": 1}
        kinds |= {"go back": 5} if self.entry() != self.first else {}
        kinds |= {"go forward": 4} if self.tab.evaluate("navigation.canGoForward") else {}
        kind = self.random.choices(list(kinds), list(kinds.values()))[0]
        getattr(self, kind.replace(" ", "_"))()

    def open_a_page(self):
        name = self.random.choice(PAGES)
        self.do(name, self.tab.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click)

    def choose(self):
        options = self.tab.locator("[data-testid=stSidebar] [data-testid=stRadio] label:has(input:not(:checked))")
        texts = options.all_inner_texts()
        possible = [number for number, text in enumerate(texts) if text and text not in SLOW_VIEWS]
        if possible:
            number = self.random.choice(possible)
            self.do(f"choose {texts[number]}", options.nth(number).click)

    def press_a_key(self):
        key = self.random.choice("1234")  # presets
        self.do(f"key {key}", lambda: self.tab.keyboard.press(key))

    def do(self, name, act):
        """Act, and note the state that follows."""
        self.trail.append(name)
        before = self.tab.evaluate("window.runs")
        act()
        with contextlib.suppress(TimeoutError):  # a key that means nothing here leads to no run
            self.tab.wait_for_function("before => window.runs > before", arg=before, timeout=PATIENCE)
        self.states[self.entry()] = self.look()

    def reload(self):
        self.trail.append("reload")
        self.tab.reload()
        rests(self.tab)
        self.tab.evaluate(COUNT_RUNS)
        self.expect_state()

    def go_back(self):
        """Go back by up to `most_back` entries, the next without waiting for the last."""
        for _ in range(self.random.randint(1, self.most_back)):
            if self.entry() != self.first:
                self.trail.append("back")
                self.tab.evaluate("history.back()")
                self.tab.wait_for_timeout(self.random.choice([50, 300]))
        self.expect_state()

    def go_forward(self):
        self.trail.append("forward")
        self.tab.evaluate("history.forward()")
        self.tab.wait_for_timeout(50)
        self.expect_state()

    def expect_state(self):
        """Assert that the page comes to the state that belongs to the current entry of the history."""
        entry = self.entry()
        assert entry in self.states, f"an entry that nobody has seen, {self.tab.url}, after {self.trail}"
        for _ in range(30):
            found = self.look()
            if found == self.states[entry]:
                break
        assert (found, self.entry()) == (self.states[entry], entry), f"after {self.trail}"


@pytest.mark.parametrize(
    "seed, steps, most_back", [(1, 15, 1), pytest.param(2, 500, 3, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_a_random_walk_finds_every_state_again(page, app, seed, steps, most_back):
    walk = Walk(page, app, seed, most_back)
    for _ in range(steps):
        walk.take_step()
    assert "back" in walk.trail and "forward" in walk.trail


def test_one_step_back_leads_to_the_page_before(page, app):
    page.goto(f"{app}/draw?view=why")
    rests(page)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Gradients", exact=True).click()
    page.wait_for_url("**/gradients?*")
    rests(page)
    page.go_back()
    page.wait_for_url("**/draw?view=why*")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_back_in_the_lecture_pairs_each_question_with_its_stage(page, app):
    """Over scenes of one page and of two: the strip, the link and the stage are those of one scene."""
    page.goto(f"{app}/convolution?preset=half&terms=symbols&lecture=4")
    strip = page.locator(".lecture")
    seen = []
    for number in (4, 5, 6, 7, 8):
        expect(strip).to_have_attribute("data-ready", str(number))
        rests(page)
        seen.append(page.evaluate(LECTURE_STATE))
        for _ in range(20):
            if strip.get_attribute("data-scene") == str(number):
                page.keyboard.press("PageDown")
                page.wait_for_function("() => !window.convoscope.moving")
    expect(strip).to_have_attribute("data-ready", "9")
    for state in reversed(seen):
        page.evaluate("history.back()")
        expect(strip).to_have_attribute("data-ready", str(state["scene"]))
        page.wait_for_function(f"state => JSON.stringify(({LECTURE_STATE})()) === JSON.stringify(state)", arg=state)


def test_controls_that_were_not_drawn_come_back_with_their_values(page, app):
    page.goto(f"{app}/filters?second=Sobel+x&second_bias=2")
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar.get_by_role("combobox", name="Filter B")).to_have_value("Sobel x")
    sidebar.get_by_text("one filter").click()
    page.wait_for_url("**layout=one*")
    rests(page)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Gradients", exact=True).click()
    page.wait_for_url("**/gradients?*")
    rests(page)
    page.go_back()
    page.wait_for_url("**/filters?*")
    sidebar.get_by_text("two in a row").click()
    expect(sidebar.get_by_role("combobox", name="Filter B")).to_have_value("Sobel x")
    expect(sidebar.get_by_role("spinbutton", name="Bias B")).to_have_value("2.00")
