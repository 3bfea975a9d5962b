"""A connection and its thread: what is asked for is done in order, in one piece, and undone in one piece."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from replay.ports import StoreUnavailable
from storage.sqlite.connection import Worker, open_reader, open_writer, transaction


@pytest.fixture
async def writer(tmp_path: Path) -> AsyncIterator[Worker]:
    worker = await open_writer(tmp_path / "replay.db", busy_ms=50)
    yield worker
    await worker.close()


def pragma(db: sqlite3.Connection, name: str) -> object:
    return db.execute(f"PRAGMA {name}").fetchone()[0]


async def test_the_writer_syncs_every_commit_and_checkpoints_only_when_told(writer: Worker) -> None:
    names = "journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint", "trusted_schema"
    assert [await writer.run(pragma, name) for name in names] == ["wal", 2, 1, 0, 0]


async def test_a_reader_cannot_write(writer: Worker, tmp_path: Path) -> None:
    reader = await open_reader(tmp_path / "replay.db", busy_ms=50)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await reader.run(lambda db: db.execute("DELETE FROM site"))
    await reader.close()


async def test_a_reader_does_not_make_a_database(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        _ = await open_reader(tmp_path / "none.db", busy_ms=50)
    assert list(tmp_path.iterdir()) == []


async def test_work_is_done_in_the_order_it_was_asked_for(writer: Worker) -> None:
    done: list[int] = []

    def note(_: sqlite3.Connection, number: int) -> None:
        done.append(number)

    await asyncio.gather(*(writer.run(note, number) for number in range(50)))
    assert done == list(range(50))


async def test_work_goes_on_when_nobody_waits_for_it(writer: Worker) -> None:
    released = threading.Event()

    def write(db: sqlite3.Connection) -> None:
        released.wait()
        transaction(
            db, lambda _: db.execute("INSERT INTO view (agent, session, what, at_ms) VALUES ('', '', '', 0)")
        )

    writing = asyncio.ensure_future(writer.run(write))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    released.set()
    assert await writer.run(lambda db: db.execute("SELECT count(*) FROM view").fetchone()) == (1,)


async def test_a_transaction_that_fails_is_undone(writer: Worker) -> None:
    def write_and_fail(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO view (agent, session, what, at_ms) VALUES ('', '', '', 0)")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await writer.run(lambda db: transaction(db, write_and_fail))
    assert await writer.run(lambda db: db.in_transaction) is False
    assert await writer.run(lambda db: db.execute("SELECT count(*) FROM view").fetchone()) == (0,)


async def test_closing_finishes_what_was_asked_for_and_ends_the_thread(tmp_path: Path) -> None:
    before = threading.active_count()
    worker = await open_writer(tmp_path / "replay.db", busy_ms=50)
    asked = asyncio.ensure_future(worker.run(pragma, "user_version"))
    await asyncio.sleep(0)
    await worker.close()
    assert await asked
    assert threading.active_count() == before
    with pytest.raises(StoreUnavailable, match="closed"):
        await worker.run(pragma, "user_version")
