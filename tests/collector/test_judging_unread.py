"""Judging where the facts of some sessions cannot be read, or are many: nobody else waits for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from replay.cli.findings import rebuild_findings
from replay.collector.judging import DUE_MAX_COUNT, UNREAD_REST_MS
from replay.model.events import PageViewed
from replay.ports import EndSession, Judged, SessionFacts, StoreUnavailable
from storage.memory import MemoryStore
from storage.objects import open_folder
from storage.sealer import QUIET_MS, Sealer
from storage.sqlite import open_store
from tests.collector.test_judging import VIEW, Time, facts, judge_of, said
from tests.contract.given import NOW_MS, opened


async def test_an_object_that_cannot_be_read_keeps_nobody_else_from_being_judged(tmp_path: Path) -> None:
    objects = await open_folder(tmp_path / "objects")
    store = await open_store(tmp_path / "replay.db", objects=objects)
    over = EndSession(session="visit", ended_ms=NOW_MS, why="consent")
    await store.commit([*opened(), facts(1, (0, VIEW), judge_ms=None), over])
    with Sealer(store, objects, now_ms=lambda: NOW_MS + 10 * QUIET_MS) as sealer:
        assert await sealer.seal_due() == 1
    sealed = await store.sealed("visit")
    assert sealed is not None
    unreadable = tmp_path / "objects" / sealed.name
    unreadable.unlink()
    unreadable.symlink_to(unreadable.name)
    judge = judge_of(store, Time(NOW_MS + 60_000))
    await store.commit([facts(2, (1, VIEW)), *opened(session="well"), facts(1, (0, VIEW), session="well")])
    assert await judge.judge_due() == 2
    assert len(await said(store, "well")) == 1
    assert await store.due_sessions(NOW_MS, 2) == ["visit"]

    await store.commit([*opened(session="zoe"), facts(1, (0, VIEW), session="zoe", judge_ms=None)])
    with pytest.raises(StoreUnavailable):
        await rebuild_findings(store, judge, {"session": None})
    assert len(await said(store, "zoe")) == 1
    await store.close()


class Unread(MemoryStore):
    """A store in which the facts of some sessions cannot be read."""

    def __init__(self, unread: set[str]) -> None:
        super().__init__()
        self.unread = unread
        self.asked_count = 0

    async def session_facts(self, asked: Mapping[str, Mapping[str, int]]) -> Mapping[str, SessionFacts]:
        self.asked_count += 1
        if self.unread & asked.keys():
            raise StoreUnavailable("They are out of reach.")
        return await super().session_facts(asked)


async def test_however_many_cannot_be_read_others_get_their_turn() -> None:
    unread = {f"unread-{number}" for number in range(DUE_MAX_COUNT + 1)}
    store, time = Unread(unread), Time(NOW_MS + 60_000)
    for session in sorted(unread):
        await store.commit([*opened(session=session), facts(1, (0, VIEW), session=session)])
    await store.commit([*opened(session="well"), facts(1, (0, VIEW), session="well", judge_ms=NOW_MS + 1)])
    judge = judge_of(store, time)
    assert await judge.judge_due() == DUE_MAX_COUNT
    assert await judge.judge_due() == 2
    assert len(await said(store, "well")) == 1

    store.asked_count = 0
    assert await judge.judge_due() == 0
    time.ms += UNREAD_REST_MS
    assert await judge.judge_due() == DUE_MAX_COUNT
    time.ms += UNREAD_REST_MS
    assert await judge.judge_due() == 1
    assert store.asked_count < 2 * (DUE_MAX_COUNT + 2)
    store.unread.clear()
    time.ms += 2 * UNREAD_REST_MS
    while await judge.judge_due():
        pass
    assert not await store.due_sessions(time.ms, 1)


async def test_what_is_found_of_small_ones_does_not_wait_for_large_ones() -> None:
    kept: list[list[str]] = []

    class Kept(MemoryStore):
        async def put_findings(self, judged: Sequence[Judged]) -> list[bool]:
            kept.append([one.session for one in judged])
            return await super().put_findings(judged)

    store, time = Kept(), Time(NOW_MS + 60_000)
    views = [(float(t), PageViewed(url=f"https://shop.example/?{'x' * 900}")) for t in range(100)]
    for session, count in (("large", 100), ("tiny", 1), ("small", 2)):
        await store.commit([*opened(session=session), facts(1, *views[:count], session=session)])
    assert await judge_of(store, time).judge_due() == 3
    assert kept == [["tiny", "small"], ["large"]]
