"""The train page without a browser: bad links, presses in the wrong moment, what goes to Draw."""

import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st
from page_tests import drawn, opened_page
from streamlit.testing.v1 import AppTest

from cnncore import Network, Settings, limits, load
from cnncore.architecture.spec import PRESETS, preset
from cnncore.data.permutation import permute_pixels
from cnncore.training import recordings
from cnncore.training.progress import DecimatedSeries
from pages.ui.jobs import registry
from pages.ui.session import current_network, pretrained
from pages.ui.train.dashboard.payload import idle_data, stuck
from pages.ui.train.recorded import scrambled as scrambled_page
from pages.ui.train.recorded.scrambled import table_data

ROOT = Path(__file__).parents[2]
QUICK = {"digits": "500", "epochs": "1", "architecture": "once"}
ORDERS = ("in order", "scrambled")


@pytest.fixture(autouse=True)
def _no_training_left():
    yield
    for job in registry.registry()._jobs.values():
        if job.process:
            job.process.kill()
            job.process.wait(10)
    registry.registry()._jobs.clear()


opened = partial(opened_page, "train")


def button(test, label):
    return next(b for b in test.button if b.label.strip("*") == label)


def press(test, label):
    button(test, label).click().run()
    assert not test.exception
    return test


def job_from_file(test):
    return registry.registry().get(test.session_state["train.job"])


def ended(job):
    end = time.monotonic() + 30
    while job.is_active:
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("architecture", PRESETS)
def test_every_architecture_opens_from_its_link(architecture):
    test = opened(architecture=architecture)
    assert not test.info and not test.warning
    assert test.query_params["architecture"] == architecture


@pytest.mark.parametrize("show", ["recorded", "scrambled"])
def test_recorded_runs_open_from_their_links(show):
    test = opened(show=show)
    assert not test.info and not test.warning


NONSENSE = {
    "rate": ["0", "1e6", "NaN", "1000000", "-0", "", "abc", "0.1.1", "1" + "0" * 400],
    "momentum": ["1", "1.5", "-0.1", "NaN"],
    "epochs": ["0", "51", "1.5", "٣", "<script>"],
    "batch": ["0", "1025", "1e3"],
    "digits": ["0", "99", "60001", "x" * 100_000],
    "seed": ["-1", "9" * 12],
    "architecture": ["../../etc/passwd", "huge"],
    "decay": ["up"],
    "optimiser": ["magic"],
    "scramble": ["yes"],
    "show": ["nothing"],
}


@pytest.mark.parametrize("name, value", [(n, v) for n, vs in NONSENSE.items() for v in vs], ids=lambda v: v[:12])
def test_nonsense_in_a_link_falls_back_with_one_sentence(name, value):
    test = opened(**{name: value})
    assert [info.value for info in test.info] == [
        f"The link's {name} could not be used, so the usual setting is used instead."
    ]
    assert test.query_params[name] == opened().query_params[name]
    assert not test.warning and not button(test, "Train").disabled


@pytest.mark.parametrize("id_", ["abc", "../../x", "x" * 100_000, "<script>"])
def test_an_unknown_training_in_the_link_is_one_sentence(id_):
    test = opened(job=id_)
    (info,) = test.info
    assert info.value.startswith("The link names a training that is not here any more")
    assert "job" not in test.query_params and not button(test, "Train").disabled
    assert not test.run().info  # said once


def test_the_widgets_keep_to_the_bounds():
    test = opened()
    for key, bound in {"rate": limits.LEARNING_RATE, "momentum": limits.MOMENTUM, "epochs": limits.EPOCHS}.items():
        (widget,) = [w for w in test.sidebar.number_input if w.key == f"train.{key}"]
        assert (widget.min, widget.max) == (bound.low, bound.high)
    test = opened(rate="0.00003")
    assert test.query_params["rate"] == "0.00003"


def test_a_batch_larger_than_the_data_is_explained_and_trains():
    test = opened(batch="1024", digits="100", epochs="1", architecture="once")
    assert any("larger than the data" in caption.value for caption in test.markdown)
    job = job_from_file(press(test, "Train"))
    ended(job)
    assert job.state == "finished" and job.progress.steps == 1


def test_train_pressed_twice_and_in_two_tabs():
    test = press(opened(epochs="50"), "Train")
    job = job_from_file(test)
    assert test.query_params["job"] == job.id
    assert button(test, "Train").disabled
    other = opened(epochs="50")  # a tab of its own; AppTest's sessions share a name, so it is ours
    press(other, "Train")
    assert [info.value for info in other.info] == [
        "Your training is still under way: stop it first, or train another beside it."
    ]
    assert len(registry.registry()._jobs) == 1
    job.owner = "another session"
    press(other, "Train")  # another person's runs beside it
    assert not other.info and len(registry.registry()._jobs) == 2


def test_pause_step_rate_resume_stop_and_the_way_to_draw():
    test = press(opened(epochs="50", architecture="once"), "Train")
    job = job_from_file(test)
    press(test, "Pause")
    assert job.state == "paused"
    press(test, "One batch")
    (rate,) = [w for w in test.sidebar.number_input if w.key == "train.rate"]
    said = []
    job.set_rate, usual = said.append, job.set_rate
    rate.set_value(0.02).run()
    assert said == [0.02]
    job.set_rate = usual
    press(test, "Resume")
    assert job.state == "running"
    end = time.monotonic() + 30
    while not job.progress.step and time.monotonic() < end:
        time.sleep(0.02)
    press(test, "Stop")
    ended(job)
    test.run()
    assert not button(test, "Train").disabled
    assert button(test, "Use in Draw")
    # an architecture changed meanwhile belongs to the next training
    (choice,) = test.sidebar.selectbox
    choice.set_value("dense").run()
    assert job.architecture == "once" and not test.exception


def test_the_link_of_a_training_opens_it_again_and_a_bare_page_finds_its_own():
    test = press(opened(**QUICK), "Train")
    job = job_from_file(test)
    ended(job)
    again = opened(job=job.id)
    assert job_from_file(again) is job and not again.info
    test.query_params.clear()
    assert job_from_file(test.run()) is job


def test_use_in_draw_and_back_to_the_pretrained():
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    test.query_params.update(QUICK)
    test.switch_page("pages/train.py").run()
    press(test, "Train")
    job = job_from_file(test)
    ended(job)
    test.run()
    press(test, "Use in Draw")
    assert any("Your own network answers: **one convolution, 4 steps**" in m.value for m in test.markdown)
    own = test.session_state["workbench_network"]
    assert own.network.parameter_count == job.network().parameter_count and not own.scramble
    press(test, "Back to the pretrained network")
    assert not any("Your own network" in m.value for m in test.markdown)


def test_a_scrambled_network_sees_drawings_scrambled_and_its_file_says_so():
    image = pretrained.test_digits().images[0]
    current = current_network.SessionNetwork(pretrained.pretrained(), "mine", True)
    np.testing.assert_array_equal(current.sees(image), permute_pixels(image[None])[0])
    test = press(opened(**QUICK, scramble="on"), "Train")
    ended(job_from_file(test))
    test.run()
    assert button(test, "Use in Draw")
    assert load(job_from_file(test).current_file())[1].settings.scramble


def test_a_network_of_no_numbers_is_not_taken():
    broken = Network(preset("once"), input_shape=(28, 28, 1))
    broken.layers[0].params["filters"][...] = float("nan")
    current_network.set_current(broken, "broken")
    assert "workbench_network" not in st.session_state


def test_recorded_runs_train_live_by_one_click():
    test = opened(show="scrambled")
    press(test, "Train live: dense layers, scrambled")
    job = job_from_file(test)
    assert (job.architecture, job.settings) == ("dense", Settings(epochs=2, scramble=True))
    assert test.query_params["show"] == "live" and test.query_params["scramble"] == "on"


def test_a_view_that_python_chose_is_another_widget():
    """The choice of a widget that is gone changes nothing: a timer's rerun may still carry it."""
    test = opened(show="scrambled")
    (views,) = [each for each in test.sidebar.radio if each.label == "Show"]
    key = views.key
    press(test, "Train live: dense layers, scrambled")
    (after,) = [each for each in test.sidebar.radio if each.label == "Show"]
    assert after.value == "live" and after.key != key
    after.set_value("recorded").run()
    (chosen,) = [each for each in test.sidebar.radio if each.label == "Show"]
    assert chosen.key == after.key and test.query_params["show"] == "recorded"


def test_the_scrambled_numbers_are_the_recorded_ones():
    runs = {name: recordings.read(name) for name in recordings.RUNS}
    assert [row[1:] for row in table_data(runs)["rows"]] == [["161", "513"], ["337", "332"]]


def test_the_curves_come_with_the_answer():
    test = opened(show="scrambled")
    assert not test.get("plotly_chart")
    test.session_state[scrambled_page.KEY] = {"revealed": True}
    test.run()
    lines, layout, _ = drawn(test, "scrambled_curves")
    assert list(lines) == [f"{words}, {order}" for words, *_ in scrambled_page.RUNS.values() for order in ORDERS]
    tests = recordings.read("dense")[3]["tests"]
    assert lines["Dense layers, in order"] == (tests[:, 0].tolist(), tests[:, 3].tolist())
    assert len(layout["annotations"]) == 4


def test_a_missing_recording_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(recordings.read, "__defaults__", (tmp_path,))
    for show in ("recorded", "scrambled"):
        test = opened(show=show)
        assert "python -m cnncore record" in test.warning[0].value


def test_a_run_that_does_not_learn_says_what_to_try():
    tests = DecimatedSeries(10)
    job = SimpleNamespace(settings=Settings(learning_rate=5.0), progress=SimpleNamespace(tests=tests, rate=5.0))
    assert stuck(job) == ""
    tests.add((150, 2.0, 0.3, 898, 1000))
    assert stuck(job) == ("At step 150 it does not learn: wrong 898 of 1,000. Stop it, and try a learning rate of 0.5.")
    tests.add((200, 3.0, 0.4, 40, 1000))
    assert stuck(job) == ""


def test_before_training_the_random_network_is_shown():
    data = idle_data("dense", Settings())
    assert data["state"] == "idle" and data["weights"]["shape"] == [1, 28, 28, 8] and data["labels"] == list(range(10))
