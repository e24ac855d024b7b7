"""Whatever the value range, the ink and the orientation of a file: the same digits, and findings that say so."""

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cnncore import DataError, read_upload
from cnncore.data.mnist import load_mnist_test
from cnncore.data.uploads.dataset_builder import balanced
from cnncore.data.uploads.normalisation import VALUES
from cnncore.data.uploads.reader import CHOICES

COUNT = 120
WIDE = ["0-16", "0-255", "0-1023", "0-4095", "0-65535"]


@pytest.fixture(scope="module")
def digits():
    return load_mnist_test().subset(slice(COUNT))


def npz(images, labels):
    out = io.BytesIO()
    np.savez_compressed(out, x=images, y=labels)
    return out.getvalue()


def csv(images, labels):
    rows = (",".join(map(str, [label, *pixels.ravel().tolist()])) for label, pixels in zip(labels, images, strict=True))
    return "\n".join(rows).encode()


def folders(images, labels):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for number, (image, label) in enumerate(zip(images, labels, strict=True)):
            picture = io.BytesIO()
            Image.fromarray(image).save(picture, "PNG")
            file.writestr(f"{label}/{number:04}.png", picture.getvalue())
    return out.getvalue()


def by_label(images, labels):
    """The images in an order that does not depend on the file's."""
    return [images[labels == label] for label in np.unique(labels)]


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(list(VALUES)),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([npz, csv]),
)
def test_the_same_digits_come_back_whatever_their_values_ink_and_orientation(
    digits, values, dark, transposed, whole, write
):
    low, high = VALUES[values]
    expected = digits.images[..., 0]
    shown = 255 - expected if dark else expected
    shown = shown.transpose(0, 2, 1) if transposed else shown
    scaled = low + shown.astype(np.float64) * (high - low) / 255
    if whole and values in WIDE:
        scaled = np.rint(scaled).astype(int)
    upload = read_upload([("file", write(scaled, digits.labels))])
    found = {finding.setting: finding for finding in upload.findings}
    assert found["values"].chosen == values
    assert found["ink"].chosen == ("dark" if dark else "light")
    assert found["turn"].chosen == ("transposed" if transposed else "as is")
    said = " ".join(upload.notes)
    assert ("inverted" in said, "transposed" in said) == (dark, transposed)
    assert ("scaled to 0–255" in said) == (values != "0-255")
    worst = 9 if whole and values == "0-16" else 1
    names = np.array(upload.class_names)[upload.labels].astype(int)
    for got, wanted in zip(by_label(upload.images[..., 0], names), by_label(expected, digits.labels), strict=True):
        assert np.abs(got.astype(int) - wanted).max() <= worst


@settings(deadline=None, max_examples=20)
@given(st.integers(1, COUNT - 1))
def test_pictures_of_both_inks_are_all_brought_to_high_ink(digits, dark):
    shown = digits.images[..., 0].copy()
    shown[:dark] = 255 - shown[:dark]
    upload = read_upload([("a.zip", folders(shown, digits.labels))])
    names = np.array(upload.class_names)[upload.labels].astype(int)
    for got, wanted in zip(
        by_label(upload.images[..., 0], names), by_label(digits.images[..., 0], digits.labels), strict=True
    ):
        assert (got == wanted).all() or min(dark, COUNT - dark) < 4  # so few follow the others, unless both are seen


@pytest.mark.parametrize("setting", CHOICES)
def test_each_keyword_overrides_what_would_be_found(digits, setting):
    bright = digits.images[..., 0].astype(np.uint16) * (257 if setting == "values" else 1)  # not blank in any range
    data = [("file", npz(bright, digits.labels))]
    for choice in CHOICES[setting]:
        upload = read_upload(data, **{setting: choice})
        chosen = {finding.setting: finding.chosen for finding in upload.findings}
        assert chosen.get(setting, choice) == choice
    with pytest.raises(DataError, match="try auto"):
        read_upload(data, **{setting: "pink"})


def test_what_the_images_do_not_settle_is_a_doubt(digits):
    half = digits.images[..., 0].copy()
    half[::2] = 255 - half[::2]  # an array's images are all of one kind
    (ink,) = [
        finding for finding in read_upload([("a", npz(half, digits.labels))]).findings if finding.setting == "ink"
    ]
    assert ink.doubtful and ink.alternatives
    dim = digits.images[..., 0] // 5
    upload = read_upload([("a", npz(dim, digits.labels))])
    assert upload.findings[0].doubtful and "That is doubtful" in upload.notes[1]


def test_the_test_set_of_a_file_is_used(digits):
    out = io.BytesIO()
    images, labels = digits.images[..., 0], digits.labels
    np.savez(out, x_test=images[:40], y_test=labels[:40], x_train=images[40:], y_train=labels[40:])
    upload = read_upload([("a.npz", out.getvalue())])
    assert upload.report.test_images == 40
    np.testing.assert_array_equal(np.sort(upload.labels[-40:]), np.sort(labels[:40]))
    np.testing.assert_array_equal(upload.images[-40:, ..., 0], images[:40])
    assert read_upload([("a.npz", out.getvalue())], split="ignored").report.test_images == 0


@given(st.lists(st.integers(0, 5), min_size=1, max_size=300), st.integers(1, 300))
def test_of_too_many_as_many_of_each_class_are_kept(labels, most):
    kept = balanced(list(map(str, labels)), most)
    assert kept.sum() == min(most, len(labels))
    counts = np.bincount(np.array(labels)[kept], minlength=6)
    every = np.bincount(labels, minlength=6)
    for a in range(6):  # none has fewer than another unless it has no more
        assert counts[a] == every[a] or counts[a] >= counts.max() - 1
