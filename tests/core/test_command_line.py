"""python -m cnncore, as a person uses it."""

import json
import signal
import subprocess
import sys

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
        assert process.returncode == 130 and wrong == "\nStopped.\n" and "Done" not in "".join(lines) + rest
        _, run = load(model)
        assert run.settings.epochs is None and run.settings.decay == "none" and run.step > before
        assert len(run.history.losses) == run.step


def test_without_an_end_no_decay_is_taken(capsys):
    assert main(["train", *QUICK[:2], "--epochs", "until-stopped", "--decay", "linear"]) == 1
    assert "try decay none" in capsys.readouterr().err
