"""A closer look: a wall of digits, the confusion matrix, the worst mistakes, maps and sizes, now or at a past step.

The component asks, one request at a time; what it asks comes from outside and is
read as such. Nothing is computed while no view is open.
"""

from typing import Any, NamedTuple, TypeGuard

import numpy as np
import streamlit as st

from cnncore import ConvoscopeError, Network, Prediction
from cnncore.analysis.evaluation import confusion, confusion_cell, filters_of, most_confident_errors
from cnncore.data.strokes import checked_strokes, draw_strokes
from cnncore.nn.arrays import Array
from cnncore.training.metrics import Predictions
from cnncore.training.progress import first_weights
from pages.ui import bounds
from pages.ui.components.drawing_canvas import DRAWING, layer_data, layers
from pages.ui.components.loader import component, packed
from pages.ui.frame.open_in import open_in, targets_for_digit, targets_for_drawing, targets_for_image
from pages.ui.jobs.job import SNAPSHOT_SECONDS
from pages.ui.session import pretrained
from pages.ui.shared.class_bars import classes_shown
from pages.ui.shared.wording import image_word
from pages.ui.train.inspection import layer_stats
from pages.ui.train.inspection.source import Source, of_pretrained

VIEWS = ("wall", "confusion", "worst", "maps", "sizes")
DRAWN = "drawing"
_CLOSE_SECONDS = 0.3


class Asked(NamedTuple):
    """What the component wants to see.

    number    of the request, echoed
    view      one of VIEWS, or "" for none
    steps     one or two snapshots' steps; None is the newest
    subject   the digit whose maps are shown: its place in the test set, or DRAWN
    cell      (label, answer) of the confusion matrix, or None
    all       whether all test digits are meant, not the sample
    pictures  digits whose pixels are wanted
    """

    number: int = 0
    view: str = ""
    steps: tuple[int | None, ...] = (None,)
    subject: int | str = DRAWN
    cell: tuple[int, int] | None = None
    all: bool = False
    pictures: tuple[int, ...] = ()


def read_asked(plain: Any, digits: int, classes: int) -> Asked:
    """From outside: whatever does not fit is left at its usual value."""
    get = plain.get if isinstance(plain, dict) else {}.get
    view, number, subject = get("view"), get("number"), get("subject")
    steps = [s for s in _list(get("steps"))[:2] if s is None or _whole(s, 10**9)]
    cell = [n for n in _list(get("cell"))[:2] if _whole(n, classes)]
    return Asked(
        number if _whole(number, 2**53) else 0,
        view if view in VIEWS else "",
        tuple(steps) or (None,),
        subject if _whole(subject, digits) else DRAWN,
        (cell[0], cell[1]) if len(cell) == 2 else None,
        get("all") is True,
        tuple(n for n in _list(get("pictures"))[: bounds.PICTURES_ASKED] if _whole(n, digits)),
    )


def pace(key: str) -> float:
    """Seconds between snapshots: a view that changes with each of them shows at least two a second."""
    return _CLOSE_SECONDS if _plain(key).get("view") in ("wall", "maps") else SNAPSHOT_SECONDS


def insight(source: Source, *, key: str, **more: Any) -> None:
    """Mount the component with what it asked for, and `more` of its data."""
    asked = read_asked(_plain(key), len(source.test_set), source.network.classes)
    component("inspection")(
        key=key, data=insight_data(source, asked) | more, default={"asked": None}, on_asked_change=lambda: None
    )
    if asked.view == "maps":
        _offer(source, asked.subject)
    if asked.view == "sizes" and not source.running:
        layer_stats.past_figures(source, asked.steps)


def _offer(source: Source, subject: int | str) -> None:
    """The digit whose maps are shown opens in other pages too."""
    if subject == DRAWN:
        open_in("train", targets_for_drawing(), "the drawing")
    elif source.test_set is pretrained.test_digits():
        open_in("train", targets_for_digit(int(subject)), "the digit")
    else:
        image = source.test_set.images[int(subject)]
        open_in("train", targets_for_image(image), "the image", image)


@st.fragment
def look_back() -> None:
    """The pretrained network's history. Raises ModelError."""
    source, tests, steps = of_pretrained()
    title = "How the pretrained network learned"
    insight(source, key="train_pretrained", title=title, opens="wall", tests=packed(tests), total=steps)


def insight_data(source: Source, asked: Asked) -> dict[str, Any]:
    """The answer to one request."""
    data = {
        "number": asked.number,
        "run": source.run,
        "running": source.running,
        "live": source.live is not None,
        "view": asked.view,
        "steps": source.timeline.steps,
        "asked": {name: getattr(asked, name) for name in ("view", "steps", "subject", "cell", "all")},
        "names": list(source.network.names),
        "noun": image_word(source.test_set.names),
        "frames": [],
        "pictures": list(asked.pictures),
    }
    if asked.pictures:
        data["pixels"] = packed(source.seen(source.test_set.images[list(asked.pictures)])[..., 0])
    match asked.view:
        case "wall":
            data |= {"numbers": source.wall.tolist(), "labels": source.test_set.labels[source.wall].tolist()}
            data["frames"] = _walls(source, asked.steps)
        case "confusion" | "worst":
            data["choice"] = source.live is not None and source.live.full_answers is not None
            data["frames"] = [_errors(source, step, asked) for step in asked.steps]
        case "maps":
            image, subject = _subject(source, asked.subject)
            data |= {"subject": subject, "wall": source.wall[:10].tolist()}
            data["image"] = packed(image[..., 0])
            data["frames"] = [_maps(source, step, image) for step in asked.steps]
        case "sizes" if source.running:
            data["sizes"] = layer_stats.live_data(source)
        case "sizes":
            data["frames"] = [{"step": event.step} for event in layer_stats.measured_at(source, asked.steps)]
    return data


def _walls(source: Source, steps: tuple[int | None, ...]) -> list[dict[str, Any]]:
    """The wall's answers at every step; `changed` are the digits that the first step answers otherwise."""
    frames, first = [], None
    for step in steps:
        at, given = source.answers(step, "wall")
        correct = given.labels == source.test_set.labels[source.wall]
        first = given.labels if first is None else first
        frames.append(
            {
                "step": at,
                "right": int(correct.sum()),
                "of": len(correct),
                "answers": given.labels.tolist(),
                "correct": correct.tolist(),
                "changed": np.flatnonzero(given.labels != first).tolist(),
            }
        )
    return frames


def _errors(source: Source, step: int | None, asked: Asked) -> dict[str, Any]:
    """The confusion matrix or the worst mistakes: as reported where it runs now, else asked of the snapshot."""
    everything = asked.all and step is None
    reported = source.reported(everything) if step is None and (source.running or everything) else None
    if reported is not None:
        at, given = reported.step, Predictions(reported.labels, reported.confidences)
    else:
        everything = False
        at, given = source.answers(step, "sample")
    numbers = np.arange(len(source.test_set)) if everything else source.sample
    labels = source.test_set.labels[numbers]
    frame: dict[str, Any] = {
        "step": at,
        "wrong": int((given.labels != labels).sum()),
        "of": len(labels),
        "fixed": not everything and len(labels) < len(source.test_set),
    }
    if asked.view == "worst":
        worst = most_confident_errors(labels, given, bounds.WORST_MISTAKES)
        return frame | {
            "worst": [[int(numbers[m.digit_index]), m.label, m.prediction, _finite(m.probability)] for m in worst]
        }
    frame["counts"] = confusion(labels, given.labels, source.network.classes).tolist()
    if asked.cell:
        frame["cell"] = numbers[confusion_cell(labels, given.labels, *asked.cell)][: bounds.CELL_DIGITS].tolist()
    return frame


def _subject(source: Source, subject: int | str) -> tuple[Array, int | str]:
    """The image (28, 28, 1) as the network sees it, and what it is: the drawing, or a digit of the wall without one."""
    if subject == DRAWN:
        strokes = (st.session_state.get(DRAWING) or {}).get("strokes")
        try:
            if strokes:
                return source.seen(draw_strokes(checked_strokes(strokes))[None])[0], DRAWN
        except ConvoscopeError:
            pass  # a drawing that cannot be read is none
        subject = int(source.wall[min(7, len(source.wall) - 1)])
    return source.seen(source.test_set.images[[int(subject)]])[0], subject


def _maps(source: Source, step: int | None, image: Array) -> dict[str, Any]:
    """Filters of every convolution, every layer's maps of the image, and the probabilities."""
    at, network = source.network_at(step)
    with np.errstate(over="ignore", invalid="ignore"):
        activations = network.activations(image[None])
        prediction = Prediction.from_logits(activations[-1][1][0], network.names, network.sure_threshold)
        seen = layers(image, network, activations)
    return {
        "step": at,
        "filters": _filters(network),
        "layers": seen,
        "probabilities": [_finite(p) for p in prediction.probabilities],
        "label": prediction.label,
        "shown": classes_shown(prediction),
    }


def _filters(network: Network) -> list[dict[str, Any]]:
    """Every convolution's filters as strips, where there are several channels, a row for each; without any, what the
    first dense units look for."""
    shown = []
    for layer, filters in filters_of(network):
        channels, size, _, count = filters.shape
        name = f"Filters of layer {layer + 1}: {count}" + (f" × {channels} channels" if channels > 1 else "")
        slices = np.nan_to_num(np.moveaxis(filters, 0, 2).reshape(size, size, channels * count))
        shown.append(layer_data(name, slices, signed=True) | {"across": count if channels > 1 else 8})
    return shown or [layer_data("Weights of 8 dense units", np.nan_to_num(first_weights(network)), signed=True)]


def _plain(key: str) -> dict[str, Any]:
    """What the component last asked, as it came."""
    asked = (st.session_state.get(key) or {}).get("asked")
    return asked if isinstance(asked, dict) else {}


def _finite(value: Any) -> float | None:
    """JSON knows no "not a number"."""
    return float(value) if np.isfinite(value) else None


def _whole(value: Any, below: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < below


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
