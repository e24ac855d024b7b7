"""About this network: the card of the networks that come with the app, and what is said of a session's own."""

import pytest
from page_tests import opened_page

from cnncore import Network
from cnncore.analysis.model_card import load_model_cards
from cnncore.architecture.spec import preset
from pages.ui.session import current_network
from pages.ui.session.current_network import SessionNetwork


def card_of(test):
    """The texts of the dialog that the button opens."""
    test.button(key="about_network").click().run()
    assert not test.exception
    return [text.value for text in test.get("dialog")[0].markdown] if test.get("dialog") else []


@pytest.mark.parametrize("page", ["draw", "inside"])
def test_the_pretrained_networks_card_gives_its_figures(page):
    texts = card_of(opened_page(page))
    card = load_model_cards()["convolutional"]
    assert f"It has {card.parameters:,} weights and biases" in texts[0] and f"{card.sure:.0%} or more" in texts[0]
    table = next(text for text in texts if "MNIST's test digits" in text)
    for share in (card.mnist.correct, card.strangers.correct, card.pens.correct, *card.styles.values()):
        assert f"| {share.value:.1%} of {share.total:,} (" in table
    by_digit = next(text for text in texts if text.startswith("| digit |"))
    assert all(f"{share.value:.1%}" in by_digit for share in card.pens.by_digit)
    assert any("What it cannot do" in text for text in texts)


def test_the_dense_network_has_a_card_of_its_own():
    test = opened_page("draw")
    test.selectbox(key="workbench_choice_pretrained").set_value(current_network.DENSE).run()
    texts = card_of(test)
    assert f"It has {load_model_cards()['dense'].parameters:,} weights and biases" in texts[0]


def test_of_a_networks_own_what_is_known_is_said():
    test = opened_page("draw")
    network = Network(preset("once"), input_shape=(28, 28, 1), seed=3)
    test.session_state["workbench_network"] = SessionNetwork(network, "my network", wrong=1234)
    test.run()
    texts = card_of(test)
    assert texts[0].startswith("**My network**: convolution 8 – pool – dense 10.")
    assert "1,234 errors" in texts[1] and not any("Unipen" in text for text in texts)
