"""Why a network answers as it does: four looks at one image, each of which leaves something out.

Images are single, (H, W, C) uint8 of 0–255 as networks take them; what comes
back has the same shape. A label is a class number. All raise InputError where
the network's answer is no number.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from cnncore import limits
from cnncore.errors import InputError
from cnncore.nn.arrays import Array, batch_slices, to_batch_last
from cnncore.nn.loss import softmax
from cnncore.nn.network import Network

_SEVERAL = 16  # neighbours by rounded distances among which the nearest are found exactly, beyond those asked for
_TOGETHER, _PORTION = 4, 64  # cells that change together on the way to another answer, and the most ink of each


class Occlusion(NamedTuple):
    """probability, logit (H, W): by how much each falls with a patch blanked, the mean over the patches on a cell.

    patches is how many of them covered something; the others change nothing and were not asked.
    """

    probability: Array
    logit: Array
    patches: int


class Contributions(NamedTuple):
    """cells (H, W, C) sum up, together with `rest`, to the logit."""

    cells: Array
    rest: float
    logit: float


class Neighbour(NamedTuple):
    """number is the digit's place among those looked at; distance is Euclidean, bytes taken as 0–1."""

    number: int
    label: int
    distance: float


class Counterfactual(NamedTuple):
    """image: the changed one, uint8; found: whether it is answered as wished."""

    image: Array
    found: bool


def occlusion(
    network: Network,
    image: Array,
    label: int,
    *,
    patch: int,
    stride: int = 1,
    fill: int = 0,
    seen: Callable[[Array], Array] | None = None,
) -> Occlusion:
    """How much of the answer hangs on each place: a patch of patch × patch cells is set to `fill`, place by place.

    A positive value: the answer `label` loses by the blank. `seen` is what the
    network is shown of images (N, H, W, C). Zeiler & Fergus 2014, "Visualizing
    and understanding convolutional networks", section 4.2.
    """
    height, width = image.shape[:2]
    places = [(top, left) for top in _starts(height, patch, stride) for left in _starts(width, patch, stride)]
    inside = [np.s_[top : top + patch, left : left + patch] for top, left in places]
    blanked = [place for place in inside if (image[place] != fill).any()]
    images = np.repeat(image[None], len(blanked) + 1, axis=0)
    for changed, place in zip(images[1:], blanked, strict=True):
        changed[place] = fill
    logits = _finite(network.logits(seen(images) if seen else images))
    values = np.stack([softmax(logits)[:, label], logits[:, label]], axis=1).astype(np.float64)
    drops, covered = np.zeros((height, width, 2)), np.zeros((height, width, 1))
    for place, value in zip(blanked, values[1:], strict=True):
        drops[place] += values[0] - value
    for place in inside:
        covered[place] += 1
    mean = drops / covered
    return Occlusion(mean[..., 0], mean[..., 1], len(blanked))


def _starts(size: int, patch: int, stride: int) -> list[int]:
    """First cells of the patches on an axis: every `stride`, and the last that lies inside, so that all is covered."""
    if not 1 <= patch <= size or stride not in range(1, patch + 1):
        raise InputError(f"A patch of {patch} cells, moved by {stride}, does not cover {size}: try 5, moved by 1.")
    return sorted({*range(0, size - patch + 1, stride), size - patch})


def input_times_gradient(network: Network, image: Array, label: int) -> Contributions:
    """What each cell's ink adds to the logit of `label`, were the network as straight as it is at this image.

    Gradient of the logit, by the network's own backward pass, times the input.
    A network without bends is so taken apart exactly, `rest` being its biases;
    with ReLUs `rest` is what the biases of the active units come to. Shrikumar et
    al. 2016, "Not just a black box: learning important features through
    propagating activation differences".
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
    only: int | None = None,
    squares: Array | None = None,
) -> list[Neighbour]:
    """The `count` of images (N, …) that are nearest to image (…), the nearest first; earlier ones where they tie.

    Images may be pixels or whatever a network makes of them, all of one shape;
    labels (N,); `only` those of one label, where there are any. `squares` (N,)
    are `squared_norms(images)`, worked out once where many are asked for.
    Cover & Hart 1967, "Nearest neighbor pattern classification".
    """
    memory = _by_value(images)
    squares = squared_norms(images) if squares is None else squares
    wanted = np.swapaxes(image[None], 0, -1).reshape(-1).astype(images.dtype)
    some = np.flatnonzero(wanted)
    rough = squares - 2 * (wanted[some].astype(np.float32) @ memory[some].astype(np.float32))
    if only is not None:
        rough = np.where(labels == only, rough, np.inf)
    candidates = np.sort(np.argpartition(rough, min(count + _SEVERAL, len(rough)) - 1)[: count + _SEVERAL])
    if only is not None:
        candidates = candidates[labels[candidates] == only]
    gaps = memory[:, candidates].astype(np.float64) - wanted.astype(np.float64)[:, None]
    distances = np.sqrt((gaps**2).sum(axis=0)) / (255 if images.dtype == np.uint8 else 1)
    best = np.argsort(distances, kind="stable")[:count]
    return [Neighbour(int(candidates[k]), int(labels[candidates[k]]), float(distances[k])) for k in best]


def squared_norms(images: Array) -> Array:
    """images (N, …) -> (N,) float32."""
    memory = _by_value(images)
    total = np.zeros(memory.shape[1], np.float32)
    for some in batch_slices(len(memory), 16):
        total += np.square(memory[some], dtype=np.float32).sum(axis=0)
    return total


def _by_value(images: Array) -> Array:
    """(N, …) -> (values of each, N), without a copy where the batch lies last in memory."""
    return to_batch_last(images).reshape(-1, len(images))


def counterfactual(
    network: Network, image: Array, target: int, *, start: Array | None = None, steps: int = limits.CHANGE_STEPS
) -> Counterfactual:
    """Few cells that, inked or blanked, have the network answer `target`; not proven to be the fewest.

    At most `steps` times the four cells from which, by the gradient, `target`
    gains most on the best other class get or lose up to a quarter of the ink, within
    0–255. Where that leads nowhere it is tried from the other end: from `start`,
    an image that is answered as `target`. Then all cells that are not needed are
    put back. In the manner of Papernot et al. 2016, "The limitations of deep
    learning in adversarial settings"; Wachter et al. 2017, "Counterfactual
    explanations without opening the black box".
    """
    changed, found = _follow_gradient(network, image, target, steps)
    if not found and start is not None and _wins(network, start, target):
        changed, found = start.copy(), True
    return Counterfactual(_prune_changes(network, image, changed, target) if found else changed, found)


def _follow_gradient(network: Network, image: Array, target: int, steps: int) -> tuple[Array, bool]:
    """Follow the gradient until the target wins, or there is no way on; the changed image, and which it was."""
    changed = image.copy()
    for step in range(steps + 1):
        logits, caches = network.forward(changed[None])
        others = np.where(np.arange(network.classes) == target, -np.inf, _finite(logits)[0])
        rival = int(others.argmax())
        if logits[0, target] > logits[0, rival]:
            return changed, True
        wish = _one_hot(network, target) - _one_hot(network, rival)
        grad = network.input_gradient(wish[None], caches)[0]
        room = np.minimum(np.where(grad > 0, 255 - changed, changed), _PORTION)
        gain = (np.abs(grad) * room).reshape(-1)
        best = np.argsort(-gain, kind="stable")[:_TOGETHER]
        best = best[gain[best] > 0]
        if step == steps or not len(best):
            break
        portions = (np.sign(grad) * room).reshape(-1)[best].astype(np.int16)
        changed.reshape(-1)[best] = changed.reshape(-1)[best] + portions
    return changed, False


def _prune_changes(network: Network, image: Array, changed: Array, target: int) -> Array:
    """Cells are put back, many at a time, then fewer, then one by one, until every one that is left is needed."""
    size = changed.size
    while True:
        order = np.flatnonzero(changed != image)
        order = order[np.argsort(np.abs(changed.astype(np.int16) - image).reshape(-1)[order], kind="stable")]
        size, before = max(min(size, len(order)) // 2, 1), len(order)
        for some in batch_slices(len(order), size):
            tried = changed.copy()
            tried.reshape(-1)[order[some]] = image.reshape(-1)[order[some]]
            if _wins(network, tried, target):
                changed, before = tried, 0
        if size == 1 and before == len(order):
            return changed


def _wins(network: Network, image: Array, target: int) -> bool:
    """Whether the target's logit is above all others."""
    logits = network.logits(image[None])[0]
    return bool(logits[target] > np.delete(logits, target).max())


def _one_hot(network: Network, label: int) -> Array:
    """(classes,): 1 at the label."""
    if not 0 <= label < network.classes:
        raise InputError(f"The network knows the classes 0 to {network.classes - 1}, not {label}.")
    chosen = np.zeros(network.classes, network.dtype)
    chosen[label] = 1
    return chosen


def _finite(logits: Array) -> Array:
    if not np.isfinite(logits).all():
        raise InputError("This network's answer is no number: train it again with a lower learning rate.")
    return logits
