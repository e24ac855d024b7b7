"""Model files from outside: refused in one sentence or read rightly, in bounded time, and never run as code."""

import io
import json
import pickle
import random
import time
import zipfile

import numpy as np
import pytest
from safetensors import numpy as safetensors_numpy

from cnncore import Conv2D, ConvoscopeError, Dense, Flatten, Network, Run, Settings, limits, load, train
from cnncore.data.mnist import load_mnist_test
from cnncore.data.source import DataOrigin
from cnncore.training.checkpoint import to_bytes
from pages.ui.jobs.model_files import job_from_file, read_model_file

SECONDS = 2.0
CALLED = []


class Attack:
    def __reduce__(self):
        return CALLED.append, (1,)


def network(units=10, shape=(28, 28, 1)):
    return Network([Conv2D(2, 3), Flatten(), Dense(units)], input_shape=shape, seed=4)


@pytest.fixture(scope="module")
def good():
    few, net = load_mnist_test().subset(slice(200)), network()
    run = Run(Settings(epochs=4, batch_size=50, digits=200))
    for event in train(net, few, few, run.settings, resume=run):
        if event.step == 6:
            break
    return to_bytes(net, run=run)


@pytest.fixture(scope="module")
def of_other_data(good):
    """The same, as if it had learned from data that is not here."""
    net, run = load(good)
    watched = load_mnist_test().subset(slice(10))
    run.origin = DataOrigin((), "ab" * 32, "my letters", 200, watched)
    return to_bytes(net, run=run)


def taken_apart(data):
    size = int.from_bytes(data[:8], "little")
    return json.loads(json.loads(data[8 : 8 + size])["__metadata__"]["convoscope"]), safetensors_numpy.load(data)


def changed(data, edit):
    about, tensors = taken_apart(data)
    edit(about, tensors)
    return safetensors_numpy.save(tensors, metadata={"convoscope": json.dumps(about)})


def header(text):
    return len(text).to_bytes(8, "little") + text


def zipped():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Attack()))
    return file.getvalue()


def object_array():
    file = io.BytesIO()
    np.save(file, np.array([Attack()], dtype=object), allow_pickle=True)
    return file.getvalue()


def put(path, value):
    """An edit of the description: of the value at a path."""

    def edit(about, tensors):
        for name in path[:-1]:
            about = about[name]
        about[path[-1]] = value

    return edit


NESTED = "[" * 10_000 + "]" * 10_000
FILES = {
    "empty": b"",
    "pickle": pickle.dumps(Attack()),
    ".pt": zipped(),
    "object array": object_array(),
    "nested": header(json.dumps({"__metadata__": {"convoscope": NESTED}}).encode()),
    "nested header": header(NESTED.encode()),
    "huge header": (2**63).to_bytes(8, "little") + b"{}",
    "no JSON": header(b"{" * 50),
    "too large": bytes(limits.MODEL_BYTES + 1),
    "other classes": to_bytes(network(12)),
    "other pictures": to_bytes(network(shape=(20, 20, 1))),
    "no run": to_bytes(network()),
}
EDITS = {
    "unknown layer": put(["layers", 0, "layer"], "LSTM"),
    "class path": put(["layers", 0, "layer"], "os.system"),
    "a billion filters": put(["layers", 0, "filters"], 10**9),
    "a billion cells": put(["layers", 0, "size"], 10**9),
    "filters of text": put(["layers", 0, "filters"], "8"),
    "unknown setting": put(["layers", 0, "run"], "rm"),
    "a thousand layers": put(["layers"], [{"layer": "ReLU"}] * 1000),
    "layers nested": put(["layers"], {"layer": {"layer": {}}}),
    "future": put(["version"], 2),
    "seed": put(["seed"], 10**400),
    "wrong shape": lambda _, tensors: tensors.update({"layer.2.bias": np.zeros((10, 1), np.float32)}),
    "missing": lambda _, tensors: tensors.pop("layer.0.filters"),
    "NaN": lambda _, tensors: tensors["layer.2.bias"].fill(np.nan),
    "infinite": lambda _, tensors: tensors["optimizer.velocity.2.bias"].fill(np.inf),
    "settings": put(["run", "settings", "epochs"], 10**9),
    "settings text": put(["run", "settings", "batch_size"], "128"),
    "settings unknown": put(["run", "settings", "callback"], "os.system"),
    "rate": put(["run", "learning_rate"], float("nan")),
    "step": put(["run", "step"], -1),
    "step beyond": put(["run", "step"], 10**400),
    "step text": put(["run", "step"], "6"),
    "seconds": put(["run", "seconds"], float("inf")),
    "tests": put(["run", "evaluations"], [[0, 0.0, 5, 0, 1.0]]),
    "tests text": put(["run", "evaluations"], [["0", "0", "5", "9", "1"]]),
    "too many snapshots": put(["run", "snapshots"], list(range(100_000))),
    "snapshots missing": put(["run", "snapshots"], [5_000]),
    "losses": lambda _, tensors: tensors.update(losses=np.zeros((3, 3))),
    "more losses than steps": lambda _, tensors: tensors.update(losses=np.zeros(1000)),
}


def refusal(data):
    """The sentence in which a file is refused; None where it is read. Anything but a refusal is a failure."""
    begun = time.perf_counter()
    try:
        job = job_from_file(data, "someone")
        assert np.isfinite(job.to_arrays()["losses"][:, 2]).all()
    except ConvoscopeError as error:
        return str(error)
    finally:
        assert time.perf_counter() - begun < SECONDS
    return None


@pytest.mark.parametrize("name", [*FILES, *EDITS])
def test_refused_in_one_sentence(name, good):
    sentence = refusal(FILES[name] if name in FILES else changed(good, EDITS[name]))
    assert sentence is not None and "\n" not in sentence and 20 < len(sentence) < 400
    assert ": " in sentence and not CALLED


def test_half_a_file_is_refused_wherever_it_ends(good):
    for share in (0.0001, 0.01, 0.3, 0.9, 0.9999):
        assert refusal(good[: int(share * len(good))])


def test_a_good_one_is_read(good):
    assert refusal(good) is None
    job = job_from_file(changed(good, put(["run", "settings", "threads"], 8)), "someone")
    assert job.settings.threads == limits.THREADS.default and job.can_go_on and job.progress.step == 6
    assert read_model_file(FILES["no run"])[2] is None


def test_six_hundred_mutated_files(good, of_other_data):
    random_ = random.Random(0)
    assert job_from_file(of_other_data, "someone").lacks_data
    values = [None, True, -1, 0, 1e308, 2**70, "x", [], {}, [[]], {"a": 1}, float("nan"), "٣", 0.5]
    read = 0
    for number in range(600):
        file = (good, of_other_data)[number // 3 % 2]
        size = 8 + int.from_bytes(file[:8], "little")
        if number % 3 == 0:  # bytes anywhere, most of them in the header
            data = bytearray(file)
            for _ in range(random_.randint(1, 8)):
                data[random_.randrange(size if random_.random() < 0.8 else len(data))] = random_.randrange(256)
            data = bytes(data)
        elif number % 3 == 1:  # any value of the description another
            data = changed(file, lambda about, _: scramble(about, random_, values))
        else:  # any tensor another
            data = changed(file, lambda _, tensors: other_tensor(tensors, random_))
        read += refusal(data) is None
    assert 0 < read < 600


def scramble(about, random_, values):
    place = about
    while True:
        keys = list(place) if isinstance(place, dict) else range(len(place))
        key = random_.choice(list(keys))
        if isinstance(place[key], dict | list) and place[key] and random_.random() < 0.8:
            place = place[key]
            continue
        place[key] = random_.choice(values)
        return


def other_tensor(tensors, random_):
    name = random_.choice(list(tensors))
    kinds = [np.float16, np.int8, np.uint64, np.bool_, np.float64]
    shape = random_.choice([(), (0,), (1,), tensors[name].shape, tensors[name].shape[::-1]])
    if random_.random() < 0.3:
        tensors[random_.choice(["layer.0.", "", "losses", "optimizer"]) + name] = tensors.pop(name)
    else:
        fill = random_.choice([0, 1, 100])
        tensors[name] = np.full(shape, fill, random_.choice(kinds))
