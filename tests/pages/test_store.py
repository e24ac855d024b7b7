"""The contract of the store, which every implementation keeps; and a file that is damaged, newer or unwritable."""

import os
import sqlite3
import threading

import pytest
import sqlalchemy as sql

from pages.ui import bounds
from pages.ui.store import sqlite
from pages.ui.store.folder import ENVIRONMENT_VARIABLE, state_folder
from pages.ui.store.store import SCHEMA, Entry, StoreError

DAY = 86_400
ANN, BOB = "a" * 64, "b" * 64


class Clock:
    now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=["memory", "file"])
def store(request, tmp_path, clock):
    """One of each implementation; another database adds its name here."""
    made = sqlite.in_memory(clock) if request.param == "memory" else sqlite.in_file(tmp_path / "s.sqlite3", clock)
    yield made
    made.close()


def test_what_is_put_is_got_and_replaced(store, clock):
    first = store.put(ANN, "digits", "", b"\0one", version=3)
    assert first == Entry(ANN, "digits", "", 3, 4, clock.now, clock.now, clock.now + bounds.STORE_DAYS * DAY)
    assert store.get(ANN, "digits", "") == (first, b"\0one")
    clock.now += 5
    second = store.put(ANN, "digits", "", b"", version=4)
    assert (second.created, second.updated, second.version) == (first.created, clock.now, 4)
    assert store.get(ANN, "digits", "") == (second, b"")
    assert store.get(ANN, "digits", "other") is None and store.get(ANN, "other", "") is None


def test_an_owner_sees_and_deletes_only_what_is_theirs(store):
    for owner in (ANN, BOB):
        for kind, key in [("runs", "2"), ("digits", ""), ("runs", "1")]:
            store.put(owner, kind, key, owner.encode(), version=1)
    assert [(entry.kind, entry.key) for entry in store.list(ANN)] == [("digits", ""), ("runs", "1"), ("runs", "2")]
    assert [entry.key for entry in store.list(ANN, "runs")] == ["1", "2"]
    assert store.list("c" * 64) == [] and store.get("c" * 64, "digits", "") is None
    assert store.delete(ANN, "runs", "1") == 1 and store.delete(ANN, "runs", "1") == 0
    assert store.delete(ANN) == 2 and store.list(ANN) == []
    assert len(store.list(BOB)) == 3 and store.get(BOB, "runs", "1")[1] == BOB.encode()
    assert store.delete(BOB, "runs") == 2 and len(store.list(BOB)) == 1


def test_a_record_expires_so_long_after_its_last_change(store, clock):
    store.put(ANN, "digits", "", b"old", version=1)
    clock.now += bounds.STORE_DAYS * DAY - 1
    store.put(ANN, "lecture", "", b"new", version=1)
    assert len(store.list(ANN)) == 2
    clock.now += 1
    assert [entry.kind for entry in store.list(ANN)] == ["lecture"] and store.get(ANN, "digits", "") is None
    again = store.put(ANN, "digits", "", b"again", version=1)
    assert again.created == clock.now  # of the expired one nothing is left


def test_a_record_an_owner_and_all_owners_have_bounds(store, clock, monkeypatch):
    monkeypatch.setattr(bounds, "STORE_RECORD_BYTES", 10)
    monkeypatch.setattr(bounds, "STORE_OWNER_BYTES", 25)
    monkeypatch.setattr(bounds, "STORE_OWNER_RECORDS", 3)
    monkeypatch.setattr(bounds, "STORE_BYTES", 40)
    with pytest.raises(StoreError, match=r"take something out\.$"):
        store.put(ANN, "a", "", b"x" * 11, version=1)
    store.put(ANN, "a", "1", b"x" * 10, version=1)
    store.put(ANN, "a", "2", b"x" * 10, version=1)
    with pytest.raises(StoreError, match="for one browser"):
        store.put(ANN, "a", "3", b"x" * 6, version=1)
    store.put(ANN, "a", "2", b"y" * 10, version=1)  # what is replaced does not count
    store.put(ANN, "a", "3", b"x" * 5, version=1)
    with pytest.raises(StoreError, match="3 things"):
        store.put(ANN, "a", "4", b"", version=1)
    assert len(store.list(ANN)) == 3
    clock.now += 1
    store.put(BOB, "b", "1", b"z" * 10, version=1)
    clock.now += 1
    store.put(ANN, "a", "1", b"w", version=1)  # changed last, so the last to go
    clock.now += 1
    store.put(BOB, "b", "2", b"z" * 10, version=1)
    store.put(BOB, "b", "3", b"z" * 5, version=1)
    assert [entry.key for entry in store.list(BOB)] == ["1", "2", "3"]
    kept = store.list(ANN)
    assert "1" in [entry.key for entry in kept] and len(kept) < 3
    assert sum(entry.size for entry in kept + store.list(BOB)) <= 40


def test_a_refused_record_leaves_the_one_before(store, monkeypatch):
    store.put(ANN, "a", "", b"before", version=1)
    monkeypatch.setattr(bounds, "STORE_OWNER_BYTES", 8)
    with pytest.raises(StoreError):
        store.put(ANN, "a", "", b"too large", version=1)
    assert store.get(ANN, "a", "")[1] == b"before"


def test_threads_write_and_read_at_the_same_time(store):
    wrong = []

    def work(owner):
        try:
            for n in range(25):
                store.put(owner, "a", str(n % 5), owner.encode() + bytes([n]), version=n)
                for entry in store.list(owner):
                    assert store.get(owner, "a", entry.key)[1][:-1] == owner.encode()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(owner,)) for owner in (ANN, BOB)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    for owner in (ANN, BOB):
        assert [entry.version for entry in store.list(owner)] == [20, 21, 22, 23, 24]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of its own for the server's state."""
    place = tmp_path / "state"
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(place))
    yield place
    close_all()


def close_all():
    sqlite._set_aside.clear()
    for opened in sqlite._open.values():
        opened.close()
    sqlite._open.clear()


def test_a_file_outlives_its_server(folder):
    sqlite.store().put(ANN, "digits", "", b"mine", version=1)
    assert sqlite.store() is sqlite.store()
    with sqlite3.connect(folder / sqlite.FILE) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()
    if os.name == "posix":
        assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())  # read by nobody else
    close_all()
    assert sqlite.store().get(ANN, "digits", "")[1] == b"mine" and sqlite.problem() is None


def test_two_servers_share_a_file(folder):
    one = sqlite.store()
    other = sqlite.in_file(folder / sqlite.FILE)
    one.put(ANN, "digits", "", b"one", version=1)
    assert other.get(ANN, "digits", "")[1] == b"one"
    other.delete(ANN)
    assert one.list(ANN) == []
    other.close()


def test_a_file_that_is_no_database_is_put_aside_and_said(folder):
    folder.mkdir()
    (folder / sqlite.FILE).write_bytes(b"not a database" * 1000)
    sqlite.store().put(ANN, "digits", "", b"mine", version=1)
    (aside,) = folder.glob("*.damaged-*")
    assert aside.read_bytes().startswith(b"not a database")
    assert aside.name in sqlite.problem() and sqlite.problem().endswith("is kept.")


def test_a_file_that_is_damaged_while_it_is_open_is_put_aside(folder):
    store = sqlite.store()
    for n in range(20):
        store.put(ANN, "digits", str(n), bytes(4000), version=1)
    close_all()
    path = folder / sqlite.FILE
    data = bytearray(path.read_bytes())
    for start in range(len(data) // 8192 * 4096, len(data), 4096):
        data[start : start + 2000] = b"\xff" * 2000  # the second half of the pages, which opening does not read
    path.write_bytes(data)
    with pytest.raises(StoreError) as caught:
        for entry in sqlite.store().list(ANN):
            sqlite.store().get(ANN, "digits", entry.key)
    assert sqlite.is_damaged(caught.value)
    sqlite.reopen_if_damaged(caught.value)
    sqlite.store().put(ANN, "digits", "", b"mine", version=1)
    assert len(sqlite.store().list(ANN)) == 1 and list(folder.glob("*.damaged-*"))


def test_a_database_of_a_newer_version_is_left_alone(folder):
    sqlite.store().put(ANN, "digits", "", b"mine", version=1)
    close_all()
    with sqlite3.connect(folder / sqlite.FILE) as database:
        database.execute("UPDATE schema_version SET number = ?", (SCHEMA + 1,))
    database.close()
    with pytest.raises(StoreError, match=r"newer version .* as a file\.$"):
        sqlite.store()
    with sqlite3.connect(folder / sqlite.FILE) as database:
        assert database.execute("SELECT count(*) FROM records").fetchone() == (1,)
    database.close()


def test_a_folder_that_cannot_be_made_is_one_sentence(folder):
    folder.write_text("a file where the folder should be")
    with pytest.raises(StoreError, match=r"full or not writable: .*\.$"):
        sqlite.store()
    folder.unlink()
    sqlite.store().put(ANN, "digits", "", b"mine", version=1)  # tried anew


def test_a_full_disk_is_one_sentence_and_leaves_what_is_there(folder):
    store = sqlite.store()
    store.put(ANN, "digits", "", b"mine", version=1)
    store.close()  # so that the next connection gets the limit

    def no_room(connection, _):
        connection.execute("PRAGMA max_page_count=20")

    sql.event.listen(store._engine, "connect", no_room)
    with pytest.raises(StoreError, match="full or not writable"):
        store.put(ANN, "large", "", bytes(500_000), version=1)
    assert store.get(ANN, "digits", "")[1] == b"mine"


def test_a_file_that_is_read_only_is_one_sentence(folder):
    store = sqlite.store()
    store.close()
    sql.event.listen(store._engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only=1"))
    with pytest.raises(StoreError, match="full or not writable"):
        store.put(ANN, "digits", "", b"mine", version=1)


def test_off_keeps_nothing_on_disk(monkeypatch, tmp_path):
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, "off")
    monkeypatch.chdir(tmp_path)
    assert state_folder() is None
    owner = "f" * 64
    sqlite.store().put(owner, "digits", "", b"mine", version=1)
    assert sqlite.store().delete(owner) == 1 and not list(tmp_path.iterdir())
