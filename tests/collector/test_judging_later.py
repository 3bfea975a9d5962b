"""What is known only a day after a visit is judged then: after restarts, and from where it is kept then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from replay.collector.judging import Judge
from replay.collector.metrics import Metrics
from replay.model.events import Identified
from replay.model.finding import Finding
from replay.model.problem import CONSEQUENCE_RULE
from replay.ports import EndSession, Site, Store
from storage.bus import LocalBus
from storage.objects import open_folder
from storage.sealer import QUIET_MS, Sealer
from storage.sqlite import open_store
from tests.collector.test_judging import Time, facts
from tests.contract.given import NOW_MS, opened
from tests.contract.test_server_events import ANA, CREATED, keep
from tests.detect.facts import cart, line, page, price

DAY_MS = 24 * 60 * 60 * 1_000
OVER_MS = 30 * 60 * 1_000
LEFT_MS = 20_000
DEARER = cart(line("$499.00"), totals=(("total", "$499.00"),))
SITE = Site(key="shop", name="Shop", origins=(), identify_secret="", settings={}, created_ms=0)


async def judged(store: Store, now_ms: int) -> Finding | None:
    """What is said of the cart at that time, by a judge that knows of nothing but the store."""
    await Judge(store, LocalBus(), Metrics(), now_ms=Time(now_ms)).judge_due()
    found = [one for one in await store.findings("visit") if one.rule == CONSEQUENCE_RULE]
    return found[0] if found else None


async def test_a_cart_that_was_left_is_judged_a_day_later_sealed_and_restarted(tmp_path: Path) -> None:
    objects = await open_folder(tmp_path / "objects")

    @asynccontextmanager
    async def started() -> AsyncIterator[Store]:
        store = await open_store(tmp_path / "replay.db", objects=objects)
        try:
            yield store
        finally:
            await store.close()

    seen = facts(
        1,
        (0, page("/p/HP-15")),
        (100, Identified(email="ana@shop.example")),
        (200, price("$379.00")),
        (LEFT_MS, DEARER),
    )
    over_ms = NOW_MS + LEFT_MS + OVER_MS
    async with started() as store:
        await store.put_site(replace(SITE, settings={"currency": "USD"}, events_secret="secret"))
        # Somebody else's order: so it is known that the shop tells of orders.
        other = keep(replace(CREATED, customer=None, order="9"), received_ms=NOW_MS - 1)
        await store.commit([*opened(), other, replace(seen, identifiers=(ANA,))])
        assert await judged(store, NOW_MS + LEFT_MS + 9_000) is None
        assert await store.due_sessions(over_ms - 1, 9) == []
        await store.commit([EndSession(session="visit", ended_ms=NOW_MS + LEFT_MS, why="consent")])
        with Sealer(store, objects, now_ms=lambda: NOW_MS + 10 * QUIET_MS) as sealer:
            assert await sealer.seal_due() == 1
    async with started() as store:
        found = await judged(store, over_ms)
        assert found is not None
        assert found.outcome == "cannot_tell"
    async with started() as store:
        assert await store.due_sessions(over_ms + DAY_MS - 1, 9) == []
        found = await judged(store, over_ms + DAY_MS)
        assert found is not None
        assert (found.outcome, found.minor, found.currency) == ("fail", 499_00, "USD")
        # An order by phone, of which was told late.
        late = replace(CREATED, id="late", occurred_ms=NOW_MS + OVER_MS, order="1001")
        await store.commit([keep(late)])
        found = await judged(store, over_ms + 2 * DAY_MS)
        assert found is not None
        assert found.outcome == "pass"
