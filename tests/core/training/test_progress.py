"""What is kept of a run: bounded, evenly spaced, the first and the last among it."""

import numpy as np
import pytest

from cnncore import DataError, InputError, Settings, StepDone, train
from cnncore.architecture.spec import PRESETS, layers_from_dicts, preset
from cnncore.architecture.text import parse_network
from cnncore.nn.network import Network
from cnncore.training import recordings
from cnncore.training.events import Evaluated, Finished, Snapshot
from cnncore.training.progress import POINTS, TESTS, VIEWS, DecimatedSeries, RunMonitor, first_weights, one_per_class


def progress_of(digits, architecture="once", **settings):
    return RunMonitor(PRESETS[architecture][1], Settings(**settings), one_per_class(digits))


@pytest.mark.parametrize("count", [0, 1, 2, 9, 10, 11, 12, 1000])
def test_thinned_keeps_first_and_last_and_even_distances(count):
    thinned = DecimatedSeries(10)
    for item in range(count):
        thinned.add(item)
    kept = thinned.all()
    assert min(count, 5) <= len(kept) <= 10
    if count:
        assert kept[0] == 0 and kept[-1] == count - 1
        assert len(set(np.diff(kept[:-1]))) <= 1
    if count < 10:
        assert kept == list(range(count))


def test_a_long_run_stays_small(digits):
    progress = progress_of(digits)
    params = progress.params
    for step in range(1, 5_001):
        progress.update(StepDone(step, 5_000, step / 100, 1.0, 0.1, 9_000.0), step / 80)
        progress.update(Evaluated(step, step / 100, 500, 1_000, 1.0), step / 80)
    for step in range(200):
        progress.update(Snapshot(step, params), 0.0)
    picture = progress.to_arrays(views=1_000)
    assert len(picture["losses"]) <= POINTS and len(picture["tests"]) <= TESTS and len(picture["views"]) <= VIEWS
    assert picture["losses"][-1][0] == 5_000 and progress.step == progress.steps == 5_000


def test_before_the_first_step_it_shows_the_random_weights(digits):
    progress = progress_of(digits)
    network = Network(preset("once"), input_shape=(28, 28, 1), seed=0)
    picture = progress.to_arrays()
    np.testing.assert_array_equal(picture["weights"][0], network.layers[0].params["filters"][0])
    ten = one_per_class(digits)
    assert ten.labels.tolist() == list(range(10))
    np.testing.assert_allclose(picture["probabilities"][0], network.predict(ten.images), rtol=1e-5)


@pytest.mark.parametrize("scramble", [False, True])
def test_a_run_is_followed_to_its_end(digits, few, scramble):
    settings = Settings(epochs=2, digits=300, batch_size=100, evaluate_every=2, threads=1, scramble=scramble)
    progress = RunMonitor(PRESETS["dense"][1], settings, one_per_class(digits))
    network = Network(preset("dense"), input_shape=(28, 28, 1), seed=0)
    sets = digits.subset(np.s_[2000:4000])
    *_, last = events = list(train(network, few, sets, settings))
    for event in events:
        progress.update(event, float(event.step))
    assert isinstance(last, Finished)
    picture = progress.to_arrays()
    assert picture["full_tests"][:, 0].tolist() == [3, 6] and picture["full_tests"][-1][3] == last.wrong
    assert picture["tests"][:, 0].tolist() == [0, 2, 4]  # of the fixed sample
    assert picture["weights"].shape == (1, 28, 28, 8)  # a dense unit's weights as a picture
    trained = progress.copy_network()
    for (*_, a), (*_, b) in zip(trained.parameters(), network.parameters(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert trained is not progress.network


def test_the_recorded_runs_are_whole():
    for name, (architecture, settings, views) in recordings.RUNS.items():
        read = recordings.read(name)
        assert read[:2] == (architecture, settings)
        *_, last = read[3]["full_tests"]
        assert last[0] == read[2] and last[4] == 10_000
        assert (len(read[3]["views"]) > 20) == views


def test_scrambling_hurts_the_convolutional_network_alone():
    wrong = {name: recordings.read(name)[3]["full_tests"][-1][3] for name in recordings.RUNS}
    assert wrong["convolution-scrambled"] > 2 * wrong["convolution"]
    assert wrong["dense-scrambled"] == pytest.approx(wrong["dense"], rel=0.1)


@pytest.mark.parametrize("content", [None, "", "{}", "[1]", '{"picture": {}, "settings": {"epochs": 0}}'])
def test_a_damaged_recording_is_one_sentence(tmp_path, content):
    if content is not None:
        (tmp_path / "default.json").write_text(content)
    with pytest.raises((DataError, InputError), match="python -m cnncore record"):
        recordings.read("default", tmp_path)


LOOKS = {"p2-f-d10": (14, 14, 8), "f-o10-d3-d10": (28, 28, 3), "c4.5-f-d10": (5, 5, 4)}


@pytest.mark.parametrize("text, shape", LOOKS.items())
def test_what_the_first_weights_look_for_has_the_shape_of_what_they_read(text, shape):
    network = Network(layers_from_dicts(parse_network(text), input_shape=(28, 28, 1)), input_shape=(28, 28, 1))
    assert first_weights(network).shape == shape


def test_without_an_end_epochs_are_thinned_and_the_axis_grows(digits):
    progress = progress_of(digits, epochs=None, decay="none")
    assert progress.endless and progress.x_axis_steps == 100
    spans = []
    for step in range(1, 3_001):
        progress.update(StepDone(step, 3_000_000, step, 1.0, 0.1, 9_000.0), step / 80)
        spans.append(progress.x_axis_steps)
        progress.update(Evaluated(step, step, 300, 10_000 if step > 1 else 1_000, 1.0), step / 80)
    assert len(progress.full_tests) <= TESTS and progress.full_tests[-1][0] == 3_000
    assert all(step < span for step, span in enumerate(spans, 1))
    assert sorted(set(spans)) == [100, 200, 400, 800, 1600, 3200]
    fixed = progress_of(digits)
    fixed.update(StepDone(1, 2_345, 0.1, 1.0, 0.1, 9_000.0), 0.1)
    assert fixed.x_axis_steps == 2_345
