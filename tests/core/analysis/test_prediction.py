"""One rule says what a network predicts: the first of the most probable classes, sure from limits.SURE on."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from cnncore import Conv2D, Dense, Flatten, Network, Prediction, ReLU, ShapeError, classify, limits
from cnncore.analysis.prediction import NO_CLASS, with_article
from cnncore.data.digit_set import DIGITS

ABC = ("a", "b", "c")


def predicted(*probabilities, names=ABC):
    return Prediction(np.array(probabilities), names)


@pytest.fixture
def network():
    found = Network([Conv2D(2, 3), ReLU(), Flatten(), Dense(3)], input_shape=(6, 6, 1), seed=3)
    found.names = ABC
    return found


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (5, 6, 6, 1), dtype=np.uint8)


@pytest.mark.parametrize(
    ("probabilities", "label", "ranking"),
    [
        ((0.2, 0.5, 0.3), 1, (1, 2, 0)),
        ((0.4, 0.2, 0.4), 0, (0, 2, 1)),
        ((0.2, 0.4, 0.4), 1, (1, 2, 0)),
        ((1 / 3, 1 / 3, 1 / 3), 0, (0, 1, 2)),
        ((0.0, 0.0, 1.0), 2, (2, 0, 1)),
    ],
)
def test_the_label_is_the_first_of_the_most_probable(probabilities, label, ranking):
    prediction = predicted(*probabilities)
    assert prediction.label == label and prediction.ranking == ranking and prediction.class_name == ABC[label]
    assert prediction.probability == probabilities[label]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_prediction_is_sure_from_the_threshold_on(dtype):
    assert limits.SURE == 0.6
    below = np.nextafter(dtype(limits.SURE), dtype(0))
    at, under = (Prediction(np.array([0, best], dtype), ("dog", "cat")) for best in (limits.SURE, below))
    assert at.sure and at.sentence == "It looks like a cat."
    assert not under.sure and under.sentence == "Not a class I know."


@pytest.mark.parametrize(
    ("probabilities", "names", "alternative", "sentence"),
    [
        ((0.05, 0.55, 0.4), ("3", "1", "7"), 2, "A 1 or a 7."),
        ((0.05, 0.55, 0.4), ("3", "owl", "Boat"), 2, "An owl or a Boat."),
        ((0.4, 0.4, 0.2), ("8", "11", "18"), 1, "An 8 or an 11."),
        ((0.4, 0.35, 0.25), ABC, None, "Not a class I know."),
        ((0.05, 0.9, 0.05), ABC, None, "It looks like a b."),
    ],
)
def test_an_unsure_prediction_names_two_classes_if_they_are_sure_together(probabilities, names, alternative, sentence):
    prediction = Prediction(np.array(probabilities), names, 0.8)
    assert (prediction.alternative, prediction.sentence) == (alternative, sentence)


@pytest.mark.parametrize(
    ("name", "article"),
    [
        ("7", "a"),
        ("8", "an"),
        ("18", "an"),
        ("A", "an"),
        ("F", "an"),
        ("u", "a"),
        ("B", "a"),
        ("Ankle boot", "an"),
        ("shirt", "a"),
    ],
)
def test_a_name_has_the_article_with_which_it_is_said(name, article):
    assert with_article(name) == f"{article} {name}"


def test_a_drawing_far_from_all_digits_is_not_a_digit():
    prediction = Prediction(np.full(10, 0.1), DIGITS)
    assert prediction.sentence == "Not a digit I know." and prediction.alternative is None


def test_the_threshold_is_the_network_s(network, images):
    prediction = classify(network, images)[0]
    network.sure_threshold = prediction.probability
    assert classify(network, images)[0].sure and classify(network.copy(), images)[0].sure
    network.sure_threshold = np.nextafter(prediction.probability, 1)
    assert not classify(network, images)[0].sure


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_that_are_not_finite_give_no_label(value, dtype):
    prediction = Prediction.from_logits(np.array([1, value, 2], dtype), ABC)
    assert prediction.label is None and not prediction.sure and prediction.class_name == NO_CLASS
    assert np.isnan(prediction.probabilities).all() and np.isnan(prediction.probability)
    assert prediction.ranking == (0, 1, 2)
    assert "not finite" in prediction.sentence and prediction.sentence.endswith(".")


def test_probabilities_are_the_softmax_of_logits_of_any_size():
    prediction = Prediction.from_logits(np.array([0.0, np.log(3), np.log(6)]), ABC)
    np.testing.assert_allclose(prediction.probabilities, [0.1, 0.3, 0.6], rtol=1e-12)
    far = Prediction.from_logits(np.array([-500, 3e38, -400], np.float32), ABC)
    assert far.label == 1 and far.probabilities.tolist() == [0, 1, 0]
    near = Prediction.from_logits(np.array([-200, 0, -100], np.float32), ABC)  # float32 gives 0 for both others
    assert near.ranking == (1, 2, 0)


def test_every_image_has_its_prediction(network, images):
    predictions = classify(network, images)
    assert len(predictions) == 5 and all(each.class_names == ABC for each in predictions)
    np.testing.assert_allclose([p.probabilities for p in predictions], network.predict(images), rtol=1e-5)
    assert [each.label for each in predictions] == network.predict(images).argmax(axis=1).tolist()
    assert len({each.label for each in predictions}) > 1
    assert classify(network, images[:0]) == []
    many = classify(network, np.concatenate([images] * 30))  # beyond one block
    np.testing.assert_allclose(many[148].probabilities, predictions[3].probabilities, rtol=1e-5)


def test_a_network_that_diverged_is_no_exception_and_no_warning(network, images, recwarn):
    network.layers[0].params["filters"][...] = 3e38
    for prediction in classify(network, images):
        assert prediction.label is None and "not finite" in prediction.sentence
    network.layers[-1].params["bias"][1] = np.nan
    assert {each.label for each in classify(network, images)} == {None}
    assert not recwarn.list


def test_images_of_another_size_are_refused(network):
    with pytest.raises(ShapeError, match=r"Expected images \(N, 6, 6, 1\)"):
        classify(network, np.zeros((2, 7, 7, 1)))
    with pytest.raises(ShapeError, match="class names"):
        Prediction(np.ones(2) / 2, ABC)


def test_a_prediction_cannot_be_changed():
    prediction = predicted(0.2, 0.5, 0.3)
    with pytest.raises(FrozenInstanceError):
        prediction.class_names = ("x", "y", "z")
