"""The closer look without a browser: what is asked from outside, and answers held against the core."""

import time
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from page_tests import drawn, unpacked
from streamlit.testing.v1 import AppTest

from cnncore import Network, Settings
from cnncore.analysis.evaluation import confusion
from cnncore.data.digit_set import fixed_sample
from cnncore.data.strokes import checked_strokes, draw_strokes
from cnncore.training.events import Evaluated, EvaluationAnswers
from cnncore.training.progress import RunMonitor
from cnncore.training.trainer import evaluate
from pages.ui import bounds
from pages.ui.components.drawing_canvas import DRAWING, SAMPLES
from pages.ui.jobs import registry
from pages.ui.session import pretrained as models
from pages.ui.train.inspection import layer_stats, source
from pages.ui.train.inspection import view as page
from pages.ui.train.inspection.view import DRAWN, Asked, insight_data, read_asked

PAGE = str(Path(__file__).parents[2] / "pages" / "train.py")


@pytest.fixture(autouse=True)
def _nothing_kept():
    yield
    for key in (source._KEPT, DRAWING):
        st.session_state.pop(key, None)


@pytest.fixture
def pretrained():
    found, _, _ = source.of_pretrained()
    return found


def test_nothing_is_computed_while_no_view_is_open(pretrained, monkeypatch):
    monkeypatch.setattr(Network, "logits", lambda *_: pytest.fail("asked the network"))
    data = insight_data(pretrained, Asked(number=3))
    assert data["number"] == 3 and data["frames"] == [] and len(data["steps"]) > 30


def test_the_wall_and_the_errors_agree_with_the_core_at_every_step(pretrained):
    sample = fixed_sample(models.test_digits())
    for step in (0, pretrained.timeline.steps[12], None):
        at, params = pretrained.timeline.nearest(step)
        network = pretrained.network.copy(params)
        wall = insight_data(pretrained, Asked(view="wall", steps=(step,)))
        images = models.test_digits().images[wall["numbers"]]
        (frame,) = wall["frames"]
        assert frame["step"] == at and frame["answers"] == network.predict(images).argmax(axis=1).tolist()
        assert frame["right"] == sum(a == b for a, b in zip(frame["answers"], wall["labels"], strict=True))
        wrong, _ = evaluate(network, sample)
        asked = Asked(view="confusion", steps=(step,), cell=(4, 9))
        (frame,) = insight_data(pretrained, asked)["frames"]
        counts = np.array(frame["counts"])
        assert frame["wrong"] == wrong == counts.sum() - np.trace(counts) and frame["of"] == 1_000 and frame["fixed"]
        answers = network.predict(sample.images).argmax(axis=1)
        np.testing.assert_array_equal(counts, confusion(sample.labels, answers, 10))
        assert len(frame["cell"]) == counts[4, 9]
        assert (models.test_digits().labels[frame["cell"]] == 4).all()
        (frame,) = insight_data(pretrained, Asked(view="worst", steps=(step,)))["frames"]
        assert len(frame["worst"]) == min(wrong, bounds.WORST_MISTAKES)


def test_two_steps_come_side_by_side_and_are_computed_once(pretrained, monkeypatch):
    asked = Asked(view="confusion", steps=(0, None))
    first = insight_data(pretrained, asked)["frames"]
    assert [frame["step"] for frame in first] == [0, pretrained.timeline.steps[-1]]
    assert first[0]["wrong"] > 500 > 20 > first[1]["wrong"]
    monkeypatch.setattr(Network, "logits", lambda *_: pytest.fail("asked the network again"))
    assert insight_data(pretrained, asked)["frames"] == first


def test_the_answers_kept_are_bounded(pretrained, monkeypatch):
    monkeypatch.setattr(bounds, "ANSWERS_KEPT", 2)
    for step in pretrained.timeline.steps[:4]:
        insight_data(pretrained, Asked(view="wall", steps=(step,)))
    assert [key[1] for key in st.session_state[source._KEPT]] == pretrained.timeline.steps[2:4]


def test_the_drawing_is_answered_as_it_was_at_that_step(pretrained):
    st.session_state[DRAWING] = {"number": 1, "strokes": SAMPLES["7"]}
    data = insight_data(pretrained, Asked(view="maps", steps=(0, None)))
    assert data["subject"] == DRAWN
    image = draw_strokes(checked_strokes(SAMPLES["7"]))
    for frame in data["frames"]:
        network = pretrained.network.copy(pretrained.timeline.nearest(frame["step"])[1])
        np.testing.assert_allclose(frame["probabilities"], network.predict(image[None])[0], rtol=1e-4, atol=1e-7)
        assert [f["maps"]["shape"] for f in frame["filters"]] == [[3, 3, 16], [3, 3, 16 * 32], [3, 3, 32 * 64]]
        first = unpacked(frame["filters"][0]["maps"])
        weights = network.layers[0].params["filters"][0]
        np.testing.assert_array_equal(first, np.rint(weights * (127 / np.abs(weights).max())).astype(np.int8))
    st.session_state[DRAWING] = {"number": 2, "strokes": "nonsense"}
    assert insight_data(pretrained, Asked(view="maps"))["subject"] == pretrained.wall[7]


def test_a_run_reports_its_own_answers_on_the_sample_and_on_all(digits_progress):
    running = source.Source(
        "run", digits_progress.network, digits_progress.timeline, models.test_digits(), False, True, digits_progress
    )
    asked = Asked(view="confusion")
    (frame,) = insight_data(running, asked)["frames"]
    assert (frame["step"], frame["of"], frame["wrong"], frame["fixed"]) == (50, 1_000, 900, True)
    data = insight_data(running, asked._replace(all=True))
    (frame,) = data["frames"]
    assert data["choice"] and (frame["step"], frame["of"], frame["fixed"]) == (469, 10_000, False)
    (frame,) = insight_data(running, asked._replace(all=True, steps=(0,)))["frames"]
    assert frame["step"] == 0 and frame["of"] == 1_000  # of the past there is the sample only
    (frame,) = insight_data(running._replace(running=False), asked)["frames"]
    assert frame["step"] == 0  # an image that does not change is asked for itself


@pytest.fixture
def digits_progress():
    digits = models.test_digits()
    progress = RunMonitor([{"layer": "Flatten"}, {"layer": "Dense", "units": 10}], Settings(), digits.subset(np.s_[:3]))
    sample = fixed_sample(digits)
    for step, some in ((0, sample), (469, digits), (50, sample)):
        answers = np.zeros(len(some), np.uint8)
        wrong = 900 if some is sample else int((some.labels != 0).sum())
        if some is sample:
            answers = some.labels.copy()
            answers[:900] = (answers[:900] + 1) % 10
        progress.update(Evaluated(step, 1.0, wrong, len(some), 1.0), 0.0)
        progress.update(EvaluationAnswers(step, answers, np.full(len(some), 0.5, np.float32)), 0.0)
    return progress


def test_numbers_that_are_none_are_told_as_such(pretrained):
    broken = {key: np.full_like(values, np.nan) for key, values in pretrained.timeline.nearest(0)[1].items()}
    pretrained = pretrained._replace(run="broken", timeline=type(pretrained.timeline)())
    pretrained.timeline.add(0, broken)
    (frame,) = insight_data(pretrained, Asked(view="maps"))["frames"]
    assert frame["probabilities"] == [None] * 10
    (frame,) = insight_data(pretrained, Asked(view="worst"))["frames"]
    assert {row[3] for row in frame["worst"]} == {None}


NONSENSE = [
    {"subject": 10_000},
    None,
    7,
    "wall",
    [],
    {"view": "../etc", "number": -1, "steps": "0", "cell": [1], "subject": 1e9, "pictures": 5, "all": 1},
    {
        "view": ["wall"],
        "number": True,
        "steps": [2.5, "1"],
        "cell": [10, 0],
        "subject": None,
        "pictures": ["1", -1, 10_000],
    },
    {"steps": [-1, True], "cell": {"0": 1}, "pictures": [[1]]},
]


@pytest.mark.parametrize("plain", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_from_outside_is_left_out(plain):
    assert read_asked(plain, 10_000, 10) == Asked()


def test_what_is_asked_is_bounded():
    wanted = {"steps": [3, None, 7], "cell": [4, 9], "subject": 12, "pictures": [1] * 10_000}
    asked = read_asked({"number": 5, "view": "maps"} | wanted, 10_000, 10)
    assert asked[:5] == (5, "maps", (3, None), 12, (4, 9)) and len(asked.pictures) == bounds.PICTURES_ASKED


def test_snapshots_come_faster_while_a_view_shows_them(monkeypatch):
    paces = {}
    for view in ("wall", "maps", "confusion", ""):
        monkeypatch.setattr(page, "_plain", lambda key, view=view: {"view": view})
        paces[view] = page.pace("train_insight")
    assert paces["wall"] == paces["maps"] < paces["confusion"] == paces[""]


def test_a_dense_network_shows_what_its_units_look_for():
    layers = [{"layer": "Flatten"}, {"layer": "Dense", "units": 10}]
    progress = RunMonitor(layers, Settings(), models.test_digits().subset(np.s_[:3]))
    dense = source.Source("dense", progress.network, progress.timeline, models.test_digits(), False, False, progress)
    (frame,) = insight_data(dense, Asked(view="maps"))["frames"]
    assert [filters["maps"]["shape"] for filters in frame["filters"]] == [[28, 28, 8]]


def test_pictures_come_as_the_network_sees_them(pretrained):
    data = insight_data(pretrained._replace(scramble=True), Asked(pictures=(3, 9)))
    seen = unpacked(data["pixels"])
    images = models.test_digits().images[[3, 9], ..., 0]
    assert seen.shape == (2, 28, 28) and not np.array_equal(seen, images)
    np.testing.assert_array_equal(np.sort(seen.reshape(2, -1)), np.sort(images.reshape(2, -1)))


def test_the_page_mounts_it_for_the_past_and_for_a_run(monkeypatch):
    mounted = []
    monkeypatch.setattr(page, "component", lambda name: lambda **given: mounted.append(given))
    test = AppTest.from_file(PAGE, default_timeout=30)
    test.query_params["show"] = "pretrained"
    test.session_state["train_pretrained"] = {"asked": {"number": 2, "view": "confusion", "steps": [0]}}
    test.run()
    assert not test.exception and not test.warning
    data = mounted.pop()["data"]
    assert data["number"] == 2 and data["frames"][0]["step"] == 0 and unpacked(data["tests"])[-1, 2] == 10_000

    test = AppTest.from_file(PAGE, default_timeout=30)
    for name, value in {"digits": "500", "epochs": "1", "architecture": "once"}.items():
        test.query_params[name] = value
    test.run()
    assert not mounted  # before a run there is nothing to look into
    next(b for b in test.button if "Train" in b.label).click().run()
    job = registry.registry().get(test.session_state["train.job"])
    end = time.monotonic() + 30
    while job.is_active:
        assert time.monotonic() < end
        time.sleep(0.02)
    test.session_state["train_insight"] = {"asked": {"number": 1, "view": "sizes"}}
    test.run()
    assert not test.exception
    data = mounted.pop()["data"]
    assert data["frames"] == [{"step": 4}] and "sizes" not in data
    measured, layers = job.progress.sizes.all(), ["1 Conv2D", "5 Dense"]
    lines, layout, name = drawn(test, "train_stats_0")
    assert name == "Layer statistics, Step 4" and layout["yaxis"]["type"] == "log"
    rows = np.array([row[1:] for row in measured[-1].sizes])
    assert lines == {title: (layers, rows[:, k].tolist()) for k, title in enumerate(("weights", "gradient", "update"))}
    lines, layout, _ = drawn(test, "train_stats_RMS of the gradient over the steps")
    assert lines["5 Dense"] == ([event.step for event in measured], [event.sizes[1][2] for event in measured])
    assert layout["shapes"][0]["x0"] == layout["shapes"][0]["x1"] == 4
    ((steps, rates),) = drawn(test, "train_stats_Learning rate over the steps")[0].values()
    assert (steps[-1], rates[-1]) == (4, pytest.approx(0.025))

    test.session_state["train_insight"] = {"asked": {"number": 2, "view": "sizes", "steps": [1, None]}}
    test.run()
    assert mounted.pop()["data"]["frames"] == [{"step": 1}, {"step": 4}]
    both = [drawn(test, f"train_stats_{n}") for n in (0, 1)]
    assert [layout["title"]["text"] for _, layout, _ in both] == ["A: step 1: RMS by layer", "B: step 4: RMS by layer"]
    assert both[0][1]["yaxis"]["range"] == both[1][1]["yaxis"]["range"]
    assert both[0][0]["update"][1] == [row[3] for row in measured[0].sizes]

    live = layer_stats.live_data(source.of_job(job))
    assert live["layers"] == layers and live["at"][-1] == 4 and live["rate"] == pytest.approx(0.025)
    assert unpacked(live["sizes"]).shape == (len(live["at"]), 2, 3)
    registry.registry()._jobs.clear()
