"""Principal axes are those of NumPy's SVD; projections and class medians are as defined."""

import numpy as np
import pytest

from cnncore import Network, limits
from cnncore.analysis.pca import class_medians, pca_sample_size, principal_axes, project
from cnncore.architecture.spec import PRESETS, preset

RNG = np.random.default_rng(5)


@pytest.mark.parametrize("shape", [(40, 6), (8, 30)])
def test_the_axes_are_those_of_the_svd(shape):
    features = RNG.normal(size=shape) * np.linspace(3, 1, shape[1]) + 7
    axes = principal_axes(features)
    centred = features - features.mean(axis=0)
    _, singular, rows = np.linalg.svd(centred, full_matrices=False)
    for k in range(2):
        assert abs(axes.directions[k] @ rows[k]) == pytest.approx(1, abs=1e-9)
        assert axes.directions[k][np.abs(axes.directions[k]).argmax()] > 0
    np.testing.assert_allclose(axes.explained_variance_ratio, singular[:2] ** 2 / (singular**2).sum(), rtol=1e-9)
    np.testing.assert_allclose(axes.directions @ axes.directions.T, np.eye(2), atol=1e-9)


def test_a_points_place_is_its_own_and_spreads_as_told():
    features = RNG.normal(size=(50, 5)) * [5, 1, 3, 1, 1]
    axes = principal_axes(features)
    coordinates = project(axes, features)
    np.testing.assert_allclose(project(axes, features[[7]]), coordinates[[7]], rtol=1e-12)
    np.testing.assert_allclose(
        coordinates.var(axis=0) / features.var(axis=0).sum(), axes.explained_variance_ratio, rtol=1e-9
    )
    assert coordinates.mean() == pytest.approx(0, abs=1e-12)


def test_the_same_features_give_the_same_map_whatever_their_order():
    features = RNG.normal(size=(60, 4)) * [4, 2, 1, 1]
    one, two = principal_axes(features), principal_axes(features[::-1])
    np.testing.assert_allclose(one.directions, two.directions, atol=1e-9)


def test_what_does_not_vary_has_no_direction():
    flat = np.ones((10, 3))
    flat[:, 0] = np.arange(10)
    axes = principal_axes(flat)
    np.testing.assert_allclose(axes.directions, [[1, 0, 0], [0, 0, 0]], atol=1e-12)
    np.testing.assert_allclose(axes.explained_variance_ratio, [1, 0], atol=1e-12)
    assert not project(principal_axes(np.ones((4, 1))), np.ones((2, 1))).any()


def test_wide_layers_give_their_axes_from_some_digits():
    assert pca_sample_size(32, 10_000) == pca_sample_size(limits.MAP_FEATURES, 10_000) == 10_000
    assert pca_sample_size(1_568, 10_000) == 1_000 and pca_sample_size(1_568, 70) == 70
    assert pca_sample_size(25_000, 10_000) * 25_000 * 8 <= limits.MAP_BYTES


def test_a_class_stands_at_its_median():
    coordinates = np.array([[0.0, 1], [2, 3], [100, 5], [7, 7]])
    found = class_medians(coordinates, np.array([0, 0, 0, 2]), 3)
    assert found[0].tolist() == [2, 3] and found[2].tolist() == [7, 7] and np.isnan(found[1]).all()


@pytest.mark.parametrize("name", PRESETS)
def test_the_last_layer_makes_the_logits_of_what_is_hidden(few, name):
    network, images = Network(preset(name), input_shape=(28, 28, 1), seed=2), few.images[:70]
    hidden = network.penultimate(images)
    np.testing.assert_allclose(network.logits_from_penultimate(hidden), network.logits(images), atol=1e-5)
    np.testing.assert_allclose(hidden, network.activations(images)[-2][1], atol=1e-5)
