"""Model files: what was saved comes back, and what was not saved here is refused in one sentence."""

import json
import pickle

import numpy as np
import pytest
from safetensors import numpy as safetensors_numpy

from cnncore import Conv2D, Dense, Flatten, ModelError, Network, Run, Settings, load, save, train
from cnncore.checkpoint import to_bytes


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
