"""Photos from outside, as the pages read them: read or refused in one sentence, in bounded memory."""

import json
import subprocess
import sys
from pathlib import Path

import mutants
import numpy as np
import pictures
import pytest
from PIL import Image

from cnncore import InputError, limits
from cnncore.data.photo.reader import read_photo
from cnncore.data.strokes import read_digit
from pages.ui.filters import inputs

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("read", [read_photo, read_digit, inputs.photo], ids=["Draw", "Inside", "Filters"])
@pytest.mark.parametrize("case", pictures.BAD)
def test_refused_in_one_sentence(case, read):
    with pytest.raises(InputError) as refusal:
        read(pictures.BAD[case])
    sentence = str(refusal.value)
    assert sentence.startswith("The picture ") and sentence.endswith(".") and ": " in sentence and "\n" not in sentence


@pytest.mark.parametrize("case", [*pictures.GREYS, *pictures.ODD])
def test_without_a_digit_it_says_so_or_reads_what_there_is(case):
    data = (pictures.GREYS | pictures.ODD)[case]
    try:
        digits = read_photo(data).digits
    except InputError as refusal:
        assert "shows no digit" in str(refusal)
    else:
        assert 0 < len(digits) <= limits.PHOTO_DIGITS


def test_a_digit_that_fills_the_picture_or_is_a_dot():
    full = np.full((30, 30), 255, np.uint8)
    for ink in (slice(0, 30), slice(1, 29), slice(14, 15), slice(0, 15)):
        picture = full.copy()
        picture[ink, ink] = 0
        try:
            assert read_photo(pictures.saved(Image.fromarray(picture))).digits[0].image.any()
        except InputError as refusal:
            assert "shows no digit" in str(refusal)


def test_what_is_transparent_does_not_hide_the_ink():
    for level in (0, 255):
        (disc,) = read_photo(pictures.transparent(level)).digits
        assert np.abs(np.array(disc.box) - (11, 11, 30, 30)).max() <= 2


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak as Linux counts it")
@pytest.mark.parametrize("count", [300, pytest.param(2_400, marks=pytest.mark.soak)])
def test_mutants_are_read_or_refused(count):
    command = [sys.executable, str(Path(mutants.__file__)), str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    counts = told["read and refused"]
    assert sum(map(sum, counts.values())) == count
    assert all(min(both) for both in counts.values()), counts  # of every format some were read
    assert told["grown"] < 64


MEMORY = """
import resource, sys
from pathlib import Path
from cnncore import InputError
from cnncore.data.photo.reader import read_photo
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # MB on Linux
try:
    read_photo(Path(sys.argv[2]).read_bytes())  # what is loaded once
    before = peak()
    read_photo(Path(sys.argv[1]).read_bytes())
except InputError:
    pass
print(peak() - before)
"""


def crowded():
    """A megapixel with thousands of dashes that look like ones."""
    sheet = np.full((1024, 1024), 255, np.uint8)
    for top in range(10, 1010, 16):
        for left in range(10, 1010, 12):
            sheet[top : top + 10, left : left + 3] = 0
    return pictures.saved(Image.fromarray(sheet))


def noise():
    return pictures.saved(Image.effect_noise((8000, 6000), 40).convert("RGB"), "JPEG", quality=50)


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak as Linux counts it")
@pytest.mark.parametrize("make", [crowded, noise])
def test_memory_stays_within_64_mb(make, tmp_path):
    (tmp_path / "picture").write_bytes(make())
    (tmp_path / "small").write_bytes(next(iter(mutants.originals()))[1])
    command = [sys.executable, "-c", MEMORY, str(tmp_path / "picture"), str(tmp_path / "small")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 64
