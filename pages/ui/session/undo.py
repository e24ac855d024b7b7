"""Undo and reset, in the session state and bounded."""

from typing import Any

import streamlit as st

from pages.ui import bounds
from pages.ui.session.page_state import PageState


class UndoStack:
    """Earlier values of one thing, the newest last, under a key of the session state; at most `bounds.UNDO`."""

    def __init__(self, key: str) -> None:
        self.key = key

    def push(self, value: Any) -> None:
        """Keep the current value before another replaces it."""
        values = st.session_state.setdefault(self.key, [])
        values.append(value)
        del values[: -bounds.UNDO]

    def pop(self) -> Any:
        """The newest value, which leaves the stack. Raises IndexError where there is none."""
        return st.session_state.get(self.key, []).pop()

    def values(self) -> list[Any]:
        """All of them, the newest last."""
        return list(st.session_state.get(self.key, []))

    def __len__(self) -> int:
        return len(st.session_state.get(self.key, []))


class SettingsHistory:
    """Undo and reset of a page's settings."""

    def __init__(self, state: PageState) -> None:
        self.state, self.past = state, UndoStack(state.key("past"))

    def begin(self, settings: dict[str, Any]) -> None:
        """Note what `reset` goes back to, from now on."""
        self.state.opened_with = dict(settings)

    def record(self, settings: dict[str, Any]) -> None:
        """Note the page's settings, if they changed. Call it on every run."""
        before = self.state.get("recorded")
        if before != settings:
            if before is not None:
                self.past.push(before)
            self.state.recorded = dict(settings)

    def undo(self) -> None:
        """Take the last change back, as a callback; nothing happens where there is none."""
        if self.past:
            self.state.recorded = self.past.pop()
            self.state.update(self.state.recorded)

    def reset(self) -> None:
        """Back to how the scene was opened, as a callback; this, too, can be undone."""
        self.state.update(self.state.opened_with)
