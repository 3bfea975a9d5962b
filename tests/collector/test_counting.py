"""Problems are counted when findings change, and again while they go on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from replay.collector.counting import RECOUNT_MS, SHARE_COUNT, ProblemCounter
from replay.collector.metrics import Metrics
from replay.model.finding import Finding
from replay.model.problem import CLOSE_MS, Problem
from replay.ports import Store
from storage.memory import MemoryStore
from storage.sqlite import open_store
from tests.contract.given import NOW_MS, all_problems, batch, opened
from tests.contract.test_findings import FOUND, judge

PAID_MORE = replace(FOUND, rule="price_mismatch", signature="product>drawer ×1.316")
AGREED = replace(PAID_MORE, outcome="pass", signature="agreed", severity="info", minor=None, currency=None)
LONG_MS = SHARE_COUNT * 60_000
"""Longer than a family rests that took as long as a test may."""


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    opened: Store = MemoryStore()
    if request.param == "sqlite":
        opened = await open_store(tmp_path / "replay.db")
    yield opened
    await opened.close()


class Desk:
    """A counter whose clock stands where a test puts it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.metrics = Metrics()
        self.now_ms = NOW_MS
        self.counter = ProblemCounter(store, self.metrics, now_ms=lambda: self.now_ms)

    async def visit(self, session: str, *findings: Finding) -> None:
        await self.store.commit(
            [
                *opened(session=session, started_ms=self.now_ms),
                batch(1, session=session, received_ms=self.now_ms),
            ]
        )
        await judge(self.store, *findings, session=session)

    async def count(self, later_ms: int = 0) -> list[Problem]:
        self.now_ms += later_ms
        await self.counter.count_changed()
        return await all_problems(self.store)

    def told(self, change: str) -> float:
        return self.metrics.registry.get_sample_value("replay_problems_total", {"change": change}) or 0.0


async def test_the_same_fault_in_many_sessions_is_told_once_closed_and_opened_again(store: Store) -> None:
    desk = Desk(store)
    await desk.visit("a", PAID_MORE)
    await desk.visit("b", PAID_MORE)
    await desk.visit("fine", AGREED)
    assert await desk.count() == []
    assert await store.changed_families(9) == {}
    await desk.visit("c", PAID_MORE)
    (problem,) = await desk.count(LONG_MS)
    assert (problem.sessions_count, problem.exposed_count, problem.closed_ms) == (3, 4, None)
    assert desk.told("opened") == 1
    # Who comes by unharmed changes no hit, and is counted by and by.
    desk.now_ms += CLOSE_MS
    await desk.visit("later", AGREED)
    (problem,) = await desk.count()
    assert (problem.exposed_count, problem.closed_ms, desk.told("closed")) == (5, desk.now_ms, 1)
    await desk.visit("d", PAID_MORE)
    (problem,) = await desk.count(LONG_MS)
    assert (problem.sessions_count, problem.closed_ms, desk.told("reopened")) == (4, None, 1)
    assert desk.told("opened") == 1


async def test_narrow_problems_go_into_the_wider_one(store: Store) -> None:
    desk = Desk(store)
    for number in range(3):
        await desk.visit(f"s{number}", *(replace(PAID_MORE, subject=f"sku {sku}") for sku in range(4)))
    assert len(await desk.count()) == 4
    await desk.visit("wide", replace(PAID_MORE, subject="sku 5"))
    (problem,) = await desk.count(LONG_MS)
    assert (problem.subject, problem.subjects_count, problem.sessions_count) == (None, 5, 4)
    assert (desk.told("opened"), desk.told("closed")) == (5, 4)


async def test_a_rule_that_is_silent_when_all_is_well_gives_no_denominator(store: Store) -> None:
    desk = Desk(store)
    error = replace(PAID_MORE, rule="page_error", subject="POST /cart", signature="500")
    for session in "abc":
        await desk.visit(session, error)
    (problem,) = await desk.count()
    assert (problem.exposed_count, problem.exposed_ms) == (None, None)
    (problem,) = await desk.count(CLOSE_MS + RECOUNT_MS)
    assert (problem.closed_ms, problem.state(desk.now_ms)) == (None, "quiet")


async def test_when_all_its_sessions_are_erased_the_problem_is_gone(store: Store) -> None:
    desk = Desk(store)
    for session in "abc":
        await desk.visit(session, PAID_MORE)
    assert len(await desk.count()) == 1
    for session in "abc":
        await store.erase(session)
    assert await desk.count(LONG_MS) == []
    assert desk.told("closed") == 1
    assert await store.changed_families(9) == {}
