"""A run in other forms: curves as CSV, a notebook that trains the same, a PyTorch module that answers the same."""

import base64
import csv
import io
import json
import re

import numpy as np
import pytest

from cnncore import (
    AvgPool2D,
    Conv2D,
    Dense,
    Dropout,
    Evaluated,
    Flatten,
    LeakyReLU,
    MaxPool2D,
    Network,
    ReLU,
    Run,
    Settings,
    Sigmoid,
    Tanh,
    train,
)
from cnncore.data.source import DataOrigin, DataSource
from cnncore.data.uploads.reader import read_upload
from cnncore.export.curves import curves_csv
from cnncore.export.notebook import run_notebook
from cnncore.export.pytorch import torch_module
from cnncore.training.progress import origin_of
from cnncore.training.replay import replay_events


@pytest.fixture
def trained(few):
    network = Network([Conv2D(2, 3, stride=2), ReLU(), Flatten(), Dense(10)], input_shape=(28, 28, 1), seed=4)
    settings = Settings(epochs=2, batch_size=50, evaluate_every=4, digits=300, threads=1, seed=4)
    run = Run(settings)
    events = list(train(network, few, few, settings, resume=run))
    return network, run, events


def test_the_curves_are_the_runs(trained):
    network, run, events = trained
    rows = list(csv.DictReader(io.StringIO(curves_csv(run, network, train_digits=300))))
    losses = [float(row["loss"]) for row in rows if row["kind"] == "training"]
    assert losses == run.history.losses and len(losses) == 12
    tests = [(int(row["step"]), int(row["wrong"])) for row in rows if row["kind"] == "test"]
    assert tests == [(event.step, event.wrong) for event in events if isinstance(event, Evaluated)]


def test_a_run_is_told_again_as_it_came(trained):
    network, run, events = trained
    again = [event for event, _ in replay_events(run, network, train_digits=300)]
    told = {type(event).__name__ for event in again}
    assert told == {"StepDone", "Evaluated", "Snapshot"}
    for kind in ("StepDone", "Evaluated"):
        one, two = ([e for e in these if type(e).__name__ == kind] for these in (events, again))
        assert [(e.step, e.epoch, e.loss) for e in one] == [(e.step, e.epoch, e.loss) for e in two]
    assert [e.rate for e in again if hasattr(e, "rate")] == [e.rate for e in events if hasattr(e, "rate")]
    seconds = [at for _, at in replay_events(run, network, train_digits=300)]
    assert seconds == sorted(seconds) and seconds[-1] == run.seconds


def test_the_notebook_trains_the_same(trained, few, monkeypatch, capsys):
    network, run, _ = trained
    monkeypatch.setattr("cnncore.data.mnist.load_mnist", lambda: (few, few))
    book = json.loads(run_notebook(network, run, title="My run"))
    assert book["nbformat"] == 4 and len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    space = {}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), space)
    last = run.history.evaluations[-1]
    assert f"step {last.step:,}: wrong {last.wrong:,} of {last.digits:,}" in capsys.readouterr().out
    assert space["run"].history.losses == run.history.losses
    for (_, _, one), (_, _, two) in zip(space["network"].parameters(), network.parameters(), strict=True):
        assert one.tobytes() == two.tobytes()


def test_the_pytorch_module_answers_the_same(few):
    torch = pytest.importorskip("torch")
    layers = [
        Conv2D(4, 3, stride=(2, 1), padding="full", dilation=2),
        Tanh(),
        AvgPool2D(2, stride=1),
        Conv2D(3, 4, padding="none"),
        ReLU(),
        MaxPool2D(3),
        Dropout(0.3),
        Flatten(),
        Dense(12),
        Sigmoid(),
        Dense(11),
        LeakyReLU(0.3),
        Dense(10),
    ]
    network = Network(layers, input_shape=(28, 28, 1), seed=2)
    space = {"__name__": "exported"}
    exec(torch_module(network, title='a "title" \\ of mine'), space)
    images = few.images[:20]
    seen = torch.tensor(np.moveaxis(images, 3, 1) / 255, dtype=torch.float32)
    np.testing.assert_allclose(space["load"]()(seen).detach().numpy(), network.logits(images), atol=1e-5)


def test_the_pytorch_module_holds_each_weight_in_pytorchs_order():
    """Read without PyTorch, whose order is (out, in, rows, columns) and (out, in)."""
    layers = [Conv2D(4, 3, stride=(2, 1), padding="full", dilation=2), Flatten(), Dense(10)]
    network = Network(layers, input_shape=(6, 7, 2), seed=4)
    text = torch_module(network)
    found = re.findall(r'"layers\.(\d)\.(\w+)": \(\(([\d, ]+),?\), """\\\n([^"]+)"""', text)
    held = {
        (int(number), name): np.frombuffer(base64.b64decode(data), "<f4").reshape(
            [int(n) for n in re.findall(r"\d+", shape)]
        )
        for number, name, shape, data in found
    }
    assert set(held) == {(0, "weight"), (0, "bias"), (2, "weight"), (2, "bias")}
    filters, weights = layers[0].params["filters"], layers[2].params["weights"]
    for c, row, column, k in np.ndindex(filters.shape):
        assert held[0, "weight"][k, c, row, column] == filters[c, row, column, k]
    for before, unit in np.ndindex(weights.shape):
        assert held[2, "weight"][unit, before] == weights[before, unit]
    assert "nn.Conv2d(2, 4, 3, stride=(2, 1), padding=4, dilation=2)" in text


def test_the_pytorch_module_is_python_without_torch():
    text = torch_module(Network([Flatten(), Dense(10)], input_shape=(28, 28, 1)))
    compile(text, "module.py", "exec")
    text += torch_module(Network([Flatten(), Dense(10), LeakyReLU(0.3)], input_shape=(28, 28, 1)))
    assert (
        "nn.Linear(784, 10)" in text
        and "nn.LeakyReLU(0.3),  # LeakyReLU" in text
        and max(map(len, text.splitlines())) <= 120
    )


@pytest.mark.parametrize("classes, said", [((3, 7), "sets = DataSource((3, 7)).load()"), ((), "sets = load_mnist()")])
def test_the_notebook_learns_from_the_same_classes(classes, said):
    network = Network([Flatten(), Dense(len(classes) or 10)], input_shape=(28, 28, 1))
    book = run_notebook(network, Run(Settings(), origin=DataOrigin(classes)), title="My run").decode()
    assert said in book


def test_the_notebook_of_other_data_asks_for_its_file(few, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez(tmp_path / "mine.npz", x=few.images[..., 0], y=few.labels)
    digits, _ = read_upload([("mine.npz", (tmp_path / "mine.npz").read_bytes())])
    data = DataSource(upload=digits, title="mine.npz")
    network = Network([Flatten(), Dense(10)], input_shape=(28, 28, 1))
    settings = Settings(epochs=1, batch_size=100, threads=1)
    run = Run(settings, origin=origin_of(data))
    list(train(network, *data.load(), settings, resume=run))
    space = {}
    for cell in json.loads(run_notebook(network, run, title="My run"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), space)
    assert space["run"].history.losses == run.history.losses
    np.savez(tmp_path / "mine.npz", x=few.images[:200, ..., 0], y=few.labels[:200])
    with pytest.raises(AssertionError, match="That is other data"):
        exec("".join(cell_of(run_notebook(network, run, title="My run"), "settings")), {})


def cell_of(book, name):
    return next(cell["source"] for cell in json.loads(book)["cells"] if cell["id"] == name)
