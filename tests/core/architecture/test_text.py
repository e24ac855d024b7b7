"""Networks as text: there and back, strictly, in bounded time, bad text in one sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from network_words import word

from cnncore import InputError, LeakyReLU
from cnncore.__main__ import _parser
from cnncore.architecture.layer_specs import LAYER_SPECS
from cnncore.architecture.spec import PRESETS, layers_from_dicts
from cnncore.architecture.text import format_network, initializer_of, parse_network, summarize, with_initializer
from cnncore.training.command import network_for

BAD = ["", "-", "c8", "c8.3-", "-c8.3", "c0.3", "c65.3", "c8.8", "c8.3s0", "c8.3s6", "c8.3p14", "c8.3x", "p0", "p8"]
BAD += [
    "d0",
    "d1025",
    "o91",
    "o100",
    "c٣.3",
    "C8.3",
    "c8.3 r",
    "l0",
    "l100",
    "l1.5",
    "c1_0.3",
    "c8.3--r",
    "he",
    "glorot-",
    "equal",
    "huge",
]
BAD += ["x" * 100_000, "c8.3\n", "<script>", "../../etc/passwd", "-".join(["r"] * 33), "he-he-f-d10", "c8.3-he", "1e3"]
BAD += ["c-8.3", "c8.3s-1", "NaN", "c" + "9" * 300 + ".3"]


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:12])
def test_bad_text_is_one_sentence(text):
    with pytest.raises(InputError) as error:
        parse_network(text)
    assert len(str(error.value)) < 200 and "try c8.3-r-p2-f-d10" in str(error.value)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_known_by_their_name_and_can_be_spelled(name):
    plain = PRESETS[name][1]
    assert parse_network(name) == plain and format_network(plain) == name
    he = with_initializer(plain, "he_normal")
    text = format_network(he)
    assert text.startswith("he-") and parse_network(text) == he
    assert all(entry["initializer"] == "he_normal" for entry in he if entry["layer"] in ("Conv2D", "Dense"))
    assert initializer_of(he) == "he_normal" and with_initializer(he, "glorot_uniform") == plain
    layers_from_dicts(he, input_shape=(28, 28, 1))


def test_the_words():
    assert parse_network("equal-c4.5s2p1-t-a3s1-g-o25-f-d10") == [
        {"layer": "Conv2D", "filters": 4, "size": 5, "stride": 2, "padding": 1, "initializer": "equal"},
        {"layer": "Tanh"},
        {"layer": "AvgPool2D", "size": 3, "stride": 1},
        {"layer": "Sigmoid"},
        {"layer": "Dropout", "rate": 0.25},
        {"layer": "Flatten"},
        {"layer": "Dense", "units": 10, "initializer": "equal"},
    ]
    assert parse_network("c8.3-r-p2-c16.3-r-p2-f-d10") == PRESETS["twice"][1]


def test_who_changes_the_layers_of_a_preset_leaves_the_preset_alone():
    for name in PRESETS:
        layers = parse_network(name)
        layers[0]["filters"] = 99
        layers[-1] = {"layer": "Dense", "units": 2}
        assert parse_network(name) != layers and layers_from_dicts(parse_network(name), input_shape=(28, 28, 1))
        assert network_for(name, ("a", "b"), 0).classes == 2
        assert parse_network(name)[-1] == {"layer": "Dense", "units": 10}


def test_leaky_relu_has_a_slope_in_per_cent():
    assert parse_network("l") == parse_network("l1") == [{"layer": "LeakyReLU"}]
    assert parse_network("l25") == [{"layer": "LeakyReLU", "slope": 0.25}]
    config = [
        {"layer": "LeakyReLU", **LeakyReLU(0.25).get_config()},
        {"layer": "LeakyReLU", **LeakyReLU().get_config()},
    ]
    assert format_network(config) == "l25-l"


@given(st.lists(word(), min_size=1, max_size=12).map("-".join))
def test_there_and_back(text):
    plain = parse_network(text)
    assert parse_network(format_network(plain)) == plain


def test_in_words():
    text = "c4.5-r-a2-p2-o25-f-d10"
    assert summarize(parse_network(text)) == "convolution 4 – average pool – pool – dropout 25 % – dense 10"


@pytest.mark.parametrize("entry", [{"layer": "Conv2D", "filters": 8, "size": 3, "dilation": 2}, {"layer": "os"}])
def test_what_has_no_word_is_refused(entry):
    with pytest.raises(InputError, match="has no word"):
        format_network([entry])


def test_the_command_line_takes_text_too():
    options = _parser().parse_args(["train", "--architecture", "he-c4.3-r-p2-f-d10"])
    assert parse_network(options.architecture)[0]["initializer"] == "he_normal"


def test_no_two_layers_share_a_letter():
    letters = [spec.letter for spec in LAYER_SPECS.values()]
    assert letters and len(set(letters)) == len(letters)
