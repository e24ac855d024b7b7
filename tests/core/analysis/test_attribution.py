"""Each explanation is held against what it claims: by hand, by finite differences, by asking the network again."""

import numpy as np
import pytest

from cnncore import Dense, Flatten, InputError, Network
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


def test_blanking_what_is_blank_changes_nothing(pretrained, digits):
    image = digits.images[0].copy()
    image[:12, :9] = 0
    seen = occlusion(pretrained, image, 7, patch=3)
    corner = np.s_[:10, :7]  # no patch on these cells reaches ink
    assert (seen.logit[corner] == 0).all() and (seen.probability[corner] == 0).all()
    assert np.abs(seen.logit).max() > 0.5
    inked = occlusion(pretrained, image, 7, patch=3, fill=255)
    assert np.abs(inked.logit[corner]).max() > 0.1  # a patch of ink is no blank


@pytest.mark.parametrize("patch, stride", [(1, 1), (4, 4), (5, 3)])
def test_a_linear_network_loses_what_was_covered(linear, digits, patch, stride):
    image = digits.images[3]
    worth = (linear.layers[1].params["weights"][:, 2].reshape(28, 28, 1) * image / 255)[..., 0]
    starts = sorted({*range(0, 29 - patch, stride), 28 - patch})
    expected, on = np.zeros((28, 28)), np.zeros((28, 28))
    for top in starts:
        for left in starts:
            place = np.s_[top : top + patch, left : left + patch]
            expected[place] += worth[place].sum()
            on[place] += 1
    seen = occlusion(linear, image, 2, patch=patch, stride=stride)
    np.testing.assert_allclose(seen.logit, expected / on, atol=1e-12)


def test_the_probability_falls_as_the_network_says(pretrained, digits):
    image = digits.images[18]
    cut = image.copy()
    cut[8:16, 8:16] = 0
    drop = pretrained.predict(image[None])[0] - pretrained.predict(cut[None])[0]
    seen = occlusion(pretrained, image, 3, patch=8, stride=8)
    np.testing.assert_allclose(seen.probability[10, 10], drop[3], atol=1e-5)  # one patch alone lies on this cell
    assert seen.patches < 16


def test_occlusion_shows_the_network_what_it_is_used_to(pretrained, digits):
    image = digits.images[0]
    seen = occlusion(pretrained, image, 7, patch=7, stride=7, seen=permute_pixels)
    cut = image.copy()
    cut[14:21, 14:21] = 0
    logits = pretrained.logits(permute_pixels(np.stack([image, cut])))[:, 7]
    np.testing.assert_allclose(seen.logit[15, 15], logits[0] - logits[1], atol=1e-4)


@pytest.mark.parametrize("patch, stride", [(0, 1), (29, 1), (5, 0), (5, 6)])
def test_a_patch_that_does_not_cover_the_sheet_is_refused(pretrained, digits, patch, stride):
    with pytest.raises(InputError, match="try 5"):
        occlusion(pretrained, digits.images[0], 7, patch=patch, stride=stride)


def test_input_times_gradient_of_a_linear_network_is_its_contributions(linear, digits):
    image = digits.images[3]
    for label in range(3):
        told = input_times_gradient(linear, image, label)
        weights = linear.layers[1].params["weights"][:, label].reshape(SHAPE)
        np.testing.assert_allclose(told.cells, weights * image / 255, atol=1e-12)
        assert told.rest == pytest.approx(linear.layers[1].params["bias"][label])
        assert told.logit == pytest.approx(linear.logits(image[None])[0, label])


@pytest.mark.parametrize("name", PRESETS)
def test_input_times_gradient_is_what_finite_differences_say(name, digits):
    network = Network(preset(name), input_shape=SHAPE, seed=2, dtype=np.float64)
    image = np.clip(digits.images[4] / 255 + np.random.default_rng(0).uniform(0.01, 0.2, SHAPE), 0, 1)  # no ties
    told = input_times_gradient(network, image, 6)
    inked = [(5, 5), (14, 13), (20, 8), (27, 27)]
    for row, column in inked:
        up, down = image.copy(), image.copy()
        up[row, column] += 1e-6
        down[row, column] -= 1e-6
        slope = (network.logits(up[None]) - network.logits(down[None]))[0, 6] / 2e-6
        np.testing.assert_allclose(told.cells[row, column], slope * image[row, column], rtol=1e-5, atol=1e-9)


def test_a_network_of_relus_comes_to_its_logit_with_its_biases(pretrained, digits):
    told = input_times_gradient(pretrained, digits.images[0], 7)
    assert told.cells.sum() + told.rest == pytest.approx(told.logit) and told.logit > 5
    blank = input_times_gradient(pretrained, np.zeros(SHAPE, np.uint8), 7)
    assert not blank.cells.any() and blank.rest == pytest.approx(blank.logit)


def test_the_nearest_digit_of_a_digit_is_itself(digits):
    squares = squared_norms(digits.images)
    for number in (0, 4321, 9_999):
        nearest = nearest_digits(digits.images, digits.labels, digits.images[number], 4, squares=squares)
        assert nearest[0] == (number, digits.labels[number], 0)


def test_the_nearest_digits_are_those_of_all_distances(digits):
    some = digits.take(np.s_[1:2_000])
    gaps = (some.images.astype(float) - digits.images[0]).reshape(len(some), -1) / 255
    distances = np.sqrt((gaps**2).sum(axis=1))
    nearest = nearest_digits(some.images, some.labels, digits.images[0], 10)
    assert [n.number for n in nearest] == np.argsort(distances, kind="stable")[:10].tolist()
    np.testing.assert_allclose([n.distance for n in nearest], np.sort(distances)[:10])
    assert [n.label for n in nearest] == some.labels[[n.number for n in nearest]].tolist()
    eights = nearest_digits(some.images, some.labels, digits.images[0], 3, only=8)
    numbers = np.flatnonzero(some.labels == 8)
    assert [n.number for n in eights] == numbers[np.argsort(distances[numbers], kind="stable")[:3]].tolist()
    assert nearest_digits(some.images[:1], some.labels[:1], digits.images[0], 3, only=8) == []
    assert len(nearest_digits(some.images[:3], some.labels, digits.images[0], 10)) == 3


def test_nearest_by_what_the_last_hidden_layer_makes_of_them(pretrained, digits):
    hidden = pretrained.penultimate(digits.images[:300])
    np.testing.assert_allclose(hidden, pretrained.activations(digits.images[:300])[-2][1], rtol=1e-4, atol=1e-4)
    small = hidden.astype(np.float16)
    nearest = nearest_digits(small, digits.labels, small[17], 5)
    assert nearest[0] == (17, digits.labels[17], 0) and {n.label for n in nearest} == {digits.labels[17]}


def is_needed(network, image, changed, target):
    """Every changed cell is needed: with any one of them put back the answer is another."""
    for place in map(tuple, np.argwhere(changed != image)):
        tried = changed.copy()
        tried[place] = image[place]
        assert network.predict(tried[None])[0].argmax() != target


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 17, 30])
def test_the_changed_image_really_is_answered_otherwise(pretrained, digits, number):
    image = digits.images[number]
    second = int(np.argsort(pretrained.predict(image[None])[0])[-2])
    found = counterfactual(pretrained, image, second)
    assert found.found and found.image.dtype == np.uint8 and found.image.shape == SHAPE
    assert pretrained.predict(found.image[None])[0].argmax() == second
    assert 0 < (found.image != image).sum() < 30
    is_needed(pretrained, image, found.image, second)


def test_ink_stays_within_its_range(linear, digits):
    """One weight of a cell is so large that following it must come to the edge, white or black."""
    image, weights = digits.images[0], linear.layers[1].params["weights"]
    weights[:] = 0
    weights[[0, 1], 1] = 9
    ink = np.flatnonzero(image)[:2]
    weights[ink, 1] = -9
    linear.layers[1].params["bias"][:] = [0, -17.5, -99]
    found = counterfactual(linear, image, 1)
    assert found.found and linear.predict(found.image[None])[0].argmax() == 1
    assert (
        found.image.reshape(-1)[[0, 1]].min() > 240 and (found.image.reshape(-1)[ink] <= image.reshape(-1)[ink]).all()
    )


def test_where_the_gradient_leads_nowhere_another_digit_does(pretrained, digits):
    image, target = digits.images[0], 8
    other = digits.images[np.flatnonzero(digits.labels == target)[0]]
    tried = counterfactual(pretrained, image, target, steps=1)
    assert not tried.found and 0 < (tried.image != image).sum() <= 4
    assert pretrained.predict(tried.image[None])[0].argmax() == 7
    found = counterfactual(pretrained, image, target, steps=1, start=other)
    assert found.found and pretrained.predict(found.image[None])[0].argmax() == target
    assert ((found.image == image) | (found.image == other)).all()
    assert 0 < (found.image != image).sum() < (other != image).sum()
    is_needed(pretrained, image, found.image, target)
    assert not counterfactual(pretrained, image, target, steps=1, start=image).found


def test_what_is_answered_so_already_needs_no_change_and_a_deaf_network_none_helps(pretrained, digits):
    image = digits.images[0]
    as_it_is = counterfactual(pretrained, image, 7)
    assert as_it_is.found and (as_it_is.image == image).all()
    deaf = Network([Flatten(), Dense(2)], input_shape=SHAPE)
    deaf.layers[1].params["weights"][:] = 0
    deaf.layers[1].params["bias"][:] = [1, 0]
    unheard = counterfactual(deaf, image, 1)
    assert not unheard.found and (unheard.image == image).all()


def test_a_network_that_answers_no_number_is_refused(digits):
    broken = Network(preset("once"), input_shape=SHAPE)
    broken.layers[-1].params["bias"][3] = np.nan
    for explain in (input_times_gradient, counterfactual):
        with pytest.raises(InputError, match="no number"):
            explain(broken, digits.images[0], 1)
    with pytest.raises(InputError, match="no number"):
        occlusion(broken, digits.images[0], 1, patch=5)
    with pytest.raises(InputError, match="classes 0 to 9"):
        input_times_gradient(Network(preset("once"), input_shape=SHAPE), digits.images[0], 10)


def test_scrambling_is_undone(digits):
    assert (unpermute_pixels(permute_pixels(digits.images[:5])) == digits.images[:5]).all()
