"""Links that no page wrote: whatever any of their settings holds, the page opens and says so in one sentence."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import bounds
from pages.ui.draw import perturbation, preprocessing
from pages.ui.draw.photo import view as photo
from pages.ui.draw.why import view as why

ROOT = Path(__file__).parents[2]
VALUES = [
    *["abc", "", "1e3", "٣", "-0", "NaN", "0", "99", "-1", "null", "[]", "1\0", "%00", "😀", "1" + "0" * 400],
    *["../../etc/passwd", "<script>alert(1)</script>", "${{7*7}}", "x" * 8_000, "4.1," * 2_000, "1:" * 4_000],
]
DRAW = ["view", "sample", *(name for view in (perturbation, photo, preprocessing, why) for name in view.VIEW.settings)]
INSIDE = ["view", "input", "digit", "layer", "map", "row", "column", "right", "down", "off", "bias", "cell"]
VIEWS = {
    "draw": ["layers", "sees", "why", "change", "photo", "mine"],
    "inside": ["path", "open", "cell", "filters", "filter", "off", "shift"],
}
SETTINGS = {"draw": DRAW, "inside": INSIDE}


def opened(page, link):
    test = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=60)
    for name, value in link.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception
    return test


def told_once(test, page):
    """At most one sentence, which repeats nothing of the link; and the link is the page's own again."""
    said = [each.value for each in (*test.info, *test.warning)]
    assert len(said) <= 1 and all(len(each) < 400 and "<" not in each and "etc" not in each for each in said)
    assert set(test.query_params) <= set(SETTINGS[page])
    assert all(len(value[0] if isinstance(value, list) else value) < 200 for value in test.query_params.values())
    return said


@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value[:12]))
@pytest.mark.parametrize("page", SETTINGS)
def test_nonsense_in_every_setting_at_once(page, value):
    said = told_once(opened(page, dict.fromkeys(SETTINGS[page], value)), page)
    assert said and all(name in said[0] for name in ("view", "drop" if page == "draw" else "input"))


@pytest.mark.parametrize("name", ["off", "bias", "cell", "layer", "sample", "without", "class", "photo", "noise"])
def test_a_hundred_kilobytes(name):
    page = "inside" if name in INSIDE else "draw"
    for text in ("4.1,", "x", "1:"):
        said = told_once(opened(page, {name: (text * 100_000)[:100_000]}), page)
        assert said and f"The link's {name} " in said[0]


@pytest.mark.parametrize("page, view", [(page, view) for page, views in VIEWS.items() for view in views])
def test_nonsense_in_every_view(page, view):
    """With what is no setting of any page beside it, and settings that stand there twice."""
    twice = {name: ["../../etc/passwd", "<script>"] for name in SETTINGS[page] if name not in ("view", "photo")}
    said = told_once(opened(page, {"view": view, "hello": "1", "__proto__": "x"} | twice), page)
    assert said
    assert not told_once(opened(page, {"view": ["nothing", view], "unknown": "x" * 10_000}), page) or view == "photo"


def test_as_many_changes_as_there_may_be_and_one_more():
    places = [f"4.{n}" for n in range(1, bounds.CHANGES + 2)]
    assert not told_once(opened("inside", {"off": ",".join(places[:-1])}), "inside")
    assert "off" in told_once(opened("inside", {"off": ",".join(places)}), "inside")[0]
