"""What judging holds and reads is bounded: of those that are remembered, and of those that are new to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from replay.collector import judging
from replay.collector.following import EVENT_BYTES
from replay.collector.judging import NEW_AT_ONCE_COUNT, Judge
from replay.collector.metrics import Metrics
from replay.model.events import Mark
from replay.model.server_event import about
from replay.ports import KeepServerEvent, SessionFacts, Site
from storage.bus import LocalBus
from storage.memory import MemoryStore
from tests.collector.test_judging import Time, facts, judge_of
from tests.contract.given import NOW_MS, identifier, opened
from tests.contract.test_server_events import CREATED
from tests.detect.rules import Everything


class Asked(MemoryStore):
    """Remembers what was asked of which sessions together."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Mapping[str, Mapping[str, int]]] = []

    async def session_facts(self, asked: Mapping[str, Mapping[str, int]]) -> Mapping[str, SessionFacts]:
        self.asked.append({session: dict(after) for session, after in asked.items()})
        return await super().session_facts(asked)


def remembering(store: Asked, time: Time, most_bytes: int) -> Judge:
    return Judge(
        store, LocalBus(), Metrics(), now_ms=time, rules=(Everything,), followed_max_bytes=most_bytes
    )


async def test_after_a_restart_not_all_sessions_are_read_together() -> None:
    store = Asked()
    count = 2 * NEW_AT_ONCE_COUNT + 1
    for number in range(count):
        await store.commit(
            [*opened(session=f"v{number}"), facts(1, (1.0, Mark(name="m")), session=f"v{number}")]
        )
    judge = judge_of(store, Time())
    assert await judge.judge_due() == count
    assert [len(one) for one in store.asked] == [NEW_AT_ONCE_COUNT] * 2 + [1]
    assert await store.due_sessions(NOW_MS, count) == []


async def test_what_is_read_together_is_bounded_by_what_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Asked()
    for name, times in (("a", 1), ("b", 1), ("large", 9), ("c", 1), ("d", 1)):
        mark = Mark(name="m" * 100 * times)
        await store.commit([*opened(session=name), facts(1, (1.0, mark), session=name)])
    sizes = await store.facts_bytes(["a", "large"])
    monkeypatch.setattr(judging, "NEW_AT_ONCE_BYTES", 2 * sizes["a"])
    assert sizes["large"] > 2 * sizes["a"]
    judge = judge_of(store, Time())
    assert await judge.judge_due() == 5
    due = [sorted(one) for one in store.asked]
    assert all(len(one) == 1 or "large" not in one for one in due)
    assert max(map(len, due)) == 2
    assert sorted(session for one in due for session in one) == ["a", "b", "c", "d", "large"]


async def test_a_session_that_grows_counts_as_what_it_has_become() -> None:
    store, time = Asked(), Time()
    mark = Mark(name="m" * 100)
    await store.commit([*opened(), facts(1, (1.0, mark))])
    size = len(facts(1, (1.0, mark)).payload)
    judge = remembering(store, time, 3 * size)
    for number in range(2, 6):
        await judge.judge_due()
        await store.commit([facts(number, (float(number), mark))])
    await judge.judge_due()
    afters = [one["visit"] for one in store.asked]
    assert afters == [{}, {"load": 1}, {"load": 2}, {"load": 3}, {}]


async def test_what_systems_say_counts_too() -> None:
    store, time = Asked(), Time()
    await store.put_site(
        Site(key="shop", name="Shop", origins=(), identify_secret="", settings={}, created_ms=0)
    )
    ordered = replace(facts(1, (1.0, Mark(name="m"))), identifiers=(identifier("order", "1001"),))
    await store.commit([*opened(), ordered])
    await store.commit(
        [
            KeepServerEvent(
                site="shop",
                event=CREATED,
                about=about(CREATED, "US"),
                received_ms=NOW_MS,
                judge_ms=NOW_MS,
            )
        ]
    )
    judge = remembering(store, time, len(ordered.payload) + EVENT_BYTES - 1)
    await judge.judge_due()
    await store.commit([facts(2, (2.0, Mark(name="m")))])
    await judge.judge_due()
    assert [one["visit"] for one in store.asked] == [{}, {}]
