"""The networks that come with the app are as good, as small and as alike in size as is said of them."""

import re

import pytest

from cnncore import load
from cnncore.data.mnist import FOLDER, load_mnist_test
from cnncore.training.trainer import evaluate

MODELS = FOLDER.parent / "models"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["convolutional", "dense"])
def test_what_is_said_of_a_pretrained_network_is_so(name):
    network, run = load(MODELS / f"{name}.safetensors")
    said = (MODELS / "README.md").read_text(encoding="utf-8")
    parameters, wrong = re.search(rf"\| {name} \| ([\d,]+) \| ([\d,]+) \|", said).groups()
    count = sum(values.size for *_, values in network.parameters())
    assert count == int(parameters.replace(",", "")) < 60_000
    wrong = int(wrong.replace(",", ""))
    assert evaluate(network, load_mnist_test())[0] == wrong <= {"convolutional": 80, "dense": 200}[name]
    assert run.history.snapshots  # its past, for the time machine


def test_the_two_are_of_about_equal_size():
    pair = [load(MODELS / f"{name}.safetensors")[0] for name in ("convolutional", "dense")]
    sizes = [sum(values.size for *_, values in network.parameters()) for network in pair]
    assert abs(sizes[0] - sizes[1]) < 0.05 * sizes[0]
