"""Model files: what was saved comes back, and what was not saved here is refused in one sentence."""

import json
import pickle

import numpy as np
import pytest
from safetensors import numpy as safetensors_numpy

from cnncore import Conv2D, Dense, Flatten, ModelError, Network, Run, Settings, StepDone, load, save, train
from cnncore.data.digit_set import DigitSet
from cnncore.data.source import DataOrigin
from cnncore.training.checkpoint import to_bytes


def network():
    return Network([Conv2D(2, 3, stride=(2, 1)), Flatten(), Dense(10)], input_shape=(28, 28, 1), seed=4)


def test_a_trained_run_comes_back(few, tmp_path):
    net, settings = network(), Settings(epochs=1, batch_size=50)
    run = Run(settings)
    list(train(net, few, few, settings, resume=run))
    save(tmp_path / "run.safetensors", net, run=run)
    for source in (tmp_path / "run.safetensors", (tmp_path / "run.safetensors").read_bytes()):
        again, about = load(source)
        np.testing.assert_array_equal(again.predict(few.images), net.predict(few.images))
        assert repr(again.layers) == repr(net.layers)
        assert about.settings == settings and about.step == run.step == 6
        assert about.history.evaluations == run.history.evaluations
        assert about.history.losses == run.history.losses
        assert list(about.history.snapshots) == list(run.history.snapshots)
        assert about.history.snapshots[6][0, "filters"].dtype == np.float16


def test_a_changed_learning_rate_comes_back_and_is_used(few):
    net, settings = network(), Settings(epochs=1, batch_size=50, learning_rate=0.05, decay="none")
    run = Run(settings)
    events = train(net, few, few, settings, resume=run)
    next(events)
    events.send(0.02)
    next(event for event in events if isinstance(event, StepDone) and event.step == 2)
    net, again = load(to_bytes(net, run=run))
    assert again.learning_rate == 0.02 and again.settings.learning_rate == 0.05
    rates = [e.rate for e in train(net, few, few, again.settings, resume=again) if isinstance(e, StepDone)]
    assert rates == [0.02] * 4


@pytest.mark.parametrize(
    "count, most, saved",
    [
        (8, 3, [3, 7]),
        (7, 3, [2, 6]),
        (5, 4, [0, 2, 4]),
        (5, 3, [0, 2, 4]),
        (3, 1, [2]),
        (7, 1, [6]),
        (1, 1, [0]),
        (7, 0, []),
    ],
)
def test_of_too_many_snapshots_every_second_is_saved_and_always_the_last(monkeypatch, count, most, saved):
    monkeypatch.setattr("cnncore.limits.SNAPSHOTS", most)
    net, run = network(), Run(Settings(), step=count)
    params = {(number, name): values.astype(np.float16) for number, name, values in net.parameters()}
    run.history.snapshots = dict.fromkeys(range(count), params)
    assert list(load(to_bytes(net, run=run))[1].history.snapshots) == saved


def test_transposed_views_come_back_right(tmp_path):
    net = network()
    rng = np.random.default_rng(0)
    for layer in net.layers:
        for name, values in layer.params.items():
            layer.params[name] = rng.normal(size=values.shape[::-1]).astype(np.float32).T
    save(tmp_path / "view.safetensors", net)
    again, run = load(tmp_path / "view.safetensors")
    assert run is None
    for (_, _, a), (_, _, b) in zip(net.parameters(), again.parameters(), strict=True):
        np.testing.assert_array_equal(a, b)


def changed(edit):
    """The bytes of a model whose description or tensors were edited."""
    data = to_bytes(network())
    about = json.loads(json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]["convoscope"])
    tensors = safetensors_numpy.load(data)
    edit(about, tensors)
    return safetensors_numpy.save(tensors, metadata={"convoscope": json.dumps(about)})


def nested(about, tensors):
    about["layers"] = None


def nan(about, tensors):
    tensors["layer.0.filters"][0, 0, 0, 0] = np.nan


DEEP = b'{"__metadata__":{"convoscope":"' + b"[" * 10_000 + b'"}}'

HOSTILE = {
    "empty": b"",
    "pickle": pickle.dumps({"layer.0.filters": np.ones(3)}),
    "zip": b"PK\x03\x04" + bytes(100),
    "huge header": (2**60).to_bytes(8, "little") + bytes(100),
    "deep": len(DEEP).to_bytes(8, "little") + DEEP,
    "half": to_bytes(network())[:-100],
    "no description": safetensors_numpy.save({"a": np.ones(3)}),
    "other description": safetensors_numpy.save({"a": np.ones(3)}, metadata={"convoscope": "[1, 2]"}),
    "no layers": changed(nested),
    "NaN": changed(nan),
    "unknown layer": changed(lambda about, _: about["layers"][0].update(layer="os.system")),
    "a billion filters": changed(lambda about, _: about["layers"][0].update(filters=10**9)),
    "wrong shape": changed(lambda _, tensors: tensors.update({"layer.2.bias": np.zeros(11, np.float32)})),
    "missing": changed(lambda _, tensors: tensors.pop("layer.2.bias")),
    "future": changed(lambda about, _: about.update(version=99)),
    "input shape": changed(lambda about, _: about.update(input_shape=[10**6, 10**6, 1])),
    "dtype": changed(lambda about, _: about.update(dtype="object")),
    "run": changed(lambda about, _: about.update(run={"settings": {"epochs": 10**9}})),
    "seed": changed(lambda about, _: about.update(seed=[])),
    "seed below": changed(lambda about, _: about.update(seed=-1)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_was_not_saved_here_is_refused(name):
    with pytest.raises(ModelError) as error:
        load(HOSTILE[name])
    assert str(error.value).count("\n") == 0 and 20 < len(str(error.value)) < 400


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"gone\.safetensors cannot be read"):
        load(tmp_path / "gone.safetensors")


def with_data(edit=lambda plain, tensors: None):
    """The bytes of a run on data from outside, what is said of the data edited."""
    net, watched = network(), DigitSet(np.zeros((2, 28, 28, 1), np.uint8), np.array([0, 9], np.uint8))
    data = to_bytes(net, run=Run(Settings(), origin=DataOrigin((), "ab" * 32, "my letters", 250, watched)))
    about = json.loads(json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]["convoscope"])
    tensors = safetensors_numpy.load(data)
    edit(about["run"]["data"], tensors)
    return safetensors_numpy.save(tensors, metadata={"convoscope": json.dumps(about)})


def test_a_file_says_what_it_learned_from_and_those_of_before_do_not():
    origin = load(with_data())[1].origin
    assert (origin.fingerprint, origin.title, origin.n_train, len(origin.monitored)) == (
        "ab" * 32,
        "my letters",
        250,
        2,
    )
    assert load(to_bytes(network(), run=Run(Settings(), origin=DataOrigin())))[1].origin.same_data(DataOrigin())
    assert load(to_bytes(network(), run=Run(Settings())))[1].origin is None


@pytest.mark.parametrize(
    "edit",
    [
        lambda plain, _: plain.update(fingerprint="AB" * 32),
        lambda plain, _: plain.update(fingerprint=3),
        lambda plain, _: plain.update(title="[x](http://y)"),
        lambda plain, _: plain.update(title="x" * 41),
        lambda plain, _: plain.update(title=None),
        lambda plain, _: plain.update(learned=10**9),
        lambda plain, _: plain.update(learned=True),
        lambda plain, _: plain.update(classes=[3, 7]),
        lambda plain, _: plain.update(classes=[[]]),
        lambda plain, _: plain.clear(),
        lambda _, tensors: tensors.pop("watched.images"),
        lambda _, tensors: tensors.update({"watched.images": np.zeros((2, 28, 28, 1))}),
        lambda _, tensors: tensors.update({"watched.labels": np.array([0, 10], np.uint8)}),
        lambda _, tensors: tensors.update({"watched.labels": np.zeros(0, np.uint8)}),
        lambda _, tensors: tensors.update({"watched.labels": np.array(0, np.uint8)}),
    ],
)
def test_what_is_said_of_the_data_is_checked(edit):
    with pytest.raises(ModelError) as error:
        load(with_data(edit))
    assert 20 < len(str(error.value)) < 400
