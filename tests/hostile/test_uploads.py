"""Pictures from outside through the pages that take them: one sentence or a picture; the last good one stays."""

from pathlib import Path

import numpy as np
import papers
import pictures
import pytest
from datasets import CSV
from streamlit.testing.v1 import AppTest

from cnncore import limits

ROOT = Path(__file__).parents[2]
GOOD = papers.jpeg(papers.coloured(papers.paper(papers.line_of([7], left=60, top=20, height=100), (160, 140), pen=10)))
NAMES = [
    "../../a.png",
    "a\0b.png",
    "x" * 5_000 + ".png",
    "<img src=x onerror=alert(1)>.png",
    "[a](javascript:b) `$x$`.png",
]
LINKS = {
    "filters": {"picture": "upload"},
    "inside": {"input": "upload"},
    "draw": {"view": "photo", "photo": "upload"},
}


def opened(page):
    test = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=60)
    for name, value in LINKS[page].items():
        test.query_params[name] = value
    return test.run()


def sent(test, data, name="a.png"):
    test.file_uploader[0].set_value((name, data, "image/png")).run()
    assert not test.exception, name
    return [each.value for each in test.warning]


def kept(test, page):
    """The picture that the page took last, as an array."""
    state = test.session_state
    if page == "filters":
        return state["filters.photos"]["upload"][1]
    return state["workbench_picture"] if page == "inside" else state["draw.readings"]["upload"].photo.picture


@pytest.mark.parametrize("page", LINKS)
def test_every_bad_file_is_one_sentence_and_the_last_good_one_stays(page):
    test = opened(page)
    assert "warning" not in [each.type for each in test.main] and not test.exception
    refused = sent(test, b"")  # before any good one
    assert len(refused) == 1 and "empty file" in refused[0] and not test.info
    assert sent(test, GOOD) == []
    good = kept(test, page).copy()
    for case, data in pictures.BAD.items():
        refused = sent(test, data)
        assert len(refused) == 1 and refused[0].startswith("The picture ") and ": " in refused[0], case
        assert "\n" not in refused[0] and len(refused[0]) < 160, case
        np.testing.assert_array_equal(kept(test, page), good, err_msg=case)
    for name in NAMES:
        refused = sent(test, GOOD[:300], name)
        assert len(refused) == 1 and "picture is damaged" in refused[0]
        assert not any(part in refused[0] for part in ("\0", "<img", "xxx", "javascript", "..")), name


@pytest.mark.parametrize("page", LINKS)
def test_every_kind_of_picture_and_every_name_is_taken(page):
    """What shows no digit is told so where one is read; nothing is an error."""
    test = opened(page)
    for case, data in (pictures.GREYS | pictures.ODD).items():
        refused = sent(test, data)
        if page == "filters":
            assert not refused, case
        assert all("shows no" in sentence for sentence in refused) and len(refused) <= 1, case
    for name in NAMES:
        assert sent(test, GOOD, name) == []
        assert kept(test, page).any()
    for data in (pictures.rotated(), pictures.transparent(0), pictures.transparent(255)):
        assert sent(test, data) == [] or page == "draw"


@pytest.mark.parametrize("name", NAMES)
def test_no_name_ends_the_training_page(name):
    """Of a model file, and of data of one's own: refused or taken by what is in it, never by a traceback."""
    test = AppTest.from_file(str(ROOT / "pages" / "train.py"), default_timeout=60).run()
    test.file_uploader(key="train_upload_0").set_value((name, b"no model", "")).run()
    assert not test.exception and "model file" in test.info[0].value
    test.query_params["show"] = "data"
    test.run()
    test.radio(key="train.data_kind").set_value("upload").run()
    test.file_uploader(key="data_files").set_value([(name, CSV, "text/csv")]).run()
    assert not test.exception and not test.warning
    title = test.session_state["train_upload"].data.title
    assert len(title) <= limits.DATA_TITLE and not any(part in title for part in ("\0", "<", "[", "`", "$"))
