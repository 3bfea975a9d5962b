"""What sealing changes for those who read and write a session: nothing, unless the object is lost."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgpack
import pytest

from replay.model.session import IDLE_MS
from replay.ports import EndSession, Gap, Objects, SealedObject, Store, StoredBatch, StoreUnavailable
from storage.memory import MemoryStore
from storage.objects import MemoryObjects
from storage.sealer import QUIET_MS, Sealer, sealing
from storage.sqlite import open_store
from tests.contract.given import NOW_MS, appended, batch, gap, opened

LATER_MS = NOW_MS + QUIET_MS
END = EndSession(session="visit", ended_ms=NOW_MS, why="signed out")


@pytest.fixture
def objects() -> Objects:
    return MemoryObjects()


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path, objects: Objects) -> AsyncIterator[Store]:
    found: Store = MemoryStore(objects)
    if request.param == "sqlite":
        found = await open_store(tmp_path / "replay.db", objects=objects)
    yield found
    await found.close()


def picture(number: int, *, load: str = "load") -> bytes:
    events = f"[{load} {number}]".encode() * 50
    header = ["rrweb-2/json", "gzip", len(events), number + 0.5, number + 0.75, 3, number == 1]
    return bytes(msgpack.packb([*header, gzip.compress(events, mtime=0)]))


def events(batch: StoredBatch) -> StoredBatch:
    """The batch without what sealing may change: how its events are compressed."""
    assert batch.digest == hashlib.sha256(batch.payload).digest()
    *header, data = msgpack.unpackb(batch.payload) if batch.track == 1 else [batch.payload]
    plain = gzip.decompress(data) if batch.track == 1 else data
    return replace(batch, payload=repr((header, plain)).encode(), digest=b"")


async def record(store: Store) -> None:
    await store.commit(opened("load", "other"))
    for load in ("other", "load"):
        await store.commit([batch(number, load=load) for number in (1, 2, 4)])
        await store.commit(
            [
                batch(number, load=load, track=1, payload=picture(number, load=load), checkpoint=number == 1)
                for number in (3, 1, 2)
            ]
        )
    await store.commit([gap(3, 3), END])


async def everything(store: Store) -> list[object]:
    batches = [events(one) for track in (0, 1) for one in await store.batches("visit", track)]
    outlines = [one for track in (0, 1) for one in await store.outline("visit", track)]
    return [
        batches,
        outlines,
        await store.gaps("visit"),
        await store.loads("visit"),
        await store.session("visit"),
    ]


async def seal(store: Store, objects: Objects, *, now_ms: int = LATER_MS) -> int:
    with Sealer(store, objects, now_ms=lambda: now_ms) as sealer:
        return await sealer.seal_due()


async def names(objects: Objects) -> list[str]:
    return [name async for name in objects.names()]


async def test_a_sealed_session_reads_as_before(store: Store, objects: Objects) -> None:
    await record(store)
    before = await everything(store)
    facts = await store.batches("visit", 0)
    sizes = [(one.load, one.number, len(one.payload)) for one in await store.batches("visit", 1)]
    outline = await store.outline("visit", 1)
    assert [(one.load, one.number, one.sent_bytes) for one in outline] == sizes
    assert await seal(store, objects) == 1
    sealed = await store.sealed("visit")
    assert sealed is not None
    assert await names(objects) == [sealed.name]
    assert await store.rows("visit") == []
    assert await everything(store) == before
    assert await store.batches("visit", 0) == facts
    assert [one.number for one in await store.batches("visit", 1, load="other", after=1)] == [2, 3]
    assert await seal(store, objects) == 0


async def test_only_sessions_that_are_over_and_quiet_are_sealed(store: Store, objects: Objects) -> None:
    await store.commit([*opened(), batch(1)])
    assert await seal(store, objects, now_ms=NOW_MS + IDLE_MS + QUIET_MS) == 0
    assert await seal(store, objects, now_ms=NOW_MS + IDLE_MS + QUIET_MS + 1) == 1
    await store.commit([*opened(session="ended"), batch(1, session="ended"), replace(END, session="ended")])
    assert await seal(store, objects, now_ms=LATER_MS - 1) == 0
    assert await seal(store, objects, now_ms=LATER_MS) == 1
    await store.commit(opened(session="empty"))
    assert await seal(store, objects, now_ms=NOW_MS + 2 * IDLE_MS) == 0


async def test_a_page_that_sends_again_is_told_what_it_was_told_before(
    store: Store, objects: Objects
) -> None:
    await record(store)
    await seal(store, objects)
    sent = [
        batch(2),
        batch(2, payload=b"other"),
        batch(2, track=1, payload=picture(2)),
        batch(4, load="other"),
        batch(3, load="other"),
        batch(6),
        batch(5),
    ]
    assert await appended(store, *sent) == [
        ("duplicate", 4),
        ("conflict", 4),
        ("duplicate", 3),
        ("duplicate", 2),
        ("stored", 4),
        ("stored", 4),
        ("stored", 6),
    ]


async def test_what_comes_late_is_read_together_and_sealed_anew(store: Store, objects: Objects) -> None:
    await record(store)
    await seal(store, objects)
    first = await store.sealed("visit")
    assert first is not None
    await store.commit([batch(3), batch(5), batch(4, track=1, payload=picture(4))])
    before = await everything(store)
    assert [one.number for one in await store.batches("visit", 0, load="load")] == [1, 2, 3, 4, 5]
    assert await seal(store, objects) == 1
    second = await store.sealed("visit")
    assert second is not None
    assert await everything(store) == before
    assert await names(objects) == [second.name], "the first object is gone"
    assert await appended(store, batch(3), batch(1)) == [("duplicate", 5), ("duplicate", 5)]


async def test_an_object_that_is_lost_or_exchanged_is_told_as_gaps(store: Store, objects: Objects) -> None:
    await record(store)
    declared = await store.gaps("visit")
    await seal(store, objects)
    sealed = await store.sealed("visit")
    assert sealed is not None
    await store.commit([batch(3)])
    await objects.delete(sealed.name)
    for content, why in [(None, "it is missing"), (b"another object", "its checksum differs")]:
        if content is not None:
            await objects.put(sealed.name, content)
        reason = f"the stored recording is damaged: {why}"
        lost = [
            Gap(load=load, track=track, first=first, last=last, reason=reason, damaged=True)
            for load in ("load", "other")
            for track, first, last in [(0, 1, 2), (0, 4, 4), (1, 1, 3)]
        ]
        # The declared gap stands between the runs of its page load.
        assert await store.gaps("visit") == [lost[0], *declared, *lost[1:]]
        assert [one.number for one in await store.batches("visit", 0)] == [3]
        assert await store.batches("visit", 1) == []


async def test_what_came_late_stays_beside_a_damaged_object(
    store: Store, objects: Objects, caplog: pytest.LogCaptureFixture
) -> None:
    await record(store)
    await seal(store, objects)
    sealed = await store.sealed("visit")
    assert sealed is not None
    await store.commit([batch(3)])
    kept = await objects.get(sealed.name)
    assert kept is not None
    await objects.delete(sealed.name)
    assert await seal(store, objects) == 0
    assert "it is missing" in caplog.text
    assert await store.sealed("visit") == sealed
    assert len(await store.rows("visit")) == 1
    await objects.put(sealed.name, kept)  # from a backup
    assert await seal(store, objects) == 1
    assert len(await store.batches("visit", 0)) == 7


async def test_of_two_that_seal_the_same_session_one_wins(store: Store, objects: Objects) -> None:
    await record(store)
    before = await everything(store)
    rows = await store.rows("visit")

    def found(name: str) -> SealedObject:
        return SealedObject(name=name, sha256=b"", size_bytes=1, sealed_ms=1)

    one, two = await store.announce_object("one"), await store.announce_object("two")
    assert one is not None
    assert two is not None
    assert await store.announce_object("one") is None
    # Another sealer begins: what was announced before it is nobody's any more, even under the same name.
    assert sorted(await store.abandon_objects()) == ["one", "two"]
    await store.withdraw_object("one")
    again = await store.announce_object("one")
    assert again not in (None, one)
    assert await store.announce_object("two") is None, "it is about to be deleted"
    for announced, name, replaces, wanted in [
        (one, "one", None, rows),
        (two, "two", None, rows),
        (again or 0, "one", "other", rows),
        (again or 0, "one", None, [*rows, replace(rows[0], number=99)]),
        (again or 0, "one", None, [replace(rows[0], digest=bytes(32))]),
    ]:
        assert not await store.seal("visit", found(name), announced=announced, replaces=replaces, rows=wanted)
    assert not await store.seal("nobody", found("one"), announced=again or 0, replaces=None, rows=[])
    assert await everything(store) == before
    assert await store.rows("visit") == rows
    assert await store.seal("visit", found("one"), announced=again or 0, replaces=None, rows=rows)
    assert await store.rows("visit") == []
    assert await store.abandon_objects() == ["two"]
    assert await store.announce_object("one") is None


async def test_a_batch_that_comes_while_its_session_is_sealed_stays(store: Store, objects: Objects) -> None:
    await record(store)

    class Meanwhile(MemoryObjects):
        """Somebody else's batch is committed between two steps."""

        async def put(self, name: str, data: bytes) -> None:
            await store.commit([batch(3)])
            await objects.put(name, data)

        async def get(self, name: str) -> bytes | None:
            return await objects.get(name)

    with Sealer(store, Meanwhile(), now_ms=lambda: LATER_MS) as sealer:
        # Once with what was there, and once more with what came.
        assert await sealer.seal_due() == 1
    assert [one.number for one in await store.rows("visit")] == [3]
    assert [one.number for one in await store.batches("visit", 0, load="load")] == [1, 2, 3, 4]


async def test_an_object_that_was_not_kept_as_it_was_put_takes_no_row_away(
    store: Store, objects: Objects, caplog: pytest.LogCaptureFixture
) -> None:
    await record(store)
    before = await everything(store)

    class Lossy(MemoryObjects):
        async def get(self, name: str) -> bytes | None:
            data = await super().get(name)
            return data and data[:-1] + bytes([data[-1] ^ 1])

    assert await seal(store, Lossy()) == 0
    assert "its checksum differs" in caplog.text
    assert await everything(store) == before
    assert await seal(store, objects) == 1


async def test_a_session_too_large_to_be_held_in_memory_stays_and_holds_up_no_other(
    store: Store, objects: Objects, caplog: pytest.LogCaptureFixture
) -> None:
    await record(store)
    before = await everything(store)
    await store.commit([*opened(session="small"), batch(1, session="small"), replace(END, session="small")])
    most_bytes = sum(len(one.payload) for one in await store.rows("visit")) - 1
    with Sealer(store, objects, now_ms=lambda: LATER_MS, most_bytes=most_bytes) as sealer:
        assert await sealer.seal_due() == 1
    assert f"at most {most_bytes} are sealed" in caplog.text
    assert await store.sealed("small") is not None
    assert await everything(store) == before
    assert await seal(store, objects) == 1


async def test_without_room_nothing_is_lost_and_it_is_told_and_tried_again(
    store: Store, objects: Objects, caplog: pytest.LogCaptureFixture
) -> None:
    await record(store)
    before = await everything(store)
    refused = asyncio.Event()

    class Full(MemoryObjects):
        full = True

        async def put(self, name: str, data: bytes) -> None:
            if self.full:
                refused.set()
                raise StoreUnavailable("No room to write.")
            await objects.put(name, data)

        async def get(self, name: str) -> bytes | None:
            return await objects.get(name)

    room = Full()
    async with sealing(store, room, now_ms=lambda: LATER_MS, look_s=0.01):
        await asyncio.wait_for(refused.wait(), 10)
        assert await everything(store) == before
        room.full = False
        while not await store.sealed("visit"):  # noqa: ASYNC110 (a store tells nobody)
            await asyncio.sleep(0.01)
    assert "nothing is lost by it: No room to write." in caplog.text
    assert await everything(store) == before
    assert await store.rows("visit") == []


async def test_an_object_that_cannot_be_read_holds_up_no_other_session(
    store: Store, objects: Objects, caplog: pytest.LogCaptureFixture
) -> None:
    await record(store)
    await seal(store, objects)
    sealed = await store.sealed("visit")
    assert sealed is not None
    unreadable = sealed.name
    await store.commit([batch(3)])
    await store.commit([*opened(session="next"), batch(1, session="next"), replace(END, session="next")])
    await store.announce_object("session/left")
    failures = iter([RuntimeError("something that nobody foresaw")])

    class Failing(MemoryObjects):
        async def put(self, name: str, data: bytes) -> None:
            await objects.put(name, data)

        async def get(self, name: str) -> bytes | None:
            if name == unreadable:
                raise StoreUnavailable("The disk failed.")
            return await objects.get(name)

        async def delete(self, name: str) -> None:
            for failure in failures:
                raise failure

    async with sealing(store, Failing(), now_ms=lambda: LATER_MS, look_s=0.01), asyncio.timeout(10):
        while not await store.sealed("next"):  # noqa: ASYNC110 (a store tells nobody)
            await asyncio.sleep(0.01)
    assert "it cannot be read: The disk failed." in caplog.text
    assert [one.number for one in await store.rows("visit")] == [3]


async def test_objects_of_a_sealer_that_was_killed_are_deleted(store: Store, objects: Objects) -> None:
    await store.announce_object("session/left")
    await objects.put("session/left", b"")
    await seal(store, objects)
    assert await names(objects) == []
    assert await store.abandon_objects() == []
