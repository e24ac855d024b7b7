"""The store in SQLite: a file in the folder of the server's state, or in memory where nothing is kept on disk."""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Engine
from sqlalchemy.pool import StaticPool

from pages.ui.store.folder import state_folder
from pages.ui.store.store import WRITES, Store, StoreError

FILE = "store.sqlite3"
_BUSY_SECONDS = 5.0  # for which a transaction waits for another
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_CANNOT_WRITE = (
    "What you make is not kept on this server, because its folder for that is full or not writable: save what you "
    "want to have again as a file."
)
_NOT_READ = "What is kept on this server cannot be read at the moment: save what you make as a file."
_open: dict[Path | None, Store] = {}
_set_aside: list[Path] = []  # damaged files that were renamed since the server started
_lock = threading.Lock()


def store() -> Store:
    """The server's store, opened when it is first asked for. Raises StoreError where it cannot be opened.

    A file that is damaged is renamed, and a new one begun.
    """
    folder = state_folder()
    with _lock:
        if folder not in _open:
            _open[folder] = in_memory() if folder is None else _opened(folder)
        return _open[folder]


def problem() -> str | None:
    """One sentence where a damaged file was put aside since the server started, else None."""
    if not _set_aside or _set_aside[-1].parent != state_folder():
        return None
    return (
        f"The file with what this server had kept is damaged and is now called {_set_aside[-1].name}: nothing of it "
        "can be shown, but what you make from now on is kept."
    )


def generation() -> int:
    """How many damaged files were put aside since the server started: what was written before is not in `store`."""
    return len(_set_aside)


def in_memory(clock: Callable[[], float] = time.time) -> Store:
    """A store that ends with the process."""
    engine = sql.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    return Store(_prepared(engine), is_shared=True, clock=clock, explain=_explain)


def in_file(path: Path, clock: Callable[[], float] = time.time) -> Store:
    """The store in a file, which is made if it is missing. Raises StoreError."""
    engine = sql.create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS})
    return Store(_prepared(engine), clock=clock, explain=_explain)


def _opened(folder: Path) -> Store:
    path = folder / FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        try:
            return in_file(path)
        except StoreError as error:
            if not is_damaged(error):
                raise
        _put_aside(folder)
        path.touch(mode=0o600)
        return in_file(path)
    except OSError:
        raise StoreError(_CANNOT_WRITE) from None


def reopen_if_damaged(error: StoreError) -> None:
    """Put the file aside if the error says that it is damaged, so that `store` begins a new one."""
    folder = state_folder()
    if folder is None or not is_damaged(error):
        return
    with _lock:
        if (damaged := _open.pop(folder, None)) is not None:
            damaged.close()
            with suppress(StoreError):
                _put_aside(folder)


def is_damaged(error: StoreError) -> bool:
    """Whether the database's file is no database any more."""
    return _code(error.__cause__) in _DAMAGED


def _put_aside(folder: Path) -> None:
    """Rename the database's files. Raises StoreError."""
    path = folder / FILE
    aside = path.with_name(f"{FILE}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
    try:
        for ending in ("", "-wal", "-shm"):
            part = path.with_name(path.name + ending)
            if part.exists():
                part.replace(aside.with_name(aside.name + ending))
    except OSError:
        raise StoreError(_CANNOT_WRITE) from None
    _set_aside.append(aside)


def _prepared(engine: Engine) -> Engine:
    """Transactions that write begin as such, so that none fails half-way because another has written meanwhile.

    Those that read begin none: each is one query.
    """

    @sql.event.listens_for(engine, "connect")
    def configure(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # sqlite3 itself begins no transaction
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    @sql.event.listens_for(engine, "begin")
    def begin(connection: sql.Connection) -> None:
        if connection.get_execution_options().get(WRITES):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _explain(error: sql.exc.SQLAlchemyError) -> str:
    reading = {*_DAMAGED, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return _NOT_READ if _code(error) in reading else _CANNOT_WRITE


def _code(error: Any) -> int:
    """SQLite's primary code of an error; 0 for any other error."""
    return getattr(getattr(error, "orig", None) or error, "sqlite_errorcode", 0) & 0xFF
