"""About this network: what it is made of and learned from, how well it reads, and what it cannot do."""

import streamlit as st

from cnncore import ConvoscopeError, Network
from cnncore.analysis.model_card import Figures, ModelCard, Share, load_model_cards
from cnncore.architecture.spec import layers_to_dicts
from cnncore.architecture.text import summarize

_STYLE = """<style>
@media (max-width: 640px) { [role=dialog] table { font-size: 0.85rem; }
  [role=dialog] :is(th, td) { padding: 0.2rem 0.3rem !important; } }
</style>"""
_STYLES = {"slashed": "zeros with a slash", "flagged": "ones with a long flag", "crossed": "sevens with a bar"}
_LEARNED_FROM = """\
**It learned from** MNIST's 60,000 training digits; digits, letters and symbols that {writers} people of the Unipen \
data set drew with a pen, each in several bent copies; digits in handwriting styles drawn for this app; and scribbles. \
For a letter, a symbol or a scribble the target is one tenth for every digit, so that it is unsure of them."""
_LIMITS = """\
**What it cannot do**
- It knows only the ten digits. A letter that looks like a digit, such as an O or an I, is read as that digit.
- It reads one digit at a time: upright, light on dark, as large as the digits of MNIST. The canvas and the photo \
reader prepare what they are given in that way.
- Some drawings can be read in two ways: a one with a long flag as a seven, a nine with a closed head as a seven.
- It never saw the writing of children, nor digits of other scripts."""


def about_network(network: Network, name: str, file: str | None, errors: int | None) -> None:
    """A button that opens the card of a network.

    file    the name of its model file among those that come with the app; None for a session's own network
    errors  its errors on MNIST's 10,000 test digits, where they are known
    """
    if st.button("About this network", key="about_network", width="stretch"):
        _show_card(network, name, file, errors)


@st.dialog("About this network", width="large")
def _show_card(network: Network, name: str, file: str | None, errors: int | None) -> None:
    st.html(_STYLE)
    st.markdown(
        f"**{name[:1].upper()}{name[1:]}**: {summarize(layers_to_dicts(network.layers))}. "
        f"It has {network.parameter_count:,} weights and biases. "
        f"A prediction with a probability of {network.sure_threshold:.0%} or more counts as sure."
    )
    if file is None:
        if errors is not None:
            st.markdown(f"On MNIST's 10,000 test digits it makes {errors:,} errors.")
        st.markdown("Its settings, its curves and what it learned from are on the page Train, where it was trained.")
        return
    try:
        card = _cards()[file]
    except ConvoscopeError as error:
        st.warning(str(error))
        return
    st.markdown(_LEARNED_FROM.format(writers=card.training_writers))
    st.markdown("**How well it reads** drawings that it never learned from")
    st.markdown(_by_set(card))
    st.markdown("**Correct predictions by digit**")
    st.markdown(_by_digit(card))
    st.markdown(
        f"Of {card.refused.total:,} letters and symbols by the same writers, {card.refused.value:.1%} are taken for no "
        "sure digit."
    )
    st.markdown(_LIMITS)


@st.cache_resource
def _cards() -> dict[str, ModelCard]:
    """Read only. Raises DataError."""
    return load_model_cards()


def _by_set(card: ModelCard) -> str:
    rows = [
        _row("MNIST's test digits", card.mnist),
        _row(f"digits of {card.writers} writers of the Unipen data set", card.strangers),
        *(f"| of these, {_STYLES[name]} | {_correct(share)} | | |" for name, share in card.styles.items()),
        _row("digits of 30 writers with a pen", card.pens),
    ]
    head = "| drawings | correct (95 % interval) | unsure | sure but incorrect |\n| --- | --- | --- | --- |"
    return "\n".join([head, *rows])


def _row(name: str, figures: Figures) -> str:
    return f"| {name} | {_correct(figures.correct)} | {figures.unsure.value:.1%} | {figures.sure_incorrect.value:.1%} |"


def _correct(share: Share) -> str:
    low, high = share.interval()
    return f"{share.value:.1%} of {share.total:,} ({low:.1%} to {high:.1%})"


def _by_digit(card: ModelCard) -> str:
    sets = (card.mnist, card.strangers, card.pens)
    rows = [
        f"| {digit} | " + " | ".join(f"{figures.by_digit[digit].value:.1%}" for figures in sets) + " |"
        for digit in range(len(card.mnist.by_digit))
    ]
    return "\n".join(["| digit | MNIST | Unipen | pen |", "| --- | --- | --- | --- |", *rows])
