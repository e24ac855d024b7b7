"""What training reports: frozen events, and the same as plain data for pipes and programs."""

import base64
from dataclasses import asdict, dataclass
from typing import Any, get_args

import numpy as np

from cnncore.errors import InputError
from cnncore.nn.arrays import Array

Snapshots = dict[tuple[int, str], Array]  # (layer number, parameter name) -> values


@dataclass(frozen=True)
class StepDone:
    """One batch learned. step counts from 1; loss is the batch's mean; rate is the learning rate used."""

    step: int
    steps: int
    epoch: float
    loss: float
    rate: float
    images_per_second: float


@dataclass(frozen=True)
class Evaluated:
    """Tested on `digits` test digits: the fixed sample of 1,000 during a run, all of them at an epoch's end."""

    step: int
    epoch: float
    wrong: int
    digits: int
    loss: float

    @property
    def test_accuracy(self) -> float:
        """Share answered rightly, 0–1."""
        return 1 - self.wrong / self.digits


@dataclass(frozen=True)
class Snapshot:
    """Copies of all parameters as they were after `step` steps."""

    step: int
    params: Snapshots


@dataclass(frozen=True)
class EvaluationAnswers:
    """What a test was answered, after `step` steps: answers (N,) class numbers, shares (N,) their probabilities."""

    step: int
    answers: Array
    shares: Array


@dataclass(frozen=True)
class LayerStats:
    """Sizes of one step, a row for every layer with parameters: its number, and the root mean squares of its weights,
    of their gradient and of their change."""

    step: int
    sizes: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Diverged:
    """The loss is no number any more; training stops at `step`."""

    step: int
    advice: str


@dataclass(frozen=True)
class Finished:
    """The last step is done. seconds counts computing, not pauses."""

    step: int
    wrong: int
    digits: int
    seconds: float

    @property
    def test_accuracy(self) -> float:
        """Share answered rightly, 0–1."""
        return 1 - self.wrong / self.digits


@dataclass(frozen=True)
class Paused:
    """A worker has done the epoch that it was asked for, and waits."""

    step: int


@dataclass(frozen=True)
class Checkpoint:
    """A worker's run as the bytes of a file (checkpoint.py); none, and why, where it is too large for one."""

    step: int
    data: bytes
    message: str = ""


Event = StepDone | Evaluated | Snapshot | EvaluationAnswers | LayerStats | Diverged | Finished | Paused | Checkpoint
_KINDS = {kind.__name__: kind for kind in get_args(Event)}


def to_dict(event: Event) -> dict[str, Any]:
    """An event as plain data: its fields, `event` for its name, arrays as base64 of little-endian float32."""
    if isinstance(event, Snapshot):
        params = [[number, name, list(v.shape), _encode(v)] for (number, name), v in event.params.items()]
        return {"event": "Snapshot", "step": event.step, "params": params}
    if isinstance(event, Checkpoint):
        data = base64.b64encode(event.data).decode()
        return {"event": "Checkpoint", "step": event.step, "data": data, "message": event.message}
    if isinstance(event, EvaluationAnswers):
        answers = base64.b64encode(event.answers.astype(np.uint8).tobytes()).decode()
        return {"event": "EvaluationAnswers", "step": event.step, "answers": answers, "shares": _encode(event.shares)}
    plain = {"event": type(event).__name__, **asdict(event)}
    if isinstance(event, Evaluated | Finished):
        plain["test_accuracy"] = event.test_accuracy
    return plain


def from_dict(plain: dict[str, Any]) -> Event:
    """The event again. Raises InputError for an unknown one."""
    fields = {name: value for name, value in plain.items() if name not in ("event", "test_accuracy")}
    kind = _KINDS.get(plain.get("event", ""))
    if kind is None:
        raise InputError(f"Unknown event {plain.get('event')!r}: try the same version on both sides.")
    if kind is Snapshot:
        fields["params"] = {(number, name): _decode(text, shape) for number, name, shape, text in fields["params"]}
    if kind is Checkpoint:
        fields["data"] = base64.b64decode(fields["data"])
    if kind is EvaluationAnswers:
        fields["answers"] = np.frombuffer(base64.b64decode(fields["answers"]), np.uint8)
        fields["shares"] = _decode(fields["shares"], [-1])
    if kind is LayerStats:
        fields["sizes"] = tuple(tuple(row) for row in fields["sizes"])
    return kind(**fields)


def _encode(values: Array) -> str:
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()


def _decode(text: str, shape: list[int]) -> Array:
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(shape).copy()
