"""Picture files from outside: refused in one sentence or accepted, in bounded memory."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pictures
import pytest
from PIL import Image

from cnncore import InputError
from cnncore.data.image_files import read_picture, reduce, to_grey
from cnncore.data.strokes import read_image
from pages.ui import bounds

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("case", pictures.BAD)
def test_refused_in_one_sentence(case):
    with pytest.raises(InputError) as refusal:
        read_picture(pictures.BAD[case])
    sentence = str(refusal.value)
    assert sentence.startswith("The picture ") and sentence.endswith(".") and len(sentence) < 160
    assert ": " in sentence and "\n" not in sentence  # what is wrong: what would work


@pytest.mark.parametrize("case", pictures.GREYS)
def test_every_mode_shows_the_same_greys(case):
    picture = to_grey(read_picture(pictures.GREYS[case]))
    assert picture.shape == (30, 40, 1) and picture.dtype == np.uint8
    assert np.abs(picture[..., 0].astype(int) - pictures.GREY).max() <= 4


@pytest.mark.parametrize("case", pictures.ODD)
def test_odd_ones_are_accepted(case):
    assert read_picture(pictures.ODD[case]).dtype == np.uint8


def test_colour_stays():
    colours = np.zeros((20, 30, 3), np.uint8)
    colours[:, :10, 0] = colours[:, 10:20, 1] = colours[:, 20:, 2] = 200
    np.testing.assert_array_equal(read_picture(pictures.saved(Image.fromarray(colours))), colours)


def test_a_photograph_is_turned_as_the_camera_was_held():
    upright = read_picture(pictures.rotated())
    assert upright.shape[:2] == (40, 30)
    assert np.abs(upright[..., 0].astype(int) - np.rot90(pictures.GREY, -1)).max() < 12


def test_what_is_transparent_does_not_hide_the_ink():
    for level in (0, 255):
        disc = to_grey(read_picture(pictures.transparent(level)))[..., 0]
        assert disc[20, 20] == level and disc[0, 0] == 255 - level


def test_large_photographs_are_shrunk():
    photo = Image.new("RGB", (5712, 4284), (200, 30, 30))
    assert read_picture(pictures.saved(photo, "JPEG")).shape == (768, 1024, 3)
    assert read_picture(pictures.saved(photo.resize((3000, 2000)))).shape == (683, 1024, 3)
    assert read_picture(pictures.saved(photo, "JPEG"), side=bounds.COLOUR_SIDE).shape == (384, 512, 3)
    tall = np.zeros((30, 60, 1), np.uint8)
    assert reduce(tall, 20).shape == (10, 20, 1)


@pytest.mark.parametrize("name", ["../../nowhere/a.png", "a\0b.png", "x" * 5000, "<img onerror=alert(1)>"])
def test_names_that_mean_no_file(name):
    with pytest.raises(InputError, match="check its name") as refusal:
        read_image(name)
    assert len(str(refusal.value)) < 160 and "\0" not in str(refusal.value)


MEMORY = """
import resource, sys
from pathlib import Path
from cnncore import InputError
from cnncore.data.image_files import read_picture
data = Path(sys.argv[1]).read_bytes()
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # MB on Linux
try:
    read_picture(Path(sys.argv[2]).read_bytes())  # what Pillow loads once
    before = peak()
    read_picture(data)
except InputError:
    pass
print(peak() - before)
"""


def largest_photo():
    return pictures.saved(Image.effect_noise((8000, 6000), 40).convert("RGB"), "JPEG", quality=50)


def largest_png():
    return pictures.saved(Image.new("RGBA", (3840, 2400), (1, 2, 3, 255)))


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak as Linux counts it")
@pytest.mark.parametrize(
    "make",
    [
        lambda: pictures.BAD["9000×9000 in a few kB"],
        lambda: pictures.GREYS["with text bombs"],
        lambda: pictures.saved(Image.new("1", (3840, 2400))),
        lambda: pictures.saved(Image.new("RGB", (2400, 1900)), "WEBP"),
        lambda: pictures.saved(Image.new("F", (2400, 1900)), "TIFF", compression="tiff_deflate"),
        largest_png,
        largest_photo,
    ],
    ids=["bomb", "text bombs", "1 bit", "WebP", "TIFF", "PNG", "photo"],
)
def test_memory_stays_within_64_mb(make, tmp_path):
    (tmp_path / "picture").write_bytes(make())
    (tmp_path / "small").write_bytes(pictures.saved(pictures.INK))
    command = [sys.executable, "-c", MEMORY, str(tmp_path / "picture"), str(tmp_path / "small")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 64
