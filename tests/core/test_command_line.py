"""python -m cnncore, as a person uses it."""

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from cnncore import load
from cnncore.__main__ import main
from cnncore.data.permutation import permute_pixels
from cnncore.training import recordings
from cnncore.training.settings import Settings

pytestmark = pytest.mark.slow
QUICK = ["--digits", "500", "--epochs", "1", "--architecture", "once", "--threads", "1"]


def test_train_evaluate_predict(tmp_path, capsys, digits):
    model = str(tmp_path / "model.safetensors")
    assert main(["train", *QUICK, "--json", "--model", model, "--forms", "20", "--scribbles", "20"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["event"] for line in lines} == {"StepDone", "Evaluated", "Finished"}
    assert lines[-1]["digits"] == 10_000 and 0 < lines[-1]["test_accuracy"] < 1
    assert main(["evaluate", model, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["test_accuracy"] == pytest.approx(lines[-1]["test_accuracy"])
    picture = tmp_path / "seven.png"
    Image.fromarray(digits.images[0, ..., 0]).save(picture)
    assert main(["predict", model, str(picture), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert main(["train", "--resume", model]) == 0  # nothing is left to do, and it says so
    assert "Done after" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["--forms", "--scribbles"])
@pytest.mark.parametrize("count", ["-1", "60001"])
def test_how_many_are_added_is_bounded(capsys, name, count):
    assert main(["train", *QUICK, name, count]) == 1
    assert "0 to 60,000" in capsys.readouterr().err


def test_a_person_reads_lines_and_one_sentence(tmp_path, capsys):
    assert main(["train", *QUICK]) == 0
    out = capsys.readouterr().out
    assert "wrong" in out and "of 10,000" in out and "images/s" in out
    assert main(["evaluate", str(tmp_path / "none.safetensors")]) == 1
    assert capsys.readouterr().err.startswith("The model file none.safetensors cannot be read")
    assert main(["train", "--learning-rate", "1e6"]) == 1


def test_a_scrambled_model_is_asked_scrambled_digits(tmp_path, capsys, digits):
    model = str(tmp_path / "model.safetensors")
    assert main(["train", *QUICK, "--json", "--scramble", "--model", model]) == 0
    trained = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert main(["evaluate", model, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["wrong"] == trained["wrong"]
    picture = tmp_path / "seven.png"
    Image.fromarray(digits.images[0, ..., 0]).save(picture)
    assert main(["predict", model, str(picture), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    network, _ = load(model)
    expected = network.predict(permute_pixels(digits.images[:1]))[0]
    assert answer["probabilities"] == pytest.approx(expected.tolist(), abs=1e-5)


def test_runs_are_recorded(tmp_path, capsys, monkeypatch):
    settings = Settings(epochs=1, digits=300, threads=1)
    monkeypatch.setattr(recordings, "RUNS", {"one": ("once", settings, True), "two": ("dense", settings, False)})
    assert main(["record", str(tmp_path / "runs")]) == 0
    assert capsys.readouterr().out.startswith("one: wrong ")
    architecture, read, steps, picture = recordings.read("one", tmp_path / "runs")
    assert (architecture, read, steps) == ("once", settings, 3)
    assert picture["losses"].shape == (3, 3) and picture["weights"].shape[1:] == (3, 3, 8)
    assert len(picture["views"]) == len(picture["probabilities"]) > 3
    assert not recordings.read("two", tmp_path / "runs")[3]["weights"].size


def test_until_stopped_it_goes_on_where_it_was_interrupted(tmp_path):
    model = tmp_path / "model.safetensors"
    command = [sys.executable, "-u", "-m", "cnncore", "train", *QUICK[:2], *QUICK[4:], "--model", str(model)]
    for more in (["--epochs", "until-stopped"], ["--resume", str(model)]):
        before = load(model)[1].step if model.exists() else 0
        with subprocess.Popen([*command, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            lines = [process.stdout.readline() for _ in range(4 - bool(before))]
            process.send_signal(signal.SIGINT)
            rest, wrong = process.communicate(timeout=30)
        assert (
            process.returncode == 130
            and wrong.endswith("\nStopped.\n")
            and "Traceback" not in wrong
            and "Done" not in "".join(lines) + rest
        )
        _, run = load(model)
        assert run.settings.epochs is None and run.settings.decay == "none" and run.step > before
        assert len(run.history.losses) == run.step


def test_without_an_end_no_decay_is_taken(capsys):
    assert main(["train", *QUICK[:2], "--epochs", "until-stopped", "--decay", "linear"]) == 1
    assert "try decay none" in capsys.readouterr().err


@pytest.fixture(scope="module")
def shapes(tmp_path_factory):
    """A ZIP of two classes of pictures that anyone tells apart: bars that lie and bars that stand upright."""
    path = tmp_path_factory.mktemp("data") / "bars.zip"
    with zipfile.ZipFile(path, "w") as file:
        for number in range(40):
            image = np.zeros((28, 28), np.uint8)
            image[6 + number % 16 : 9 + number % 16, 4:24] = 200 + number
            for name, picture in (("lying", image), ("upright", image.T)):
                out = io.BytesIO()
                Image.fromarray(picture).save(out, "PNG")
                file.writestr(f"{name}/{number}.png", out.getvalue())
    return path


def test_a_data_file_is_trained_on_and_evaluated(shapes, tmp_path, capsys):
    model = str(tmp_path / "bars.safetensors")
    train = ["train", "--data", str(shapes), "--architecture", "once", "--threads", "1", "--epochs"]
    assert main([*train, "8", "--model", model, "--json"]) == 0
    said = capsys.readouterr()
    assert "80 images found, 80 used" in said.err
    trained = json.loads(said.out.splitlines()[-1])
    assert trained["digits"] == 16  # a fifth of every class
    assert load(model)[0].names == ("lying", "upright")
    assert main(["evaluate", model, "--data", str(shapes), "--json"]) == 0
    evaluated = json.loads(capsys.readouterr().out)
    assert evaluated["digits"] == 16 and evaluated["test_accuracy"] == pytest.approx(trained["test_accuracy"])
    assert main(["evaluate", model]) == 1  # not on MNIST
    assert "--data" in capsys.readouterr().err
    assert main(["train", "--resume", model]) == 1
    assert "bars.zip" in capsys.readouterr().err
    assert main(["train", "--resume", model, "--data", str(shapes), "--epochs", "3", "--seed", "9"]) == 0
    assert "--epochs, --seed ignored" in capsys.readouterr().err


def test_data_of_other_classes_are_refused(shapes, tmp_path, capsys):
    model = str(tmp_path / "model.safetensors")
    assert main(["train", *QUICK, "--model", model]) == 0
    capsys.readouterr()
    assert main(["evaluate", model, "--data", str(shapes)]) == 1
    assert "classes" in capsys.readouterr().err
    assert main(["train", "--resume", model, "--data", str(shapes)]) == 1
    assert "continue it without --data" in capsys.readouterr().err
    assert main(["evaluate", model, "--data", str(tmp_path / "none.zip")]) == 1
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["missing/model.safetensors", "."])
def test_a_model_that_cannot_be_written_is_refused_before_training(place, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("cnncore.__main__.train", lambda *_, **__: pytest.fail("it was trained"))
    assert main(["train", *QUICK, "--model", str(tmp_path / place)]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_a_folder_that_vanishes_during_training_loses_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setattr("cnncore.__main__.train", lambda *_, **__: (folder.rmdir(), iter(()))[1])
    assert main(["train", *QUICK, "--model", str(folder / "mine.safetensors")]) == 0
    assert str(tmp_path / "mine.safetensors") in capsys.readouterr().err
    assert load(tmp_path / "mine.safetensors")[0].classes == 10


@pytest.mark.parametrize("architecture", ["c8.3-r-p2-f-d11", "c8.3-r-p2", "f-d10-c8.3"])
def test_what_the_page_refuses_is_refused(architecture, capsys):
    assert main(["train", *QUICK[:4], "--architecture", architecture]) == 1
    said = capsys.readouterr().err
    assert said.startswith("Layer ") and said.count("\n") == 1


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_console_of_another_encoding_ends_in_no_traceback(encoding, tmp_path):
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "cnncore", "predict", str(tmp_path / "«Straße 7 → 8».safetensors"), "x.png"]
    ended = subprocess.run(command, capture_output=True, env=environment, text=True, errors="replace")
    assert ended.returncode == 1 and "Traceback" not in ended.stderr and "cannot be read" in ended.stderr
