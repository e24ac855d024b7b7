"""The network's blocks without a browser: presets, edits, mends, experiments, links."""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from page_tests import opened_page

from cnncore import Network, Settings, limits
from cnncore.architecture.checker import check_network, first_misfit
from cnncore.architecture.spec import PRESETS, layers_from_dicts
from cnncore.architecture.text import parse_network
from cnncore.data.augmentation import Augmentation
from cnncore.data.mnist import load_mnist
from cnncore.tracing.network import trace_network
from cnncore.training import checkpoint
from cnncore.training.trainer import train
from pages.ui.inside.layer_strip import strip_data
from pages.ui.jobs import registry
from pages.ui.shared.layer_labels import chain_of
from pages.ui.train.glossary import HELP, glossary
from pages.ui.train.network_builder import blocks as edit
from pages.ui.train.network_builder.blocks import blocks_of, layers_of
from pages.ui.train.network_builder.builder import stack_data, whole_neighbours
from pages.ui.train.presets import EXPERIMENTS
from pages.ui.train.settings import DISTORTIONS, plain_settings

ROOT = Path(__file__).parents[2]
SHAPE = (28, 28, 1)


@pytest.fixture(autouse=True)
def _no_training_left():
    yield
    for job in registry.registry()._jobs.values():
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


def building(**link):
    return opened(show="build", **link)


def widget(test, kind, key):
    (found,) = [w for w in test.get(kind) if w.key == key]
    return found


def set_value(test, kind, key, value):
    widget(test, kind, key).set_value(value).run()
    assert not test.exception
    return test


def net(test):
    return test.query_params.get("net", test.query_params["architecture"])


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_stands_as_blocks(name):
    test = building(architecture=name)
    assert not test.info and not test.warning and not button(test, "Train this").disabled
    plain = PRESETS[name][1]
    blocks = blocks_of(plain)
    assert layers_of(blocks) == plain
    drawn = stack_data(blocks, check_network(plain, SHAPE, classes=10), 0)["blocks"]
    network = Network(layers_from_dicts(plain, input_shape=SHAPE), input_shape=SHAPE)
    ends = [start + len(block) - 1 for start, block in zip(edit.first_layers(blocks), blocks, strict=True)]
    assert [block["shape"] for block in drawn] == [list(SHAPE), *(list(network.shapes[end]) for end in ends)]
    assert not any(block.get("broken") for block in drawn)


def test_blocks_are_added_moved_changed_and_taken_out():
    test = building(architecture="once")
    set_value(test, "selectbox", "train.block_new", "Dropout")
    press(test, "Add")
    assert net(test) == "c8.3-r-o50-p2-f-d10" and test.query_params["architecture"] == "own"
    set_value(test, "number_input", "train.block_rate", 25)
    press(test, "Later →")
    assert net(test) == "c8.3-r-p2-o25-f-d10"
    press(test, "← Earlier")
    press(test, "Remove")
    assert net(test) == "once"  # a preset again, by its own name
    for key, value in {"filters": 12, "size": 5, "stride": 2}.items():
        set_value(test, "number_input", f"train.block_{key}", value)
    set_value(test, "selectbox", "train.block_activation", "Tanh")
    set_value(test, "selectbox", "train.block_padding", "full")
    assert net(test) == "c12.5s2pf-t-p2-f-d10"
    set_value(test, "selectbox", "train.block_padding", "number")
    set_value(test, "number_input", "train.block_padding_number", 1)
    assert net(test) == "c12.5s2p1-t-p2-f-d10"


def test_an_activation_brings_its_own_settings():
    test = building(net="c8.3-r-p2-f-d10")
    set_value(test, "selectbox", "train.block_activation", "LeakyReLU")
    assert net(test) == "c8.3-l-p2-f-d10"
    set_value(test, "number_input", "train.block_slope", 20)
    set_value(test, "number_input", "train.block_filters", 4)
    assert net(test) == "c4.3-l20-p2-f-d10"
    plain = parse_network("c4.3-l20-p2-f-d10")
    drawn = stack_data(blocks_of(plain), check_network(plain, SHAPE, classes=10), 0)["blocks"]
    assert drawn[1]["lines"] == ["4 filters 3 × 3", "leaky ReLU", "slope 0.2"]
    set_value(test, "selectbox", "train.block_activation", "ReLU")
    assert net(test) == "c4.3-r-p2-f-d10"


def test_a_network_with_leaky_relu_is_saved_opened_and_seen_inside(tmp_path):
    plain = parse_network("c2.3-l20-p2-f-d12-l-d10")
    network = Network(layers_from_dicts(plain, input_shape=SHAPE), input_shape=SHAPE)
    checkpoint.save(tmp_path / "leaky.safetensors", network)
    network, _ = checkpoint.load(tmp_path / "leaky.safetensors")
    image = np.random.default_rng(0).random(SHAPE)
    strip = strip_data(trace_network(network, image))
    assert [tile["name"] for tile in strip][1:] == [
        "conv 2",
        "leaky ReLU",
        "max pool",
        "dense 12",
        "leaky ReLU",
        "answer",
    ]
    assert [tile["signed"] for tile in strip] == [False, *[True] * 6]
    assert chain_of(network, 0) == [1, 2] and "else a·x" in glossary()


def test_pooling_and_dense_blocks_change():
    test = building(net="c8.3-r-p2-f-d64-r-d10")
    test.session_state["train.block"] = 1
    test.run()
    set_value(test, "number_input", "train.block_size", 3)
    assert net(test) == "c8.3-r-p3-f-d64-r-d10"  # it still moves by its own size
    set_value(test, "number_input", "train.block_stride", 2)
    assert net(test) == "c8.3-r-p3s2-f-d64-r-d10"
    test.session_state["train.block"] = 3
    test.run()
    set_value(test, "number_input", "train.block_units", 100)
    set_value(test, "selectbox", "train.block_activation", "none")
    assert net(test) == "c8.3-r-p3s2-f-d100-d10"
    test.session_state["train.block"] = 4
    test.run()
    assert widget(test, "number_input", "train.block_units").disabled and button(test, "Remove").disabled


def test_a_broken_block_is_mended_by_one_press_and_trained():
    test = building(architecture="once", digits="500", epochs="1")
    set_value(test, "number_input", "train.block_size", 4)
    assert "Block 1 does not fit" in test.warning[0].value and button(test, "Train this").disabled
    press(test, "Size 5")
    assert not test.warning and net(test) == "c8.5-r-p2-f-d10"
    press(test, "Train this")
    job = registry.registry().get(test.session_state["train.job"])
    assert job.architecture == "c8.5-r-p2-f-d10" and test.query_params["show"] == "live"
    assert "own" in test.query_params["architecture"]


def test_a_broken_network_in_the_live_view_leads_to_its_blocks():
    test = opened(net="c8.3-r-p2-d10")
    assert test.warning[0].value.startswith("Layer 4 does not fit")
    press(test, "Train")
    assert len(test.info) == 1 and not registry.registry()._jobs
    press(test, "Correct it")
    press(test, "Put Flatten before it")
    assert net(test) == "once" and not test.warning


def test_a_size_that_is_not_whole_is_said_and_made_whole():
    test = building(architecture="strides")
    assert any("1 row and 1 column at the end are not read" in m.value for m in test.markdown)
    press(test, "Stride 1")
    assert net(test) == "c8.3-r-c16.3s2-r-f-d10"
    for entry in ({"layer": "Conv2D", "filters": 8, "size": 3, "stride": 2}, {"layer": "MaxPool2D", "size": 3}):
        offered = whole_neighbours(entry, SHAPE)
        assert offered
        for _, values in offered:
            (own,) = check_network([entry | values], SHAPE)
            assert own.leftover == (0, 0) and not own.error


BAD_LINKS = {
    "net": ["", "c8.3-", "c65.3-f-d10", "٣", "<script>", "../../etc/passwd", "x" * 100_000, "c8.3-r" * 60, "c8.3 -r"],
    "init": ["", "xavier", "glorot_uniform"],
    "experiment": ["", "x", "Dense"],
    "shift": ["-1", "9", "NaN", "1e3"],
    "rotate": ["46"],
    "scale": ["0.6"],
    "shear": ["-0.1", "2"],
}


@pytest.mark.parametrize("name, value", [(n, v) for n, vs in BAD_LINKS.items() for v in vs], ids=lambda v: v[:12])
def test_nonsense_falls_back_with_one_sentence(name, value):
    test = opened(**{name: value})
    assert [info.value for info in test.info] == [
        f"The link's {name} could not be used, so the usual setting is used instead."
    ]
    assert name not in test.query_params and test.query_params["architecture"] == "twice"


@pytest.mark.parametrize("text", ["f", "p2-f-d10", "r", "c8.4-f-d10", "f-c3.3-d10", "d10-" * 31 + "d10", "p7-p7-p7"])
def test_whatever_a_link_builds_is_shown_and_never_a_traceback(text):
    for show in ("build", "live"):
        test = opened(show=show, net=text)
        assert not test.info and test.query_params["net"] == text
        fits = first_misfit(check_network(parse_network(text), SHAPE, classes=10)) is None
        assert bool(test.warning) != fits
    test = building(net="he-c8.3-r-f-d10")
    assert test.query_params["init"] == "he" and net(test) == "c8.3-r-f-d10"


def test_a_full_network_takes_no_more_blocks():
    test = building(net="-".join(["r"] * 30 + ["f", "d10"]))
    assert len(parse_network(net(test))) == limits.LAYERS and button(test, "Add").disabled


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_sets_everything(name):
    test = opened(rate="3", rotate="5", seed="7", net="equal-f-d10")
    widget(test, "button", f"try_{name}").click().run()
    assert not test.exception and not test.info and not test.warning
    experiment = EXPERIMENTS[name]
    assert any(experiment.title in m.value and experiment.look in m.value for m in test.markdown)
    for number, run in enumerate(experiment.runs):
        widget(test, "button", f"run_{number}").click().run()
        assert not test.exception
        marked = [b.label for b in test.button if b.label.startswith("✓")]
        assert marked == [f"✓ Set: {run.label}"]
        wanted = plain_settings(run.settings, run.architecture)
        assert {key: test.session_state[f"train.{key}"] for key in wanted} == wanted
        assert first_misfit(check_network(parse_network(run.architecture), SHAPE, classes=10)) is None
        again = opened(**dict(test.query_params.items()))
        assert {key: again.session_state[f"train.{key}"] for key in wanted} == wanted
    press(test, "End the experiment")
    assert "experiment" not in test.query_params and not any(experiment.look in m.value for m in test.markdown)


def test_runs_of_an_experiment_differ():
    for experiment in EXPERIMENTS.values():
        runs = [(run.architecture, run.settings) for run in experiment.runs]
        assert len(runs) >= 2 and all(run not in runs[:n] for n, run in enumerate(runs))


def test_every_setting_is_explained():
    test = opened()
    widgets = [w for kind in ("number_input", "radio") for w in test.sidebar.get(kind)]
    helped = {w.key.removeprefix("train."): w.help for w in widgets if w.label != "Show"}
    assert set(helped) >= {"rate", "momentum", "decay", "batch", "epochs", "init", "seed", "digits", *DISTORTIONS}
    assert all(helped[key] == HELP[key] for key in helped)
    for symbol in ("η·g", "μ·v + g", "ηₜ = η·(1 − t/T)", "√(6/(n + m))", "√(2/n)", "√s + ε"):
        assert symbol in glossary()


def test_page_command_line_and_train_are_the_same_run(monkeypatch, tmp_path):
    """The page's job, word for word, is what the command line and `train` are given; and so are the weights."""
    chosen = dict(net="c4.3-r-p2-f-d10", init="he", digits="300", epochs="1", batch="64", seed="3", rate="0.05")
    test = opened(**chosen, rotate="5", shift="1.5")
    said = []
    monkeypatch.setattr("pages.ui.jobs.job.Job._send", lambda job, plain: said.append(plain))
    press(test, "Train")
    job = registry.registry().get(test.session_state["train.job"])
    settings = Settings(
        digits=300, epochs=1, batch_size=64, seed=3, learning_rate=0.05, augmentation=Augmentation(rotate=5, shift=1.5)
    )
    text = "he-c4.3-r-p2-f-d10"
    assert said[0] == {"layers": parse_network(text), "settings": settings.to_dict(), "data": {"mnist": []}}
    assert job.architecture == text and job.settings == settings

    path = tmp_path / "model.safetensors"
    words = f"--architecture {text} --digits 300 --epochs 1 --batch-size 64 --seed 3 --learning-rate 0.05"
    command = [sys.executable, "-m", "cnncore", "train", *f"{words} --rotate 5 --shift 1.5 --model {path}".split()]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    network, run = checkpoint.load(path)
    assert run.settings.to_dict() == json.loads(json.dumps(settings.to_dict()))

    own = Network(layers_from_dicts(said[0]["layers"], input_shape=SHAPE), input_shape=SHAPE, seed=3)
    for _ in train(own, *load_mnist(), Settings.from_dict(said[0]["settings"])):
        pass
    for (_, name, one), (_, _, other) in zip(own.parameters(), network.parameters(), strict=True):
        np.testing.assert_array_equal(one, other, err_msg=name)
