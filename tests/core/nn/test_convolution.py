"""conv1d and conv2d against the formula, over blocks, memory orders and workspaces."""

import re

import numpy as np
import pytest
from geometries import fitting, keywords, memory_orders, naive_conv2d, one_sentence, zeros
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import (
    InputError,
    ShapeError,
    Window,
    Workspace,
    conv1d,
    conv1d_gradients,
    conv2d,
    conv2d_gradients,
    limits,
)

WORKSPACE = Workspace()  # on purpose one for all examples: sizes change under it


@given(fitting(), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_conv2d_agrees_with_the_formula(case, count, channels, maps, seed):
    window, (height, width) = case
    rng = np.random.default_rng(seed)
    images = rng.normal(size=(count, height, width, channels))
    filters, bias = rng.normal(size=(channels, window.size, window.size, maps)), rng.normal(size=maps)
    expected = naive_conv2d(images, filters, bias, window)
    np.testing.assert_allclose(conv2d(images, filters, bias, **keywords(window)), expected, atol=1e-12)
    again = conv2d(images, filters, bias, **keywords(window), workspace=WORKSPACE)
    np.testing.assert_allclose(again, expected, atol=1e-12)


@given(fitting(), st.integers(0, 2**32 - 1))
def test_conv1d_is_conv2d_in_one_row(case, seed):
    window, (n, _) = case
    rng = np.random.default_rng(seed)
    signal, filter_ = rng.normal(size=n), rng.normal(size=window.size)
    padded = np.pad(signal, zeros(window))
    step = window.strides[0]
    expected = [
        sum(filter_[p] * padded[o * step + p * window.dilation] for p in range(window.size))
        for o in range(window.output_size(n))
    ]
    result = conv1d(signal, filter_, stride=step, padding=window.padding, dilation=window.dilation)
    np.testing.assert_allclose(result, expected, atol=1e-12)


def test_full_padding_of_a_dilated_filter_in_numbers():
    # filter cells 2 apart: padded by 2, so 0 0 1 2 3 0 0, of which each output reads two: 10·first + last
    signal, filter_ = [1.0, 2, 3], [10.0, 1]
    how = {"padding": "full", "dilation": 2}
    assert conv1d(signal, filter_, **how).tolist() == [1, 2, 13, 20, 30]
    signal_grad, filter_grad = conv1d_gradients(signal, filter_, [1.0, 0, 0, 0, 100], **how)
    assert signal_grad.tolist() == [1, 0, 1000] and filter_grad.tolist() == [300, 1]
    images, filters = np.array([[5.0]]).reshape(1, 1, 1, 1), np.array([[1.0, 2], [3, 4]]).reshape(1, 2, 2, 1)
    maps = [[20, 0, 15], [0, 0, 0], [10, 0, 5]]
    assert conv2d(images, filters, **how)[0, ..., 0].tolist() == maps
    grads = conv2d_gradients(images, filters, np.arange(9.0).reshape(1, 3, 3, 1), **how)
    assert grads[0].ravel().tolist() == [8 * 1 + 6 * 2 + 2 * 3 + 0 * 4]
    assert grads[1].ravel().tolist() == [5 * 8, 5 * 6, 5 * 2, 0]


@pytest.mark.parametrize("memory", [16 * 2**20, 1])
def test_blocks_change_nothing(monkeypatch, memory):
    """More images than one block holds, and rows one by one."""
    monkeypatch.setattr(limits, "PATCH_BYTES", memory)
    rng = np.random.default_rng(1)
    images = rng.normal(size=(limits.CHUNK_IMAGES + 3, 6, 5, 2))
    filters, bias = rng.normal(size=(2, 3, 3, 2)), rng.normal(size=2)
    output_grad = rng.normal(size=(len(images), 6, 5, 2))
    whole = conv2d(images, filters, bias, padding="half")
    grads = conv2d_gradients(images, filters, output_grad, padding="half")
    singly = [conv2d(image[None], filters, bias, padding="half")[0] for image in images]
    np.testing.assert_allclose(whole, singly, atol=1e-12)
    each = [
        conv2d_gradients(image[None], filters, grad[None], padding="half")
        for image, grad in zip(images, output_grad, strict=True)
    ]
    np.testing.assert_allclose(grads[0], np.concatenate([g[0] for g in each]), atol=1e-12)
    for k in (1, 2):
        np.testing.assert_allclose(grads[k], sum(g[k] for g in each), atol=1e-11)


def test_any_memory_order_gives_the_same():
    rng = np.random.default_rng(2)
    images, filters = rng.normal(size=(3, 6, 5, 2)), rng.normal(size=(2, 3, 3, 4))
    expected = conv2d(images, filters)
    for same in (np.asfortranarray(images), images.transpose(3, 1, 2, 0).copy().transpose(3, 1, 2, 0)):
        np.testing.assert_array_equal(conv2d(same, np.asfortranarray(filters)), expected)
    np.testing.assert_array_equal(conv2d(images[::-1][::-1], filters[:, ::-1][:, ::-1]), expected)


def test_a_photograph_stays_within_the_patch_memory(monkeypatch):
    taken = []
    allocate = np.empty
    monkeypatch.setattr(np, "empty", lambda shape, dtype: taken.append(np.prod(shape) * 4) or allocate(shape, dtype))
    conv2d(np.ones((1, 1024, 1024, 1), np.float32), np.ones((1, 7, 7, 1), np.float32))
    assert max(taken) <= limits.PATCH_BYTES  # the picture itself takes 4 MB, its patches would take 206


def test_the_first_layer_may_leave_out_the_images_gradient():
    images, filters = np.ones((2, 4, 4, 1)), np.ones((1, 3, 3, 1))
    full = conv2d_gradients(images, filters, np.ones((2, 2, 2, 1)))
    part = conv2d_gradients(images, filters, np.ones((2, 2, 2, 1)), need_images_grad=False)
    assert part[0].size == 0
    np.testing.assert_array_equal(part[1], full[1])


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: conv2d(np.ones((4, 4)), np.ones((1, 3, 3, 1))), "Expected images"),
        (lambda: conv2d(np.ones((1, 4, 4, 1)), np.ones((3, 3))), "Expected square filters"),
        (lambda: conv2d(np.ones((1, 4, 4, 2)), np.ones((1, 3, 3, 1))), "2 channels and the filters read 1"),
        (lambda: conv2d(np.ones((1, 4, 4, 1)), np.ones((1, 5, 5, 1))), "larger than the padded input of 4"),
        (lambda: conv2d(np.ones((1, 4, 4, 1)), np.ones((1, 3, 3, 2)), np.ones(3)), "one bias for each of 2"),
        (lambda: conv2d_gradients(np.ones((1, 4, 4, 1)), np.ones((1, 3, 3, 1)), np.ones((1, 4, 4, 1))), "the output's"),
        (lambda: conv1d([[1]], [1]), "Expected a signal"),
        (lambda: conv1d([], [1]), "Expected a signal"),
        (lambda: conv1d_gradients([1, 2, 3], [1], [1]), "the output's shape"),
    ],
)
def test_shapes_that_do_not_go_together(call, message):
    with pytest.raises(ShapeError, match=message):
        call()


def operands(window, sides, seed, count=2, channels=2, maps=2):
    rng = np.random.default_rng(seed)
    images = rng.normal(size=(count, *sides, channels))
    filters, bias = rng.normal(size=(channels, window.size, window.size, maps)), rng.normal(size=maps)
    return images, filters, bias, rng.normal(size=(count, *window.output_size(sides), maps))


def close(some, others):
    for one, other in zip(some, others, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, atol=1e-5 if one.dtype == np.float32 else 1e-11)


@settings(max_examples=60)
@given(fitting(largest=3), st.integers(0, 2**32 - 1))
def test_rows_one_by_one_change_nothing_at_any_stride(case, seed):
    """A block's rows start where the stride says, forward and on the way back."""
    window, sides = case
    images, filters, bias, output_grad = operands(window, sides, seed)

    def everything():
        grads = conv2d_gradients(images, filters, output_grad, **keywords(window))
        return conv2d(images, filters, bias, **keywords(window)), *grads

    whole = everything()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "PATCH_BYTES", 1)
        close(everything(), whole)


@settings(max_examples=40)
@given(fitting(largest=3), st.integers(0, 2**32 - 1))
def test_gradients_agree_with_the_formula(case, seed):
    """Each output hands its gradient to every cell and weight it was made from."""
    window, sides = case
    images, filters, _, output_grad = operands(window, sides, seed, channels=1)
    border, (down, right) = zeros(window), window.strides
    padded = np.pad(images, ((0, 0), (border, border), (border, border), (0, 0)))
    padded_grad, filters_grad = np.zeros_like(padded), np.zeros_like(filters)
    for n, y, x, k in np.ndindex(output_grad.shape):
        for c, i, j in np.ndindex(filters.shape[:3]):
            at = n, y * down + i * window.dilation, x * right + j * window.dilation, c
            padded_grad[at] += output_grad[n, y, x, k] * filters[c, i, j, k]
            filters_grad[c, i, j, k] += output_grad[n, y, x, k] * padded[at]
    images_grad = padded_grad[:, border : border + sides[0], border : border + sides[1]]
    expected = images_grad, filters_grad, output_grad.sum(axis=(0, 1, 2))
    close(conv2d_gradients(images, filters, output_grad, **keywords(window)), expected)


def test_any_memory_order_gives_the_same_gradients():
    window = Window(3, stride=(2, 1), padding=1)
    images, filters, _, output_grad = operands(window, (6, 5), 3, count=3)
    expected = conv2d_gradients(images, filters, output_grad, **keywords(window))
    for some, grad in zip(memory_orders(images), memory_orders(output_grad)[::-1], strict=True):
        close(conv2d_gradients(some, np.asfortranarray(filters), grad, **keywords(window)), expected)


def test_one_workspace_serves_sizes_and_dtypes_one_after_another():
    """Larger, smaller, then another dtype: never an old number, never an old dtype."""
    workspace = Workspace()
    for number, (side, dtype) in enumerate([(5, "f8"), (9, "f8"), (4, "f4"), (9, "f4"), (5, "f8")]):
        window = Window(3, stride=1 + number % 2, padding=number % 3)
        arrays = [array.astype(dtype) for array in operands(window, (side, side + 1), number)]
        images, filters, bias, output_grad = arrays
        fresh = conv2d(images, filters, bias, **keywords(window))
        close([conv2d(images, filters, bias, **keywords(window), workspace=workspace)], [fresh])
        expected = conv2d_gradients(images, filters, output_grad, **keywords(window))
        close(conv2d_gradients(images, filters, output_grad, **keywords(window), workspace=workspace), expected)


def test_arguments_are_left_as_they_were():
    window = Window(3, padding="half")
    arrays = operands(window, (4, 4), 5)
    before = [array.copy() for array in arrays]
    images, filters, bias, output_grad = arrays
    conv2d(images, filters, bias, **keywords(window))
    conv2d_gradients(images, filters, output_grad, **keywords(window))
    for array, old in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, old)


def test_filters_of_the_suggested_shape_fit():
    images = np.ones((1, 6, 6, 3))
    for filters in (np.ones((2, 3, 3, 4)), np.ones((3, 3, 2, 4)), np.ones((3, 3))):
        with pytest.raises(ShapeError) as error:
            conv2d(images, filters)
        shape = re.search(r"try (?:filters of shape )?\(([\d, ]+)\)", one_sentence(error.value))[1]
        conv2d(images, np.ones([int(side) for side in shape.split(",")]))


def test_what_is_no_number_is_refused():
    with pytest.raises(InputError, match="Expected numbers, received complex128") as error:
        conv1d([1j, 2], [1])
    one_sentence(error.value)
