"""Files that version 0.1 saved still open: what they hold is what that version said of them, and runs go on exactly.

tests/core/data/saved_by_0_1 holds four of its files, a data set that one of them learned from, and `expected.json`,
which version 0.1 wrote: settings, losses, weights, predictions, and the losses of the steps that were still to come.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from cnncore import StepDone, load, read_upload, save, train
from cnncore.architecture.spec import layers_to_dicts
from cnncore.architecture.text import format_network
from cnncore.data.source import DataSource
from cnncore.training.progress import origin_of

FOLDER = Path(__file__).parents[1] / "data" / "saved_by_0_1"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))


def opened(name):
    return *load(FOLDER / f"{name}.safetensors"), EXPECTED[name]


def absolute_sum(params):
    return sum(np.abs(values.astype(np.float64)).sum() for values in params.values())


@pytest.mark.parametrize("name", EXPECTED)
def test_network_and_run_are_those_that_were_saved(name, digits, tmp_path):
    network, run, expected = opened(name)
    for _ in range(2):  # as it was opened, then saved and opened again
        assert format_network(layers_to_dicts(network.layers)) == expected["architecture"]
        assert (list(network.names), network.seed) == (expected["names"], expected["seed"])
        weights = np.concatenate([values.ravel() for _, _, values in network.parameters()])
        np.testing.assert_array_equal(weights, np.array(expected["weights"], np.float32))
        np.testing.assert_allclose(network.predict(digits.images[:3]), expected["probabilities"], rtol=1e-5)
        assert run.settings.to_dict() == expected["settings"]
        assert (run.step, run.learning_rate, run.seconds) == tuple(
            expected[field] for field in ("step", "learning_rate", "seconds")
        )
        assert run.history.losses == expected["losses"]
        tests = [[e.step, e.epoch, e.wrong, e.digits, e.loss] for e in run.history.evaluations]
        assert tests == expected["evaluations"]
        snapshots = {str(step): absolute_sum(params) for step, params in run.history.snapshots.items()}
        assert snapshots == pytest.approx(expected["snapshots"])
        states = {slot: absolute_sum(state) for slot, state in run.optimizer_state.items()}
        assert states == pytest.approx(expected["optimizer"])
        save(tmp_path / "again.safetensors", network, run=run)
        network, run = load(tmp_path / "again.safetensors")


def test_the_kept_run_goes_on_as_it_would_have(digits):
    network, run, expected = opened("kept")
    data = DataSource((3, 7))
    assert run.origin.same_data(origin_of(data))
    train_set, test_set = data.load()
    goes_on(network, run, expected, train_set, test_set.subset(np.s_[:100]), digits)


def test_the_run_on_an_uploaded_data_set_goes_on_when_that_is_uploaded_again(digits):
    network, run, expected = opened("uploaded")
    data = DataSource(upload=read_upload([("letters.npz", (FOLDER / "letters.npz").read_bytes())]).digits)
    assert data.fingerprint == run.origin.fingerprint == expected["origin"]["fingerprint"]
    goes_on(network, run, expected, *data.load(), digits)


def goes_on(network, run, expected, train_set, test_set, digits):
    losses = [e.loss for e in train(network, train_set, test_set, run.settings, resume=run) if isinstance(e, StepDone)]
    np.testing.assert_allclose(losses, expected["rest"], rtol=1e-5)
    np.testing.assert_allclose(network.predict(digits.images[:3]), expected["end"], rtol=1e-4)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_file_still_says_what_its_run_learned_from(name):
    _, run, expected = opened(name)
    expected = expected["origin"]
    assert list(run.origin.classes) == expected["classes"]
    assert (run.origin.title, run.origin.fingerprint) == (expected["title"], expected["fingerprint"])
    assert run.origin.n_train == expected["learned"]
    if (watched := run.origin.monitored) is not None:
        watched = {"labels": watched.labels.tolist(), "ink": int(watched.images.sum(dtype=np.int64))}
    assert watched == expected["watched"]
