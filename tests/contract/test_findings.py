"""Which sessions are due when, on what they are judged, and what is kept of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from replay.model.finding import Evidence, Finding, in_order
from replay.model.session import IDLE_MS
from replay.model.track import Track
from replay.ports import AppendBatch, EndSession, Judged, MeasureClock, Objects, Store
from storage.memory import MemoryStore
from storage.objects import MemoryObjects
from storage.sealer import SEAL_MAX_BYTES, Sealer
from storage.sqlite import open_store
from tests.contract.given import NOW_MS, appended, batch, clock, gap, opened

FOUND = Finding(
    rule="cart_price",
    version=1,
    subject="HP-15",
    signature="dearer in the cart",
    outcome="fail",
    severity="high",
    said="The product page showed $379.00 for “HP-15”; the cart charged $499.00.",
    shown=(
        Evidence(role="cart", load="load", t=NOW_MS + 0.1 + 0.2, node=17, raw="$499.00"),
        Evidence(role="product", load="other", t=float(NOW_MS)),
    ),
    decided_ms=NOW_MS + 2_000.1,
    minor=12_000,
    currency="USD",
)
RIGHT = replace(FOUND, rule="cart_sum", outcome="pass", severity="info", minor=None, currency=None, shown=())
UNSURE = replace(RIGHT, rule="coupon", outcome="cannot_tell", decided_ms=NOW_MS)


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


def facts(
    number: int, *, judge_ms: int | None = NOW_MS, session: str = "visit", load: str = "load"
) -> AppendBatch:
    return batch(number, session=session, load=load, judge_ms=judge_ms)


def measured(offset_ms: float, error_ms: float) -> MeasureClock:
    return clock(offset_ms, error_ms, judge_ms=NOW_MS)


async def changes(store: Store, session: str = "visit") -> int:
    return (await store.session_facts({session: {}}))[session].changes_count


async def judge(
    store: Store, *findings: Finding, session: str = "visit", judge_ms: int | None = None
) -> bool:
    judged = Judged(
        session=session,
        changes_count=await changes(store, session),
        judge_ms=judge_ms,
        findings=findings,
    )
    (here,) = await store.put_findings([judged])
    return here


async def test_a_session_is_due_at_the_earliest_time_that_was_asked_for(store: Store) -> None:
    await store.commit([*opened(), *opened(session="other"), *opened(session="idle")])
    assert await store.due_sessions(NOW_MS + 99, 9) == []
    await store.commit(
        [facts(1, judge_ms=NOW_MS + 5), facts(2, judge_ms=NOW_MS + 9), facts(3, judge_ms=None)]
    )
    await store.commit([facts(1, session="other", judge_ms=NOW_MS + 8)])
    await store.commit([facts(2, session="other", judge_ms=NOW_MS + 3)])
    assert await store.due_sessions(NOW_MS + 2, 9) == []
    assert await store.due_sessions(NOW_MS + 3, 9) == ["other"]
    assert await store.due_sessions(NOW_MS + 5, 9) == ["other", "visit"]
    assert await store.due_sessions(NOW_MS + 5, 1) == ["other"]


async def test_only_what_is_stored_of_the_facts_makes_due(store: Store) -> None:
    await store.commit([*opened(), facts(1, judge_ms=None)])
    again = await appended(store, facts(1), replace(facts(1), digest=b"other"), facts(2, load="unknown"))
    assert [outcome for outcome, _ in again] == ["duplicate", "conflict", "gone"]
    await store.commit([replace(batch(1, track=1), judge_ms=NOW_MS), gap(5, 6)])
    assert await changes(store) == 1


async def test_a_clock_that_is_another_now_makes_due(store: Store) -> None:
    await store.commit([*opened(), measured(5.0, 3.0)])
    await judge(store)
    await store.commit([measured(9.0, 3.0), measured(5.0, 2.0)])
    assert await store.due_sessions(NOW_MS, 9) == []
    before = await changes(store)
    await store.commit([measured(9.0, 1.0)])
    assert await store.due_sessions(NOW_MS, 9) == ["visit"]
    assert await changes(store) == before + 1


async def test_facts_are_those_behind_what_is_known(store: Store) -> None:
    await store.commit([*opened("load", "other"), clock(7.5, 1.0)])
    await store.commit([facts(number, load=load) for number in (3, 1, 2) for load in ("other", "load")])
    await store.commit([batch(1, track=1)])
    found = await store.session_facts({"visit": {}, "nobody": {}})
    assert list(found) == ["visit"]
    assert found["visit"].site == "shop"
    assert list(found["visit"].loads) == await store.loads("visit")
    assert list(found["visit"].batches) == await store.batches("visit", 0)
    known = await store.session_facts({"visit": {"other": 2, "load": 3, "gone": 5}})
    assert [(one.load, one.number) for one in known["visit"].batches] == [("other", 3)]


async def test_facts_of_a_sealed_session_are_those_in_its_object_and_those_after(
    store: Store, objects: Objects
) -> None:
    await store.commit([*opened(), facts(1), facts(2), EndSession(session="visit", ended_ms=NOW_MS, why="")])
    with Sealer(store, objects, now_ms=lambda: NOW_MS + IDLE_MS) as sealer:
        assert await sealer.seal_due() == 1
    await store.commit([facts(3)])
    facts_of = await store.session_facts({"visit": {"load": 1}})
    assert [one.number for one in facts_of["visit"].batches] == [2, 3]
    assert facts_of["visit"].changes_count == 3
    assert await store.facts_bytes(["visit"]) == {"visit": SEAL_MAX_BYTES}
    assert await judge(store, FOUND)
    assert await store.findings("visit") == [FOUND]


async def test_findings_replace_those_before_and_come_as_they_are_read(store: Store) -> None:
    await store.commit([*opened(), facts(1), *opened(session="other"), facts(1, session="other")])
    assert await judge(store, RIGHT, UNSURE, FOUND)
    assert await judge(store, FOUND, session="other")
    assert await store.findings("visit") == [FOUND, UNSURE, RIGHT] == in_order([RIGHT, UNSURE, FOUND])
    milder = replace(FOUND, severity="low", said="…", shown=())
    other = replace(FOUND, signature="cheaper in the cart")
    assert await judge(store, milder, other)
    assert await store.findings("visit") == [other, milder]
    assert await judge(store)
    assert await store.findings("visit") == []
    assert await store.findings("other") == [FOUND]


async def test_what_is_not_said_anew_stays(store: Store) -> None:
    await store.commit([*opened(), facts(1)])
    await judge(store, FOUND)
    count = await changes(store)
    same = Judged(session="visit", changes_count=count, judge_ms=NOW_MS + 9, findings=None)
    assert await store.put_findings([same]) == [True]
    assert await store.findings("visit") == [FOUND]
    assert await store.due_sessions(NOW_MS + 9, 9) == ["visit"]
    assert await store.put_findings([]) == []


async def test_a_judgement_says_when_the_next_is_due(store: Store) -> None:
    await store.commit([*opened(), facts(1)])
    await judge(store, judge_ms=NOW_MS + 50)
    assert await store.due_sessions(NOW_MS + 49, 9) == []
    assert await store.due_sessions(NOW_MS + 50, 9) == ["visit"]
    await judge(store)
    assert await store.due_sessions(NOW_MS + 50, 9) == []


async def test_facts_that_came_meanwhile_are_not_forgotten(store: Store) -> None:
    await store.commit([*opened(), facts(1)])
    count = await changes(store)
    await store.commit([facts(2)])
    judged = Judged(session="visit", changes_count=count, judge_ms=None, findings=(FOUND,))
    assert await store.put_findings([judged]) == [True]
    assert await store.due_sessions(NOW_MS, 9) == ["visit"]
    assert await store.findings("visit") == [FOUND]


async def test_findings_of_a_session_that_is_gone_are_not_kept(store: Store) -> None:
    await store.commit([*opened(), facts(1), *opened(session="other"), facts(1, session="other")])
    await judge(store, FOUND)
    assert await store.erase("visit")
    gone = Judged(session="visit", changes_count=1, judge_ms=NOW_MS, findings=(FOUND,))
    here = Judged(session="other", changes_count=1, judge_ms=None, findings=(FOUND,))
    assert await store.put_findings([gone, here]) == [False, True]
    assert await store.findings("visit") == []
    assert await store.session_facts({"visit": {}}) == {}
    assert await store.due_sessions(NOW_MS, 9) == []


async def test_every_session_is_listed_once(store: Store) -> None:
    await store.commit([one for name in ("b", "c", "a") for one in opened(session=name)])
    assert await store.session_ids("", 2) == ["a", "b"]
    assert await store.session_ids("b", 2) == ["c"]


async def test_how_much_is_to_be_read_is_known_before(store: Store) -> None:
    first, second = batch(1, payload=b"a" * 100), batch(2, payload=b"b" * 50)
    await store.commit([*opened(), first, second, batch(1, payload=b"c" * 900, track=Track.PICTURE)])
    await store.commit(opened(session="empty"))
    assert await store.facts_bytes(["visit", "empty", "nobody"]) == {"visit": 150, "empty": 0}
