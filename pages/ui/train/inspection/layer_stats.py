"""Root mean squares of weights, gradients and updates by layer: numbers while a run goes, figures where it rests."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from cnncore.training.events import LayerStats
from pages.ui.components.loader import packed
from pages.ui.shared import figures
from pages.ui.shared.figures import Line, short
from pages.ui.train.inspection.source import Source

_NAMES = ("weights", "gradient", "update")


def live_data(source: Source) -> dict[str, Any]:
    """For the component: sizes (steps, layers, 3) in the order of _NAMES, and the learning rate."""
    assert source.live is not None
    measured = source.live.sizes.all()
    return {
        "layers": _layers(source, measured),
        "at": [event.step for event in measured],
        "sizes": packed(np.array([[row[1:] for row in event.sizes] for event in measured], np.float32)),
        "rate": source.live.rate,
    }


def measured_at(source: Source, steps: Sequence[int | None]) -> list[LayerStats]:
    """What was measured nearest to each of `steps`; None is the last. Empty if nothing was measured."""
    measured = source.live.sizes.all() if source.live else []
    if not measured:
        return []
    return [
        measured[-1] if step is None else min(measured, key=lambda event: abs(event.step - (step or 0)))
        for step in steps
    ]


def past_figures(source: Source, steps: Sequence[int | None]) -> None:
    """The statistics at one step or at two side by side, and how they came to be over all steps."""
    shown = measured_at(source, steps)
    if source.live is None or not shown:
        return
    measured, rates = source.live.sizes.all(), source.live.rates.all()
    layers = _layers(source, measured)
    every = [value for event in shown for row in event.sizes for value in row[1:] if value > 0] or [1.0]
    for n, (column, event) in enumerate(zip(st.columns(len(shown)), shown, strict=True)):
        name = f"{'AB'[n]}: step {event.step:,}" if len(shown) > 1 else f"Step {event.step:,}"
        with column:
            chart = step_figure(name, layers, event, (min(every), max(every)))
            figures.show(chart, key=f"train_stats_{n}", name=f"Layer statistics, {name}")
    charts = [over_steps(k, layers, measured) for k in range(len(_NAMES))] + [rate_figure(rates)]
    titles = [f"RMS of the {name} over the steps" for name in _NAMES] + ["Learning rate over the steps"]
    columns = [column for _ in range(2) for column in st.columns(2)]
    for column, chart, title in zip(columns, charts, titles, strict=True):
        for n, event in enumerate(shown):
            figures.mark(chart, event.step, "AB"[n] if len(shown) > 1 else "")
        with column:
            figures.show(chart, key=f"train_stats_{title}", name=title)


def step_figure(name: str, layers: list[str], event: LayerStats, bounds: tuple[float, float]) -> Any:
    """RMS of weights, gradient and update by layer, at one step."""
    lines = []
    for k, statistic in enumerate(_NAMES):
        values = [row[1 + k] for row in event.sizes]
        hover = [_words(statistic, event.step, layer, row) for layer, row in zip(layers, event.sizes, strict=True)]
        lines.append(Line(statistic, layers, values, hover, [short(value, 2) for value in values], k == 0))
    return figures.figure(f"{name}: RMS by layer", lines, x_title="layer", bounds=bounds)


def over_steps(k: int, layers: list[str], measured: Sequence[LayerStats]) -> Any:
    """One statistic over the steps, a line a layer."""
    at, lines = [event.step for event in measured], []
    for n, layer in enumerate(layers):
        values = [event.sizes[n][1 + k] for event in measured]
        hover = [_words(_NAMES[k], event.step, layer, event.sizes[n]) for event in measured]
        lines.append(Line(layer, at, values, hover))
    return figures.figure(f"RMS of the {_NAMES[k]}", lines, x_title="step")


def rate_figure(rates: Sequence[tuple[float, float]]) -> Any:
    """The learning rate over the steps."""
    hover = [f"step {step:,.0f}: learning rate {short(rate)}" for step, rate in rates]
    line = Line("", [step for step, _ in rates], [rate for _, rate in rates], hover)
    return figures.figure("Learning rate", [line], x_title="step", log=False)


def _words(statistic: str, step: int, layer: str, row: Sequence[float]) -> str:
    """ "step 1,200, layer 1 Conv2D: update 3.1·10⁻⁴, 0.2 % of the weights" """
    value = row[1 + _NAMES.index(statistic)]
    share = f", {100 * value / row[1]:.2g} % of the weights" if statistic == "update" and row[1] else ""
    return f"step {step:,}, layer {layer}: {statistic} {short(value)}{share}"


def _layers(source: Source, measured: Sequence[LayerStats]) -> list[str]:
    rows = measured[-1].sizes if measured else ()
    return [f"{row[0] + 1} {type(source.network.layers[int(row[0])]).__name__}" for row in rows]
