"""Judging as sessions come in: late never more than needed, nothing forgotten, the same as all at once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replay.collector.app import collecting, create_collector
from replay.collector.judging import HEARD_MAX_MS, UNWATCHED_REST_MS, Judge
from replay.collector.metrics import Metrics
from replay.collector.sdk import load_script
from replay.detect.fold import REST_MS, Fold, Rule, Shop
from replay.model.events import Event, Fact, Mark, PageViewed, PriceShown, encode_event
from replay.model.finding import Finding, Judgement
from replay.model.timeline import Entry, entries, timeline
from replay.ports import AppendBatch, Appended, Judged, Operation, Published, Site, Store
from replay.protocol.codec import decode_facts
from storage.bus import LocalBus
from storage.memory import MemoryStore
from storage.objects import MemoryObjects
from storage.sqlite import open_store
from tests.collector.page import ORIGIN, SITE, greeted, visiting
from tests.collector.page import facts as batch_of
from tests.contract.given import NOW_MS, clock, opened
from tests.detect.rules import Careless, Everything
from tests.serving import serving


@dataclass
class Time:
    """Server time that a test moves."""

    ms: int = NOW_MS

    def __call__(self) -> int:
        return self.ms


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    found: Store = MemoryStore() if request.param == "memory" else await open_store(tmp_path / "replay.db")
    yield found
    await found.close()


@pytest.fixture
def time() -> Time:
    return Time()


def judge_of(store: Store, time: Time, *rules: Rule, metrics: Metrics | None = None) -> Judge:
    return Judge(store, LocalBus(), metrics or Metrics(), now_ms=time, rules=rules or (Everything,))


def facts(
    number: int,
    *at: tuple[float, Fact],
    load: str = "load",
    session: str = "visit",
    judge_ms: int | None = NOW_MS,
    payload: bytes | None = None,
) -> AppendBatch:
    content = payload or msgpack.packb([encode_event(Event(NOW_MS + t, fact)) for t, fact in at])
    return AppendBatch(
        session=session,
        load=load,
        track=0,
        number=number,
        payload=content,
        digest=hashlib.sha256(content).digest(),
        received_ms=NOW_MS,
        first_ms=NOW_MS,
        last_ms=NOW_MS,
        judge_ms=judge_ms,
    )


VIEW = PageViewed(url="https://shop.example/")


async def at_once(
    store: Store, now_ms: float, session: str = "visit", rules: Sequence[Rule] = (Everything,)
) -> list[Finding]:
    """What one fold over everything that is stored says, at this time or the last fact's."""
    kept = await store.batches(session, 0)
    loads = []
    for load in await store.loads(session):
        own = [(one.number, one.payload) for one in kept if one.load == load.id and one.payload != b"\xc1"]
        loads.append(entries(load.id, load.tab, load.offset_ms, own))
    fold = Fold(Shop(), rules)
    everything = timeline(loads)
    fold.observe(everything)
    return list(fold.judge(max([now_ms, *(one.t for one in everything)])).findings)


async def said(store: Store, session: str = "visit") -> list[str]:
    return [one.said for one in await store.findings(session)]


async def test_a_session_is_judged_when_it_is_due_and_again_when_a_rule_asks(
    store: Store, time: Time
) -> None:
    bus = LocalBus()
    judge = Judge(store, bus, Metrics(), now_ms=time, rules=[Everything])
    async with bus.watch("visit"):
        await _judged_when_due(store, time, judge)


async def _judged_when_due(store: Store, time: Time, judge: Judge) -> None:
    await store.commit([*opened(), facts(1, (0, VIEW), (500, VIEW), judge_ms=NOW_MS + REST_MS)])
    assert await judge.judge_due() == 0
    time.ms += REST_MS
    assert await judge.judge_due() == 1
    assert await said(store) == [f"load/1/view@{NOW_MS}.0"]
    assert await judge.judge_due() == 0
    time.ms += 500
    assert await judge.judge_due() == 1
    assert await said(store) == [f"load/1/view@{NOW_MS}.0 load/1/view@{NOW_MS + 500}.0"]
    time.ms += 1_000_000
    assert await judge.judge_due() == 0


async def test_while_nobody_watches_one_judgement_does_for_several_batches(store: Store, time: Time) -> None:
    bus = LocalBus()
    judge = Judge(store, bus, Metrics(), now_ms=time, rules=[Everything])
    first_ms = judge.due_ms("visit", [Event(0.0, VIEW)], NOW_MS)
    assert first_ms == NOW_MS + UNWATCHED_REST_MS
    await store.commit([*opened(), facts(1, (0, VIEW), (7_000, VIEW), judge_ms=first_ms)])
    time.ms = first_ms
    assert await judge.judge_due() == 1
    time.ms += UNWATCHED_REST_MS - 1
    assert await judge.judge_due() == 0
    time.ms += 1
    assert await judge.judge_due() == 1
    second_ms = judge.due_ms("visit", [Event(0.0, VIEW)], time.ms)
    await store.commit([facts(2, (18_000, VIEW), judge_ms=second_ms)])
    async with bus.watch("visit"):
        judge.hasten("visit")
        assert await judge.judge_due() == 0
        assert judge.due_ms("visit", [Event(0.0, VIEW)], NOW_MS) == NOW_MS + REST_MS
    time.ms = NOW_MS + 18_000 + REST_MS
    assert await judge.judge_due() == 1
    assert len((await said(store))[0].split()) == 3


async def test_what_was_folded_is_not_folded_again(store: Store, time: Time) -> None:
    observed: list[int] = []

    class Counting(Everything):
        def observe(self, entry: Entry) -> None:
            observed.append(entry.number)
            super().observe(entry)

    judge = judge_of(store, time, Counting)
    await store.commit([*opened("load", "other"), facts(1, (0, VIEW))])
    await judge.judge_due()
    await store.commit(
        [clock(0.0, 1.0, load="other"), facts(2, (5, VIEW)), facts(1, (7, VIEW), load="other")]
    )
    await judge.judge_due()
    assert observed == [1, 2, 1]
    await store.commit([facts(2, (6, VIEW), load="other")])
    await judge.judge_due()
    assert observed == [1, 2, 1, 2]
    time.ms += 2 * UNWATCHED_REST_MS
    await judge.judge_due()
    assert await store.findings("visit") == await at_once(store, time.ms)


async def test_facts_that_came_while_it_judged_are_judged_next(time: Time) -> None:
    class Racing(MemoryStore):
        late: Sequence[Operation] = (facts(2, (1, VIEW)),)

        async def put_findings(self, judged: Sequence[Judged]) -> list[bool]:
            late, self.late = self.late, ()
            await self.commit(late)
            return await super().put_findings(judged)

    store = Racing()
    judge = judge_of(store, time)
    await store.commit([*opened(), facts(1, (0, VIEW))])
    time.ms += 2 * REST_MS
    assert await judge.judge_due() == 1
    assert len((await said(store))[0].split()) == 1
    assert await judge.judge_due() == 1
    assert len((await said(store))[0].split()) == 2
    assert await judge.judge_due() == 0


async def test_a_clock_that_is_measured_later_puts_facts_in_their_order(store: Store, time: Time) -> None:
    judge = judge_of(store, time)
    await store.commit([*opened("a", "b"), facts(1, (100, VIEW), load="a"), facts(1, (50, VIEW), load="b")])
    time.ms += 2 * REST_MS
    await judge.judge_due()
    [before] = await said(store)
    assert [one[0] for one in before.split()] == ["b", "a"]
    await store.commit([clock(75.5, 1.0, load="b", judge_ms=time.ms)])
    await judge.judge_due()
    assert await said(store) == [f"a/1/view@{NOW_MS + 100}.0 b/1/view@{NOW_MS + 125.5}"]


async def test_what_is_damaged_is_left_out(store: Store, time: Time) -> None:
    judge = judge_of(store, time)
    await store.commit([*opened(), facts(1, (0, VIEW)), facts(2, payload=b"\xc1"), facts(3, (9, VIEW))])
    time.ms += 2 * REST_MS
    await judge.judge_due()
    assert [one.split("@")[0] for one in (await said(store))[0].split()] == ["load/1/view", "load/3/view"]


async def test_a_rule_that_fails_is_told_to_the_operator_without_the_customer(
    store: Store, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    metrics = Metrics()
    judge = judge_of(store, time, Careless, Everything, metrics=metrics)
    await store.commit([*opened(), facts(1, (0, Mark(name="")), (1, VIEW))])
    time.ms += 2 * REST_MS
    await judge.judge_due()
    assert [one.rule for one in await store.findings("visit")] == ["everything"]
    [record] = caplog.records
    assert record.getMessage() == "a rule failed"
    assert (record.rule, record.session) == ("rules", "visit")  # type: ignore[attr-defined]
    assert metrics.registry.get_sample_value("replay_rules_failed_total", {"rule": "rules"}) == 1
    found = {"rule": "everything", "outcome": "fail"}
    assert metrics.registry.get_sample_value("replay_findings_total", found) == 1
    assert metrics.registry.get_sample_value("replay_sessions_judged_total") == 1


async def test_a_session_whose_findings_cannot_be_kept_holds_up_no_other(
    tmp_path: Path, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    class Unstorable(Everything):
        def judge(self, now_ms: float) -> Judgement:
            judgement = super().judge(now_ms)
            huge = [replace(one, minor=2**70) for one in judgement.findings if one.shown[0].load == "bad"]
            return replace(judgement, findings=tuple(huge) or judgement.findings)

    store = await open_store(tmp_path / "replay.db")
    try:
        judge = judge_of(store, time, Unstorable)
        for load in ("good", "bad", "fine"):
            await store.commit([*opened(load, session=load), facts(1, (0, VIEW), load=load, session=load)])
        time.ms += 2 * REST_MS
        assert await judge.judge_due() == 3
        assert [len(await store.findings(session)) for session in ("good", "bad", "fine")] == [1, 0, 1]
        assert await judge.judge_due() == 0
        assert [record.getMessage() for record in caplog.records] == ["findings cannot be kept"]
    finally:
        await store.close()


async def test_a_session_that_is_erased_meanwhile_is_forgotten(time: Time) -> None:
    class Erasing(MemoryStore):
        async def put_findings(self, judged: Sequence[Judged]) -> list[bool]:
            await self.erase("visit")
            return await super().put_findings(judged)

    store, bus = Erasing(), LocalBus()
    await store.commit([*opened(), facts(1, (0, VIEW))])
    time.ms += 2 * REST_MS
    async with bus.watch("visit") as published:
        judge = Judge(store, bus, Metrics(), now_ms=time, rules=[Everything])
        assert await judge.judge(["visit"]) == []
        bus.publish(Published(session="visit", ended=True))
        assert await anext(published) == Published(session="visit", ended=True)
    assert await judge.judge_due() == 0


async def test_of_a_session_that_is_erased_nothing_is_held(store: Store, time: Time) -> None:
    judge = judge_of(store, time)
    await store.commit([*opened(), facts(1, (0, VIEW))])
    await judge.judge(["visit"])
    assert list(judge._followed) == ["visit"]
    judge.hear(facts(2, (0, VIEW)), [Event(0.0, VIEW)])
    judge.forget("visit")
    assert (list(judge._followed), judge._bytes) == ([], 0)
    assert (list(judge._heard), judge._heard_bytes) == ([], 0)
    # Stored just before, and heard of just after.
    judge.hear(facts(3, (0, VIEW)), [Event(0.0, VIEW)])
    time.ms += HEARD_MAX_MS + 1
    await judge.judge_due()
    assert (list(judge._heard), judge._heard_bytes) == ([], 0)


async def test_large_work_is_done_and_rests_longer(time: Time) -> None:
    store = MemoryStore()
    judge = judge_of(store, time)
    views = [(float(t), PageViewed(url=f"https://shop.example/?{'x' * 900}")) for t in range(200)]
    await store.commit([*opened(), facts(1, *views)])
    time.ms += 2 * REST_MS
    await judge.judge_due()
    assert len((await said(store))[0].split()) == 200
    asked_ms = judge.due_ms("visit", [Event(0.0, VIEW)], NOW_MS)
    assert asked_ms is not None
    assert asked_ms >= NOW_MS + REST_MS
    assert judge.due_ms("visit", [Event(0.0, Mark(name="x"))], NOW_MS) is None


async def test_a_watcher_is_told_as_soon_as_it_is_known(time: Time, tmp_path: Path) -> None:
    """A page sends a price over a real socket; the moment after which it counts comes; the bus carries it."""
    store, bus = MemoryStore(), LocalBus()
    site = Site(key=SITE, name="Shop", origins=(ORIGIN,), identify_secret="", settings={}, created_ms=0)
    await store.put_site(site)
    script = tmp_path / "replay.js"
    script.write_text("")
    async with (
        collecting(
            store, bus, objects=MemoryObjects(), now_ms=time, phone_region="US", rules=[Everything]
        ) as collector,
        serving(create_collector(collector, load_script(script))) as address,
        visiting(address) as page,
    ):
        welcome = await greeted(page)
        async with bus.watch(welcome.session) as published:
            await page.send(
                batch_of(1, Event(float(NOW_MS), PriceShown(source="displayed", context="c", role="r")))
            )
            async with asyncio.timeout(5):
                async for news in published:
                    if news.batches:
                        time.ms += 2 * REST_MS
                    if news.findings:
                        break
        assert await said(store, welcome.session) == [f"load-1/1/price@{NOW_MS}.0"]


TIMES_MS = st.integers(0, 9).map(lambda halves: halves * 500)
SENT = st.tuples(
    st.just("send"),
    st.sampled_from(["a", "b"]),
    st.integers(1, 5),
    st.lists(TIMES_MS, max_size=3),
)
MEASURED = st.tuples(
    st.just("measure"), st.sampled_from(["a", "b"]), st.sampled_from([-1_250, 0, 750]), st.integers(1, 4)
)
JUDGED_AFTER = st.tuples(st.just("judge"), st.sampled_from([500, 2_000, 3_000]))
STEPS = st.lists(
    st.one_of(SENT, SENT, JUDGED_AFTER, JUDGED_AFTER, MEASURED, st.just(("restart",))),
    min_size=5,
    max_size=25,
)


@given(STEPS, st.booleans())
@settings(max_examples=150, deadline=None)
def test_step_by_step_the_same_is_found_as_all_at_once(steps: list[tuple[Any, ...]], hear: bool) -> None:
    asyncio.run(_step_by_step(steps, hear))


async def _step_by_step(steps: list[tuple[Any, ...]], hear: bool) -> None:
    store, time = MemoryStore(), Time()
    judge = judge_of(store, time)
    await store.commit(opened("a", "b"))
    for step, *how in steps:
        due_ms = time.ms + REST_MS
        if step == "send":
            load, number, at = how
            payload = None if at else b"\xc1"
            sent = facts(number, *((t, VIEW) for t in at), load=load, judge_ms=due_ms, payload=payload)
            [kept] = await store.commit([sent])
            if at and hear and isinstance(kept, Appended) and kept.outcome == "stored":
                judge.hear(sent, decode_facts(sent.payload).events)
        elif step == "measure":
            load, offset_ms, error_ms = how
            await store.commit([clock(offset_ms, error_ms, load=load, judge_ms=due_ms)])
        elif step == "judge":
            time.ms += how[0]
            if await judge.judge_due():
                assert await store.findings("visit") == await at_once(store, time.ms)
        else:
            judge = judge_of(store, time)
    time.ms += 1_000_000
    while await judge.judge_due():
        pass
    assert await store.findings("visit") == await at_once(store, time.ms)
