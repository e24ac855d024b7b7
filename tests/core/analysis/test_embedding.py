"""A whole test set before a network: its answers are the network's, its map the one that its hidden layer gives."""

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
def test_a_survey_is_what_the_network_says(network, digits):
    images, heard = digits.images[:1_200], []
    seen = embed_test_set(network, images, heard.append)
    np.testing.assert_allclose(seen.probabilities, network.predict(images), atol=1e-5)
    assert heard == sorted(heard) and len(heard) == 3 and heard[-1] == 1
    hidden = network.activations(images)[-2][1]
    wide = hidden.shape[1] > limits.MAP_FEATURES
    assert seen.axes_from == (1_000 if wide else 1_200)
    if not wide:
        np.testing.assert_allclose(seen.places, project(principal_axes(hidden), hidden), atol=1e-3)
    for n in (0, 7, 1_199):
        np.testing.assert_allclose(embed_image(network, seen.axes, images[n]), seen.places[n], atol=1e-3)
    first = project(seen.axes, hidden)[:, 0]
    assert first.var() > 0.95 * seen.axes.shares[0] * hidden.var(axis=0).sum()
