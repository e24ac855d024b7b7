"""The train page's control, files and comparison of runs, without a browser."""

import csv
import io
import time
from functools import partial

import pytest
from page_tests import drawn, opened_page

from cnncore import ModelError, Network
from cnncore.architecture.spec import preset
from cnncore.training.checkpoint import to_bytes
from pages.ui.jobs import registry, store
from pages.ui.jobs.model_files import job_from_file
from pages.ui.train.dashboard import export_section, run_controls
from pages.ui.train.dashboard.payload import job_data
from pages.ui.train.runs import comparison

QUICK = {"digits": "500", "epochs": "2", "architecture": "once"}


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
    return test


def labels(test):
    return [b.label.strip("*") for b in test.button]


def current(test):
    return registry.registry().get(test.session_state["train.job"])


def wait(true):
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def trained(**link):
    test = press(opened(**QUICK | link), "Train")
    wait(lambda: not current(test).is_active)
    return test.run()


def test_one_epoch_slow_motion_again_stop_and_continue():
    test = press(opened(**QUICK | {"epochs": "5"}), "Train")
    job = current(test)
    press(test, "Slow motion")
    assert job.pace == 2
    test.segmented_control(key="train.pace").set_value(10).run()
    assert job.pace == 10 and not test.exception
    press(test, "Full speed")
    assert job.pace == 0
    press(test, "Pause")
    press(test, "One epoch")
    wait(lambda: job.state == "paused" or not job.is_active)
    assert job.progress.step % 4 == 0 and job.progress.step > 0
    press(test, "Stop")
    wait(lambda: not job.is_active)
    if job.can_go_on:
        assert "Continue" in labels(test.run())
    press(test, "Again")
    other = current(test)
    assert other is not job and other.settings == job.settings and test.query_params["job"] == other.id


def test_a_press_that_the_browser_sends_twice_counts_once(monkeypatch):
    test = press(opened(**QUICK | {"epochs": "50"}), "Train")
    job = current(test)
    keys = {b.label: b.key for b in test.button}
    press(press(test, "Slow motion"), "Pause")
    wait(lambda: job.state == "paused")
    opposite = {b.label: b.key for b in test.run().button}
    assert opposite["Full speed"] != keys["Slow motion"] and opposite["Resume"] != keys["Pause"]
    pace = job.pace
    run_controls.pause(job), run_controls.slow_motion(job)
    assert job.state == "paused" and job.pace == pace
    asked = []
    monkeypatch.setattr(job, "one_step", lambda: asked.append("step"))
    press(press(test, "One batch"), "One batch")
    assert len(asked) == 1
    press(test.run(), "One batch")
    assert len(asked) == 2
    monkeypatch.setattr(job, "one_epoch", lambda: asked.append("epoch"))
    epoch = int(job.progress.epoch)
    run_controls.one_epoch(job, epoch - 1)  # sent again after that epoch's end
    assert "epoch" not in asked and job.state == "paused"
    press(test, "Full speed")
    run_controls.set_pace(job)  # the choice of a pace that goes away with slow motion
    assert job.pace == 0


def test_who_waits_is_told_and_may_withdraw(monkeypatch):
    monkeypatch.setattr("pages.ui.bounds.TRAININGS", 0)
    test = press(opened(**QUICK), "Train")
    job = current(test)
    assert job.state == "waiting" and "Pause" not in labels(test)
    press(test, "Withdraw")
    assert job.status_text == "Withdrawn before it began."


def test_a_link_finds_what_the_disk_kept_after_a_kill(monkeypatch, tmp_path):
    monkeypatch.setenv(store.ENVIRONMENT_VARIABLE, str(tmp_path))
    monkeypatch.setattr("pages.ui.bounds.KEEP_SECONDS", 0)
    test = press(opened(**QUICK | {"epochs": "50"}), "Train")
    job = current(test)
    wait(lambda: store.read(job.id))
    job.process.kill()
    wait(lambda: not job.is_active)
    registry.registry()._jobs.clear()  # as a server that was killed
    again = opened(job=job.id)
    assert not again.info
    other = current(again)
    assert other is not job and other.id == job.id and other.status_text.startswith("The server has ended meanwhile")
    step = other.progress.step
    press(again, "Continue")
    wait(lambda: other.progress.step > step)
    other.process.kill()
    wait(lambda: not other.is_active)
    (tmp_path / f"{job.id}.safetensors").write_bytes(b"half")
    registry.registry()._jobs.clear()
    assert opened(job=job.id).info[0].value.startswith("The link names a training that is not here any more")


def test_runs_are_kept_compared_renamed_and_deleted(monkeypatch):
    monkeypatch.setattr("pages.ui.bounds.KEPT_RUNS", 2)
    test = trained(rate="0.05")
    assert "train_runs_curves" not in test.session_state and "runs" not in test.query_params
    next(w for w in test.sidebar.number_input if w.key == "train.rate").set_value(0.2).run()
    press(test, "Train")
    wait(lambda: not current(test).is_active)
    test.run()
    assert test.query_params["runs"] == ",".join(test.session_state["train.saved_runs"])
    kept_runs = list(test.session_state["train.saved_runs"].values())
    columns = comparison.table(kept_runs)
    assert columns["Run"] == ["Run 1", "Run 2"] and columns["Learning rate"] == ["0.05", "0.2"]
    assert "Batch" not in columns and columns["State"] == ["finished"] * 2
    assert all(value.endswith(" of 10,000") for value in columns["Wrong at last"])
    for what in ("loss", "wrong"):
        assert [line["name"] for line in comparison.curves(kept_runs, what)["lines"]] == ["Run 1", "Run 2"]
    shapes = [line["points"]["shape"] for line in comparison.curves(kept_runs, "wrong")["lines"]]
    assert shapes == [[len(run.tests), 2] for run in kept_runs]
    lines, layout, name = drawn(test, "train_runs_figure")
    assert list(lines) == ["Run 1", "Run 2"] and name == "Wrong of 1,000 by step, all runs"
    for (steps, wrong), run in zip(lines.values(), kept_runs, strict=True):
        assert steps == run.tests[:, 0].tolist()
        assert wrong == pytest.approx((1000 * run.tests[:, 1] / run.tests[:, 2]).tolist())
    assert layout["yaxis"]["type"] == "log" and {note["text"] for note in layout["annotations"]} == set(lines)
    test.radio(key="train_runs_curves").set_value("loss").run()
    lines, *_ = drawn(test, "train_runs_figure")
    assert lines["Run 2"][1] == pytest.approx(kept_runs[1].losses[:, 1].tolist(), rel=1e-6)
    test.text_input[0].set_value("  small | <b>rate</b> ").run()
    assert not test.exception
    assert next(iter(test.session_state["train.saved_runs"].values())).name == "small | <b>rate</b>"
    assert "small | &lt;b&gt;rate&lt;/b&gt;" in drawn(test, "train_runs_figure")[0]  # Plotly takes tags for markup
    first = next(iter(test.session_state["train.saved_runs"]))
    test.button(key=f"train_open_{first}").click().run()
    assert test.session_state["train.job"] == first and not test.exception
    press(test, "Again")
    wait(lambda: not current(test).is_active)
    assert first not in test.run().session_state["train.saved_runs"]  # the oldest makes room
    test.button(key=f"train_delete_{current(test).id}").click().run()
    assert len(test.session_state["train.saved_runs"]) == 1 and not test.exception


def test_every_file_that_is_offered_can_be_made():
    job = current(trained())
    network, run = job.run()
    assert run.step == 8 and export_section._csv(job, network, run).count("\n") == 1 + 8 + 3
    assert b"nbformat" in export_section._notebook(job)(network, run)
    assert "nn.Conv2d(1, 8, 3" in export_section._module(job)(network, run)
    again = job_from_file(job.current_file(), "me")
    assert again.state == "finished" and not again.can_go_on
    assert again.progress.full_tests[-1][3:] == job.progress.full_tests[-1][3:]


def test_a_network_without_a_run_is_no_training():
    data = to_bytes(Network(preset("once"), input_shape=(28, 28, 1)))
    with pytest.raises(ModelError, match="can be used, not continued"):
        job_from_file(data, "me")


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


def test_a_second_one_trains_beside_the_first_and_the_board_switches():
    test = press(opened(**QUICK | {"epochs": "50"}), "Train")
    first = current(test)
    press(test, "Pause")
    test.sidebar.checkbox(key="train.rate_now").uncheck().run()
    next(w for w in test.sidebar.number_input if w.key == "train.rate").set_value(0.02).run()
    press(test, "Train another beside it")
    second = current(test)
    assert second is not first and (first.state, second.state) == ("paused", "running")
    assert second.settings.learning_rate == 0.02 and first.progress.rate != 0.02
    assert "Train another beside it" not in labels(test)
    with pytest.raises(registry.Busy, match="2 trainings of yours are under way: stop one"):
        registry.registry().start("once", second.settings, second.owner, beside=True)
    wait(lambda: second.progress.tests.count)
    test.run()
    (switch,) = [group for group in test.get("button_group") if group.key == f"train_shown_{second.id}"]
    assert test.query_params["runs"] == f"{first.id},{second.id}"
    test.segmented_control(key=switch.key).set_value(first.id).run()
    assert current(test) is first and "Resume" in labels(test) and switch is not None
    run = test.session_state["train.saved_runs"][second.id]
    assert run.is_active and len(run.tests)  # compared while it runs
    assert second.state == "running"


def test_a_reload_finds_the_runs_again_and_so_does_the_disk(monkeypatch, tmp_path):
    monkeypatch.setenv(store.ENVIRONMENT_VARIABLE, str(tmp_path))
    test = trained(rate="0.05")
    press(test, "Again")
    wait(lambda: not current(test).is_active)
    test.run()
    test.text_input[0].set_value("the first").run()
    link = {name: test.query_params[name] for name in ("runs", "job")}
    link = {name: value[0] if isinstance(value, list) else value for name, value in link.items()}
    before = [list(run.tests[-1]) for run in test.session_state["train.saved_runs"].values()]
    for names in (["the first", "Run 2"], ["Run 1", "Run 2"]):  # a name is not on the disk
        again = opened(**link)
        assert ",".join(again.session_state["train.saved_runs"]) == link["runs"]
        found = list(again.session_state["train.saved_runs"].values())
        assert [run.name for run in found] == names and [list(run.tests[-1]) for run in found] == before
        registry.registry()._jobs.clear()  # as a server that was killed
    first = link["runs"].split(",")[0]
    again.button(key=f"train_open_{first}").click().run()
    assert current(again).id == first and not again.exception
    assert opened(runs="../../x").info[0].value.startswith("The link's runs could not be used")
    assert "runs" not in opened(runs="x" * 22).query_params


def test_until_stopped_it_has_no_end_goes_on_and_says_so():
    test = opened(**QUICK | {"ends": "stopped", "decay": "exponential"})
    assert "epochs" not in test.query_params and "decay" not in test.query_params
    assert test.sidebar.radio(key="train.decay").disabled
    assert any("a decay needs an end to fall to" in m.value for m in test.sidebar.markdown)
    press(test, "Train")
    job = current(test)
    assert job.settings.epochs is None and job.settings.decay == "none"
    wait(lambda: job.progress.step > 10)  # past the two epochs
    data = job_data(job, steers=True)
    assert data["endless"] and data["left"] == 0 and data["span"] >= job.progress.step and "constant" in data["about"]
    press(test, "Stop")
    wait(lambda: not job.is_active)
    at = job.progress.step
    copy = job_from_file(job.current_file(), "me")
    assert copy.can_go_on and copy.progress.endless and copy.settings.epochs is None
    press(test.run(), "Continue")
    wait(lambda: job.progress.step > at)
    assert job.is_active


def test_what_stands_below_a_fragment_keeps_its_place_while_that_comes_and_goes():
    test = trained()
    runs = next(e for e in test.expander if e.label.startswith("Runs"))
    for place in (test.main, runs):
        first = next(child for child in place.children.values() if getattr(child, "children", None))
        inner = list(first.children.values())
        assert len(inner) == 1 and inner[0].type == "flex_container"  # its own around the fragment's


def test_an_opened_file_sets_the_controls():
    job = current(trained(architecture="dense", rate="0.05", batch="64", classes="137", seed="3", optimiser="adam"))
    test = opened(architecture="once")
    test.file_uploader[0].set_value(("mine.safetensors", job.current_file(), "application/octet-stream")).run()
    assert not test.exception
    link = {name: test.query_params[name] for name in ("architecture", "rate", "batch", "classes", "seed", "optimiser")}
    assert link == {
        "architecture": "dense",
        "rate": "0.05",
        "batch": "64",
        "classes": "137",
        "seed": "3",
        "optimiser": "adam",
    }
    assert current(test).architecture == "dense" and current(test).network().names == ("1", "3", "7")


def test_a_run_too_large_for_a_file_still_has_its_curves(monkeypatch):
    job = current(trained())
    monkeypatch.setattr("cnncore.limits.MODEL_BYTES", 1000)
    rows = list(csv.DictReader(io.StringIO(export_section._csv(job, *export_section._network_and_run(job)))))
    losses = [row for row in rows if row["kind"] == "training, smoothed"]
    assert (int(losses[0]["step"]), int(losses[-1]["step"]), float(losses[-1]["epoch"])) == (1, 8, 2)
    assert all(float(row["loss"]) > 0 and float(row["learning_rate"]) > 0 for row in losses)
    tests = [(int(row["step"]), int(row["digits"])) for row in rows if row["kind"] == "test"]
    assert tests == [(0, 1000), (4, 10_000), (8, 10_000)]


def test_files_of_before_are_of_mnist_where_they_are_of_its_digits():
    network, run = current(trained()).run()
    run.origin = None  # as they were saved
    old = job_from_file(to_bytes(network, run=run), "me")
    assert old.state == "finished" and not old.lacks_data and old.data.names == network.names
    assert len(old.test_set) == 10_000
    network.names = tuple("abcdefghij")
    with pytest.raises(ModelError, match="can be used, not continued"):
        job_from_file(to_bytes(network, run=run), "me")
