"""Events that training reports, and their form as plain data for pipes and other programs."""

import base64
from dataclasses import asdict, dataclass
from typing import Any, get_args

import numpy as np

from cnncore.errors import InputError
from cnncore.nn.arrays import Array

Snapshots = dict[tuple[int, str], Array]  # (layer index, parameter name) -> values


@dataclass(frozen=True)
class StepDone:
    """One training step is done. step counts from 1; loss is the mean of the batch; rate is the learning rate used."""

    step: int
    steps: int
    epoch: float
    loss: float
    rate: float
    images_per_second: float


@dataclass(frozen=True)
class Evaluated:
    """A test on `digits` test digits: the fixed sample of 1,000 during a run, all of them at the end of an epoch."""

    step: int
    epoch: float
    wrong: int
    digits: int
    loss: float

    @property
    def test_accuracy(self) -> float:
        """The fraction of correct predictions, 0 to 1."""
        return 1 - self.wrong / self.digits


@dataclass(frozen=True)
class Snapshot:
    """Copies of all parameters after `step` steps."""

    step: int
    params: Snapshots


@dataclass(frozen=True)
class EvaluationAnswers:
    """The predictions of a test after `step` steps: labels (N,) class indices, confidences (N,) their probabilities."""

    step: int
    labels: Array
    confidences: Array


@dataclass(frozen=True)
class LayerStats:
    """Root mean squares of one step, a row for every layer with parameters.

    sizes: rows (layer index, RMS of the parameters, RMS of their gradient, RMS of their update)
    """

    step: int
    sizes: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Diverged:
    """The loss is not finite; training stops at `step`. advice: one sentence with a setting that may work."""

    step: int
    advice: str


@dataclass(frozen=True)
class Finished:
    """The last step is done. wrong of digits: the last test; seconds: time spent computing, without pauses."""

    step: int
    wrong: int
    digits: int
    seconds: float

    @property
    def test_accuracy(self) -> float:
        """The fraction of correct predictions, 0 to 1."""
        return 1 - self.wrong / self.digits


@dataclass(frozen=True)
class Paused:
    """A worker has finished the requested epoch and waits for the next command."""

    step: int


@dataclass(frozen=True)
class Checkpoint:
    """A worker's run as the bytes of a model file; empty, with a message, if the run is too large for one."""

    step: int
    data: bytes
    message: str = ""


Event = StepDone | Evaluated | Snapshot | EvaluationAnswers | LayerStats | Diverged | Finished | Paused | Checkpoint
_KINDS = {kind.__name__: kind for kind in get_args(Event)}


def to_dict(event: Event) -> dict[str, Any]:
    """Return an event as plain data: its name as `event`, its fields, arrays as base64 of little-endian float32."""
    if isinstance(event, Snapshot):
        params = [[layer, name, list(v.shape), _encode(v)] for (layer, name), v in event.params.items()]
        return {"event": "Snapshot", "step": event.step, "params": params}
    if isinstance(event, Checkpoint):
        data = base64.b64encode(event.data).decode()
        return {"event": "Checkpoint", "step": event.step, "data": data, "message": event.message}
    if isinstance(event, EvaluationAnswers):
        labels = base64.b64encode(event.labels.astype(np.uint8).tobytes()).decode()
        confidences = _encode(event.confidences)
        return {"event": "EvaluationAnswers", "step": event.step, "labels": labels, "confidences": confidences}
    plain = {"event": type(event).__name__, **asdict(event)}
    if isinstance(event, Evaluated | Finished):
        plain["test_accuracy"] = event.test_accuracy
    return plain


def from_dict(plain: dict[str, Any]) -> Event:
    """Rebuild an event from the plain data of `to_dict`. Raises InputError for an unknown event."""
    fields = {name: value for name, value in plain.items() if name not in ("event", "test_accuracy")}
    kind = _KINDS.get(plain.get("event", ""))
    if kind is None:
        raise InputError(f"Unknown event {plain.get('event')!r}: try the same version on both sides.")
    if kind is Snapshot:
        fields["params"] = {(layer, name): _decode(text, shape) for layer, name, shape, text in fields["params"]}
    if kind is Checkpoint:
        fields["data"] = base64.b64decode(fields["data"])
    if kind is EvaluationAnswers:
        fields["labels"] = np.frombuffer(base64.b64decode(fields["labels"]), np.uint8)
        fields["confidences"] = _decode(fields["confidences"], [-1])
    if kind is LayerStats:
        fields["sizes"] = tuple(tuple(row) for row in fields["sizes"])
    return kind(**fields)


def _encode(values: Array) -> str:
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()


def _decode(text: str, shape: list[int]) -> Array:
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(shape).copy()
