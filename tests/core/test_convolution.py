"""conv1d and conv2d against the formula, over blocks, memory orders and workspaces."""

import numpy as np
import pytest
from geometries import fitting, keywords, naive_conv2d
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore import ShapeError, Workspace, conv1d, conv1d_gradients, conv2d, conv2d_gradients, limits

WORKSPACE = Workspace()  # on purpose one for all examples: sizes change under it


@settings(deadline=None)
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
    padded = np.pad(signal, window.border)
    step = window.strides[0]
    expected = [
        sum(filter_[p] * padded[o * step + p * window.dilation] for p in range(window.size))
        for o in range(window.output_size(n))
    ]
    result = conv1d(signal, filter_, stride=step, padding=window.padding, dilation=window.dilation)
    np.testing.assert_allclose(result, expected, atol=1e-12)


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
