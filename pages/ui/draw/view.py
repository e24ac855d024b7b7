"""What every view of the page Draw has: a name, settings in the link, controls, and what it shows of a drawing."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pages.ui.components.drawing_canvas import Drawing
from pages.ui.frame.url_state import UrlParams


def _nothing() -> None:
    pass


class View(NamedTuple):
    """One view.

    label     its name in the sidebar
    settings  for every name in the link, how it is read; the value is then in the session state under that name
    controls  draws its widgets in the sidebar
    show      draws beside the sheet what it has to say, at every change of the drawing; None: the sheet says all
    sheet     whether one draws in this view
    bars      whether the sheet says what the network answers
    """

    label: str
    settings: Mapping[str, Callable[[UrlParams], Any]] = {}
    controls: Callable[[], None] = _nothing
    show: Callable[[Drawing], None] | None = None
    sheet: bool = True
    bars: bool = True
