"""Group commit: who waits together, who is told what, and what a full queue or a failing store does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from replay.collector.writer import OPERATION_BYTES, Writer
from replay.ports import (
    AppendBatch,
    Appended,
    Commit,
    Load,
    OpenLoad,
    OpenSession,
    Session,
    StoreUnavailable,
)
from storage.memory import MemoryStore


class GatedStore(MemoryStore):
    """A memory store whose commits wait for a gate, can fail, and are counted."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.groups: list[int] = []
        self.failure: Exception | None = None
        self.probes_count = 0

    async def commit(self, operations: Commit) -> list[Appended | Load | None]:
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        outcomes = await super().commit(operations)
        self.groups.append(len(operations))
        return outcomes

    async def probe(self) -> None:
        self.probes_count += 1
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure


def opening(id: str, code: str = "AAAAAA") -> OpenSession:
    return OpenSession(
        session=Session(id=id, site="shop", code=code, token_hash=b"t", started_ms=1, seen_ms=1)
    )


def batch(number: int, payload: bytes = b"facts") -> AppendBatch:
    return AppendBatch(
        session="s",
        load="p",
        track=0,
        number=number,
        payload=payload,
        digest=payload[:32],
        received_ms=2,
        first_ms=1.0,
        last_ms=1.0,
    )


@asynccontextmanager
async def at_work(writer: Writer) -> AsyncIterator[Writer]:
    running = asyncio.create_task(writer.run())
    try:
        yield writer
    finally:
        writer.close()
        await running


async def opened(writer: Writer) -> None:
    await writer.submit(opening("s"), OpenLoad(session="s", id="p", tab="t", opened_ms=1))


async def test_what_gathers_during_a_commit_goes_in_one_transaction() -> None:
    store = GatedStore()
    async with at_work(Writer(store)) as writer:
        await opened(writer)
        store.gate.clear()
        first = asyncio.create_task(writer.submit(batch(1)))
        rest = [asyncio.create_task(writer.submit(batch(number))) for number in range(2, 12)]
        await asyncio.sleep(0)
        store.gate.set()
        outcomes = await asyncio.gather(first, *rest)
    assert store.groups[0] == 2
    assert sum(store.groups[1:]) == 11
    assert len(store.groups) <= 3
    assert [outcome for (outcome,) in outcomes] == [
        Appended(outcome="stored", acked=number) for number in range(1, 12)
    ]


async def test_a_taken_code_fails_its_own_submission_and_no_other() -> None:
    store = GatedStore()
    async with at_work(Writer(store)) as writer:
        await opened(writer)
        store.gate.clear()
        blocker = asyncio.create_task(writer.submit(batch(1)))
        await asyncio.sleep(0)
        taken = asyncio.create_task(writer.submit(opening("other")))
        good = asyncio.create_task(writer.submit(batch(2)))
        await asyncio.sleep(0)
        store.gate.set()
        await blocker
        assert await good == [Appended(outcome="stored", acked=2)]
        with pytest.raises(ValueError, match="taken"):
            await taken
    assert await store.session("other") is None


async def test_a_store_that_cannot_keep_is_told_to_each_caller_and_seen_in_health() -> None:
    store = GatedStore()
    async with at_work(Writer(store)) as writer:
        await opened(writer)
        store.failure = StoreUnavailable("The disk is full.")
        for number in (1, 2):
            with pytest.raises(StoreUnavailable, match="disk is full"):
                await writer.submit(batch(number))
        assert writer.failure is store.failure
        store.failure = None
        assert await writer.submit(batch(1)) == [Appended(outcome="stored", acked=1)]
        assert writer.failure is None


async def test_a_probe_finds_out_that_the_store_is_well_again_but_not_all_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = GatedStore()
    async with at_work(Writer(store)) as writer:
        await opened(writer)
        await writer.probe()
        assert store.probes_count == 0, "a store that is well is left alone"
        store.failure = StoreUnavailable("The disk is full.")
        with pytest.raises(StoreUnavailable):
            await writer.submit(batch(1))
        await asyncio.gather(*(writer.probe() for _ in range(9)))
        assert store.probes_count == 0, "the commit has only just failed"
        monkeypatch.setattr("replay.collector.writer.PROBE_EVERY_S", 0.0)
        await asyncio.gather(*(writer.probe() for _ in range(9)))
        assert store.probes_count == 1
        assert writer.failure is store.failure
        store.failure = None
        await writer.probe()
        assert writer.failure is None


async def test_what_nobody_foresaw_fails_its_own_submission_and_the_writer_goes_on() -> None:
    class FragileStore(GatedStore):
        async def commit(self, operations: Commit) -> list[Appended | Load | None]:
            await self.gate.wait()
            if any(isinstance(one, AppendBatch) and one.payload == b"poison" for one in operations):
                raise OverflowError("too large to store")
            return await super().commit(operations)

    store = FragileStore()
    async with at_work(Writer(store)) as writer:
        await opened(writer)
        store.gate.clear()
        payloads = [b"good", b"poison", b"good"]
        tasks = [asyncio.create_task(writer.submit(batch(n, p))) for n, p in enumerate(payloads, start=1)]
        await asyncio.sleep(0)
        store.gate.set()
        first, poisoned, last = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(poisoned, StoreUnavailable)
        assert [first, last] == [
            [Appended(outcome="stored", acked=1)],
            [Appended(outcome="stored", acked=1)],
        ]
        with pytest.raises(StoreUnavailable, match="nobody foresaw"):
            await writer.submit(batch(2, b"poison"))
        assert writer.failure is not None
        assert await writer.submit(batch(2)) == [Appended(outcome="stored", acked=3)]
        assert writer.failure is None


async def test_a_full_queue_makes_callers_wait_and_lets_them_in_again() -> None:
    store = GatedStore()
    writer = Writer(store, queue_bytes=2 * (OPERATION_BYTES + 600))
    async with at_work(writer):
        await opened(writer)
        store.gate.clear()
        tasks = [asyncio.create_task(writer.submit(batch(number, bytes(600)))) for number in (1, 2, 3)]
        for _ in range(10):
            await asyncio.sleep(0)
        store.gate.set()
        assert [outcome for (outcome,) in await asyncio.gather(*tasks)] == [
            Appended(outcome="stored", acked=number) for number in (1, 2, 3)
        ]
        assert store.groups[-2:] == [2, 1], "the third had no room beside the others"


async def test_one_submission_larger_than_the_queue_still_goes() -> None:
    store = GatedStore()
    async with at_work(Writer(store, queue_bytes=100)) as writer:
        await opened(writer)
        assert await writer.submit(batch(1, bytes(5_000))) == [Appended(outcome="stored", acked=1)]


async def test_closing_commits_what_was_accepted_and_refuses_the_rest() -> None:
    store = GatedStore()
    writer = Writer(store)
    running = asyncio.create_task(writer.run())
    await opened(writer)
    store.gate.clear()
    accepted = asyncio.create_task(writer.submit(batch(1)))
    await asyncio.sleep(0)
    writer.close()
    store.gate.set()
    await running
    assert await accepted == [Appended(outcome="stored", acked=1)]
    with pytest.raises(StoreUnavailable, match="stopping"):
        await writer.submit(batch(2))


async def test_a_caller_that_went_away_does_not_stop_the_others() -> None:
    store = GatedStore()
    async with at_work(Writer(store)) as writer:
        await opened(writer)
        store.gate.clear()
        gone = asyncio.create_task(writer.submit(batch(1)))
        stays = asyncio.create_task(writer.submit(batch(2)))
        await asyncio.sleep(0)
        gone.cancel()
        store.gate.set()
        (outcome,) = await stays
    assert isinstance(outcome, Appended)
    assert outcome.outcome == "stored"


async def test_whatever_ends_the_writer_while_a_group_gathers_nobody_waits_for_ever() -> None:
    writer = Writer(GatedStore(), queue_bytes=2 * (OPERATION_BYTES + 600))
    running = asyncio.create_task(writer.run())
    await opened(writer)
    tasks = [asyncio.create_task(writer.submit(batch(number, bytes(600)))) for number in (1, 2, 3)]
    for _ in range(10):
        await asyncio.sleep(0)
    running.cancel()
    told = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
    assert [type(one) for one in told] == [StoreUnavailable] * 3
    with pytest.raises(StoreUnavailable, match="stopping"):
        await writer.submit(batch(4))
