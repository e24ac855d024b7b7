"""Plotly figures that people hover, zoom and save: one template, one format of numbers, one way to tell lines apart.

Streamlit's theme for Plotly is not used, since its colours would be a second palette. Lines differ by dash, weight and
marker and are named at their ends, so that nothing depends on colour.
"""

import re
import textwrap
from collections.abc import Sequence
from html import escape
from math import floor, log10
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from pages.ui.frame import palette

HEIGHT = 440  # pixels of a whole figure, unless it says otherwise
_MARGINS = {"l": 20, "r": 20, "t": 64, "b": 20}
_AXIS = 56  # pixels below the axes for the labels of the horizontal one
_TEXT = 24  # pixels: read from the last row of a lecture hall; a phone's size is in frame/page_frame.py
_LINE_HEIGHT = 28
_NAMES = 0.75  # the lines end at this share of the width, their names follow
_DASHES = ("solid", "dash", "dot", "dashdot")
_MARKERS = ("circle", "square", "diamond", "triangle-up", "circle-open", "square-open", "diamond-open", "x")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_BUTTONS = [["zoom2d", "pan2d", "resetScale2d", "toImage"]]


class Line(NamedTuple):
    """One line of a figure.

    x      numbers, or names of categories
    y      as many numbers; what a logarithmic axis cannot show is left out
    hover  for each point what it says, in full words, the line's name among them
    text   for each point its value as a text beside it; nothing if empty
    above  whether that text is above the point, else below it
    """

    name: str
    x: Sequence[Any]
    y: Sequence[float]
    hover: Sequence[str]
    text: Sequence[str] = ()
    above: bool = True


def figure(
    title: str,
    lines: Sequence[Line],
    *,
    x_title: str,
    log: bool = True,
    bounds: tuple[float, float] | None = None,
    height: int = HEIGHT,
) -> Any:
    """A line chart whose vertical axis, named by `title`, shows `bounds` or else all values."""
    chart = go.Figure()
    known = [[(x, y) for x, y in zip(line.x, line.y, strict=True) if _fits(y, log)] for line in lines]
    values = [y for points in known for _, y in points] if bounds is None else list(bounds)
    low, high = _padded(values, log, 0.2 if any(line.text for line in lines) else 0.08)
    for n, line in enumerate(lines):
        _draw(chart, n, line, log)
    chart.update_layout(
        template=_template(),
        title=title,
        height=height,
        xaxis={"title": x_title, "domain": [0, _NAMES], "range": _width(lines)},
        yaxis={"type": "log" if log else "linear", "range": [low, high], "nticks": _ticks(high - low) if log else 5},
    )
    ends = [(n, points[-1][0], _scaled(points[-1][1], log)) for n, points in enumerate(known) if points]
    _name_ends(chart, [line.name for line in lines], ends, low, high)
    return chart


def mark(chart: Any, step: float, name: str) -> None:
    """A vertical line at a step that is looked at."""
    chart.add_vline(
        step,
        line={"color": _colours()["muted"], "width": 2, "dash": "dot"},
        annotation_text=name,
        annotation_position="top",
    )


def show(chart: Any, *, key: str, name: str) -> None:
    """Mount a figure; `name` is its accessible name and that of a file that is saved."""
    save = {"format": "png", "scale": 2, "filename": re.sub(r"\W+", "-", name).strip("-").lower()}
    config = {
        "displaylogo": False,
        "displayModeBar": True,
        "modeBarButtons": _BUTTONS,
        "toImageButtonOptions": save,
    }
    st.plotly_chart(chart, theme=None, height=chart.layout.height, key=key, config=config, alt=name)


def short(value: float, digits: int = 3) -> str:
    """A number with so many significant digits; very small and very large ones as m·10ⁿ."""
    if not np.isfinite(value):
        return "not a number"
    if value == 0 or 0.001 <= abs(value) < 1e4:
        return f"{value:.{digits}g}"
    exponent = floor(log10(abs(value)))
    return f"{value / 10**exponent:.1f}·10{str(exponent).translate(_RAISED)}"


def _colours() -> dict[str, str]:
    return palette.DARK if st.context.theme.type == "dark" else palette.LIGHT


def _template() -> Any:
    colours = _colours()
    font = {"size": _TEXT, "color": colours["ink"], "family": "Source Sans, sans-serif"}
    axis = {"gridcolor": colours["line"], "zeroline": False, "automargin": True, "tickformat": ","}
    return go.layout.Template(
        layout={
            "font": font,
            "title": {"font": font, "x": 0, "xref": "container", "y": 0.98, "yanchor": "top"},
            "margin": _MARGINS,
            "paper_bgcolor": colours["background"],  # a saved figure is as readable as the shown one
            "plot_bgcolor": colours["background"],
            "xaxis": axis | {"title": {"font": font, "standoff": 6}},
            "yaxis": axis | {"tickformat": ",.3~r"},
            "showlegend": False,
            "hovermode": "closest",
            "hoverlabel": {
                "font": font,
                "bgcolor": colours["surface"],
                "bordercolor": colours["ink"],
                "namelength": -1,
            },
            "dragmode": False,  # a finger on a figure scrolls the page; the first button zooms
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": colours["muted"], "activecolor": colours["ink"]},
            "uirevision": "kept",
        }
    )


def _draw(chart: Any, n: int, line: Line, log: bool) -> None:
    colours = _colours()
    colour, width = (colours["ink"], 4) if n < len(_DASHES) else (colours["muted"], 2)
    chart.add_scatter(
        x=list(line.x),
        y=[float(y) if _fits(y, log) else None for y in line.y],
        mode="lines+markers+text" if line.text else "lines+markers",
        name=escape(line.name),
        line={"dash": _DASHES[n % len(_DASHES)], "width": width, "color": colour},
        marker={"symbol": _MARKERS[n % len(_MARKERS)], "size": 13, "maxdisplayed": 12, "line": {"width": 2}},
        text=list(line.text) or None,
        textposition="top center" if line.above else "bottom center",
        hovertext=[escape(words) for words in line.hover],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )


def _name_ends(chart: Any, names: list[str], ends: list[tuple[int, Any, float]], low: float, high: float) -> None:
    """Each line's name beside its last point (line, x, y on the axis), moved up or down where names would touch."""
    rows = 2 if len(ends) <= 4 else 1
    texts = {n: textwrap.wrap(names[n], 14, max_lines=rows, placeholder=" …") for n, *_ in ends}
    plot = chart.layout.height - _MARGINS["t"] - _MARGINS["b"] - _AXIS
    filled, moved = 0.0, {}
    for n, _, y in sorted(ends, key=lambda end: (end[2], -end[0])):
        at, half = plot * (y - low) / (high - low), _LINE_HEIGHT * max(len(texts[n]), 1) / 2
        moved[n] = max(at, filled + half) - at
        filled = at + moved[n] + half
    above = max(filled - plot - _MARGINS["t"] / 2, 0)
    for n, x, y in ends:
        chart.add_annotation(
            x=x,
            y=y,
            text="<br>".join(escape(row) for row in texts[n]),
            ax=14,
            ay=above - moved[n],
            xanchor="left",
            align="left",
            arrowhead=0,
            arrowwidth=1,
            arrowcolor=_colours()["muted"],
            standoff=8,
        )


def _fits(value: float, log: bool) -> bool:
    return bool(np.isfinite(value)) and (value > 0 or not log)


def _scaled(value: float, log: bool) -> float:
    return log10(value) if log else value


def _width(lines: Sequence[Line]) -> list[float]:
    """Ends of the horizontal axis: all steps from 0, or half a place beside the first and the last category."""
    if any(isinstance(x, str) for line in lines for x in line.x):
        return [-0.5, max(len(line.x) for line in lines) - 0.5]
    last = max((x for line in lines for x in line.x), default=0) or 1
    return [-0.02 * last, last]


def _ticks(decades: float) -> int:
    """The bound of labels at which Plotly names powers of ten, or 1, 2 and 5 where these are few."""
    return 2 if decades < 1.2 else max(3, int(decades / 0.75))


def _padded(values: Sequence[float], log: bool, share: float) -> tuple[float, float]:
    """Ends of the axis, on its own scale, with a share of it as room on either side."""
    scaled = [_scaled(value, log) for value in values if _fits(value, log)] or [0.0]
    low, high = min(scaled), max(scaled)
    room = share * (high - low) or 0.1 * abs(high) or 0.1
    return low - room, high + room
