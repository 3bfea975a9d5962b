"""Sealing in the database: files of versions that could not seal, and what is kept to know batches again."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from replay.ports import Appended
from storage.objects import MemoryObjects
from storage.sealer import Sealer
from storage.sqlite import SqliteStore, open_store
from storage.sqlite.sealing import KNOWN_BYTES
from tests.contract.given import NOW_MS, batch, opened
from tests.storage.sqlite.old_files import file_before

DAY_MS = 24 * 60 * 60 * 1_000


def older_file(path: Path) -> None:
    """What a version before sealing left behind: a session with two facts and a picture."""
    with file_before(path, "TABLE sealed ") as db:
        db.execute(
            "INSERT INTO session (key, id, site, code, token_hash, started_ms, seen_ms, ranked_ms, consent)"
            " VALUES (1, 'visit', 'shop', '7K3QF9', x'00', ?1, ?1, ?1, 'granted')",
            (NOW_MS,),
        )
        db.execute(
            "INSERT INTO load (key, session, id, tab, ordinal, opened_ms, facts_acked, facts_last,"
            " picture_acked, picture_last) VALUES (1, 1, 'load', 'tab', 1, ?, 2, 2, 1, 1)",
            (NOW_MS,),
        )
        for one in (batch(1), batch(2), batch(1, track=1)):
            db.execute(
                "INSERT INTO batch (load, track, number, received_ms, first_ms, last_ms, checkpoint, digest,"
                " payload) VALUES (1, ?, ?, ?, ?, ?, 0, ?, ?)",
                (one.track, one.number, NOW_MS, one.first_ms, one.last_ms, one.digest, one.payload),
            )


async def seal(store: SqliteStore, objects: MemoryObjects) -> int:
    with Sealer(store, objects, now_ms=lambda: NOW_MS + DAY_MS) as sealer:
        return await sealer.seal_due()


async def test_a_file_of_a_version_that_could_not_seal_is_read_on_and_sealed(tmp_path: Path) -> None:
    path, objects = tmp_path / "replay.db", MemoryObjects()
    older_file(path)
    store = await open_store(path, objects=objects)
    try:
        for sealed in (False, True):
            assert await seal(store, objects) == (0 if sealed else 1)
            kept = [one.payload for track in (0, 1) for one in await store.batches("visit", track)]
            assert kept == [one.payload for one in (batch(1), batch(2), batch(1, track=1))]
            [duplicate] = await store.commit([batch(2)])
            assert duplicate == Appended(outcome="duplicate", acked=2)
    finally:
        await store.close()


async def test_what_is_kept_of_a_sealed_batch_is_a_few_bytes(tmp_path: Path) -> None:
    path, objects = tmp_path / "replay.db", MemoryObjects()
    store = await open_store(path, objects=objects)
    numbers = [*range(1, 101), *range(200, 301)]
    await store.commit([*opened(), *(batch(number) for number in numbers)])
    assert await seal(store, objects) == 1
    await store.close()
    with closing(sqlite3.connect(path)) as db:
        kept = db.execute("SELECT first, last, length(digests) FROM sealed_run ORDER BY first").fetchall()
        third = "SELECT substr(digests, 1 + 2 * ?1, ?1) FROM sealed_run"
        digest = db.execute(third, (KNOWN_BYTES,)).fetchone()
        assert db.execute("SELECT count(*) FROM batch").fetchone() == (0,)
    assert kept == [(1, 100, 100 * KNOWN_BYTES), (200, 300, 101 * KNOWN_BYTES)]
    assert digest == (hashlib.sha256(batch(3).payload).digest()[:KNOWN_BYTES],)


async def test_the_object_of_a_session_that_is_deleted_is_to_be_deleted_too(tmp_path: Path) -> None:
    objects = MemoryObjects()
    store = await open_store(tmp_path / "replay.db", objects=objects)
    await store.commit([*opened(), batch(1)])
    await seal(store, objects)
    await store._writer.run(lambda db: db.execute("DELETE FROM session").close())
    await seal(store, objects)
    assert [name async for name in objects.names()] == []
    await store.close()
