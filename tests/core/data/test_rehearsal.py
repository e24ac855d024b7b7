"""What a network learns beside plain digits."""

import numpy as np

from cnncore.data.rehearsal import with_scribbles


def test_scribbles_are_added_with_the_same_probability_for_every_class(few):
    more = with_scribbles(few, 10)
    assert more.images.shape == (310, 28, 28, 1) and more.names == few.names
    np.testing.assert_array_equal(more.labels[:300], np.eye(10)[few.labels])
    np.testing.assert_allclose(more.labels[300:], np.full((10, 10), 0.1))
