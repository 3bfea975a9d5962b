"""What an operator sets of a site counts for sessions that were judged before, too."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import msgpack

from replay.collector.judging import Judge
from replay.collector.metrics import Metrics
from replay.detect.fold import Shop
from replay.model.events import Event, PageViewed, encode_event
from replay.model.finding import Judgement
from replay.model.promo import Promise, Promo
from replay.model.timeline import Entry
from replay.ports import AppendBatch, Site
from storage.bus import LocalBus
from storage.memory import MemoryStore
from tests.contract.given import NOW_MS, opened
from tests.detect.rules import finding


class InWhich:
    """Says in which currency it was led over how many facts."""

    def __init__(self, shop: Shop) -> None:
        self._currency = shop.currency
        self._count = 0

    def observe(self, entry: Entry) -> None:
        self._count += 1

    def judge(self, now_ms: float) -> Judgement:
        return Judgement(findings=(finding(f"{self._currency}: {self._count}"),))


def viewed(number: int) -> AppendBatch:
    content = msgpack.packb([encode_event(Event(NOW_MS, PageViewed(url="https://shop.example/")))])
    return AppendBatch(
        session="visit",
        load="load",
        track=0,
        number=number,
        payload=content,
        digest=hashlib.sha256(content).digest(),
        received_ms=NOW_MS,
        first_ms=NOW_MS,
        last_ms=NOW_MS,
        judge_ms=NOW_MS,
    )


async def test_a_currency_that_is_set_later_counts_from_the_next_judgement_on() -> None:
    store = MemoryStore()
    judge = Judge(store, LocalBus(), Metrics(), now_ms=lambda: NOW_MS, rules=[InWhich])
    await store.commit([*opened(), viewed(1)])
    await judge.judge_due()
    assert [one.said for one in await store.findings("visit")] == ["None: 1"]
    (session,) = await store.sessions(limit=1)
    site = Site(
        key=session.site, name="", origins=(), identify_secret="", settings={"currency": "EUR"}, created_ms=0
    )
    await store.put_site(site)
    await store.commit([viewed(2)])
    await judge.judge_due()
    assert [one.said for one in await store.findings("visit")] == ["EUR: 2"]
    await store.put_site(replace(site, settings={"currency": "USD"}))
    await store.commit([viewed(3)])
    await judge.judge_due()
    assert [one.said for one in await store.findings("visit")] == ["USD: 3"]


class Promised:
    """Says what was promised where it was led over facts."""

    def __init__(self, shop: Shop) -> None:
        self._said = " ".join(promo.latest.title for promo in shop.promised.promos)

    def observe(self, entry: Entry) -> None:
        pass

    def judge(self, now_ms: float) -> Judgement:
        return Judgement(findings=(finding(f"promised: {self._said}"),))


async def test_what_is_registered_as_promised_counts_from_the_next_judgement_on() -> None:
    store = MemoryStore()
    judge = Judge(store, LocalBus(), Metrics(), now_ms=lambda: NOW_MS, rules=[Promised])
    await store.commit([*opened(), viewed(1)])
    await judge.judge_due()
    (session,) = await store.sessions(limit=1)
    promo = Promo(id="spring", promises=(Promise(title="Spring", codes=("A1B",), basis_points=1),))
    assert await store.put_promo(session.site, promo, replaces=None)
    await store.commit([viewed(2)])
    await judge.judge_due()
    assert [one.said for one in await store.findings("visit")] == ["promised: Spring"]
    assert await store.drop_promo(session.site, "spring")
    await store.commit([viewed(3)])
    await judge.judge_due()
    assert [one.said for one in await store.findings("visit")] == ["promised: "]
