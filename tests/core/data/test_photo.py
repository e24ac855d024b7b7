"""Digits on photographs of paper: found where they were drawn, in reading order, read rightly; and nothing else."""

from functools import cache

import numpy as np
import papers
import pytest
from PIL import Image

from cnncore import InputError, limits, load
from cnncore.data.mnist import load_mnist_test
from cnncore.data.photo.reader import read_box, read_photo
from cnncore.data.photo.stroke_normalization import normalize_stroke_width
from cnncore.data.photo.text_lines import text_rows
from cnncore.data.strokes import PEN_CELLS, draw_strokes

SIZE = (640, 420)


@cache
def network():
    return load(papers.ROOT / "assets" / "models" / "convolutional.safetensors")[0]


def answers(digits):
    return network().predict(np.stack([digit.image for digit in digits])).argmax(axis=1).tolist()


def one_row(tilt=0.0, digits=(0, 7, 3, 4, 1), height=70, **how):
    placed = papers.line_of(digits, left=110, top=170 - 4 * tilt, height=height, tilt=tilt)
    return placed, papers.jpeg(papers.paper(placed, SIZE, **how), 80)


def assert_found(photo, placed, pen=5.0, slack=5):
    assert answers(photo.digits) == [digit.label for digit in placed]
    for found, digit in zip(photo.digits, placed, strict=True):
        assert np.abs(np.array(found.box) - digit.box(pen)).max() <= slack
        assert found.image.shape == (28, 28, 1) and found.image.dtype == np.uint8 and not found.joined


@pytest.mark.parametrize(
    "tilt, how",
    [
        (0, {}),
        (12, {"light": papers.gradient(SIZE), "noise": 6}),
        (-12, {"light": papers.shadow(SIZE, soft=15)}),
        (5, {"chalk": True, "light": papers.gradient(SIZE, 0.5)}),
        (3, {"rules": (28, 2, 0.6)}),
        (-2, {"rules": (40, 2, 0.5, "ruled"), "light": papers.gradient(SIZE, 0.5)}),
    ],
    ids=["plain", "tilted, uneven light", "a shadow across", "chalk", "squared", "ruled"],
)
def test_a_row_is_found_and_read(tilt, how):
    placed, data = one_row(tilt, **how)
    photo = read_photo(data)
    assert_found(photo, placed)
    assert photo.light == how.get("chalk", False) and {digit.row for digit in photo.digits} == {0}


def test_a_hair_and_a_finger_are_drawn_with_the_training_digits_pen():
    for width, ink in ((2.0, 0.4), (14.0, 0.3)):
        placed, data = one_row(height=80, pen=width, ink=ink)
        photo = read_photo(data)
        assert_found(photo, placed, width, 6)
        for found, digit in zip(photo.digits, placed, strict=True):
            drawn = draw_strokes([np.array(line) for line in digit.strokes])
            assert found.image.sum(dtype=float) == pytest.approx(drawn.sum(dtype=float), rel=0.2)


def test_rows_are_read_from_top_to_bottom():
    placed = [
        *papers.line_of([9, 5], left=80, top=60, height=60, tilt=8),
        *papers.line_of([2, 6, 8, 1], left=60, top=200, height=70, tilt=8),
        *papers.line_of([3], left=300, top=330, height=50),
    ]
    order = [placed[n] for n in np.random.default_rng(0).permutation(len(placed))]
    photo = read_photo(papers.jpeg(papers.paper(order, SIZE)))
    assert_found(photo, placed, slack=7)
    assert [digit.row for digit in photo.digits] == [0, 0, 1, 1, 1, 1, 2]


def test_rows_keep_their_slope():
    x, y = np.arange(8) * 50.0, np.arange(8) * 50.0 * np.tan(np.radians(-11))
    boxes = np.stack([x, y, x + 30, y + 45], axis=1)
    (row,) = text_rows(boxes[::-1])
    assert row.members == list(range(7, -1, -1)) and row.tilt == pytest.approx(-11)


def test_a_five_and_its_hat_are_one_digit():
    placed = papers.line_of([5, 1, 5], left=120, top=150, height=90, shapes=[papers.HAT, papers.STROKES[1], papers.HAT])
    photo = read_photo(papers.jpeg(papers.paper(placed, SIZE)))
    assert_found(photo, placed)


def test_digits_that_touch_stay_one_and_are_said_to_be_two():
    placed = papers.line_of([5, 4, 7], left=120, top=150, height=90, step=0.55)
    touching = [placed[0], placed[1], papers.Placed(7, [line + np.array([150, 0]) for line in placed[2].strokes])]
    digits = read_photo(papers.jpeg(papers.paper(touching, SIZE))).digits
    assert [digit.joined for digit in digits] == [True, False]


def test_specks_and_dashes_are_no_digits():
    rng = np.random.default_rng(1)
    placed, _ = one_row()
    specks = [papers.Placed(-1, [rng.uniform(20, 400, (1, 2))]) for _ in range(12)]
    dash = papers.Placed(-1, [np.array([[500.0, 200.0], [525.0, 200.0]])])
    line = papers.Placed(-1, [np.array([[100.0, 330.0], [560.0, 335.0]])])
    photo = read_photo(papers.jpeg(papers.paper([*placed, *specks, dash, line], SIZE)))
    assert answers(photo.digits) == [0, 7, 3, 4, 1]


def test_a_photograph_is_turned_as_the_camera_was_held():
    placed = papers.line_of([4, 2, 6], left=60, top=100, height=70)
    lying = np.rot90(papers.paper(placed, (300, 400)))
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = read_photo(papers.jpeg(lying, exif=exif))
    assert photo.picture.shape[:2] == (400, 300)
    assert_found(photo, placed)


def spot():
    """A round shadow whose edge is soft."""
    x, y = np.meshgrid(np.arange(SIZE[0]) - 320, np.arange(SIZE[1]) - 200)
    return 1 - 0.6 * np.exp(-(x**2 + y**2) / 40**2)


@pytest.mark.parametrize("light", [None, papers.gradient(SIZE), papers.shadow(SIZE, soft=60), spot()])
def test_a_blank_page_says_so(light):
    with pytest.raises(InputError, match="shows no digit"):
        read_photo(papers.jpeg(papers.paper([], SIZE, light=light)))


@pytest.mark.slow
@pytest.mark.parametrize("inverse", [False, True])
def test_a_picture_of_one_digit_is_read_too(inverse):
    test, right = load_mnist_test(), 0
    for n in range(40):
        image = test.images[n, ..., 0]
        digits = read_photo(papers.jpeg(255 - image if inverse else image, 95)).digits
        assert len(digits) == 1
        right += answers(digits) == [test.labels[n]]
    assert right >= 39


def test_at_most_so_many_are_read():
    width = limits.PHOTO_DIGITS // 2 + 2
    rows = [papers.line_of([1] * width, left=20, top=40 + 60 * n, height=40, step=0.7) for n in range(2)]
    photo = read_photo(papers.jpeg(papers.paper([digit for row in rows for digit in row], (960, 200), pen=4)))
    assert len(photo.digits) == limits.PHOTO_DIGITS and photo.more == 4


def test_a_box_drawn_by_hand():
    placed, data = one_row()
    photo = read_photo(data)
    left, top, right, bottom = (round(n) for n in placed[2].box(5.0))
    found = read_box(photo, (right + 4, bottom + 4, left - 4, top - 4))
    assert answers([found]) == [3]
    assert np.abs(found.image.astype(int) - photo.digits[2].image).mean() < 8
    for box in ((0, 0, 60, 60), (-50, -50, -10, -10), (10, 10, 10, 10), (0, 0, 10**9, 2)):
        with pytest.raises(InputError, match="no ink in this box"):
            read_box(photo, box)


def test_the_tilt_is_undone_and_the_line_widened():
    upright = np.zeros((60, 60))
    upright[5:55, 29:31] = 1.0
    image = normalize_stroke_width(upright)[..., 0] / 255
    assert image.sum(axis=1).max() == pytest.approx(PEN_CELLS, abs=0.5)
    rows = np.flatnonzero(image.max(axis=1) > 0.5)
    assert np.ptp(rows) + 1 == pytest.approx(19, abs=1)
    leaning = np.asarray(Image.fromarray(upright.astype(np.float32)).rotate(-15, Image.Resampling.BILINEAR))
    assert np.abs(normalize_stroke_width(leaning, tilt=15)[..., 0] / 255 - image).mean() < 0.02


@pytest.mark.parametrize("pen", [PEN_CELLS, None])
def test_the_mass_of_what_the_pen_draws_stands_in_the_middle(pen):
    """Lopsided ink, and pictures of even and odd sides: the middle of 28 cells is 14 from either border."""
    for height, width, thickness in ((60, 40, 6), (61, 41, 5), (30, 90, 4)):
        ink = np.zeros((height + 7, width + 3))
        ink[5 : 5 + height, 1 : 1 + thickness] = 1
        ink[5 + height - thickness : 5 + height, 1 : 1 + width] = 1
        for turned in (ink, ink[::-1], ink[:, ::-1], ink.T):
            image = normalize_stroke_width(turned, pen=pen)[..., 0].astype(float)
            places = np.arange(28) + 0.5
            middle = [image.sum(axis=1) @ places / image.sum(), image.sum(axis=0) @ places / image.sum()]
            assert middle == pytest.approx([14, 14], abs=0.1)
