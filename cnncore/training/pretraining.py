"""Networks for the app that learn from strangers' handwriting too, and from which probability on they are sure.

`python -m cnncore pretrain` trains them. Validation writers choose the threshold; nothing else is learned from them.
assets/models/README.md says how the networks that come with the app were made.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from cnncore.architecture.spec import preset
from cnncore.data.augmentation import Augmentation
from cnncore.data.digit_set import DigitSet
from cnncore.data.pen_drawings import load_pen_drawings, load_styles
from cnncore.data.source import DataOrigin
from cnncore.data.strokes import draw_strokes
from cnncore.nn.arrays import Array
from cnncore.nn.network import Network
from cnncore.training.calibration import choose_threshold
from cnncore.training.events import Event, StepDone
from cnncore.training.metrics import top_predictions
from cnncore.training.run import Run
from cnncore.training.settings import Settings
from cnncore.training.trainer import evaluate, train

ARCHITECTURES = {"convolutional": "deep", "dense": "dense"}  # by the name of the model file
AUGMENTATION = Augmentation(rotate=10, shear=0.15, scale=0.12, shift=1, bend=0.6, thicken=0.5)
SETTINGS = Settings(epochs=20, learning_rate=0.05, augmentation=AUGMENTATION, evaluate_every=500)
AVERAGED_SHARE = 0.15  # of all steps, the last ones: the network gets the mean of its weights after them
_AVERAGE_EVERY = 50  # steps


class ValidationDrawings(NamedTuple):
    """What the validation writers drew, as the network sees it.

    digits    their digits, with or without those that nobody can read
    indices   (N,) their indices among all pen drawings
    others    (M, 28, 28, 1) uint8, their letters and symbols
    """

    digits: DigitSet
    indices: Array
    others: Array


def pretrain(
    name: str, train_set: DigitSet, test_set: DigitSet, settings: Settings, report: Callable[[Event], None]
) -> tuple[Network, Run]:
    """Train one of `ARCHITECTURES` and return it with its run; `report` is called with each event.

    The network gets the mean of its weights over the last steps, which lies in a flatter part of the loss and predicts
    better than the last weights (Izmailov et al. 2018, "Averaging weights leads to wider optima and better
    generalization"). The last test and the last snapshot of the run are those of the mean.
    """
    network = Network(preset(ARCHITECTURES[name]), input_shape=(28, 28, 1), seed=settings.seed)
    run = Run(settings, origin=DataOrigin())
    first = (1 - AVERAGED_SHARE) * settings.steps(len(train_set))
    sums, count = {(layer, name): np.zeros(values.shape) for layer, name, values in network.parameters()}, 0
    for event in train(network, train_set, test_set, settings, resume=run):
        report(event)
        if isinstance(event, StepDone) and event.step > first and event.step % _AVERAGE_EVERY == 0:
            count += 1
            for layer, parameter, values in network.parameters():
                sums[layer, parameter] += values
    if count:
        for layer, parameter, values in network.parameters():
            values[...] = sums[layer, parameter] / count
        history = run.history
        wrong, loss = evaluate(network, test_set)
        history.evaluations[-1] = replace(history.evaluations[-1], wrong=wrong, loss=loss)
        history.snapshots[run.step] = {
            (layer, parameter): values.astype(np.float16) for layer, parameter, values in network.parameters()
        }
    return network, run


def validation_drawings(*, readable: bool = True) -> ValidationDrawings:
    """Draw what the validation writers wrote; `readable` leaves out digits that nobody can read. Raises DataError."""
    others = [drawing for drawing in load_pen_drawings() if not drawing.training and drawing.digit is None]
    digits, indices = validation_digits(readable=readable)
    return ValidationDrawings(digits, indices, np.stack([draw_strokes(drawing.strokes) for drawing in others]))


def validation_digits(*, readable: bool = True) -> tuple[DigitSet, Array]:
    """Draw the digits of the validation writers; return them and their indices among all pen drawings.

    `readable` leaves out digits that nobody can read. Raises DataError.
    """
    unreadable = load_styles()["unreadable"] if readable else frozenset()
    every = load_pen_drawings()
    known = [n for n, each in enumerate(every) if not each.training and each.digit is not None and n not in unreadable]
    indices = np.array(known)
    images = np.stack([draw_strokes(every[index].strokes) for index in indices])
    return DigitSet(images, np.array([every[index].digit for index in indices], np.uint8)), indices


def sure_threshold(network: Network, drawings: ValidationDrawings) -> float:
    """Return the probability from which the network's predictions may count as sure."""
    predictions = top_predictions(network.predict(drawings.digits.images))
    others = network.predict(drawings.others).max(axis=1)
    return choose_threshold(predictions.confidences, predictions.labels == drawings.digits.labels, others)
