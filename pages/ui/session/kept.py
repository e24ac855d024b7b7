"""Values of the session that the store keeps for the session's owner, so that they outlive it.

The session works with its own copy. Each change is written to the store; at the beginning of a run, and before a
change, the session takes up what another tab of the same browser has written meanwhile.
"""

from collections.abc import Callable
from datetime import date, timedelta

import streamlit as st

from pages.ui import bounds
from pages.ui.session.owner import owner
from pages.ui.store import sqlite
from pages.ui.store.store import Entry, StoreError

_PROBLEM, _UNREACHABLE = "kept_problem", "kept_unreachable"  # what happened to a record; in this run, to the store
_UNREADABLE = (ValueError, KeyError, IndexError, TypeError, EOFError, OSError)  # of bytes that `unpack` cannot read
KINDS: "dict[str, Kept]" = {}  # all, by kind


class Kept:
    """One kind of value, a record of its own in the store.

    kind     its name in the store
    version  of the form of its bytes; a record of a newer version is neither read nor replaced
    pack     the session's value as bytes; None where there is nothing to keep
    unpack   put a value that was kept into the session; with True, beside what the session has made already.
             Raises one of ValueError, KeyError, IndexError, TypeError, EOFError and OSError for bytes it cannot read
    reset    put the value that a new session has into the session
    follows  whether changes that another tab makes are taken up; else only a new session takes up what is kept
    """

    def __init__(
        self,
        kind: str,
        *,
        version: int,
        pack: Callable[[], bytes | None],
        unpack: Callable[[bytes, bool], None],
        reset: Callable[[], None],
        follows: bool = True,
    ) -> None:
        self.kind, self.version, self.follows = kind, version, follows
        self._pack, self._unpack, self._reset = pack, unpack, reset
        self._key = f"kept_{kind}"
        KINDS[kind] = self

    @property
    def until(self) -> date | None:
        """The day on which what is kept expires; None where nothing is kept."""
        seen = self._seen
        return date.fromtimestamp(seen) + timedelta(days=bounds.STORE_DAYS) if seen else None

    @property
    def _seen(self) -> float | None:
        """When the record was written that the session has; 0 for none; None before it has looked in this database."""
        database, when = st.session_state.get(self._key, (-1, 0.0))
        return when if database == sqlite.generation() else None

    @_seen.setter
    def _seen(self, when: float) -> None:
        st.session_state[self._key] = sqlite.generation(), when

    def save(self) -> None:
        """Write the session's value to the store; where that fails, `problem` says so."""
        whose = owner()
        if whose is None:
            return
        data = self._pack()
        try:
            if _is_newer(found := sqlite.store().list(whose, self.kind), self.version):
                raise StoreError(_NEWER)
            if data is not None:
                found = [sqlite.store().put(whose, self.kind, "", data, version=self.version)]
            elif found:
                sqlite.store().delete(whose, self.kind)
                found = []
        except StoreError as error:
            _note(error)
        else:
            self._seen = found[0].updated if found else 0.0
            st.session_state.pop(_PROBLEM, None)

    def load(self) -> bool:
        """Take up what is kept of this kind, if it is not the session's already; return whether it was not."""
        whose = owner()
        if whose is None:
            return False
        try:
            return self.take_up(whose, next(iter(sqlite.store().list(whose, self.kind)), None))
        except StoreError as error:
            _note(error)
            return False

    def take_up(self, whose: str, entry: Entry | None) -> bool:
        """As `load`, where the record's entry is known already. Raises StoreError."""
        seen, now = self._seen, entry.updated if entry else 0.0
        if seen == now or (seen is not None and not self.follows):
            return False
        is_new = seen is None and self._pack() is not None
        if entry and _is_newer([entry], self.version):
            raise StoreError(_NEWER)
        record = sqlite.store().get(whose, self.kind, "") if entry else None
        self._seen = now
        if record:
            try:
                self._unpack(record[1], is_new)
            except _UNREADABLE:
                raise StoreError("Something that was kept is damaged and cannot be shown: make it again.") from None
        elif seen:
            self._reset()
        if is_new:
            self.save()
        return record is not None or bool(seen)

    def forget(self) -> None:
        """Put the value of a new session into this one."""
        self._reset()
        self._seen = 0.0


_NEWER = (
    "What is made here is not kept, because a newer version of Convoscope has written what there is: use that version, "
    "or delete what is kept."
)


def load_all() -> bool:
    """Take up all that is kept and that the session does not have; return whether there was any."""
    whose, changed = owner(), False
    st.session_state.pop(_UNREACHABLE, None)
    if whose is None:
        return False
    try:
        entries = {entry.kind: entry for entry in sqlite.store().list(whose)}
    except StoreError as error:
        _note(error, _UNREACHABLE)
        return False
    for kept in KINDS.values():
        try:
            changed |= kept.take_up(whose, entries.get(kept.kind))
        except StoreError as error:
            _note(error)
    return changed


def delete_all() -> None:
    """Delete all that is kept for the session's owner, and the session's copy of it."""
    whose = owner()
    try:
        if whose is not None:
            sqlite.store().delete(whose)
    except StoreError as error:
        _note(error)
        return
    st.session_state.pop(_PROBLEM, None)
    for kept in KINDS.values():
        kept.forget()


def problem() -> str | None:
    """One sentence where the session's last change could not be kept or something could not be read, else None."""
    return st.session_state.get(_PROBLEM) or st.session_state.get(_UNREACHABLE) or sqlite.problem()


def _is_newer(entries: list[Entry], version: int) -> bool:
    return any(entry.version > version for entry in entries)


def _note(error: StoreError, where: str = _PROBLEM) -> None:
    sqlite.reopen_if_damaged(error)
    st.session_state[where] = str(error)
