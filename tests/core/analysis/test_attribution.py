"""Each explanation is compared with its definition: by hand, by finite differences, by predicting again."""

import numpy as np
import pytest

from cnncore import Dense, Flatten, InputError, Network, classify
from cnncore.analysis.attribution import (
    counterfactual,
    input_times_gradient,
    nearest_digits,
    occlusion,
    squared_norms,
)
from cnncore.architecture.spec import PRESETS, preset
from cnncore.data.mnist import FOLDER
from cnncore.data.permutation import permute_pixels, unpermute_pixels
from cnncore.training import checkpoint

SHAPE = (28, 28, 1)


@pytest.fixture(scope="module")
def pretrained():
    network, _ = checkpoint.load(FOLDER.parent / "models" / "convolutional.safetensors")
    return network


@pytest.fixture
def linear():
    """Flatten and one dense layer: every logit is a sum of weight × ink."""
    network = Network([Flatten(), Dense(3)], input_shape=SHAPE, seed=5, dtype=np.float64)
    network.layers[1].params["bias"][:] = [0.5, -1.5, 2.0]
    return network


def test_blanking_blank_cells_changes_nothing(pretrained, digits):
    image = digits.images[0].copy()
    image[:12, :9] = 0
    seen = occlusion(pretrained, image, 7, patch=3)
    corner = np.s_[:10, :7]  # no patch on these cells reaches ink
    assert (seen.logit_drop[corner] == 0).all() and (seen.probability_drop[corner] == 0).all()
    assert np.abs(seen.logit_drop).max() > 0.5
    inked = occlusion(pretrained, image, 7, patch=3, fill=255)
    assert np.abs(inked.logit_drop[corner]).max() > 0.1  # a patch of ink is not blank


@pytest.mark.parametrize("patch, stride", [(1, 1), (4, 4), (5, 3)])
def test_a_linear_network_loses_what_was_covered(linear, digits, patch, stride):
    image = digits.images[3]
    worth = (linear.layers[1].params["weights"][:, 2].reshape(28, 28, 1) * image / 255)[..., 0]
    starts = sorted({*range(0, 29 - patch, stride), 28 - patch})
    expected, on, single = np.zeros((28, 28)), np.zeros((28, 28)), []
    for top in starts:
        for left in starts:
            place = np.s_[top : top + patch, left : left + patch]
            single.append(worth[place].sum())
            expected[place] += single[-1]
            on[place] += 1
    seen = occlusion(linear, image, 2, patch=patch, stride=stride)
    np.testing.assert_allclose(seen.logit_drop, expected / on, atol=1e-12)
    assert seen.largest[1] == pytest.approx(max(single))


def test_the_drop_in_probability_is_that_of_the_predictions(pretrained, digits):
    image = digits.images[18]
    cut = image.copy()
    cut[8:16, 8:16] = 0
    drop = pretrained.predict(image[None])[0] - pretrained.predict(cut[None])[0]
    seen = occlusion(pretrained, image, 3, patch=8, stride=8)
    np.testing.assert_allclose(seen.probability_drop[10, 10], drop[3], atol=1e-5)  # only one patch covers this cell
    assert seen.n_patches < 16


def test_occlusion_preprocesses_the_images(pretrained, digits):
    image = digits.images[0]
    seen = occlusion(pretrained, image, 7, patch=7, stride=7, preprocess=permute_pixels)
    cut = image.copy()
    cut[14:21, 14:21] = 0
    logits = pretrained.logits(permute_pixels(np.stack([image, cut])))[:, 7]
    np.testing.assert_allclose(seen.logit_drop[15, 15], logits[0] - logits[1], atol=1e-4)


@pytest.mark.parametrize("patch, stride", [(0, 1), (29, 1), (5, 0), (5, 6)])
def test_a_patch_that_does_not_cover_the_image_is_refused(pretrained, digits, patch, stride):
    with pytest.raises(InputError, match="try 5"):
        occlusion(pretrained, digits.images[0], 7, patch=patch, stride=stride)


def test_input_times_gradient_of_a_linear_network_is_its_contributions(linear, digits):
    image = digits.images[3]
    for label in range(3):
        told = input_times_gradient(linear, image, label)
        weights = linear.layers[1].params["weights"][:, label].reshape(SHAPE)
        np.testing.assert_allclose(told.cells, weights * image / 255, atol=1e-12)
        assert told.bias_residual == pytest.approx(linear.layers[1].params["bias"][label])
        assert told.logit == pytest.approx(linear.logits(image[None])[0, label])


@pytest.mark.parametrize("name", PRESETS)
def test_input_times_gradient_agrees_with_finite_differences(name, digits):
    network = Network(preset(name), input_shape=SHAPE, seed=2, dtype=np.float64)
    image = np.clip(digits.images[4] / 255 + np.random.default_rng(0).uniform(0.01, 0.2, SHAPE), 0, 1)  # no ties
    told = input_times_gradient(network, image, 6)
    inked = [(5, 5), (14, 13), (20, 8), (27, 27)]
    for row, column in inked:
        up, down = image.copy(), image.copy()
        up[row, column] += 1e-6
        down[row, column] -= 1e-6
        difference_quotient = (network.logits(up[None]) - network.logits(down[None]))[0, 6] / 2e-6
        np.testing.assert_allclose(
            told.cells[row, column], difference_quotient * image[row, column], rtol=1e-5, atol=1e-9
        )


def test_contributions_and_bias_residual_sum_to_the_logit(pretrained, digits):
    told = input_times_gradient(pretrained, digits.images[0], 7)
    assert told.cells.sum() + told.bias_residual == pytest.approx(told.logit) and told.logit > 5
    blank = input_times_gradient(pretrained, np.zeros(SHAPE, np.uint8), 7)
    assert not blank.cells.any() and blank.bias_residual == pytest.approx(blank.logit)


def test_the_nearest_digit_of_a_digit_is_itself(digits):
    norms = squared_norms(digits.images)
    for number in (0, 4321, 9_999):
        nearest = nearest_digits(digits.images, digits.labels, digits.images[number], 4, norms=norms)
        assert nearest[0] == (number, digits.labels[number], 0)


def test_the_nearest_digits_are_those_of_all_distances(digits):
    some = digits.subset(np.s_[1:2_000])
    gaps = (some.images.astype(float) - digits.images[0]).reshape(len(some), -1) / 255
    distances = np.sqrt((gaps**2).sum(axis=1))
    nearest = nearest_digits(some.images, some.labels, digits.images[0], 10)
    assert [n.digit_index for n in nearest] == np.argsort(distances, kind="stable")[:10].tolist()
    np.testing.assert_allclose([n.distance for n in nearest], np.sort(distances)[:10])
    assert [n.label for n in nearest] == some.labels[[n.digit_index for n in nearest]].tolist()
    eights = nearest_digits(some.images, some.labels, digits.images[0], 3, label=8)
    numbers = np.flatnonzero(some.labels == 8)
    assert [n.digit_index for n in eights] == numbers[np.argsort(distances[numbers], kind="stable")[:3]].tolist()
    assert nearest_digits(some.images[:1], some.labels[:1], digits.images[0], 3, label=8) == []
    assert len(nearest_digits(some.images[:3], some.labels, digits.images[0], 10)) == 3


def test_nearest_digits_by_the_last_hidden_layer(pretrained, digits):
    hidden = pretrained.penultimate(digits.images[:300])
    np.testing.assert_allclose(hidden, pretrained.activations(digits.images[:300])[-2][1], rtol=1e-4, atol=1e-4)
    small = hidden.astype(np.float16)
    nearest = nearest_digits(small, digits.labels, small[17], 5)
    assert nearest[0] == (17, digits.labels[17], 0) and {n.label for n in nearest} == {digits.labels[17]}


def is_needed(network, image, changed, target):
    """Every changed cell is needed: without any one of the changes the network is not sure of the target."""
    for place in map(tuple, np.argwhere(changed != image)):
        tried = changed.copy()
        tried[place] = image[place]
        assert not is_sure(network, tried, target)


def is_sure(network, image, target):
    """Whether the page would say that it looks like the target."""
    (prediction,) = classify(network, image[None])
    return prediction.label == target and prediction.sure


@pytest.mark.parametrize("number", [2, 3, 4, 8])
def test_the_network_predicts_the_target_for_the_changed_image(pretrained, digits, number):
    image = digits.images[number]
    second = int(np.argsort(pretrained.predict(image[None])[0])[-2])
    result = counterfactual(pretrained, image, second)
    assert result.success and result.image.dtype == np.uint8 and result.image.shape == SHAPE
    assert is_sure(pretrained, result.image, second)
    assert 0 < (result.image != image).sum() < 30
    is_needed(pretrained, image, result.image, second)


def test_ink_stays_within_its_range(linear, digits):
    """One weight of a cell is so large that following it must come to the edge, white or black."""
    image, weights = digits.images[0], linear.layers[1].params["weights"]
    weights[:] = 0
    weights[[0, 1], 1] = 9
    ink = np.flatnonzero(image)[:2]
    weights[ink, 1] = -9
    linear.layers[1].params["bias"][:] = [0, -17.5, -99]
    result = counterfactual(linear, image, 1)
    assert result.success and is_sure(linear, result.image, 1)
    assert (
        result.image.reshape(-1)[[0, 1]].min() > 240 and (result.image.reshape(-1)[ink] <= image.reshape(-1)[ink]).all()
    )


def test_without_success_by_the_gradient_the_search_begins_at_another_digit(pretrained, digits):
    image, target = digits.images[0], 8
    other = digits.images[np.flatnonzero(digits.labels == target)[0]]
    tried = counterfactual(pretrained, image, target, steps=1)
    assert not tried.success and 0 < (tried.image != image).sum() <= 4
    assert pretrained.predict(tried.image[None])[0].argmax() == 7
    result = counterfactual(pretrained, image, target, steps=1, start=other)
    assert result.success and is_sure(pretrained, result.image, target)
    assert ((result.image == image) | (result.image == other)).all()
    assert 0 < (result.image != image).sum() < (other != image).sum()
    is_needed(pretrained, image, result.image, target)
    assert not counterfactual(pretrained, image, target, steps=1, start=image).success


def test_a_target_already_predicted_needs_no_change_and_a_constant_network_has_none(pretrained, digits):
    image = digits.images[0]
    as_it_is = counterfactual(pretrained, image, 7)
    assert as_it_is.success and (as_it_is.image == image).all()
    constant = Network([Flatten(), Dense(2)], input_shape=SHAPE)
    constant.layers[1].params["weights"][:] = 0
    constant.layers[1].params["bias"][:] = [1, 0]
    unchanged = counterfactual(constant, image, 1)
    assert not unchanged.success and (unchanged.image == image).all()


def test_a_network_with_logits_that_are_not_finite_is_refused(digits):
    broken = Network(preset("once"), input_shape=SHAPE)
    broken.layers[-1].params["bias"][3] = np.nan
    for explain in (input_times_gradient, counterfactual):
        with pytest.raises(InputError, match="not a number"):
            explain(broken, digits.images[0], 1)
    with pytest.raises(InputError, match="not a number"):
        occlusion(broken, digits.images[0], 1, patch=5)
    with pytest.raises(InputError, match="classes 0 to 9"):
        input_times_gradient(Network(preset("once"), input_shape=SHAPE), digits.images[0], 10)


def test_scrambling_is_undone(digits):
    assert (unpermute_pixels(permute_pixels(digits.images[:5])) == digits.images[:5]).all()
