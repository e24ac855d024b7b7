"""Explanations of one prediction: occlusion, input × gradient, nearest digits and a counterfactual image.

Each takes one image (H, W, C), uint8 in 0–255 as networks take them. A label is the index of a class. All but
`nearest_digits` raise InputError where the network's logits are not finite.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from cnncore import limits
from cnncore.errors import InputError
from cnncore.nn.arrays import Array, batch_slices, to_batch_last
from cnncore.nn.loss import softmax
from cnncore.nn.network import Network

_EXTRA_CANDIDATES = 16  # float32 distances may misorder near ties, so this many more neighbours are compared exactly
_CELLS_PER_STEP = 4  # cells that a counterfactual step changes
_MAX_INK_STEP = 64  # largest change of a cell in one step, of 255


class Occlusion(NamedTuple):
    """The decrease of a class's probability and logit when a patch is blanked.

    probability_drop  (H, W) mean decrease over the patches that cover a cell
    logit_drop        (H, W) likewise
    n_patches         number of patches that change the image; the other ones were not predicted
    largest           (probability, logit) largest decrease that a single patch makes; 0 where none changes the image
    """

    probability_drop: Array
    logit_drop: Array
    n_patches: int
    largest: tuple[float, float]


class Contributions(NamedTuple):
    """The contributions of an image's cells (H, W, C) to a logit: cells.sum() + bias_residual == logit."""

    cells: Array
    bias_residual: float
    logit: float


class Neighbour(NamedTuple):
    """A digit's index among those compared, its label, and its Euclidean distance, for uint8 images scaled to 0–1."""

    digit_index: int
    label: int
    distance: float


class Counterfactual(NamedTuple):
    """The changed image (H, W, C) uint8, and whether the network is sure of the target for it."""

    image: Array
    success: bool


def occlusion(
    network: Network,
    image: Array,
    label: int,
    *,
    patch: int,
    stride: int = 1,
    fill: int = 0,
    preprocess: Callable[[Array], Array] | None = None,
) -> Occlusion:
    """Measure how the prediction of `label` depends on each patch of patch × patch cells, by setting it to `fill`.

    A positive value means that the class loses probability when the patch is blanked. `preprocess` maps the images
    (N, H, W, C) to what the network takes. Raises InputError where patches do not cover the image.
    Zeiler & Fergus 2014, "Visualizing and understanding convolutional networks", section 4.2.
    """
    height, width = image.shape[:2]
    starts = [(top, left) for top in _starts(height, patch, stride) for left in _starts(width, patch, stride)]
    patches = [np.s_[top : top + patch, left : left + patch] for top, left in starts]
    changing = [cells for cells in patches if (image[cells] != fill).any()]
    images = np.repeat(image[None], len(changing) + 1, axis=0)
    for occluded, cells in zip(images[1:], changing, strict=True):
        occluded[cells] = fill
    logits = _finite(network.logits(preprocess(images) if preprocess else images))
    values = np.stack([softmax(logits)[:, label], logits[:, label]], axis=1).astype(np.float64)
    drops, counts = np.zeros((height, width, 2)), np.zeros((height, width, 1))
    for cells, value in zip(changing, values[1:], strict=True):
        drops[cells] += values[0] - value
    for cells in patches:
        counts[cells] += 1
    mean = drops / counts
    largest = (values[0] - values[1:]).max(axis=0) if len(changing) else np.zeros(2)
    return Occlusion(mean[..., 0], mean[..., 1], len(changing), (float(largest[0]), float(largest[1])))


def _starts(size: int, patch: int, stride: int) -> list[int]:
    """Return the first cells of the patches on an axis: every `stride`, and the last that fits, to cover all cells."""
    if not 1 <= patch <= size or stride not in range(1, patch + 1):
        raise InputError(f"A patch of {patch} cells, moved by {stride}, does not cover {size}: try 5, moved by 1.")
    return sorted({*range(0, size - patch + 1, stride), size - patch})


def input_times_gradient(network: Network, image: Array, label: int) -> Contributions:
    """Return what each cell adds to the logit of `label` in the linear approximation of the network at this image.

    It is the input times the logit's gradient, which the network's own backward pass computes. For a linear network
    the decomposition is exact and the residual is its bias; with ReLUs the residual comes from the biases of the
    active units. Shrikumar et al. 2016, "Not just a black box: learning important features through propagating
    activation differences".
    """
    logits, caches = network.forward(image[None])
    _finite(logits)
    grad = network.input_gradient(_one_hot(network, label)[None], caches)
    ink = image / 255 if image.dtype == np.uint8 else image
    cells = (grad[0].astype(np.float64) * ink).reshape(image.shape)
    logit = float(logits[0, label])
    return Contributions(cells, logit - float(cells.sum()), logit)


def nearest_digits(
    images: Array,
    labels: Array,
    image: Array,
    count: int,
    *,
    label: int | None = None,
    norms: Array | None = None,
) -> list[Neighbour]:
    """Return the `count` of images (N, …) with the smallest distance to image (…), the nearest first.

    Images may be pixels or a layer's values, all of one shape; labels (N,). Ties keep the order of the images.
    With `label`, only images of this label are compared. `norms` (N,) are `squared_norms(images)`, which can be
    computed once for many calls. Cover & Hart 1967, "Nearest neighbor pattern classification".
    """
    features = _features_by_image(images)
    norms = squared_norms(images) if norms is None else norms
    query = np.swapaxes(image[None], 0, -1).reshape(-1).astype(images.dtype)
    nonzero = np.flatnonzero(query)
    approximate = norms - 2 * (query[nonzero].astype(np.float32) @ features[nonzero].astype(np.float32))
    if label is not None:
        approximate = np.where(labels == label, approximate, np.inf)
    n_candidates = count + _EXTRA_CANDIDATES
    candidates = np.sort(np.argpartition(approximate, min(n_candidates, len(approximate)) - 1)[:n_candidates])
    if label is not None:
        candidates = candidates[labels[candidates] == label]
    differences = features[:, candidates].astype(np.float64) - query.astype(np.float64)[:, None]
    distances = np.sqrt((differences**2).sum(axis=0)) / (255 if images.dtype == np.uint8 else 1)
    nearest = np.argsort(distances, kind="stable")[:count]
    return [Neighbour(int(candidates[k]), int(labels[candidates[k]]), float(distances[k])) for k in nearest]


def squared_norms(images: Array) -> Array:
    """Return the squared Euclidean norms (N,), float32, of images (N, …)."""
    features = _features_by_image(images)
    total = np.zeros(features.shape[1], np.float32)
    for rows in batch_slices(len(features), 16):
        total += np.square(features[rows], dtype=np.float32).sum(axis=0)
    return total


def _features_by_image(images: Array) -> Array:
    """Return (D, N) for images (N, …) of D values each, without a copy where the batch is last in memory."""
    return to_batch_last(images).reshape(-1, len(images))


def counterfactual(
    network: Network, image: Array, target: int, *, start: Array | None = None, steps: int = limits.CHANGE_STEPS
) -> Counterfactual:
    """Change few cells of the image until the network is sure of `target`. The number is not proven to be minimal.

    It is sure from the probability network.sure_threshold, as in `classify`. At most `steps` times, the four cells
    whose change raises the logit of `target` most above the best other class, by the gradient, gain or lose up to a
    quarter of full ink, within 0–255. If this does not succeed, the search begins at `start`, an image for which the
    network is sure of `target`. Then all changes that are not needed are undone.
    After Papernot et al. 2016, "The limitations of deep learning in adversarial settings", and Wachter et al. 2017,
    "Counterfactual explanations without opening the black box".
    """
    changed, success = _follow_gradient(network, image, target, steps)
    if not success and start is not None and _is_sure(network, network.logits(start[None])[0], target):
        changed, success = start.copy(), True
    return Counterfactual(_prune_changes(network, image, changed, target) if success else changed, success)


def _follow_gradient(network: Network, image: Array, target: int, steps: int) -> tuple[Array, bool]:
    """Follow the gradient until the network is sure or no step helps; return the image and whether it is sure."""
    changed = image.copy()
    for step in range(steps + 1):
        logits, caches = network.forward(changed[None])
        if _is_sure(network, _finite(logits)[0], target):
            return changed, True
        rival = int(np.where(np.arange(network.classes) == target, -np.inf, logits[0]).argmax())
        logits_grad = _one_hot(network, target) - _one_hot(network, rival)  # of the difference of the two logits
        grad = network.input_gradient(logits_grad[None], caches)[0]
        max_change = np.minimum(np.where(grad > 0, 255 - changed, changed), _MAX_INK_STEP)
        gain = (np.abs(grad) * max_change).reshape(-1)
        best = np.argsort(-gain, kind="stable")[:_CELLS_PER_STEP]
        best = best[gain[best] > 0]
        if step == steps or not len(best):
            break
        changes = (np.sign(grad) * max_change).reshape(-1)[best].astype(np.int16)
        changed.reshape(-1)[best] = changed.reshape(-1)[best] + changes
    return changed, False


def _prune_changes(network: Network, image: Array, changed: Array, target: int) -> Array:
    """Undo changes of many cells at a time, then of fewer, then of single ones, until every change left is needed."""
    size = changed.size
    while True:
        order = np.flatnonzero(changed != image)
        order = order[np.argsort(np.abs(changed.astype(np.int16) - image).reshape(-1)[order], kind="stable")]
        size, before = max(min(size, len(order)) // 2, 1), len(order)
        for batch in batch_slices(len(order), size):
            candidate = changed.copy()
            candidate.reshape(-1)[order[batch]] = image.reshape(-1)[order[batch]]
            if _is_sure(network, network.logits(candidate[None])[0], target):
                changed, before = candidate, 0
        if size == 1 and before == len(order):
            return changed


def _is_sure(network: Network, logits: Array, target: int) -> bool:
    """Return whether the target is predicted with at least the probability from which the network is sure."""
    likeliest = bool(logits[target] > np.delete(logits, target).max())
    return likeliest and bool(softmax(logits[None])[0, target] >= network.sure_threshold)


def _one_hot(network: Network, label: int) -> Array:
    """Return (classes,) with 1 at the label. Raises InputError for a label that the network does not have."""
    if not 0 <= label < network.classes:
        raise InputError(f"The network has the classes 0 to {network.classes - 1}, not {label}.")
    one_hot = np.zeros(network.classes, network.dtype)
    one_hot[label] = 1
    return one_hot


def _finite(logits: Array) -> Array:
    """Return the logits. Raises InputError where one of them is not finite."""
    if not np.isfinite(logits).all():
        raise InputError("This network's prediction is not a number: train it again with a lower learning rate.")
    return logits
