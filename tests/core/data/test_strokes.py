"""From strokes and pictures to MNIST's box; what comes from outside is checked."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cnncore import InputError
from cnncore.data.strokes import (
    BOX_CELLS,
    SHEET_PEN,
    PreprocessingSteps,
    centre_of_mass,
    checked_strokes,
    draw_strokes,
    preprocessing_stages,
    read_digit,
    read_image,
    scribbles,
)

SEVEN = [[[100, 100], [300, 110], [180, 400]]]
points = st.lists(st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5)).map(list), min_size=1, max_size=8)


def centre(image):
    mass, places = image[..., 0] / image.sum(), np.arange(28) + 0.5
    return mass.sum(axis=1) @ places, mass.sum(axis=0) @ places


def box(image):
    rows, columns = np.nonzero(image[..., 0] > 64)
    return np.ptp(rows) + 1, np.ptp(columns) + 1


def test_a_drawing_fills_the_box_and_is_centred_by_mass():
    image = draw_strokes(checked_strokes(SEVEN))
    assert image.shape == (28, 28, 1) and image.dtype == np.uint8
    assert max(box(image)) == pytest.approx(19, abs=1)
    np.testing.assert_allclose(centre(image), 14, atol=0.2)


@pytest.mark.parametrize("scale, shift", [(0.1, 0), (3, -500), (1, 77)])
def test_size_and_place_on_the_canvas_do_not_matter(scale, shift):
    moved = [(np.array(stroke) * scale + shift).tolist() for stroke in SEVEN]
    one, two = draw_strokes(checked_strokes(SEVEN)), draw_strokes(checked_strokes(moved))
    assert np.abs(one.astype(int) - two).mean() < 3  # the fine pen is placed to an eighth of a cell


@given(st.lists(points, min_size=1, max_size=4))
def test_any_strokes_give_ink_within_the_picture(strokes):
    image = draw_strokes(checked_strokes(strokes))
    assert image.any()
    assert np.abs(np.array(centre(image)) - 14).max() < 3


def test_a_dot_stays_a_dot():
    assert max(box(draw_strokes(checked_strokes([[[5, 5]]])))) <= 4


def test_an_empty_canvas_says_what_to_do():
    for empty in ([], [[]]):
        with pytest.raises(InputError, match="draw a digit"):
            draw_strokes(checked_strokes(empty))


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "abc",
        {"a": 1},
        5,
        [5],
        [[5]],
        [[[1, 2, 3]]],
        [[["x", 2]]],
        [[[1, None]]],
        [[[float("nan"), 0]]],
        [[[float("inf"), 0]]],
        [[[1e300, 0]]],
        [[[10**400, 0]]],
        [[[[1], [2]]]],
        [[[0, 0]] * 20_001],
        [[[0, 0]]] * 201,
    ],
)
def test_what_is_no_drawing_is_refused(bad):
    with pytest.raises(InputError, match="clear the canvas"):
        checked_strokes(bad)


def test_pictures_dark_on_light_and_light_on_dark(tmp_path):
    ink = np.kron(draw_strokes(checked_strokes(SEVEN))[..., 0], np.ones((4, 4), np.uint8))
    Image.fromarray(ink).save(tmp_path / "light.png")
    Image.fromarray(255 - ink).save(tmp_path / "dark.png")
    one, two = read_image(tmp_path / "light.png"), read_image(tmp_path / "dark.png")
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one, read_digit((tmp_path / "dark.png").read_bytes()))
    np.testing.assert_allclose(centre(one), 14, atol=0.6)
    assert max(box(one)) in (19, 20, 21)


@pytest.mark.parametrize("paper, pencil", [(230, 90), (140, 60), (20, 200)])
def test_grey_paper_leaves_no_trace_and_pencil_is_ink(paper, pencil):
    share = np.kron(draw_strokes(checked_strokes(SEVEN))[..., 0], np.ones((4, 4))) / 255
    file = io.BytesIO()
    Image.fromarray((paper + (pencil - paper) * share).round().astype(np.uint8)).save(file, "PNG")
    image = read_digit(file.getvalue())
    assert image.max() > 240 and (image == 0).mean() > 0.5
    clean = draw_strokes(checked_strokes(SEVEN))
    assert np.abs(image.astype(int) - clean).mean() < 8


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(20), b"%!PS-Adobe EPSF\n"])
def test_pictures_that_cannot_be_read(tmp_path, content):
    (tmp_path / "bad.png").write_bytes(content)
    with pytest.raises(InputError, match=r"bad\.png is not a picture"):
        read_image(tmp_path / "bad.png")
    with pytest.raises(InputError, match=r"no picture .gone\.png"):
        read_image(tmp_path / "gone.png")


def test_a_uniform_picture_shows_no_ink(tmp_path):
    Image.new("L", (50, 50), 200).save(tmp_path / "flat.png")
    with pytest.raises(InputError, match="no ink"):
        read_image(tmp_path / "flat.png")


def test_scribbles_repeat():
    one = scribbles(12)
    assert one.shape == (12, 28, 28, 1) and one.any(axis=(1, 2, 3)).all()
    np.testing.assert_array_equal(one, scribbles(12))


SMALL = checked_strokes([[[0.1, 0.1], [0.3, 0.1], [0.18, 0.35]]])  # in a corner of the sheet, whose side is 1


@pytest.mark.parametrize("rules", [PreprocessingSteps(*(bool(n >> k & 1) for k in range(3))) for n in range(8)])
def test_the_last_stage_is_what_the_network_sees(rules):
    seen = preprocessing_stages(SMALL, rules, 0.1)
    np.testing.assert_array_equal(seen.image, draw_strokes(SMALL, rules, 0.1))
    assert seen.sheet.shape == seen.box.shape == seen.pen.shape == (28, 28)


def test_what_is_ruled_out_changes_nothing():
    none = preprocessing_stages(SMALL, PreprocessingSteps(False, False, False))
    for picture in (none.box, none.pen, none.centre):
        np.testing.assert_array_equal(picture, none.sheet)
    assert box(none.image)[0] < 12 and centre(none.image)[0] < 10  # small, and in its corner
    moved = preprocessing_stages(SMALL, PreprocessingSteps(False, False, True))
    np.testing.assert_allclose(centre(moved.image), 14, atol=0.1)
    assert int(moved.image.sum()) == pytest.approx(int(none.image.sum()), rel=0.02)
    assert max(box(preprocessing_stages(SMALL, PreprocessingSteps(True, False, False)).image)) == pytest.approx(
        BOX_CELLS, abs=1
    )


def test_the_corners_hold_the_ink_and_the_mass_is_its_mean():
    seen = preprocessing_stages(SMALL, PreprocessingSteps(centre=False), 0.1)
    left, top, right, bottom = seen.corners
    rows, columns = np.nonzero(seen.sheet)
    assert (np.floor(left), np.floor(top)) == (columns.min(), rows.min())
    assert (np.ceil(right), np.ceil(bottom)) == (columns.max() + 1, rows.max() + 1)
    y, x = centre(seen.image)
    np.testing.assert_allclose(centre_of_mass(seen.centre), (x, y))


def test_the_sheets_pen_is_seen_only_without_mnists():
    one, two = (draw_strokes(SMALL, pen=pen) for pen in (0.03, 0.15))
    np.testing.assert_array_equal(one, two)
    thin, thick = (draw_strokes(SMALL, PreprocessingSteps(pen=False), pen) for pen in (0.03, 0.15))
    assert thick.sum() > 1.5 * thin.sum()
    unboxed = (draw_strokes(SMALL, PreprocessingSteps(False, False, False), pen) for pen in (SHEET_PEN, 2 * SHEET_PEN))
    assert 1.4 < 1 / np.divide(*(picture.sum() for picture in unboxed)) < 2.6


def test_a_slow_hand_draws_the_same_line():
    t = np.linspace(0, 1, 9_000)[:, None]
    slow = np.concatenate([(1 - t) * a + t * b for a, b in zip(SMALL[0][:-1], SMALL[0][1:], strict=True)])
    difference = np.abs(draw_strokes([slow]).astype(int) - draw_strokes(SMALL))
    assert difference.mean() < 2
