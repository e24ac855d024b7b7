"""The curves of a run as CSV."""

import csv
import io
from math import inf
from typing import Any

from cnncore.nn.network import Network
from cnncore.training.events import Evaluated, StepDone
from cnncore.training.progress import RunMonitor
from cnncore.training.replay import replay_events
from cnncore.training.run import Run


def curves_csv(run: Run, network: Network, *, train_digits: int) -> str:
    """One line a loss or a test: kind, step, epoch, loss, rate, wrong, digits. About a thousand losses at most."""
    lines: list[list[Any]] = []
    for event, _ in replay_events(run, network, train_digits=train_digits):
        match event:
            case StepDone():
                lines.append(["training", event.step, f"{event.epoch:.6g}", event.loss, event.rate, "", ""])
            case Evaluated():
                lines.append(["test", event.step, f"{event.epoch:.6g}", event.loss, "", event.wrong, event.digits])
    return _csv(lines)


def watched_csv(progress: RunMonitor) -> str:
    """The curves of a run that is too large for a file, as they were watched: losses smoothed, tests without theirs."""
    an_epoch = progress.step / progress.epoch if progress.epoch else inf
    rates = dict(progress.rates.all())
    lines: list[list[Any]] = [
        ["training, smoothed", int(step), f"{step / an_epoch:.6g}", loss, rates.get(step, ""), "", ""]
        for step, _, loss in progress.losses.all()
    ]
    for step, _, epoch, wrong, digits in [*progress.tests.all(), *progress.full_tests]:
        lines.append(["test", int(step), f"{epoch:.6g}", "", "", int(wrong), int(digits)])
    return _csv(sorted(lines, key=lambda line: line[1]))


def _csv(lines: list[list[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["kind", "step", "epoch", "loss", "learning_rate", "wrong", "digits"])
    writer.writerows(lines)
    return text.getvalue()
