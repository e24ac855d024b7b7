"""Pen drawings of real people: the file, its split by writer, and how drawings are shortened."""

import gzip
import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnncore import DataError
from cnncore.data.pen_drawings import (
    FILE,
    PenDrawing,
    load_pen_drawings,
    load_styles,
    read_jsonl,
    save_pen_drawings,
    simplify,
    split_by_writer,
)


def test_the_file_holds_all_drawings_and_no_writer_is_in_both_halves():
    drawings = load_pen_drawings()
    digits = [drawing for drawing in drawings if drawing.digit is not None]
    assert (len(digits), len(drawings) - len(digits)) == (6_870, 3_283)
    assert FILE.stat().st_size <= 1_000_000
    for half in (digits, drawings[len(digits) :]):
        assert 0.48 < np.mean([drawing.training for drawing in half]) < 0.52
    training, validation = ({d.writer for d in drawings if d.training is side} for side in (True, False))
    assert not training & validation
    assert {writer.split("/")[0] for writer in training} == {writer.split("/")[0] for writer in validation}
    assert all(stroke.min() >= 0 and stroke.max() <= 255 for drawing in drawings for stroke in drawing.strokes)


def test_the_split_is_the_one_that_the_file_holds():
    drawings = load_pen_drawings()
    assert [d.training for d in split_by_writer(drawings)] == [d.training for d in drawings]
    assert [d.training for d in split_by_writer(drawings, seed=1)] != [d.training for d in drawings]


def test_styles_name_digits_that_can_have_them():
    drawings, styles = load_pen_drawings(), load_styles()
    for name, digit in (("slashed", 0), ("flagged", 1), ("crossed", 7)):
        assert len(styles[name]) > 100 and {drawings[index].digit for index in styles[name]} == {digit}
        assert not styles[name] & styles["unreadable"]
    assert len(styles["unreadable"]) <= 0.015 * 6_870
    assert all(drawings[index].digit is not None for index in styles["unreadable"])


def test_what_is_saved_is_loaded(tmp_path):
    drawings = [
        PenDrawing("7", "b/one", True, [np.array([[0.0, 255], [255, 0]]), np.array([[3.0, 4]])]),
        PenDrawing("%", "a/two", False, [np.array([[255.0, 255], [0, 0], [255, 255]])]),
    ]
    save_pen_drawings(drawings, tmp_path / "drawings.npz")
    for before, after in zip(drawings, load_pen_drawings(tmp_path / "drawings.npz"), strict=True):
        assert before[:3] == after[:3]
        for one, other in zip(before.strokes, after.strokes, strict=True):
            np.testing.assert_array_equal(one, other)
    assert [drawing.digit for drawing in drawings] == [7, None]
    assert drawings[0].collection == "b"


def test_a_source_file_is_scaled_and_shortened(tmp_path):
    entry = {"label": 4, "writer": "a/one", "strokes": [[[100, 50], [150, 50], [200, 50]], [[150, 50], [150, 150]]]}
    with gzip.open(tmp_path / "digits.jsonl.gz", "wt") as file:
        file.write(json.dumps(entry) + "\n")
    (drawing,) = read_jsonl(tmp_path / "digits.jsonl.gz")
    assert (drawing.character, drawing.writer, drawing.training) == ("4", "a/one", False)
    assert [stroke.tolist() for stroke in drawing.strokes] == [[[0, 0], [255, 0]], [[127, 0], [127, 255]]]


@pytest.mark.parametrize("content", [b"", b"PK\3\4 no zip", b"{}"])
def test_a_damaged_or_missing_file_is_one_sentence(tmp_path, content):
    path = tmp_path / "some.npz"
    for load in (load_pen_drawings, load_styles):
        with pytest.raises(DataError, match=r"some\.npz are missing: get assets/strokes again"):
            load(path)
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged: get assets/strokes again"):
        load_pen_drawings(path)
    path.write_bytes(b"[1, 2]" if content == b"{}" else content)
    with pytest.raises(DataError, match="damaged: get assets/strokes again"):
        load_styles(path)


@given(hnp.arrays(float, st.tuples(st.integers(1, 30), st.just(2)), elements=st.floats(0, 255)))
def test_a_point_that_is_left_out_lies_near_the_line(line):
    kept = simplify(line, 2.0)
    assert (kept[0] == line[0]).all() and (kept[-1] == line[-1]).all()
    segments = list(pairwise(kept)) or [(kept[0], kept[0])]
    assert all(min(away(point, start, end) for start, end in segments) <= 2 + 1e-9 for point in line)


def away(point, start, end):
    direction = end - start
    length = direction @ direction
    share = np.clip((point - start) @ direction / length, 0, 1) if length else 0.0
    return np.hypot(*(point - start - share * direction))
