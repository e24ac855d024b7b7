"""A picture of one digit is read alike on any paper, with any ink, in any depth."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, features

from cnncore import InputError, read_digit
from cnncore.data.image_files import read_picture

SEVEN = np.zeros((60, 50))  # ink, 0 to 1
SEVEN[10:14, 10:40] = 1
for row in range(14, 50):
    SEVEN[row, 38 - row * 3 // 5 + 8 : 42 - row * 3 // 5 + 8] = 1


def png(array, mode=None, kind="PNG", **more):
    out = io.BytesIO()
    Image.fromarray(array, mode).save(out, kind, **more)
    return out.getvalue()


def reference():
    return read_digit(png((255 * SEVEN).astype(np.uint8)))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 4))
def test_on_any_paper_with_any_ink(paper, ink, noise):
    if abs(paper - ink) < 40:
        return
    picture = paper + (ink - paper) * SEVEN + np.random.default_rng(0).integers(-noise, noise + 1, SEVEN.shape)
    found = read_digit(png(picture.clip(0, 255).astype(np.uint8)))
    # Ink is high, wherever it was dark or light; noise blurs the edges a little, and may round the centre otherwise.
    moved = [np.roll(found, (down, right), axis=(0, 1)) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    assert max(np.corrcoef(each.ravel(), reference().ravel())[0, 1] for each in moved) > 0.97


@pytest.mark.parametrize("bits", [8, 10, 12, 13, 16])
@pytest.mark.parametrize("light", [True, False])
def test_in_any_depth_of_a_file_of_16_bits(bits, light):
    most = 2**bits - 1
    values = (most * (SEVEN if light else 1 - SEVEN)).astype(np.uint16)
    np.testing.assert_array_equal(read_digit(png(values)), reference())
    if bits > 8:
        np.testing.assert_array_equal(read_digit(png(values, kind="TIFF")), reference())


def test_a_grey_of_0_and_1_is_black_and_white():
    np.testing.assert_array_equal(read_digit(png(SEVEN.astype(np.uint8))), reference())
    square = np.zeros((28, 28), np.uint8)
    square[5:20, 12:15] = 1
    assert read_picture(png(square)).max() == 255


@pytest.mark.parametrize("colour", [(255, 0, 255), (255, 255, 255)])
def test_a_transparent_colour(colour):
    picture = np.where(SEVEN[..., None] > 0, 20, np.array(colour)).astype(np.uint8)
    data = png(picture, transparency=colour)
    np.testing.assert_array_equal(read_digit(data) > 100, reference() > 100)


def test_a_transparent_grey_level():
    levels = np.where(SEVEN > 0, 230, 7).astype(np.uint8)
    found = read_digit(png(levels, transparency=7))
    np.testing.assert_array_equal(found > 100, reference() > 100)


@pytest.mark.parametrize("paper, ink, speck", [(120, 20, 255), (135, 20, 255), (120, 220, 0)])
def test_a_single_pixel_decides_nothing(paper, ink, speck):
    picture = (paper + (ink - paper) * SEVEN).astype(np.uint8)
    picture[55, 5] = speck
    assert np.corrcoef(read_digit(png(picture)).ravel(), reference().ravel())[0, 1] > 0.9


def test_colours_of_0_and_1_are_scaled_too():
    picture = np.repeat(SEVEN.astype(np.uint8)[..., None], 3, axis=2)
    np.testing.assert_array_equal(read_digit(png(picture)), reference())


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1"])
def test_a_photo_of_an_iphone_is_named(brand):
    with pytest.raises(InputError, match="HEIC photo, as iPhones take them: export it as JPEG"):
        read_digit(b"\0\0\0\x18ftyp" + brand + bytes(100))


def test_avif_is_read_where_pillow_reads_it():
    if not features.check("avif"):
        with pytest.raises(InputError, match="try a PNG or JPEG"):
            read_digit(b"\0\0\0\x20ftypavif" + bytes(100))
        return
    found = read_digit(png((255 * SEVEN).astype(np.uint8), kind="AVIF", quality=90))
    assert np.corrcoef(found.ravel(), reference().ravel())[0, 1] > 0.97
