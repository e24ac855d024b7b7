"""Networks planned before they are built: shapes as the network's own, what breaks is said where, every mend fits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_words import word

from cnncore import Network, limits
from cnncore.architecture.checker import check_network, first_misfit, parameter_count
from cnncore.architecture.spec import PRESETS, layers_from_dicts
from cnncore.architecture.text import parse_network

SHAPE = (28, 28, 1)


def planned(text, shape=SHAPE):
    return check_network(parse_network(text), shape, classes=10)


def mends(text):
    plans = planned(text)
    at = first_misfit(plans)
    return at, plans[at].error, {mend.words: mend.layers for mend in plans[at].suggestions}


@pytest.mark.parametrize("name", PRESETS)
def test_a_plan_says_what_the_network_becomes(name):
    plain = PRESETS[name][1]
    network = Network(layers_from_dicts(plain, input_shape=SHAPE), input_shape=SHAPE)
    plans = check_network(plain, SHAPE, classes=10)
    assert [each.output_shape for each in plans] == network.shapes
    assert parameter_count(plans) == network.parameter_count
    assert [each.parameters for each in plans] == [sum(v.size for v in la.params.values()) for la in network.layers]
    assert first_misfit(plans) is None


def test_a_size_that_is_not_whole_is_shown_and_not_refused():
    plans = planned("strides")
    assert plans[0].leftover == (1, 1) and plans[0].output_shape == (14, 14, 8)
    assert first_misfit(plans) is None
    assert planned("twice")[2].leftover == (0, 0)
    assert planned("c8.3-p3-f-d10")[1].leftover == (1, 1)


@pytest.mark.parametrize(
    "text, at, says, offered",
    [
        ("c8.4-r-f-d10", 0, "odd filter", {"Size 5", "Padding 2"}),
        ("p7-p2-c8.7pn-f-d10", 2, "larger than the padded input", {"Size 2", "Padding 3"}),
        ("p7-p5-f-d10", 1, "larger than the image of 4 × 4", {"Size 4"}),
        ("p7-p4-p2-f-d10", 2, "larger than the image of 1 × 1", {"Take it out"}),
        ("c8.3-r-d10", 2, "flatten them first", {"Put Flatten before it"}),
        ("f-p2-d10", 1, "behind Flatten", {"Move it before Flatten"}),
        ("f-c8.3-d10", 1, "behind Flatten", {"Move it before Flatten"}),
        ("c32.3-f-d512-r-d10", 2, "more than 5,000,000 parameters", {"128 units", "Pool 2 × 2 before Flatten"}),
        ("f-d9", 1, "10 classes", {"10 units", "Add dense 10"}),
        ("c8.3-r", 1, "10 classes", {"Add dense 10"}),
        ("f", 0, "10 classes", {"Add dense 10"}),
    ],
)
def test_what_breaks_is_said_at_its_place_with_the_nearest_that_fits(text, at, says, offered):
    place, error, found = mends(text)
    assert place == at and says in error
    assert offered <= set(found)


def test_behind_a_break_nothing_is_known():
    plans = planned("c8.4-r-f-d10")
    assert [each.output_shape for each in plans] == [None] * 4
    assert [bool(each.error) for each in plans] == [True, False, False, False]


def test_a_network_may_not_make_too_many_numbers():
    plans = check_network(parse_network("c32.7pf-" * 20 + "f-d10"), SHAPE)
    at = first_misfit(plans)
    assert "numbers of one image" in plans[at].error
    assert {mend.words for mend in plans[at].suggestions} == {"8 filters", "Stride 2"}


@pytest.mark.slow
@settings(max_examples=300)
@given(st.lists(word(), min_size=1, max_size=14).map("-".join))
def test_every_offered_mend_fits_and_mending_ends_in_a_network(text):
    layers = parse_network(text)
    for _ in range(4 * len(layers) + 8):
        plans = check_network(layers, SHAPE, classes=10)
        at = first_misfit(plans)
        if at is None:
            break
        assert plans[at].suggestions, plans[at].error
        for mend in plans[at].suggestions:
            after = check_network(mend.layers, SHAPE, classes=10)
            if len(mend.layers) >= len(layers):  # whatever was before this now fits, at the end the whole network
                assert (first_misfit(after) or len(mend.layers)) > at or at == len(layers) - 1 == first_misfit(after)
            else:
                assert mend.words == "Take it out" and len(mend.layers) == len(layers) - 1
        layers = plans[at].suggestions[0].layers
    built = layers_from_dicts(layers, input_shape=SHAPE)
    assert first_misfit(check_network(layers, SHAPE, classes=10)) is None and len(built) <= limits.LAYERS


def test_a_mended_network_answers():
    layers = parse_network("c4.4s2-r-p2-d10")
    while (at := first_misfit(plans := check_network(layers, SHAPE, classes=10))) is not None:
        layers = plans[at].suggestions[0].layers
    network = Network(layers_from_dicts(layers, input_shape=SHAPE), input_shape=SHAPE)
    assert network.predict(np.zeros((2, *SHAPE), np.float32)).shape == (2, 10)
