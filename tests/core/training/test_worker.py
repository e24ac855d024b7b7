"""The worker process: plain data in, events out, obedient, and gone with its server."""

import base64
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cnncore import Network, Run, Settings, load, train
from cnncore.architecture.spec import PRESETS, preset
from cnncore.data.mnist import load_mnist
from cnncore.data.source import DataOrigin
from cnncore.training.checkpoint import to_bytes
from cnncore.training.events import Checkpoint, Evaluated, Finished, LayerStats, Paused, Snapshot, StepDone, from_dict

pytestmark = pytest.mark.slow  # processes of their own
ROOT = Path(__file__).parents[3]


class Worker:
    def __init__(self, job):
        command = [sys.executable, "-m", "cnncore.training.worker"]
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
        events = [from_dict(plain) for plain in worker.events()]
        assert isinstance(events[-1], Finished)
        assert any(isinstance(event, Snapshot) for event in events)
    assert worker.process.returncode == 0


def test_a_worker_obeys_and_ends_with_its_server():
    with Worker(job(epochs=50)) as worker:
        events = (from_dict(plain) for plain in worker.events())
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


def until(worker, kind):
    """Events up to and with the next one of a kind."""
    seen = []
    for plain in worker.events():
        seen.append(from_dict(plain))
        if isinstance(seen[-1], kind):
            return seen
    raise AssertionError(f"The worker ended without {kind.__name__}")


def test_paused_it_takes_single_steps_and_shows_its_weights():
    with Worker(job(epochs=50)) as worker:
        worker.say({"command": "pause"})
        first = until(worker, Evaluated)[-1]
        assert first.step == 0 and first.digits == 1000
        for step in (1, 2):
            worker.say({"command": "step"})
            done = [event for event in until(worker, StepDone) if isinstance(event, StepDone)]
            assert [event.step for event in done] == [step]
            worker.say({"command": "snapshot"})
            snapshot = until(worker, Snapshot)[-1]
            assert snapshot.step == step
            assert snapshot.params[0, "filters"].shape == (1, 3, 3, 8)
        worker.say({"command": "resume"})
        assert until(worker, Evaluated)[-1].step == 50
        worker.say({"command": "stop"})
        rest = [from_dict(plain) for plain in worker.events()]
        assert not any(isinstance(event, Finished) for event in rest)
        assert worker.process.wait(20) == 0


def test_who_pauses_after_a_step_has_its_test_and_its_layer_table_already():
    with Worker(job(epochs=50, evaluate_every=2)) as worker:
        worker.say({"command": "pause"})
        for _ in range(2):
            worker.say({"command": "step"})
            events = until(worker, StepDone)
        assert {LayerStats, Evaluated} <= {type(event) for event in events if event.step == 2}
        worker.say({"command": "stop"})
        *others, last = [from_dict(plain) for plain in worker.events()]
        assert isinstance(last, Checkpoint) and not others


def test_it_ends_with_its_server_while_paused():
    with Worker(job(epochs=50)) as worker:
        worker.say({"command": "pause"})
        until(worker, Evaluated)
        worker.process.stdin.close()
        assert worker.process.wait(20) == 0


def test_it_scrambles():
    with Worker(job(epochs=1, digits=300, scramble=True)) as worker:
        scrambled = until(worker, Finished)
    with Worker(job(epochs=1, digits=300)) as worker:
        plain = until(worker, Finished)
    first = [next(e for e in events if isinstance(e, Evaluated)) for events in (scrambled, plain)]
    assert first[0].loss != first[1].loss  # the same random weights, asked other pictures


def arrays(file):
    """Weights and optimiser state of a file, to the last bit."""
    network, run = load(file)
    state = {(slot, *key): values for slot, memory in run.optimizer_state.items() for key, values in memory.items()}
    everything = {(number, name): values for number, name, values in network.parameters()} | state
    return {key: values.tobytes() for key, values in everything.items()}, run


def test_an_epoch_then_it_pauses_and_stopped_and_resumed_equals_uninterrupted_and_train():
    settings = {"epochs": 2, "digits": 1000, "optimizer": "adam", "learning_rate": 0.003, "seed": 5, "threads": 1}
    with Worker(job(**settings)) as worker:
        uninterrupted = next(e for e in until(worker, Finished) if isinstance(e, Checkpoint)).data
    with Worker(job(**settings)) as worker:
        worker.say({"command": "pause"})
        until(worker, Evaluated)
        worker.say({"command": "epoch"})
        events = until(worker, Paused)
        assert events[-1].step == 8 and next(e for e in events if isinstance(e, Evaluated)).digits == 10_000
        for _ in range(3):
            worker.say({"command": "step"})
            until(worker, StepDone)
        worker.say({"command": "stop"})
        stopped = until(worker, Checkpoint)[-1]
    assert stopped.step == 11
    with Worker({"resume": base64.b64encode(stopped.data).decode()}) as worker:
        events = until(worker, Finished)
    resumed = next(e for e in events if isinstance(e, Checkpoint)).data
    assert [e.step for e in events if isinstance(e, Evaluated)] == [16]

    network = Network(preset("once"), input_shape=(28, 28, 1), seed=5)
    run = Run(Settings(**settings))
    list(train(network, *load_mnist(), run.settings, resume=run))
    expected, history = arrays(to_bytes(network, run=run))
    for file in (uninterrupted, resumed):
        bits, about = arrays(file)
        assert bits == expected
        assert about.history.losses == history.history.losses
        assert about.history.evaluations == history.history.evaluations
        assert list(about.history.snapshots) == list(history.history.snapshots)


def test_slow_motion_shows_every_step_and_hears_at_once():
    with Worker(job(epochs=50)) as worker:
        worker.say({"command": "pace", "batches": 4})
        until(worker, StepDone)
        steps = [until(worker, StepDone)[-1].step for _ in range(4)]
        assert steps == list(range(steps[0], steps[0] + 4))  # every single one
        assert until(worker, Snapshot)[-1].step >= steps[-1]
        worker.say({"command": "pace", "batches": 0.001})  # and does not sleep over a command
        worker.say({"command": "rate", "rate": 0.5})
        worker.say({"command": "checkpoint"})
        _, run = load(until(worker, Checkpoint)[-1].data)
        assert run.learning_rate == 0.5 and run.settings.learning_rate == 0.1
        worker.say({"command": "stop"})
        until(worker, Checkpoint)


def test_a_broken_run_is_refused():
    network = Network(preset("once"), input_shape=(28, 28, 1))
    for data in (b"no file", to_bytes(network)):
        with Worker({"resume": base64.b64encode(data).decode()}) as worker:
            (event,) = worker.events()
        assert event["event"] == "Refused" and ": " in event["message"]


def test_it_does_not_go_on_with_other_data():
    network = Network(preset("once"), input_shape=(28, 28, 1))
    run = Run(Settings(digits=300, threads=1), origin=DataOrigin(fingerprint="ab" * 32, title="my digits", n_train=300))
    run.origin = replace(run.origin, monitored=load_mnist()[1].subset(slice(2)))
    with Worker({"resume": base64.b64encode(to_bytes(network, run=run)).decode()}) as worker:
        (event,) = worker.events()
    assert event["message"] == "That run was trained on other data, «my digits»: upload that data again to continue it."
