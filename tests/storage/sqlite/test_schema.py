"""Opening a file: only ours, only as new as we are, checked, and brought up to date step by step."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from replay.ports import StoreUnavailable
from storage.sqlite.schema import APPLICATION_ID, CHECKED_BYTES, migrate, migrations, recognise

NEWEST = len(migrations())


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "replay.db", isolation_level=None)) as db:
        yield db


def version(db: sqlite3.Connection) -> tuple[int, int]:
    return (
        db.execute("PRAGMA application_id").fetchone()[0],
        db.execute("PRAGMA user_version").fetchone()[0],
    )


def test_an_empty_file_is_taken_and_brought_to_the_newest_schema(db: sqlite3.Connection) -> None:
    recognise(db, Path("x"))
    migrate(db)
    assert version(db) == (APPLICATION_ID, NEWEST)
    recognise(db, Path("x"))


def test_a_file_that_is_up_to_date_is_left_as_it_is(db: sqlite3.Connection) -> None:
    migrate(db)
    before = db.execute("PRAGMA schema_version").fetchone()
    migrate(db)
    assert db.execute("PRAGMA schema_version").fetchone() == before


def test_every_table_is_strict(db: sqlite3.Connection) -> None:
    migrate(db)
    tables = db.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    assert {name for name, strict in tables if not strict} <= {"sqlite_schema", "sqlite_sequence"}


def test_another_programs_database_is_refused(db: sqlite3.Connection) -> None:
    db.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StoreUnavailable, match="another program's"):
        recognise(db, Path("x"))


def test_a_newer_schema_is_refused(db: sqlite3.Connection) -> None:
    migrate(db)
    db.execute(f"PRAGMA user_version = {NEWEST + 1}")
    with pytest.raises(StoreUnavailable, match="newer version"):
        recognise(db, Path("x"))


def test_a_damaged_index_is_found_before_anything_is_written(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrate(db)
        db.execute("PRAGMA writable_schema = ON")
        db.execute("INSERT INTO view (agent, session, what, at_ms) VALUES ('a', 's', 'w', 1)")
        (root,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'view_by_session'").fetchone()
        (page,) = db.execute("PRAGMA page_size").fetchone()
    content = bytearray(path.read_bytes())
    content[(root - 1) * page : root * page] = bytes(page)
    path.write_bytes(content)
    with closing(sqlite3.connect(path)) as db, pytest.raises(StoreUnavailable, match="damaged"):
        recognise(db, path)
    assert path.read_bytes() == content


def test_a_large_file_is_not_read_through(db: sqlite3.Connection) -> None:
    """Its size is what the header says; the check would find that the file is not that long."""
    migrate(db)
    assert CHECKED_BYTES > 1_000_000
    db.execute("CREATE TABLE filler (x BLOB)")
    db.execute("INSERT INTO filler VALUES (zeroblob(?))", (CHECKED_BYTES,))
    read: list[str] = []
    db.set_trace_callback(read.append)
    recognise(db, Path("x"))
    assert not any("quick_check" in statement for statement in read)


@pytest.mark.parametrize("number", range(1, NEWEST + 1))
def test_a_step_that_is_interrupted_anywhere_has_not_begun(db: sqlite3.Connection, number: int) -> None:
    """Each statement in turn is forbidden, which ends the step there; afterwards it is carried out wholly."""
    for script in migrations()[: number - 1]:
        db.executescript(script)
    if number > 1:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {number - 1}")
    before = list(db.iterdump())
    interrupted = 0
    for place in range(1, 10_000):
        remaining = place

        def allow(*_: object) -> int:
            nonlocal remaining
            remaining -= 1
            return sqlite3.SQLITE_DENY if remaining == 0 else sqlite3.SQLITE_OK

        db.set_authorizer(allow)
        try:
            migrate(db)
        except sqlite3.DatabaseError:
            db.set_authorizer(None)
            assert not db.in_transaction
            if version(db)[1] >= number:
                break  # this step was carried out, and a later one interrupted
            interrupted += 1
            assert list(db.iterdump()) == before
            assert version(db)[1] == number - 1
        else:
            break
    db.set_authorizer(None)
    migrate(db)
    assert interrupted > 10
    assert version(db) == (APPLICATION_ID, NEWEST)
