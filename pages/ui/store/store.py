"""Records that belong to an owner and outlive a session: bounded in size and in time, in one database.

A record is bytes under (owner, kind, key), with the version of the form in which the bytes are written, which its
reader checks. The owner is a hash (pages.ui.session.owner); the bytes mean nothing to the store.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import sqlalchemy as sql
from sqlalchemy.engine import Connection, Engine

from cnncore import ConvoscopeError
from pages.ui import bounds

SCHEMA = 1  # of the tables; a database with a larger number was written by a newer version of the app
WRITES = "writes"  # the option of a connection whose transaction writes

_TABLES = sql.MetaData()
_SCHEMA = sql.Table("schema_version", _TABLES, sql.Column("number", sql.Integer, primary_key=True))
RECORDS = sql.Table(
    "records",
    _TABLES,
    sql.Column("owner", sql.String(64), primary_key=True),
    sql.Column("kind", sql.String(40), primary_key=True),
    sql.Column("key", sql.String(64), primary_key=True),
    sql.Column("version", sql.Integer, nullable=False),
    sql.Column("size", sql.Integer, nullable=False),  # bytes of the payload
    sql.Column("created", sql.Double, nullable=False),
    sql.Column("updated", sql.Double, nullable=False, index=True),
    sql.Column("expires", sql.Double, nullable=False, index=True),
    sql.Column("payload", sql.LargeBinary, nullable=False),
)
_ENTRY = [column for column in RECORDS.columns if column.name != "payload"]


class StoreError(ConvoscopeError):
    """Something cannot be kept, or what is kept cannot be read."""


class Entry(NamedTuple):
    """A record without its payload. size is in bytes; created, updated and expires in seconds since 1970, UTC."""

    owner: str
    kind: str
    key: str
    version: int
    size: int
    created: float
    updated: float
    expires: float


class Store:
    """Records in the database of an SQLAlchemy engine, whose tables are made where they are missing.

    Its methods may be called from any thread, and raise StoreError where the database cannot be used. What has expired
    is never returned.

    engine    its connections begin a transaction that writes as one, where the option WRITES is set
    is_shared whether threads share one connection, as those to a database in memory do
    clock     seconds since 1970
    explain   the error of the database -> the sentence for a person
    """

    def __init__(
        self,
        engine: Engine,
        *,
        is_shared: bool = False,
        clock: Callable[[], float] = time.time,
        explain: Callable[[sql.exc.SQLAlchemyError], str] = str,
    ) -> None:
        self._engine, self._clock, self._explain = engine, clock, explain
        self._lock = threading.RLock() if is_shared else None
        with self._connection(writes=True) as connection:
            _TABLES.create_all(connection)
            found = connection.execute(sql.select(sql.func.max(_SCHEMA.c.number))).scalar()
            if found is None:
                connection.execute(sql.insert(_SCHEMA).values(number=SCHEMA))
        if found is not None and found > SCHEMA:
            engine.dispose()
            raise StoreError(
                "What is made here is not kept, because a newer version of Convoscope wrote the database: install "
                "that version, or save what you make as a file."
            )

    def put(self, owner: str, kind: str, key: str, payload: bytes, *, version: int) -> Entry:
        """Keep a record, in place of the one before, for bounds.STORE_DAYS from now.

        Where all owners together have more than bounds.STORE_BYTES, the records that were changed longest ago go.
        Raises StoreError where the record is larger than bounds.STORE_RECORD_BYTES, or the owner's records together
        would be larger than bounds.STORE_OWNER_BYTES or more than bounds.STORE_OWNER_RECORDS.
        """
        if len(payload) > bounds.STORE_RECORD_BYTES:
            raise StoreError(f"At most {bounds.STORE_RECORD_BYTES >> 20} MB of one kind are kept: take something out.")
        now = self._clock()
        with self._connection(writes=True) as connection:
            connection.execute(sql.delete(RECORDS).where(RECORDS.c.expires <= now))
            this = _of(owner, kind, key)
            created = connection.execute(sql.select(RECORDS.c.created).where(this)).scalar()
            connection.execute(sql.delete(RECORDS).where(this))
            others = sql.select(sql.func.count(), _total_size()).where(_of(owner))
            count, size = connection.execute(others).one()
            if count >= bounds.STORE_OWNER_RECORDS or size + len(payload) > bounds.STORE_OWNER_BYTES:
                raise StoreError(
                    f"At most {bounds.STORE_OWNER_RECORDS} things and {bounds.STORE_OWNER_BYTES >> 20} MB are kept "
                    "for one browser: delete what is kept."
                )
            _make_room(connection, len(payload))
            entry = Entry(
                owner,
                kind,
                key,
                version,
                len(payload),
                now if created is None else created,
                now,
                now + bounds.STORE_DAYS * 86_400,
            )
            connection.execute(sql.insert(RECORDS).values(**entry._asdict(), payload=payload))
        return entry

    def get(self, owner: str, kind: str, key: str) -> tuple[Entry, bytes] | None:
        """A record and its payload, if there is one."""
        query = sql.select(*_ENTRY, RECORDS.c.payload).where(_of(owner, kind, key), RECORDS.c.expires > self._clock())
        with self._connection() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else (Entry(*row[:-1]), bytes(row[-1]))

    def list(self, owner: str, kind: str | None = None) -> list[Entry]:
        """The owner's records, of one kind or of all, in the order of their kinds and keys."""
        query = sql.select(*_ENTRY).where(_of(owner, kind), RECORDS.c.expires > self._clock())
        with self._connection() as connection:
            return [Entry(*row) for row in connection.execute(query.order_by(RECORDS.c.kind, RECORDS.c.key))]

    def delete(self, owner: str, kind: str | None = None, key: str | None = None) -> int:
        """Delete the owner's records: all, those of a kind, or one; return how many there were."""
        with self._connection(writes=True) as connection:
            return connection.execute(sql.delete(RECORDS).where(_of(owner, kind, key))).rowcount

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    @contextmanager
    def _connection(self, *, writes: bool = False) -> Iterator[Connection]:
        if self._lock:
            self._lock.acquire()
        try:
            with self._engine.connect().execution_options(**{WRITES: writes}) as connection, connection.begin():
                yield connection
        except sql.exc.SQLAlchemyError as error:
            raise StoreError(self._explain(error)) from error
        finally:
            if self._lock:
                self._lock.release()


def _of(owner: str, kind: str | None = None, key: str | None = None) -> Any:
    conditions = [RECORDS.c.owner == owner]
    conditions += [] if kind is None else [RECORDS.c.kind == kind]
    conditions += [] if key is None else [RECORDS.c.key == key]
    return sql.and_(*conditions)


def _total_size() -> Any:
    return sql.func.coalesce(sql.func.sum(RECORDS.c.size), 0)


def _make_room(connection: Connection, size: int) -> None:
    """Delete the records that were changed longest ago, until `size` bytes have room."""
    too_much = connection.execute(sql.select(_total_size())).scalar_one() + size - bounds.STORE_BYTES
    if too_much <= 0:
        return
    oldest = sql.select(RECORDS.c.owner, RECORDS.c.kind, RECORDS.c.key, RECORDS.c.size).order_by(RECORDS.c.updated)
    for owner, kind, key, freed in connection.execute(oldest).all():
        if too_much <= 0:
            return
        connection.execute(sql.delete(RECORDS).where(_of(owner, kind, key)))
        too_much -= freed
