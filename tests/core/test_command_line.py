"""python -m cnncore and the worker process, as a person and a server use them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from cnncore.__main__ import main
from cnncore.architecture import PRESETS
from cnncore.events import Finished, Snapshot, StepDone, from_plain

ROOT = Path(__file__).parents[2]
QUICK = ["--digits", "500", "--epochs", "1", "--architecture", "once", "--threads", "1"]


def test_train_evaluate_predict(tmp_path, capsys, digits):
    model = str(tmp_path / "model.safetensors")
    assert main(["train", *QUICK, "--json", "--model", model, "--scribbles", "20"]) == 0
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


def test_a_person_reads_lines_and_one_sentence(tmp_path, capsys):
    assert main(["train", *QUICK]) == 0
    out = capsys.readouterr().out
    assert "wrong" in out and "of 10,000" in out and "images/s" in out
    assert main(["evaluate", str(tmp_path / "none.safetensors")]) == 1
    assert capsys.readouterr().err.startswith("The model file none.safetensors cannot be read")
    assert main(["train", "--learning-rate", "1e6"]) == 1


class Worker:
    def __init__(self, job):
        command = [sys.executable, "-m", "cnncore.workers"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=ROOT
        )
        self.say(job)

    def say(self, plain):
        self.process.stdin.write(json.dumps(plain) + "\n")

    def events(self):
        for line in self.process.stdout:
            yield json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


def job(**settings):
    return {"layers": PRESETS["once"][1], "settings": {"threads": 1, **settings}}


def test_a_worker_trains_and_finishes():
    with Worker(job(epochs=1, digits=300)) as worker:
        events = [from_plain(plain) for plain in worker.events()]
        assert isinstance(events[-1], Finished)
        assert any(isinstance(event, Snapshot) for event in events)
    assert worker.process.returncode == 0


def test_a_worker_obeys_and_ends_with_its_server():
    with Worker(job(epochs=50)) as worker:
        events = (from_plain(plain) for plain in worker.events())
        next(event for event in events if isinstance(event, StepDone))
        worker.say({"command": "pause"})
        worker.say({"command": "rate", "rate": 0.001})
        worker.say({"command": "snapshot"})
        worker.say({"command": "step"})
        paused_at = 0
        for event in events:
            paused_at = max(paused_at, event.step)
            if isinstance(event, StepDone) and event.rate < 0.002:
                break
        worker.say({"command": "snapshot"})
        assert next(event for event in events if isinstance(event, Snapshot)).step <= paused_at + 1
        worker.process.stdin.close()  # the server is gone
        assert worker.process.wait(20) == 0


def test_a_refused_job_says_why():
    with Worker({"layers": [{"layer": "os.system"}], "settings": {}}) as worker:
        (event,) = worker.events()
    assert event["event"] == "Refused" and "Unknown layer" in event["message"]
