"""What a network answers and how it errs, held against counting by hand; and a run looked back on."""

import json

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController

from cnncore import Network, Settings, train
from cnncore.analysis.evaluation import (
    confusion,
    confusion_cell,
    filters_of,
    hardest_indices,
    most_confident_errors,
    per_class_sample,
)
from cnncore.architecture.spec import PRESETS, preset
from cnncore.data.digit_set import fixed_sample, sample_indices
from cnncore.nn.blas import one_blas_thread
from cnncore.training.events import Evaluated, EvaluationAnswers, LayerStats, Snapshot, StepDone, from_dict, to_dict
from cnncore.training.metrics import Predictions, layer_rms, predict_labels, top_predictions
from cnncore.training.progress import RunMonitor, one_per_class
from cnncore.training.snapshots import SnapshotStore
from cnncore.training.trainer import evaluate

LABELS = np.array([0, 1, 1, 2, 2, 2, 0])
GIVEN = Predictions(np.array([0, 1, 2, 2, 0, 1, 1]), np.array([0.9, 0.8, 0.6, 0.5, 0.99, 0.7, np.nan]))


def test_answers_are_the_largest_probabilities():
    given = top_predictions(np.array([[0.2, 0.7, 0.1], [0.5, 0.1, 0.4]]))
    assert given.labels.tolist() == [1, 0] and given.confidences.tolist() == [0.7, 0.5]


def test_the_confusion_matrix_counts_every_digit_once():
    counts = confusion(LABELS, GIVEN.labels, 3)
    assert counts.tolist() == [[1, 1, 0], [0, 1, 1], [1, 1, 1]]
    for label in range(3):
        for answer in range(3):
            numbers = confusion_cell(LABELS, GIVEN.labels, label, answer)
            assert len(numbers) == counts[label, answer]
            assert (LABELS[numbers] == label).all() and (GIVEN.labels[numbers] == answer).all()


def test_the_most_confident_errors_come_first():
    worst = most_confident_errors(LABELS, GIVEN, 3)
    assert [(m.digit_index, m.label, m.prediction, m.probability) for m in worst] == [
        (4, 2, 0, 0.99),
        (5, 2, 1, 0.7),
        (2, 1, 2, 0.6),
    ]
    assert most_confident_errors(LABELS, Predictions(LABELS, GIVEN.confidences), 3) == []
    assert most_confident_errors(LABELS, GIVEN, 10)[-1].digit_index == 6  # NaN ranks last


def test_the_hardest_digits_are_wrong_or_have_a_low_probability():
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 4, 200)
    probabilities = rng.dirichlet(np.ones(4), 200)
    places = hardest_indices(labels, probabilities, 200).tolist()
    given = probabilities.argmax(axis=1)
    rank = [(given[n] == labels[n], probabilities[n, labels[n]]) for n in places]
    assert rank == sorted(rank) and sorted(places) == list(range(200))
    assert hardest_indices(labels, probabilities, 7).tolist() == places[:7]
    spoilt = np.where(np.arange(200)[:, None] == 9, np.nan, probabilities)
    assert 9 in hardest_indices(labels, spoilt, 3)  # NaN counts as probability 0


def test_the_wall_holds_as_many_of_each_class_as_there_are(digits):
    sample = fixed_sample(digits)
    wall = per_class_sample(sample.labels)
    assert sample.labels[wall].tolist() == list(range(10)) * 5
    assert len(set(wall.tolist())) == 50
    assert per_class_sample(np.array([1, 1, 1, 0])).tolist() == [3, 0, 1, 2]


def test_the_sample_is_where_its_numbers_say(digits):
    np.testing.assert_array_equal(digits.images[sample_indices(10_000)], fixed_sample(digits).images)
    assert sample_indices(7).tolist() == list(range(7))


def test_layer_sizes_are_root_mean_squares():
    before = {(2, "w"): np.array([[1.0, 2.0]]), (2, "b"): np.array([2.0])}
    after = {(2, "w"): np.array([[1.0, 5.0]]), (2, "b"): np.array([1.0])}
    ((layer, weights, gradient, update),) = layer_rms(
        before, after, {2: {"w": np.array([[3.0, 0.0]]), "b": np.array([0.0])}}
    )
    assert layer == 2
    np.testing.assert_allclose([weights, gradient, update], [3.0, np.sqrt(3), np.sqrt(10 / 3)])


def test_a_network_at_a_snapshot_is_a_network_of_its_own(few):
    network = Network(preset("once"), input_shape=(28, 28, 1), seed=1)
    params = {(n, name): values + 1 for n, name, values in network.parameters()}
    other = network.copy(params)
    assert all((values == params[n, name]).all() for n, name, values in other.parameters())
    assert [(n, f.shape) for n, f in filters_of(other)] == [(0, (1, 3, 3, 8))]
    assert not np.array_equal(
        predict_labels(other, few.images).confidences, predict_labels(network, few.images).confidences
    )


@pytest.mark.slow
def test_training_tells_its_answers_and_sizes(digits, few):
    network = Network(preset("once"), input_shape=(28, 28, 1), seed=0)
    settings = Settings(epochs=2, batch_size=100, threads=2, decay="none", momentum=0.0, learning_rate=0.05)
    kept, tested, measured = {}, None, {}
    for event in train(network, few, digits, settings):
        match event:
            case Snapshot():
                kept[event.step] = event.params
            case Evaluated():
                tested = event
            case EvaluationAnswers():
                asked = digits if tested.digits == 10_000 else fixed_sample(digits)
                assert event.step == tested.step and len(event.labels) == len(asked)
                assert int((event.labels != asked.labels).sum()) == tested.wrong == evaluate(network, asked)[0]
                again = from_dict(json.loads(json.dumps(to_dict(event))))
                assert (again.labels == event.labels).all() and (again.confidences == event.confidences).all()
            case LayerStats():
                measured[event.step] = event
                assert from_dict(json.loads(json.dumps(to_dict(event)))) == event
    assert tested.step == 6 and measured.keys() >= {1, 2, 3, 6}
    for layer, weights, gradient, update in measured[2].sizes:
        values = np.concatenate([v.ravel() for (n, _), v in kept[2].items() if n == layer])
        change = values - np.concatenate([v.ravel() for (n, _), v in kept[1].items() if n == layer])
        np.testing.assert_allclose(weights, np.sqrt((values**2).mean()), rtol=1e-4)
        np.testing.assert_allclose(update, np.sqrt((change**2).mean()), rtol=1e-3)
        np.testing.assert_allclose(update, 0.05 * gradient, rtol=1e-3)  # without momentum


def test_progress_keeps_the_last_answers_apart(digits):
    progress = RunMonitor(PRESETS["once"][1], Settings(), one_per_class(digits))
    for count in (1_000, 10_000, 1_000):
        progress.update(Evaluated(count, 1.0, 5, count, 0.1), 0.0)
        progress.update(EvaluationAnswers(count, np.zeros(count, np.uint8), np.ones(count)), 0.0)
    assert len(progress.sample_answers.labels) == 1_000 and len(progress.full_answers.labels) == 10_000
    progress.update(StepDone(1, 10, 0.1, 1.0, 0.25, 100.0), 0.0)
    progress.update(LayerStats(1, ((0, 1.0, 2.0, 3.0),)), 0.0)
    assert progress.rates.all() == [(1, 0.25)] and progress.sizes.all()[0].sizes == ((0, 1.0, 2.0, 3.0),)
    assert progress.timeline.steps == [0]


def snapshot(value=0.0, size=4):
    return {(0, "w"): np.full(size, value, np.float32)}


@pytest.mark.parametrize("every", [1, 37])
def test_a_timeline_stays_bounded_and_is_dense_early(every):
    timeline = SnapshotStore(20, 10**6)
    for step in range(0, 20_000, every):
        timeline.add(step, snapshot(step % 100))
    steps = timeline.steps
    assert len(steps) == 20 and steps[0] == 0 and steps[-1] == (20_000 - 1) // every * every
    gaps = np.diff(steps)
    assert gaps[:3].max() < gaps[-3:].min()
    step, params = timeline.nearest(steps[7])
    assert step == steps[7] and (params[0, "w"] == step % 100).all() and params[0, "w"].dtype == np.float16


def test_a_timeline_is_bounded_in_bytes_and_finds_what_was_before():
    timeline = SnapshotStore(20, 1_000)
    for step in range(10):
        timeline.add(step, snapshot(step, 100))  # 200 bytes each
    assert len(timeline.steps) == 5
    big = SnapshotStore(20, 10)
    for step in (0, 5, 9):
        big.add(step, snapshot(step, 100))
    assert big.steps == [0, 9]
    assert big.nearest(8)[0] == 0 and big.nearest(-1)[0] == 0 and big.nearest(None)[0] == 9
    big.add(9, snapshot(3))
    assert big.steps == [0, 9] and big.nearest(9)[1][0, "w"][0] == 3  # the newer of the same step


def test_overlapping_threads_leave_as_many_blas_threads_as_there_were():
    def threads():
        return [each["num_threads"] for each in ThreadpoolController().select(user_api="blas").info()]

    before = threads()
    first, second = one_blas_thread(), one_blas_thread()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert set(threads()) == {1}  # the second is still at work
    second.__exit__(None, None, None)
    assert threads() == before and before
