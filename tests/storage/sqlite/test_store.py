"""SQLite's store as a process uses it: opening, cancelling, closing, and what stands in the way."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from replay.ports import StoreUnavailable
from storage.owner import StoreOwned
from storage.sqlite import SqliteStore, open_store
from storage.sqlite.schema import migrations
from storage.sqlite.store import resets_logs_safely
from tests.contract.given import appended, batch, identifier, opened, session


@asynccontextmanager
async def open_at(
    path: Path, *, busy_ms: int = 50, checkpoint_bytes: int = 10**9
) -> AsyncIterator[SqliteStore]:
    store = await open_store(path, busy_ms=busy_ms, checkpoint_bytes=checkpoint_bytes)
    try:
        yield store
    finally:
        await store.close()


async def test_everything_is_there_again_after_closing(tmp_path: Path) -> None:
    async with open_at(tmp_path / "replay.db") as store:
        await store.commit([*opened(), batch(1, identifier("sku", "hp-15")), batch(3)])
    async with open_at(tmp_path / "replay.db") as store:
        assert [one.number for one in await store.batches("visit", 0)] == [1, 3]
        assert [one.session.id for one in await store.find("sku", "hp-15")] == ["visit"]
        assert await appended(store, batch(1), batch(2)) == [("duplicate", 1), ("stored", 3)]


async def test_a_copy_that_a_backup_tool_made_is_opened(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "replay.db")
    await store.commit(opened())
    await store.close()
    with closing(sqlite3.connect(tmp_path / "replay.db")) as db:
        db.execute("VACUUM INTO ?", (str(tmp_path / "copy.db"),))
    store = await open_store(tmp_path / "copy.db")
    assert await store.sessions(limit=1) == [session()]
    await store.close()


async def test_closed_it_is_one_file_and_its_lock(tmp_path: Path) -> None:
    async with open_at(tmp_path / "replay.db") as store:
        await store.commit([*opened(), batch(1)])
    assert {entry.name for entry in tmp_path.iterdir()} == {"replay.db", "replay.db.lock"}


async def test_closing_twice_is_allowed_and_asking_then_is_answered(tmp_path: Path) -> None:
    async with open_at(tmp_path / "replay.db") as store:
        await store.close()
        with pytest.raises(StoreUnavailable, match="closed"):
            await store.session("visit")
        with pytest.raises(StoreUnavailable, match="closed"):
            await store.commit(opened())


async def test_a_commit_under_way_is_finished_by_closing(tmp_path: Path) -> None:
    async with open_at(tmp_path / "replay.db") as store:
        committing = asyncio.ensure_future(store.commit(opened()))
        await asyncio.sleep(0)
        await store.close()
        await committing
    async with open_at(tmp_path / "replay.db") as store:
        assert await store.session("visit") == session()


async def test_a_database_is_opened_once(tmp_path: Path) -> None:
    async with open_at(tmp_path / "replay.db"):
        with pytest.raises(StoreOwned):
            await open_store(tmp_path / "replay.db")


@pytest.mark.parametrize("name", ["with space.db", "per%20cent?.db", "ünï#.db"])
async def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    async with open_at(tmp_path / name) as store:
        await store.commit(opened())
    assert (tmp_path / name).exists()


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"none/replay\.db.*folder has to exist"):
        await open_store(tmp_path / "none" / "replay.db")


async def test_a_folder_is_not_a_database(tmp_path: Path) -> None:
    (tmp_path / "replay.db").mkdir()
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        await open_store(tmp_path / "replay.db")


def other_file(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1_000)


def other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE theirs (x)")


def newer_database(path: Path) -> None:
    asyncio.run(create(path))
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {len(migrations()) + 1}")


def cut_database(path: Path) -> None:
    asyncio.run(create(path))
    path.write_bytes(path.read_bytes()[:-4_096])


async def create(path: Path) -> None:
    await (await open_store(path)).close()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (other_file, "is damaged or not a database"),
        (other_database, "another program's"),
        (newer_database, "newer version"),
        (cut_database, "is damaged or not a database"),
    ],
)
def test_what_is_not_ours_to_write_is_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], None], message: str
) -> None:
    path = tmp_path / "replay.db"
    make(path)
    before = path.read_bytes()
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match=message) as refused:
            asyncio.run(open_store(path))
        assert str(path) in str(refused.value)
    assert path.read_bytes() == before
    assert {entry.name for entry in tmp_path.iterdir()} <= {"replay.db", "replay.db.lock"}
    path.unlink()
    asyncio.run(create(path))


async def test_a_lock_from_outside_is_waited_for_and_then_told(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    async with open_at(path) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as outsider:
            outsider.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreUnavailable, match="Another program holds"):
                await store.commit(opened())
            assert await store.session("visit") is None, "reading goes on"
        await store.commit(opened())
        assert await store.session("visit") == session()


async def test_a_lock_from_outside_that_ends_in_time_is_not_noticed(tmp_path: Path) -> None:
    path = tmp_path / "replay.db"
    async with open_at(path, busy_ms=30_000) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as outsider:
            outsider.execute("BEGIN IMMEDIATE")
            committing = asyncio.ensure_future(store.commit(opened()))
            await asyncio.sleep(0)
        await committing


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 8])
async def test_a_cancelled_commit_is_whole_or_not_there(tmp_path: Path, turns: int) -> None:
    async with open_at(tmp_path / "replay.db") as store:
        for number in range(20):
            name = f"s{number}"
            committing = asyncio.ensure_future(
                store.commit([*opened(session=name), *(batch(n, session=name) for n in range(1, 30))])
            )
            for _ in range(turns):
                await asyncio.sleep(0)
            committing.cancel()
            await asyncio.wait([committing])
            # The writer works in order: once this is answered, the cancelled commit is done or undone.
            await store.commit(opened(session=f"after{number}"))
            kept = len(await store.batches(name, 0))
            assert kept == (0 if await store.session(name) is None else 29)


async def test_cancelled_readers_are_used_again(tmp_path: Path) -> None:
    async with open_at(tmp_path / "replay.db") as store:
        await store.commit(opened())
        for _ in range(20):
            reading = asyncio.ensure_future(store.session("visit"))
            await asyncio.sleep(0)
            reading.cancel()
            await asyncio.wait([reading])
        assert await asyncio.gather(*(store.session("visit") for _ in range(20))) == [session()] * 20


@pytest.mark.parametrize("turns", range(12))
async def test_opening_may_be_cancelled(tmp_path: Path, turns: int) -> None:
    opening = asyncio.ensure_future(open_store(tmp_path / "replay.db"))
    for _ in range(turns):
        await asyncio.sleep(0)
    opening.cancel()
    try:
        store = await opening
    except asyncio.CancelledError:
        store = await open_store(tmp_path / "replay.db")
    await store.commit(opened())
    await store.close()


async def test_many_at_once_are_kept_one_after_another(tmp_path: Path) -> None:
    async with open_at(tmp_path / "replay.db") as store:
        await store.commit(opened())
        outcomes = await asyncio.gather(*(appended(store, batch(number)) for number in range(1, 60)))
        assert outcomes == [[("stored", number)] for number in range(1, 60)]


async def test_the_log_is_carried_over_into_the_file(tmp_path: Path) -> None:
    async with open_at(tmp_path / "replay.db", checkpoint_bytes=200_000) as store:
        await store.commit(opened())
        for number in range(1, 101):
            await store.commit([batch(number, payload=bytes(20_000))])
            # The writer works in order: this is done after the carrying over that was asked for before.
            await store.drop_login(b"none")
        assert (tmp_path / "replay.db-wal").stat().st_size < 1_000_000
        assert (tmp_path / "replay.db").stat().st_size > 1_000_000


async def test_reading_does_not_wait_for_writing(tmp_path: Path) -> None:
    """While an outside lock holds the writer up, every kind of question is answered."""
    path = tmp_path / "replay.db"
    async with open_at(path, busy_ms=60_000) as store:
        await store.commit([*opened(), batch(1, identifier("sku", "x"))])
        with closing(sqlite3.connect(path, isolation_level=None)) as outsider:
            outsider.execute("BEGIN IMMEDIATE")
            committing = asyncio.ensure_future(store.commit([batch(2)]))
            questions: list[Awaitable[object]] = [
                store.batches("visit", 0),
                store.find("sku", "x"),
                store.sessions(limit=5),
                store.loads("visit"),
            ]
            assert all(await asyncio.gather(*questions))
            assert not committing.done()
        await committing


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 9), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 0), True),
    ],
)
def test_which_sqlite_is_warned_of(version: tuple[int, int, int], safe: bool) -> None:
    assert resets_logs_safely(version) is safe


async def test_nobody_else_on_the_machine_can_read_what_is_kept(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "replay.db")
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()}
    await store.close()
    assert set(modes) >= {"replay.db", "replay.db-wal"}
    assert set(modes.values()) == {0o600}
