"""The train page's control, files and comparison of runs, without a browser."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnncore import ModelError, Network
from cnncore.architecture import preset
from cnncore.checkpoint import to_bytes
from pages.ui.train import jobs, kept, runs, taking
from pages.ui.train.opening import job_of

PAGE = str(Path(__file__).parents[2] / "pages" / "train.py")
QUICK = {"digits": "500", "epochs": "2", "architecture": "once"}


@pytest.fixture(autouse=True)
def _no_training_left():
    yield
    for job in jobs.registry()._jobs.values():
        if job.process:
            job.process.kill()
            job.process.wait(10)
    jobs.registry()._jobs.clear()


def opened(**link):
    test = AppTest.from_file(PAGE, default_timeout=30)
    for name, value in link.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception
    return test


def press(test, label):
    next(b for b in test.button if b.label.strip("*") == label).click().run()
    assert not test.exception
    return test


def labels(test):
    return [b.label.strip("*") for b in test.button]


def current(test):
    return jobs.registry().get(test.session_state["job"])


def wait(true):
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def trained(**link):
    test = press(opened(**QUICK, **link), "Train")
    wait(lambda: not current(test).alive)
    return test.run()


def test_one_epoch_slow_motion_again_stop_and_continue():
    test = press(opened(**QUICK | {"epochs": "5"}), "Train")
    job = current(test)
    press(test, "Slow motion")
    assert job.pace == 2
    test.segmented_control(key="train_pace").set_value(10).run()
    assert job.pace == 10 and not test.exception
    press(test, "Full speed")
    assert job.pace == 0
    press(test, "Pause")
    press(test, "One epoch")
    wait(lambda: job.state == "paused" or not job.alive)
    assert job.progress.step % 4 == 0 and job.progress.step > 0
    press(test, "Stop")
    wait(lambda: not job.alive)
    if job.can_go_on:
        assert "Continue" in labels(test.run())
    press(test, "Again")
    other = current(test)
    assert other is not job and other.settings == job.settings and test.query_params["job"] == other.id


def test_who_waits_is_told_and_may_withdraw(monkeypatch):
    monkeypatch.setattr("cnncore.limits.TRAININGS", 0)
    test = press(opened(**QUICK), "Train")
    job = current(test)
    assert job.state == "waiting" and "Pause" not in labels(test)
    press(test, "Withdraw")
    assert job.sentence == "Withdrawn before it began."


def test_a_link_finds_what_the_disk_kept_after_a_kill(monkeypatch, tmp_path):
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path))
    monkeypatch.setattr("cnncore.limits.KEEP_SECONDS", 0)
    test = press(opened(**QUICK | {"epochs": "50"}), "Train")
    job = current(test)
    wait(lambda: kept.read(job.id))
    job.process.kill()
    wait(lambda: not job.alive)
    jobs.registry()._jobs.clear()  # as a server that was killed
    again = opened(job=job.id)
    assert not again.info
    other = current(again)
    assert other is not job and other.id == job.id and other.sentence.startswith("The server has ended meanwhile")
    step = other.progress.step
    press(again, "Continue")
    wait(lambda: other.progress.step > step)
    other.process.kill()
    wait(lambda: not other.alive)
    (tmp_path / f"{job.id}.safetensors").write_bytes(b"half")
    jobs.registry()._jobs.clear()
    assert opened(job=job.id).info[0].value.startswith("The link names a training that is not here any more")


def test_runs_are_kept_compared_renamed_and_deleted(monkeypatch):
    monkeypatch.setattr("cnncore.limits.KEPT_RUNS", 2)
    test = trained(rate="0.05")
    assert not test.get("plotly_chart")
    next(w for w in test.sidebar.number_input if w.key == "rate").set_value(0.2).run()
    press(test, "Train")
    wait(lambda: not current(test).alive)
    test.run()
    assert len(test.get("plotly_chart")) == 1
    kept_runs = list(test.session_state["train_runs"].values())
    columns = runs.table(kept_runs)
    assert columns["Run"] == ["Run 1", "Run 2"] and columns["Learning rate"] == ["0.05", "0.2"]
    assert "Batch" not in columns and columns["State"] == ["finished"] * 2
    assert all(value.endswith(" of 10,000") for value in columns["Wrong at last"])
    for what in ("loss", "wrong"):
        assert [line.name for line in runs.figure(kept_runs, what).data] == ["Run 1", "Run 2"]
    test.text_input[0].set_value("  small | <b>rate</b> ").run()
    assert not test.exception
    assert next(iter(test.session_state["train_runs"].values())).name == "small | <b>rate</b>"
    first = next(iter(test.session_state["train_runs"]))
    test.button(key=f"train_open_{first}").click().run()
    assert test.session_state["job"] == first and not test.exception
    press(test, "Again")
    wait(lambda: not current(test).alive)
    assert first not in test.run().session_state["train_runs"]  # the oldest makes room
    test.button(key=f"train_delete_{current(test).id}").click().run()
    assert len(test.session_state["train_runs"]) == 1 and not test.exception


def test_every_file_that_is_offered_can_be_made():
    job = current(trained())
    network, run = job.run()
    assert run.step == 8 and taking._csv(network, run).count("\n") == 1 + 8 + 3
    assert b"nbformat" in taking._notebook(job)(network, run)
    assert "nn.Conv2d(1, 8, 3" in taking._module(job)(network, run)
    again = job_of(job.current_file(), "me")
    assert again.state == "finished" and not again.can_go_on
    assert again.progress.full_tests[-1][3:] == job.progress.full_tests[-1][3:]


def test_a_network_without_a_run_is_no_training():
    data = to_bytes(Network(preset("once"), input_shape=(28, 28, 1)))
    with pytest.raises(ModelError, match="can be used, not continued"):
        job_of(data, "me")


def test_a_file_is_opened_goes_on_or_is_refused_and_what_was_there_stays():
    job = current(trained())
    file = job.current_file()
    test = opened(**QUICK)
    test.file_uploader[0].set_value(("mine.safetensors", file, "application/octet-stream")).run()
    assert not test.exception and not test.info
    other = current(test)
    assert other.id != job.id and other.state == "finished" and other.progress.step == 8
    test.file_uploader[0].set_value(("bad.safetensors", file[:-50], "application/octet-stream")).run()
    assert not test.exception and current(test) is other
    assert test.info[0].value.startswith("This is not a model file of this app")
    only = to_bytes(Network(preset("once"), input_shape=(28, 28, 1)))
    test.file_uploader[0].set_value(("net.safetensors", only, "application/octet-stream")).run()
    assert "It holds a network and no training" in test.info[0].value
    assert test.session_state["workbench_network"].name == "your file"
