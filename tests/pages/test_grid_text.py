"""Grids of numbers as people type and paste them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from cnncore import InputError
from cnncore.limits import Bound
from pages.ui import bounds
from pages.ui.shared.grid_text import fitted, parse_grid, typed_grid


def test_typed_grids():
    rows, columns = bounds.BACKWARD_SIDE, bounds.SIGNAL_LENGTH
    assert typed_grid("input", " [1, −2, 3.5] ", rows, columns).tolist() == [1, -2, 3.5]
    assert typed_grid("input", "1,2,3;4,5,6;", rows, columns).tolist() == [[1, 2, 3], [4, 5, 6]]
    assert fitted("1,2;3,4", (3, 1), 9).tolist() == [[1], [3], [9]] and fitted("1,2,3", (2,), 0).tolist() == [1, 2]


@pytest.mark.parametrize(
    "text, numbers",
    [
        ("1 2 3", "1,2,3"),
        ("1  -2\t3", "1,-2,3"),
        ("[1, 2, 3]", "1,2,3"),
        ("[1 2 3]", "1,2,3"),
        ("[[1 2]\n [3 4]]", "1,2;3,4"),
        ("[[1, 2],\n [3, 4]]", "1,2;3,4"),
        ("array([[1., 2.],\n       [3., -4.5]])", None),
        ("[[ 1.   0.5]\n [-0.5  2. ]]", "1,0.5;-0.5,2"),
        ("1,5", "1,5"),
        ("0,5 1,5", "0.5,1.5"),
        ("0,5; 1,5", "0,5;1,5"),
        ("1, 2,5", "1,2,5"),
        (".5 -.5 +1", "0.5,-0.5,1"),
        ("1e-1 5.e-01", "0.1,0.5"),
        ("1,,2", None),
        ("1 x", None),
        ("１ ２", None),
    ],
)
def test_what_is_typed_or_pasted_is_read_or_refused(text, numbers):
    bound = Bound(1, 5, 1)
    if numbers is None:
        with pytest.raises(InputError, match="takes 1 to 5 numbers"):
            typed_grid("input", text, bound, bound)
    else:
        found = typed_grid("input", text, bound, bound)
        np.testing.assert_array_equal(np.atleast_2d(found), parse_grid(numbers))


@given(
    arrays(
        np.float64,
        array_shapes(min_dims=1, max_dims=2, max_side=5),
        elements=st.integers(-9900, 9900).map(lambda n: n / 100),
    )
)
def test_what_numpy_prints_is_read(values):
    bound = Bound(1, 5, 1)
    expected = values[0] if values.ndim == 2 and len(values) == 1 else values
    for text in (str(values), np.array2string(values, separator=", "), str(values.tolist())):
        np.testing.assert_allclose(typed_grid("input", text, bound, bound), expected, atol=1e-6)
