"""Whatever a canvas sends: answered or refused in one sentence, the last good drawing kept, in bounded memory."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnncore import limits
from cnncore.data.strokes import SHEET_PEN
from pages.ui.components.drawing_canvas import DRAWING, classify_strokes, parse_drawing, validate_update
from pages.ui.draw.preprocessing import WITHOUT, sees_data

ROOT = Path(__file__).parents[2]
SEVEN = [[[0.25, 0.2], [0.75, 0.2], [0.42, 0.85]]]
GOOD = {"generation": 2, "number": 3, "strokes": SEVEN, "pen": SHEET_PEN, "resting": True, "refusal": ""}
NAN, HUGE = float("nan"), 10**400

# Strokes that are no drawing.
REFUSED = {
    "no strokes": None,
    "text": "abc",
    "garbage base64": "data:image/png;base64,####",
    "a number": 5,
    "an object": {"a": 1},
    "strokes of text": ["abc", "def"],
    "one number for a stroke": [5],
    "points of three": [[[1, 2, 3]]],
    "a lone coordinate": [[[1]]],
    "pixels": [[0] * 784],
    "nested too deep": [[[[1], [2]]]],
    "ragged": [[[1, 2], [3]]],
    "NaN": [[[NAN, 0.5]]],
    "infinite": [[[float("inf"), 0.5]]],
    "beyond floats": [[[HUGE, 0.5]]],
    "far away": [[[1e300, 0]]],
    "null": [[[None, 0.5]]],
    "text coordinates": [[["0.5", "x"]]],
    "objects for points": [[{"x": 1, "y": 2}]],
    "a million points": [[[0.5, 0.5]] * 1_000_000],
    "a million strokes": [[[0.5, 0.5]]] * 1_000_000,
    "too many points in all": [[[0.1, 0.1]] * 60] * 200,
}
# Strange drawings, but drawings.
ANSWERED = {
    "one pixel": [[[0.5, 0.5]]],
    "all filled": [[[x, y / 30] for y in range(31) for x in (0, 1)]],
    "a tiny stroke in a corner": [[[0.99, 0.99], [0.991, 0.992]]],
    "twice the same point": [[[0.5, 0.5], [0.5, 0.5]]],
    "negative": [[[-0.5, -2], [0.3, -1]]],
    "on a sheet of 20,000 × 20,000": [[[2000, 3000], [18_000, 3000], [9000, 19_000]]],
    "whole numbers": [[[0, 0], [1, 0], [0, 1]]],
    "at the bound": [[[-999_999, 0], [999_999, 999_999]]],
    "as many points as there may be": [np.random.default_rng(0).uniform(0, 1, (limits.POINTS, 2)).tolist()],
    "as many strokes as there may be": [[[k / 200, 0.1], [0.5, k / 200]] for k in range(limits.STROKES)],
}


def is_sentence(text):
    return text.endswith((".", "perhaps?")) and "\n" not in text and len(text) < 160


@pytest.mark.parametrize("case", REFUSED)
def test_no_drawing_is_refused_in_one_sentence_and_the_last_good_one_stays(case):
    kept = validate_update(GOOD | {"number": 4, "strokes": REFUSED[case]}, GOOD)
    refusal = kept["refusal"]
    assert kept == GOOD | {"number": 4, "refusal": refusal}  # which tells the canvas that it was heard
    assert is_sentence(refusal) and ": " in refusal  # what is wrong: what would work
    assert (
        validate_update(GOOD | {"number": 4, "strokes": REFUSED[case]}, kept) is kept
    )  # and it is still refused when rerun
    assert validate_update(GOOD | {"number": 5}, kept) == GOOD | {"number": 5}


@pytest.mark.parametrize("case", ANSWERED)
def test_strange_drawings_are_answered_at_every_stage(case):
    kept = validate_update(GOOD | {"number": 4, "strokes": ANSWERED[case]}, GOOD)
    assert not kept["refusal"] and kept["strokes"] == ANSWERED[case]
    assert is_sentence(classify_strokes(kept["strokes"], True)["sentence"])
    for without in WITHOUT:
        data = sees_data(parse_drawing(kept), without)
        for said in (data["all"], data["now"]):
            assert sum(said["probabilities"]) == pytest.approx(1, abs=1e-5)


def test_nothing_drawn_asks_for_a_digit():
    for empty in ([], [[]]):
        kept = validate_update(GOOD | {"number": 4, "strokes": empty}, GOOD)
        said = classify_strokes(kept["strokes"], True)
        assert not kept["refusal"] and "raw a digit" in said["sentence"] and is_sentence(said["sentence"])
        assert "pictures" not in sees_data(parse_drawing(kept), "")


@pytest.mark.parametrize("sent", [None, 5, "abc", [], {}, {"number": "4"}, {"number": None}, {"strokes": SEVEN}])
def test_what_is_no_payload_changes_nothing(sent):
    assert validate_update(sent, GOOD) == GOOD


@pytest.mark.parametrize("number", [3, 2, -1, 0, True, 4.0, NAN, HUGE, "4", [4]])
def test_what_is_old_or_not_numbered_changes_nothing(number):
    assert validate_update(GOOD | {"number": number, "strokes": []}, GOOD) == GOOD


@pytest.mark.parametrize("pen", [None, "thick", True, NAN, -1, 0, 5, HUGE, [0.1]])
def test_a_pen_that_is_none_is_the_usual_one(pen):
    kept = validate_update(GOOD | {"number": 4, "pen": pen}, GOOD)
    assert (kept["pen"], kept["refusal"]) == (SHEET_PEN, "")


@pytest.mark.parametrize("generation", [1, 3, 0, -1, None, "2", [2], NAN, HUGE])
def test_a_drawing_of_another_generation_changes_nothing(generation):
    """It was sent before the sheet was cleared or replaced by the server."""
    sent = GOOD | {"generation": generation, "number": 9, "strokes": []}
    assert validate_update(sent, GOOD) == GOOD


def test_extra_keys_are_not_kept():
    more = {"width": 20_000, "height": 20_000, "image": "x" * 1000, "__class__": "os.system"}
    assert validate_update(GOOD | {"number": 4} | more, GOOD) == GOOD | {"number": 4}


def test_fifty_payloads_one_after_the_other_and_one_after_the_session_ended():
    test = AppTest.from_file(str(ROOT / "pages" / "draw.py"), default_timeout=30)
    test.query_params["view"] = "sees"
    test.run()
    bad = [strokes for name, strokes in REFUSED.items() if "million" not in name]
    for number in range(1, 51):
        strokes = bad[number % len(bad)] if number % 2 else SEVEN[:1] * (number // 2)
        test.session_state["draw_canvas"] = {"drawing": {"number": number, "strokes": strokes, "extra": {}}}
        test.run()
        assert not test.exception and test.session_state[DRAWING]["number"] == number
    assert test.session_state[DRAWING]["strokes"] == SEVEN * 25
    again = AppTest.from_file(
        str(ROOT / "pages" / "draw.py"), default_timeout=30
    )  # the server forgot, the page did not
    again.session_state["draw_canvas"] = {"drawing": {"number": 50, "strokes": SEVEN}}
    again.run()
    assert not again.exception and again.session_state[DRAWING]["strokes"] == SEVEN


MEMORY = """
import resource, sys
from pages.ui.components.drawing_canvas import classify_strokes, parse_drawing, validate_update
from pages.ui.draw.preprocessing import sees_data
from tests.hostile.test_canvas import ANSWERED, GOOD, REFUSED
payload = GOOD | {"number": 4, "strokes": (ANSWERED | REFUSED)[sys.argv[1]]}
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # MB on Linux
sees_data(parse_drawing(GOOD), "")  # what is loaded once
before = peak()
kept = validate_update(payload, GOOD)
classify_strokes(kept["strokes"], True), sees_data(parse_drawing(kept), "box-pen")
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak as Linux counts it")
@pytest.mark.parametrize("case", ["a million points", "a million strokes", "as many points as there may be"])
def test_memory_stays_within_64_mb(case):
    """On top of the payload itself, which is read before it is looked at."""
    done = subprocess.run([sys.executable, "-c", MEMORY, case], cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 64
