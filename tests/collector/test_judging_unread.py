"""Judging where the facts of one session cannot be read: nobody else's judgement waits for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from replay.cli.findings import rebuild_findings
from replay.ports import EndSession, StoreUnavailable
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
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await judge.judge_due()
        assert len(await said(store, "well")) == 1
    assert await store.due_sessions(NOW_MS, 2) == ["visit"]

    await store.commit([*opened(session="zoe"), facts(1, (0, VIEW), session="zoe", judge_ms=None)])
    with pytest.raises(StoreUnavailable):
        await rebuild_findings(store, judge, {"session": None})
    assert len(await said(store, "zoe")) == 1
    await store.close()
