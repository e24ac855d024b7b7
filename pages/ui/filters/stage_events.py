"""What the stage of the filters page sends: keys, typed weights, clicked pixels; as callbacks."""

from typing import Any

from pages.ui import bounds
from pages.ui.filters.controls import pick
from pages.ui.filters.presets import EXAMPLES
from pages.ui.filters.settings import BOTH, PLACE, state
from pages.ui.shared.filter_library import OWN
from pages.ui.shared.grid_text import format_grid, parse_grid

STAGE = state.key("stage")


def stage_event(name: str) -> Any:
    """What the stage sent last under a name."""
    return state.stage.get(name)


def pick_by_key() -> None:
    """A digit pressed on the stage picks an example."""
    index = stage_event("preset")
    if isinstance(index, int) and 1 <= index <= len(EXAMPLES):
        pick(list(EXAMPLES)[index - 1])
        state.changed = True


def edit_weight() -> None:
    """A weight typed on the stage. The sidebar is drawn again only when the filter's name changes."""
    match stage_event("weight"):
        case {"map": 0 | 1 as map_, "index": int(index), "value": int(value) | float(value)}:
            which = BOTH[map_]
        case _:
            return
    weights = parse_grid(state[f"{which}_cells"])
    if value not in bounds.CELL_VALUE or not 0 <= index < weights.size:
        state.note = f"A weight lies between {bounds.CELL_VALUE.low} and {bounds.CELL_VALUE.high}."
        return
    weights.flat[index] = value
    state[f"{which}_cells"] = format_grid(weights)
    if state[which] != OWN:
        state[which], state.changed = OWN, True


def pin_pixel() -> None:
    """A pixel clicked on the stage goes to the link."""
    match stage_event("pixel"):
        case {"map": 0 | 1 as map_, "row": int(row), "column": int(column)} if row in PLACE and column in PLACE:
            state.map, state.row, state.column = map_ + 1, row, column


def animate() -> None:
    """Open the pixel's neighbourhood in Convolution."""
    match stage_event("animate"):
        case {"map": 0 | 1, "row": int(row), "column": int(column), "channel": 0 | 1 | 2} as pixel:
            if row in PLACE and column in PLACE:
                state.pixel = pixel
