"""The data of the train page without a browser: classes, uploads, previews, refusals, and what goes to Draw."""

import io
import time
import zipfile
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from page_tests import opened_page
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnncore import Settings
from cnncore.data.source import DataSource, plain_title
from cnncore.data.strokes import draw_strokes
from cnncore.data.uploads.reader import read_upload
from pages.ui.components.drawing_canvas import classify_strokes
from pages.ui.jobs import registry, store
from pages.ui.session import current_network, pretrained
from pages.ui.session.training_data import UploadedData
from pages.ui.train.dashboard.payload import about, idle_data
from pages.ui.train.data import section as data_section
from pages.ui.train.data.section import wall_data

PAGE = str(Path(__file__).parents[2] / "pages" / "train.py")


@pytest.fixture(autouse=True)
def _no_training_left():
    yield
    for job in registry.registry()._jobs.values():
        if job.process:
            job.process.kill()
            job.process.wait(10)
    registry.registry()._jobs.clear()


opened = partial(opened_page, "train")


def press(test, label):
    next(b for b in test.button if b.label.strip("*") == label).click().run()
    assert not test.exception


def job_ended(test):
    job = registry.registry().get(test.session_state["train.job"])
    wait(lambda: not job.is_active)
    return job


def wait(true):
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def npz(count=600, names=None):
    digits = pretrained.test_digits().subset(slice(count))
    out = io.BytesIO()
    labels = digits.labels if names is None else np.array(names)[digits.labels]
    np.savez_compressed(out, x=digits.images[..., 0], y=labels)
    return out.getvalue()


def with_upload(file, /, title="own.npz", **link):
    """The page with a data set of one's own, as an upload leaves it; AppTest cannot press the uploader."""
    test = AppTest.from_file(PAGE, default_timeout=30)
    digits, report = read_upload([(title, file)])
    test.session_state["train_upload"] = UploadedData(
        "key", DataSource(upload=digits, title=plain_title(title)), report
    )
    for name, value in link.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception
    return test


def test_classes_stand_in_the_link_and_make_the_last_layer():
    test = opened(classes="73", epochs="1", digits="500", architecture="twice")
    assert test.query_params["classes"] == "37"
    assert any("dense 2" in m.value for m in test.sidebar.markdown)
    press(test, "Train")
    job = job_ended(test)
    assert job.state == "finished" and job.network().names == ("3", "7") and job.network().classes == 2
    assert job.progress.full_tests[-1][4] == 2038 and job.progress.full_tests[-1][3] < 200
    assert job.architecture == "twice"
    assert "MNIST, only 3, 7" in about(job.architecture, job.settings, job.data)


@pytest.mark.parametrize("text", ["7", "77", "3a", "0123456789012", "٣7", ""])
def test_nonsense_as_classes_is_one_sentence(text):
    test = opened(classes=text)
    assert [info.value for info in test.info] == [
        "The link's classes could not be used, so the usual setting is used instead."
    ]
    assert "classes" not in test.query_params


def test_a_link_to_a_file_of_somebody_else_falls_back():
    test = opened(data="upload")
    assert "could not be used" in test.info[0].value
    assert "data" not in test.query_params


def test_the_data_is_chosen_on_its_page():
    test = opened(show="data")
    (pills,) = test.get("button_group")
    test.session_state["train.data_classes"] = ["1", "0", "4"]
    test.session_state["train.classes"] = "014"
    test.run()
    assert test.query_params["classes"] == "014"
    test.session_state["train.data_classes"] = ["1"]
    test.run()
    assert "two digits or more" in test.info[0].value
    assert test.query_params["classes"] == "014" and not test.exception
    assert pills is not None


def test_train_on_ones_own_data_and_draw_with_its_names():
    names = ["nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    test = with_upload(npz(1500, names), show="data", epochs="4", batch="32", architecture="once", decay="none")
    test.radio(key="train.data_kind").set_value("upload").run()
    assert not test.exception and not test.warning
    press(test, "Train on it")
    job = job_ended(test)
    assert job.state == "finished"
    assert job.data.title == "own.npz" and job.progress.full_tests[-1][4] == 299
    assert sorted(job.network().names) == sorted(names)
    assert test.query_params["data"] == "upload"


def test_a_network_answers_by_its_names(monkeypatch):
    data = DataSource((3, 7))
    network = pretrained.pretrained()
    three = SimpleNamespace(names=tuple(f"class {k}" for k in network.names))
    named = current_network.SessionNetwork(network)
    monkeypatch.setattr(network, "names", three.names)
    monkeypatch.setattr(current_network, "current_network", lambda: named)
    said = classify_strokes([[[0.27, 0.22], [0.74, 0.2], [0.5, 0.66], [0.43, 0.84]]], False)
    assert said["answer"] == "class 7" and said["sentence"] == "It looks like a class 7."
    assert said["names"] == [*three.names]
    shown = idle_data("once", Settings(), data)
    assert shown["names"] == ["3", "7"] and shown["probabilities"]["shape"] == [1, 2, 2]


def test_the_wall_shows_each_class_and_what_was_skipped():
    ink = draw_strokes([np.array([[0.1, 0.1], [0.9, 0.9]])])[..., 0]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for n in range(40):
            picture = io.BytesIO()
            Image.fromarray(255 - np.roll(ink, n % 5, axis=1)).save(picture, "PNG")
            file.writestr(f"{'ab'[n % 2]}/{n}.png", picture.getvalue())
        file.writestr("a/broken.png", b"no")
    digits, report = read_upload([("a.zip", out.getvalue())])
    data = DataSource(upload=digits, title="a.zip")
    learn, test = data.train_and_test
    wall = wall_data(learn, np.bincount(learn.labels).tolist(), test)
    assert wall["names"] == ["a", "b"] and wall["learn"] == [16, 16] and wall["test"] == [4, 4]
    assert wall["images"]["shape"] == [24, 28, 28] and wall["title"] == "32 to learn from, 8 to be tested on"
    notes = report.notes
    assert notes[0] == "ZIP of class folders: 41 images found, 40 used."
    assert notes[1].startswith("Dark on light: inverted")
    assert notes[2] == "Skipped 1: is not a picture that can be read: try a PNG or JPEG (first: a/broken.png)."


def test_a_title_is_plain():
    assert plain_title("../../<b>my *data*</b>.npz" + "x" * 5000).startswith("....bmy datab.npz")
    assert len(plain_title("x" * 5000)) == 40 and plain_title("<>") == "your data"


def test_a_file_is_read_once_for_each_way(monkeypatch):
    times = []
    monkeypatch.setattr(data_section, "read_upload", lambda *a, **k: times.append(k) or read_upload(*a, **k))
    store = Kept()
    monkeypatch.setattr(data_section, "state", store)
    monkeypatch.setattr(data_section, "uploaded_data", lambda: store.get("own"))
    monkeypatch.setattr(data_section, "set_uploaded_data", lambda mine: store.update(own=mine))
    file = SimpleNamespace(file_id="1", name="a.npz", getvalue=lambda: npz(100))
    for _ in range(3):
        data_section._read([file], {"placing": "auto"})
    data_section._read([file], {"placing": "centred"})
    assert [k["placing"] for k in times] == ["auto", "centred"]


class Kept(dict):
    """A session state without a session."""

    __getattr__ = dict.__getitem__


def test_a_file_knows_its_data_again_and_goes_on_bit_for_bit(monkeypatch, tmp_path):
    monkeypatch.setenv(store.ENVIRONMENT_VARIABLE, str(tmp_path))
    data = npz(300)  # ten classes called 0 to 9, and yet not MNIST
    link = {"data": "upload", "epochs": "9", "batch": "16", "architecture": "once"}
    test = with_upload(data, **link)
    press(test, "Train")
    whole = job_ended(test)
    press(test.run(), "Again")
    job = registry.registry().get(test.session_state["train.job"])
    job.set_pace(10)
    wait(lambda: job.progress.step > 3)
    press(test, "Stop")
    wait(lambda: not job.is_active)
    file, at = job.current_file(), job.progress.step
    again = opened()
    again.file_uploader[0].set_value(("mine.safetensors", file, "application/octet-stream")).run()
    assert not again.exception
    copy = registry.registry().get(again.session_state["train.job"])
    assert copy.status_text == f"Read from a file saved at step {at}. It was trained on «own.npz»: " + (
        "upload that data again to go on."
    )
    assert copy.lacks_data and copy.progress.step == at and len(copy.test_set) == 10
    labels = [b.label for b in again.button]
    assert "Continue" not in labels and next(b for b in again.button if b.label == "Again").disabled
    assert again.query_params["batch"] == "16"
    np.testing.assert_allclose(
        copy.to_arrays()["probabilities"][-1], job.network().predict(job.progress.images), atol=1e-6
    )
    assert not copy.attach_data(DataSource(upload=read_upload([("own.npz", npz(301))])[0]))  # nearly the same
    digits, report = read_upload([("another name.npz", data)])
    again.session_state["train_upload"] = UploadedData(
        "key", DataSource(upload=digits, title="another name.npz"), report
    )
    again.run()
    assert not copy.lacks_data and "Continue goes on exactly there" in copy.status_text
    press(again, "Continue")
    wait(lambda: not copy.is_active)
    assert copy.state == "finished"
    assert copy.run()[1].history.losses == whole.run()[1].history.losses
    for key, values in whole.progress.params.items():
        assert values.tobytes() == copy.run()[0].layers[key[0]].params[key[1]].tobytes()
    registry.registry()._jobs.clear()  # a killed server: the session's own data is known again at once
    third = with_upload(data, job=copy.id)
    assert not registry.registry().get(third.session_state["train.job"]).lacks_data
