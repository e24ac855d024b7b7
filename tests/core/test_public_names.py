"""What `from cnncore import …` offers: every name of the contract, loaded only when it is used."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import cnncore

ROOT = Path(__file__).parents[2]
CONTRACT = """
    conv1d conv1d_gradients conv2d conv2d_gradients max_pool2d avg_pool2d max_pool2d_gradient avg_pool2d_gradient
    softmax softmax_cross_entropy Window Conv2D MaxPool2D AvgPool2D Flatten Dense ReLU Sigmoid Tanh Dropout Layer
    Network Workspace SGD Adam Constant Linear Exponential Augmentation Settings Run History
    train evaluate save load StepDone Evaluated Snapshot Diverged Finished
    load_mnist draw_strokes checked_strokes read_digit read_photo read_upload classify Prediction
    ConvoscopeError ShapeError InputError DataError ModelError
"""
QUICK = """
import sys, time
start = time.perf_counter()
import cnncore
seconds = time.perf_counter() - start
loaded = sorted({name.split(".")[0] for name in sys.modules} & {"PIL", "scipy", "safetensors", "threadpoolctl"})
assert not loaded, loaded
from cnncore import Network, Conv2D, Dense, Flatten, ReLU, MaxPool2D, Adam, conv2d, softmax_cross_entropy
assert not {name for name in sys.modules if name.split(".")[0] in ("PIL", "scipy", "safetensors")}
for name in cnncore.__all__:
    assert getattr(cnncore, name).__name__ == name
print(seconds)
"""


def test_importing_cnncore_is_quick_and_loads_no_library():
    done = subprocess.run([sys.executable, "-c", QUICK], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 1  # about 5 ms; with all of its modules about 500 ms


def test_every_name_of_the_contract_is_there():
    assert set(CONTRACT.split()) <= set(cnncore.__all__) <= set(dir(cnncore))
    assert len(set(cnncore.__all__)) == len(cnncore.__all__)
    with pytest.raises(AttributeError, match="no attribute 'forward'"):
        cnncore.forward  # noqa: B018


def test_type_checkers_see_the_names_that_are_loaded():
    body = next(node.body for node in ast.parse(Path(cnncore.__file__).read_text()).body if isinstance(node, ast.If))
    declared = {alias.name: node.module for node in body for alias in node.names}
    assert cnncore._MODULES.items() <= declared.items()
    assert set(declared) <= set(cnncore.__all__)
    for name, module in declared.items():
        assert getattr(import_module(module), name) is getattr(cnncore, name)


def test_an_upload_has_images_labels_class_names_and_notes(tmp_path):
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (30, 28, 28), np.uint8), np.arange(30) % 3
    np.savez(tmp_path / "mine.npz", x=images, y=labels)
    upload = cnncore.read_upload([("mine.npz", (tmp_path / "mine.npz").read_bytes())])
    np.testing.assert_array_equal(upload.images[..., 0], images)
    np.testing.assert_array_equal(upload.labels, labels)
    assert upload.class_names == ("0", "1", "2")
    assert upload.notes[0] == "NPZ: 30 images found, 30 used."
    assert "That is doubtful" in upload.notes[1]  # noise has neither ink nor ground


def test_digits_come_from_strokes_and_from_pictures(tmp_path):
    drawn = cnncore.draw_strokes(cnncore.checked_strokes([[[0.3, 0.2], [0.7, 0.2], [0.4, 0.8]]]))
    assert drawn.shape == (28, 28, 1) and drawn.dtype == np.uint8 and drawn.max() == 255
    page = np.full((300, 300), 255, np.uint8)
    page[50:250, 140:160] = 0
    Image.fromarray(page).save(tmp_path / "one.png")
    picture = (tmp_path / "one.png").read_bytes()
    assert cnncore.read_digit(picture).shape == (28, 28, 1)
    assert [digit.image.shape for digit in cnncore.read_photo(picture).digits] == [(28, 28, 1)]
