"""The networks that come with the app are as good, as small and as alike in size as their cards say."""

from functools import cache

import numpy as np
import pytest

from cnncore import load
from cnncore.analysis.model_card import load_model_cards
from cnncore.data.mnist import load_mnist_test
from cnncore.data.pen_drawings import load_pen_drawings, load_styles
from cnncore.paths import MODELS
from cnncore.training.pretraining import validation_drawings

NAMES = ["convolutional", "dense"]


@cache
def drawings():
    return validation_drawings()


def expect_share(share, some):
    """Assert that the share is that of `some`; on another processor rounding may turn a prediction or two."""
    assert share.part == pytest.approx(some.sum(), abs=3) and share.total == pytest.approx(len(some), abs=3)


def expect_figures(figures, network, images, labels):
    """Assert that the figures are what the network gives."""
    probabilities = network.predict(images)
    correct, sure = probabilities.argmax(axis=1) == labels, probabilities.max(axis=1) >= network.sure_threshold
    expect_share(figures.correct, correct)
    for digit in range(10):
        expect_share(figures.by_digit[digit], correct[labels == digit])
    expect_share(figures.unsure, ~sure)
    expect_share(figures.sure_incorrect, ~correct[sure])


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_card_of_a_network_holds_what_it_predicts(name):
    network, run = load(MODELS / f"{name}.safetensors")
    card, mnist = load_model_cards()[name], load_mnist_test()
    assert card.parameters == network.parameter_count < 60_000
    assert card.sure == network.sure_threshold
    expect_figures(card.mnist, network, mnist.images, mnist.labels)
    digits, indices, others = drawings()
    expect_figures(card.strangers, network, digits.images, digits.labels)
    expect_share(card.refused, network.predict(others).max(axis=1) < network.sure_threshold)
    every, styles = load_pen_drawings(), load_styles()
    assert card.writers == len({every[index].writer for index in indices})
    assert card.training_writers == len({each.writer for each in every if each.training})
    correct = network.predict(digits.images).argmax(axis=1) == digits.labels
    for style, share in card.styles.items():
        expect_share(share, correct[np.isin(indices, sorted(styles[style]))])
    assert run.history.snapshots  # its past, for the time machine
    assert run.history.evaluations[-1].wrong == pytest.approx(card.mnist.errors, abs=3)  # said where no card is shown


@pytest.mark.parametrize("name", NAMES)
def test_the_table_beside_the_models_is_that_of_the_cards(name):
    card, said = load_model_cards()[name], (MODELS / "README.md").read_text(encoding="utf-8")
    row = next(line for line in said.splitlines() if line.startswith(f"| {name} |"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    shares = (card.strangers.correct, *card.styles.values(), card.pens.correct, card.strangers.sure_incorrect)
    shares += (card.strangers.unsure, card.refused)
    percentages = [f"{100 * share.value:.1f} %" for share in shares]
    assert cells == [name, f"{card.parameters:,}", str(card.mnist.errors), *percentages]


def test_the_two_are_of_about_equal_size():
    cards = load_model_cards()
    assert abs(cards["convolutional"].parameters - cards["dense"].parameters) < 0.05 * cards["convolutional"].parameters
