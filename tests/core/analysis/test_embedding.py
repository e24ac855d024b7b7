"""The embedding of a test set: its probabilities are the network's, its coordinates the hidden layer's projection."""

import numpy as np
import pytest

from cnncore import Network, limits
from cnncore.analysis.embedding import embed_image, embed_test_set
from cnncore.analysis.pca import principal_axes, project
from cnncore.architecture.spec import preset


@pytest.fixture(scope="module", params=["once", "dense"])
def network(request):
    return Network(preset(request.param), input_shape=(28, 28, 1), seed=4)


@pytest.mark.slow
def test_an_embedding_agrees_with_the_network(network, digits):
    images, progress = digits.images[:1_200], []
    seen = embed_test_set(network, images, progress.append)
    np.testing.assert_allclose(seen.probabilities, network.predict(images), atol=1e-5)
    assert progress == sorted(progress) and len(progress) == 3 and progress[-1] == 1
    hidden = network.activations(images)[-2][1]
    wide = hidden.shape[1] > limits.MAP_FEATURES
    assert seen.n_fitted == (1_000 if wide else 1_200)
    if not wide:
        np.testing.assert_allclose(seen.coordinates, project(principal_axes(hidden), hidden), atol=1e-3)
    for n in (0, 7, 1_199):
        np.testing.assert_allclose(embed_image(network, seen.axes, images[n]), seen.coordinates[n], atol=1e-3)
    first = project(seen.axes, hidden)[:, 0]
    assert first.var() > 0.95 * seen.axes.explained_variance_ratio[0] * hidden.var(axis=0).sum()
